// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: guard - file systems that must not change between image and resume
 *
 * An image holds what the kernel knew of its file systems. If anyone mounts one of them
 * in between, the disk is another one, and a resume ruins it. So the header lists the
 * file systems, each with its UUID and with a digest of what a mount changes.
 *
 * ext2, ext3 and ext4 are known. A writable mount of them writes the super block: state,
 * number and time of mounts. So do the replay of a log, also for a read-only mount, and
 * e2fsck. The super block itself has a fixed place and size, so no number from the disk
 * is followed.
 *
 * No state, any context.
 */
#include "guard.h"

#define EXT_AT		1024
#define EXT_BYTES	1024
#define EXT_MAGIC_AT	(EXT_AT + 0x38)
#define EXT_MAGIC	"\x53\xef"
#define EXT_UUID_AT	(EXT_AT + 0x68)

static bool id_is_zero(const u8 id[HIB_ID_BYTES])
{
	return !memchr_inv(id, 0, HIB_ID_BYTES);
}

/**
 * hib_guard_take() - Name the file system on a device, and digest it.
 * @page: Block %HIB_GUARD_BLOCK of the device, as it is on the medium.
 * @guard: Receives the file system.
 *
 * Return: false if the file system is of no kind that is known, or has no UUID; then
 * @guard is not written.
 */
bool hib_guard_take(const void *page, struct hib_guard *guard)
{
	if (memcmp(page + EXT_MAGIC_AT, EXT_MAGIC, sizeof(EXT_MAGIC) - 1) ||
	    id_is_zero(page + EXT_UUID_AT))
		return false;
	memcpy(guard->id, page + EXT_UUID_AT, HIB_ID_BYTES);
	guard->digest = xxh64(page + EXT_AT, EXT_BYTES, 0);
	guard->kind = HIB_GUARD_EXT;
	guard->flags = 0;
	return true;
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
		if (guard.kind != HIB_GUARD_EXT || guard.flags & ~HIB_GUARD_LATE || id_is_zero(guard.id) ||
		    hib_guards_find(guards, &guard) >= 0)
			return false;
		guards->guard[guards->nr++] = guard;
	}
	return !memchr_inv(&disk[i], 0, (HIB_GUARDS_MAX - i) * sizeof(*disk));
}
