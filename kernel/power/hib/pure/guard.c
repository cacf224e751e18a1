// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: guard - file systems that must not change between image and resume
 *
 * An image holds what the kernel knew of its file systems. If anyone mounts one of them
 * in between, the disk is another one, and a resume ruins it. So the header lists the
 * file systems, each with its UUID and with a digest of what a mount changes. See fsdigest.c.
 *
 * No state, any context.
 */
#include "guard.h"

static bool id_is_zero(const u8 id[HIB_ID_BYTES])
{
	return !memchr_inv(id, 0, HIB_ID_BYTES);
}

/**
 * hib_guard_name() - What a kind of file system is called.
 * @kind: enum hib_guard_kind.
 *
 * Return: Its name.
 */
const char *hib_guard_name(u32 kind)
{
	static const char * const names[HIB_GUARD_KINDS] = {
		[HIB_GUARD_EXT] = "ext4",
		[HIB_GUARD_XFS] = "xfs",
		[HIB_GUARD_BTRFS] = "btrfs",
		[HIB_GUARD_F2FS] = "f2fs",
		[HIB_GUARD_FAT] = "vfat",
		[HIB_GUARD_EXFAT] = "exfat",
	};

	return kind < HIB_GUARD_KINDS && names[kind] ? names[kind] : "none";
}

/**
 * hib_guards_find() - Look for a file system by its kind and UUID.
 * @guards: The list.
 * @guard: The file system; its digest does not matter.
 *
 * Return: Its number in @guards, -1 if it is not there.
 */
int hib_guards_find(const struct hib_guards *guards, const struct hib_guard *guard)
{
	for (unsigned int i = 0; i < guards->nr; i++)
		if (guards->guard[i].kind == guard->kind &&
		    !memcmp(guards->guard[i].id, guard->id, HIB_ID_BYTES))
			return i;
	return -1;
}

/**
 * hib_guards_add() - Add a file system to a list.
 * @guards: The list.
 * @guard: The file system. One that is in the list is not added again.
 *
 * Return: false if there is no room for it.
 */
bool hib_guards_add(struct hib_guards *guards, const struct hib_guard *guard)
{
	if (hib_guards_find(guards, guard) >= 0)
		return true;
	if (guards->nr == HIB_GUARDS_MAX)
		return false;
	guards->guard[guards->nr++] = *guard;
	return true;
}

/**
 * hib_guards_build() - Write a list for a header.
 * @disk: Receives it, each byte.
 * @guards: The list.
 */
void hib_guards_build(struct hib_disk_guard disk[HIB_GUARDS_MAX], const struct hib_guards *guards)
{
	memset(disk, 0, HIB_GUARDS_MAX * sizeof(*disk));
	for (unsigned int i = 0; i < guards->nr; i++) {
		memcpy(disk[i].id, guards->guard[i].id, HIB_ID_BYTES);
		disk[i].digest = cpu_to_le64(guards->guard[i].digest);
		disk[i].kind = cpu_to_le32(guards->guard[i].kind);
		disk[i].flags = cpu_to_le32(guards->guard[i].flags);
	}
}

/**
 * hib_guards_read() - Read a list from a header, and check it.
 * @disk: The list on the disk.
 * @guards: Receives it; not to be used after false.
 *
 * Return: false unless it is what hib_guards_build() writes: kinds and flags that are known, each
 * file system with a UUID and once, and nothing behind the last one.
 */
bool hib_guards_read(const struct hib_disk_guard disk[HIB_GUARDS_MAX], struct hib_guards *guards)
{
	unsigned int i;

	guards->nr = 0;
	for (i = 0; i < HIB_GUARDS_MAX && disk[i].kind; i++) {
		struct hib_guard guard = {
			.digest = le64_to_cpu(disk[i].digest),
			.kind = le32_to_cpu(disk[i].kind),
			.flags = le32_to_cpu(disk[i].flags),
		};

		memcpy(guard.id, disk[i].id, HIB_ID_BYTES);
		if (guard.kind >= HIB_GUARD_KINDS || guard.flags & ~HIB_GUARD_LATE ||
		    id_is_zero(guard.id) || hib_guards_find(guards, &guard) >= 0)
			return false;
		guards->guard[guards->nr++] = guard;
	}
	return !memchr_inv(&disk[i], 0, (HIB_GUARDS_MAX - i) * sizeof(*disk));
}
