// SPDX-License-Identifier: GPL-2.0
#include "guard.h"
#include "tap.h"

static struct hib_disk_guard disk[HIB_GUARDS_MAX];
static struct hib_guards guards, back;

static struct hib_guard numbered(unsigned int nr)
{
	struct hib_guard guard = { "a file system...", 1000 + nr, 1 + nr % (HIB_GUARD_KINDS - 1), 0 };

	guard.id[15] = nr;
	return guard;
}

static void fill(unsigned int nr)
{
	guards = (struct hib_guards){};
	for (unsigned int i = 0; i < nr; i++) {
		struct hib_guard guard = numbered(i);

		check(hib_guards_add(&guards, &guard));
	}
	hib_guards_build(disk, &guards);
}

TEST(guards_have_names)
{
	check_text(hib_guard_name(HIB_GUARD_EXT), "ext4");
	check_text(hib_guard_name(HIB_GUARD_XFS), "xfs");
	check_text(hib_guard_name(HIB_GUARD_BTRFS), "btrfs");
	check_text(hib_guard_name(HIB_GUARD_F2FS), "f2fs");
	check_text(hib_guard_name(HIB_GUARD_FAT), "vfat");
	check_text(hib_guard_name(HIB_GUARD_EXFAT), "exfat");
	check_text(hib_guard_name(HIB_GUARD_NONE), "none");
	check_text(hib_guard_name(HIB_GUARD_KINDS), "none");
}

TEST(guards_are_found_by_their_uuid)
{
	struct hib_guard guard;

	fill(3);
	guard = numbered(2);
	guard.digest++;
	check_number(hib_guards_find(&guards, &guard), 2);
	guard.kind++;
	check_number(hib_guards_find(&guards, &guard), -1);
	guard = numbered(3);
	check_number(hib_guards_find(&guards, &guard), -1);
}

TEST(guards_have_each_once)
{
	struct hib_guard guard;

	fill(2);
	guard = guards.guard[1];
	check(hib_guards_add(&guards, &guard));
	check_number(guards.nr, 2);
}

TEST(guards_have_an_end)
{
	struct hib_guard guard;

	fill(HIB_GUARDS_MAX);
	guard = numbered(HIB_GUARDS_MAX);
	check(!hib_guards_add(&guards, &guard));
	check_number(guards.nr, HIB_GUARDS_MAX);
	check(hib_guards_add(&guards, &guards.guard[3]));
}

TEST(guards_come_back_as_they_were_built)
{
	for (unsigned int nr = 0; nr <= HIB_GUARDS_MAX; nr++) {
		fill(nr);
		guards.guard[nr / 2].flags = nr ? HIB_GUARD_LATE : 0;
		hib_guards_build(disk, &guards);
		check(hib_guards_read(disk, &back));
		check_number(back.nr, nr);
		for (unsigned int i = 0; i < nr; i++) {
			check(!memcmp(back.guard[i].id, guards.guard[i].id, HIB_ID_BYTES));
			check(back.guard[i].digest == guards.guard[i].digest);
			check_number(back.guard[i].kind, guards.guard[i].kind);
			check_number(back.guard[i].flags, guards.guard[i].flags);
		}
	}
}

TEST(guards_refuse_what_is_never_built)
{
	fill(3);
	disk[1].kind = cpu_to_le32(HIB_GUARD_KINDS);
	check(!hib_guards_read(disk, &back));
	fill(3);
	disk[2].flags = cpu_to_le32(HIB_GUARD_LATE << 1);
	check(!hib_guards_read(disk, &back));
	fill(3);
	memset(disk[0].id, 0, HIB_ID_BYTES);
	check(!hib_guards_read(disk, &back));
	fill(3);
	disk[2] = disk[0];
	check(!hib_guards_read(disk, &back));
	fill(3);
	disk[HIB_GUARDS_MAX - 1].digest = cpu_to_le64(1);
	check(!hib_guards_read(disk, &back));
	fill(3);
	disk[1].kind = 0;
	check(!hib_guards_read(disk, &back));
}
