// SPDX-License-Identifier: GPL-2.0
#include "guard.h"
#include "tap.h"

static u8 page[HIB_BLOCK_BYTES];
static struct hib_disk_guard disk[HIB_GUARDS_MAX];
static struct hib_guards guards, back;

/* An ext4: only magic number and UUID matter. */
static void make(void)
{
	memset(page, 0, sizeof(page));
	memcpy(page + 1080, "\x53\xef", 2);
	memcpy(page + 1128, "0123456789abcdef", HIB_ID_BYTES);
}

static struct hib_guard taken(void)
{
	struct hib_guard guard = {};

	check(hib_guard_take(page, &guard));
	return guard;
}

static void fill(unsigned int nr)
{
	make();
	guards = (struct hib_guards){};
	for (unsigned int i = 0; i < nr; i++) {
		struct hib_guard guard;

		page[1128] = i;
		guard = taken();
		check(hib_guards_add(&guards, &guard));
	}
	hib_guards_build(disk, &guards);
}

TEST(guard_names_the_file_system)
{
	struct hib_guard guard;

	make();
	guard = taken();
	check_number(guard.kind, HIB_GUARD_EXT);
	check(!memcmp(guard.id, "0123456789abcdef", HIB_ID_BYTES));
}

TEST(guard_does_not_know_others)
{
	struct hib_guard guard;

	make();
	page[1081] = 0;
	check(!hib_guard_take(page, &guard));
	make();
	memset(page + 1128, 0, HIB_ID_BYTES);
	check(!hib_guard_take(page, &guard));
	memset(page, 0, sizeof(page));
	memcpy(page, "XFSB", 4);
	check(!hib_guard_take(page, &guard));
}

/* Each byte of the super block counts, and none beside it. */
TEST(guard_digests_the_super_block)
{
	u64 before;

	make();
	before = taken().digest;
	for (unsigned int i = 0; i < sizeof(page); i++) {
		struct hib_guard guard;
		bool inside = i >= 1024 && i < 2048;

		page[i] ^= 0x10;
		if (hib_guard_take(page, &guard))
			check((guard.digest != before) == inside);
		else
			check(i == 1080 || i == 1081);
		page[i] ^= 0x10;
	}
	check(taken().digest == before);
}

TEST(guards_are_found_by_their_uuid)
{
	struct hib_guard guard;

	fill(3);
	page[1128] = 2;
	page[1100]++;
	guard = taken();
	check_number(hib_guards_find(&guards, &guard), 2);
	guard.kind++;
	check_number(hib_guards_find(&guards, &guard), -1);
	page[1128] = 3;
	guard = taken();
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
	page[1128] = HIB_GUARDS_MAX;
	guard = taken();
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
	disk[1].kind = cpu_to_le32(HIB_GUARD_EXT + 1);
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
