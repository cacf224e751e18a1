// SPDX-License-Identifier: GPL-2.0
#include "extent.h"
#include "leaf.h"
#include "tap.h"

#define DEVICE_BLOCKS	1000000u

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static struct hib_disk_leaf leaf __aligned(4096);
static struct hib_disk_extent *const entry = (struct hib_disk_extent *)leaf.data;
static struct hib_extents e;
static u64 next;
static const struct hib_members one = { .member[0].nr_blocks = DEVICE_BLOCKS };
static const struct hib_members three = {
	.member[0].nr_blocks = DEVICE_BLOCKS,
	.member[1].nr_blocks = 100,
	.member[15].nr_blocks = 200,
};

static void put(u32 i, u64 block, u64 nr_blocks)
{
	entry[i].block = cpu_to_le64(block);
	entry[i].nr_blocks = cpu_to_le64(nr_blocks);
}

static int decode(u32 index, u32 nr, u64 next_block)
{
	hib_leaf_close(&leaf, id, HIB_LEAF_EXTENT, index, nr, next_block);
	return hib_extents_decode(&e, &leaf, id, index, &one, &next);
}

static void check_run_refused(u64 block, u64 nr_blocks)
{
	hib_extents_init(&e);
	put(0, block, nr_blocks);
	check_number(decode(0, 1, 0), -EBADMSG);
	check_number(e.nr, 0);
	hib_extents_exit(&e);
}

static void put_full(void)
{
	u32 i;

	for (i = 0; i < HIB_LEAF_EXTENTS; i++)
		put(i, 10 + 2 * i, 1);
}

TEST(extent_array_is_empty_when_made)
{
	u64 block, nr;

	hib_extents_init(&e);
	check(!hib_extents_lookup(&e, 0, &block, &nr));
	check_number(hib_extents_leaves(&e), 0);
	hib_extents_exit(&e);
}

TEST(extent_runs_that_continue_are_merged)
{
	hib_extents_init(&e);
	check_number(hib_extents_append(&e, 100, 5), 0);
	check_number(hib_extents_append(&e, 105, 3), 0);
	check_number(e.nr, 1);
	check_number(hib_extents_append(&e, 99, 1), 0);
	check_number(hib_extents_append(&e, 200, 1), 0);
	check_number(e.nr, 3);
	check_number(e.nr_blocks, 10);
	check_number(e.array[0].nr_blocks, 8);
	check_number(e.array[1].first, 8);
	hib_extents_exit(&e);
}

TEST(extent_append_refuses_nothing_and_overflow)
{
	hib_extents_init(&e);
	check_number(hib_extents_append(&e, 100, 0), -EINVAL);
	check_number(hib_extents_append(&e, U64_MAX, 1), -EINVAL);
	check_number(hib_extents_append(&e, 2, U64_MAX - 1), -EINVAL);
	check_number(hib_extents_append(&e, 1, U64_MAX - 1), 0);
	check_number(hib_extents_append(&e, 1, 2), -EINVAL);
	check_number(e.nr, 1);
	hib_extents_exit(&e);
}

TEST(extent_append_without_memory_changes_nothing)
{
	u32 i;

	hib_extents_init(&e);
	allocator_fail_after(0);
	check_number(hib_extents_append(&e, 100, 5), -ENOMEM);
	check_number(hib_extents_reserve(&e, 1), -ENOMEM);
	allocator_fail_after(1);
	for (i = 0; !hib_extents_append(&e, 100 + 2 * i, 1); i++)
		;
	check_number(e.nr, i);
	check_number(e.nr_blocks, i);
	check_number(hib_extents_append(&e, 100 + 2 * i - 1, 4), 0);
	check_number(e.nr, i);
	hib_extents_exit(&e);
}

TEST(extent_reserve_makes_appending_sure)
{
	u32 i;

	memset(&e, 0x5a, sizeof(e));
	hib_extents_init(&e);
	check_number(hib_extents_reserve(&e, 1000), 0);
	allocator_fail_after(0);
	check_number(hib_extents_reserve(&e, 10), 0);
	check_number(hib_extents_reserve(&e, 1000), 0);
	for (i = 0; i < 1000; i++)
		check_number(hib_extents_append(&e, 2 * i, 1), 0);
	check_number(hib_extents_append(&e, 5000, 1), -ENOMEM);
	hib_extents_exit(&e);
	check_number(e.nr + e.capacity + e.nr_blocks, 0);
	hib_extents_exit(&e);
}

TEST(extent_lookup_finds_every_block)
{
	u64 seed = 9, image_block = 0, block, nr, i;
	u32 n;

	hib_extents_init(&e);
	for (n = 0; n < 777; n++)
		hib_extents_append(&e, 1 + tap_random(&seed) % DEVICE_BLOCKS,
				   1 + tap_random(&seed) % 20);
	for (n = 0; n < e.nr; n++) {
		check_number(e.array[n].first, image_block);
		for (i = 0; i < e.array[n].nr_blocks; i++) {
			check(hib_extents_lookup(&e, image_block + i, &block, &nr));
			check_number(block, e.array[n].block + i);
			check_number(nr, e.array[n].nr_blocks - i);
		}
		image_block += e.array[n].nr_blocks;
	}
	check_number(image_block, e.nr_blocks);
	check(!hib_extents_lookup(&e, image_block, &block, &nr));
	check(!hib_extents_lookup(&e, U64_MAX, &block, &nr));
	hib_extents_exit(&e);
}

/* @nr runs out and in again, through leaves; each leaf the same when written again. */
static void check_round_trip(u32 nr)
{
	struct hib_disk_leaf first;
	struct hib_extents back;
	u32 i;

	hib_extents_init(&e);
	hib_extents_init(&back);
	for (i = 0; i < nr; i++)
		hib_extents_append(&e, DEVICE_BLOCKS - 3 * (i + 1), 1 + i % 2);
	for (i = 0; i < hib_extents_leaves(&e); i++) {
		u64 to = i + 1 < hib_extents_leaves(&e) ? 500 + i : 0;

		memset(&leaf, 0x5a, sizeof(leaf));
		hib_extents_encode(&e, &leaf, id, i, to);
		check_number(hib_extents_decode(&back, &leaf, id, i, &one, &next), 0);
		check_number(next, to);
		first = leaf;
		hib_extents_encode(&back, &leaf, id, i, to);
		check(!memcmp(&first, &leaf, sizeof(leaf)));
	}
	check_number(back.nr, nr);
	check_number(back.nr_blocks, e.nr_blocks);
	check(!memcmp(back.array, e.array, nr * sizeof(*e.array)));
	hib_extents_exit(&back);
	hib_extents_exit(&e);
}

TEST(extent_leaves_come_back_as_they_were_written)
{
	static const u32 numbers[] = { 1, 253, 254, 255, 508, 509, 2000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		check_round_trip(numbers[i]);
}

TEST(extent_refuses_run_outside_the_device)
{
	check_run_refused(0, 5);
	check_run_refused(DEVICE_BLOCKS, 1);
	check_run_refused(DEVICE_BLOCKS - 1, 2);
	check_run_refused(1, DEVICE_BLOCKS);
}

TEST(extent_refuses_run_that_is_empty_or_overflows)
{
	check_run_refused(5, 0);
	check_run_refused(5, U64_MAX);
	check_run_refused(U64_MAX, 1);
	check_run_refused(U64_MAX, U64_MAX);
}

TEST(extent_refuses_runs_longer_than_the_device_together)
{
	hib_extents_init(&e);
	put(0, 1, DEVICE_BLOCKS - 1);
	put(1, 1, 1);
	put(2, 1, 1);
	check_number(decode(0, 3, 0), -EBADMSG);
	check_number(e.nr, 2);
	check_number(e.nr_blocks, DEVICE_BLOCKS);
	hib_extents_exit(&e);
}

TEST(extent_accepts_the_last_block_of_the_device)
{
	hib_extents_init(&e);
	put(0, DEVICE_BLOCKS - 1, 1);
	put(1, 1, 5);
	check_number(decode(0, 2, 0), 0);
	check_number(next, 0);
	hib_extents_exit(&e);
}

TEST(extent_refuses_runs_that_should_be_one)
{
	hib_extents_init(&e);
	put(0, 10, 5);
	put(1, 15, 5);
	check_number(decode(0, 2, 0), -EBADMSG);
	hib_extents_exit(&e);
}

TEST(extent_refuses_next_leaf_outside_the_device)
{
	hib_extents_init(&e);
	put_full();
	check_number(decode(0, HIB_LEAF_EXTENTS, DEVICE_BLOCKS), -EBADMSG);
	check_number(decode(0, HIB_LEAF_EXTENTS, U64_MAX), -EBADMSG);
	check_number(decode(0, HIB_LEAF_EXTENTS, DEVICE_BLOCKS - 1), 0);
	check_number(next, DEVICE_BLOCKS - 1);
	hib_extents_exit(&e);
}

TEST(extent_refuses_chain_after_a_leaf_with_room_left)
{
	hib_extents_init(&e);
	put_full();
	check_number(decode(0, HIB_LEAF_EXTENTS - 1, 55), -EBADMSG);
	check_number(decode(0, HIB_LEAF_EXTENTS - 1, 0), 0);
	check_number(decode(1, 1, 0), -EBADMSG);
	hib_extents_exit(&e);
}

TEST(extent_refuses_a_chain_that_turns_back)
{
	hib_extents_init(&e);
	put_full();
	check_number(decode(0, HIB_LEAF_EXTENTS, 55), 0);
	check_number(hib_extents_decode(&e, &leaf, id, 1, &one, &next), -EBADMSG);
	hib_extents_exit(&e);
}

static int decode_of_three(u64 block, u64 nr_blocks, u64 next_block)
{
	hib_extents_exit(&e);
	put_full();
	put(0, block, nr_blocks);
	hib_leaf_close(&leaf, id, HIB_LEAF_EXTENT, 0, next_block ? HIB_LEAF_EXTENTS : 1,
		       next_block);
	return hib_extents_decode(&e, &leaf, id, 0, &three, &next);
}

TEST(extent_names_the_member_of_a_run)
{
	u64 block, nr;

	hib_extents_init(&e);
	check_number(decode_of_three(hib_block_on(15, 199), 1, 0), 0);
	check(hib_extents_lookup(&e, 0, &block, &nr));
	check_number(hib_block_member(block), 15);
	check_number(hib_block_number(block), 199);
	check_number(decode_of_three(hib_block_on(1, 1), 99, hib_block_on(15, 7)), 0);
	check_number(next, hib_block_on(15, 7));
	hib_extents_exit(&e);
}

TEST(extent_refuses_run_outside_its_member)
{
	static const u64 wrong[][2] = {
		{ 1ull << 48, 1 }, { 1ull << 48 | 100, 1 }, { 1ull << 48 | 99, 2 },
		{ 2ull << 48 | 1, 1 }, { 14ull << 48 | 1, 1 }, { 15ull << 48 | 200, 1 },
		{ 16ull << 48 | 1, 1 }, { 65535ull << 48 | 1, 1 },
		{ DEVICE_BLOCKS - 1, 2 }, { 1ull << 48 | 1, U64_MAX },
	};

	hib_extents_init(&e);
	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
		check_number(decode_of_three(wrong[i][0], wrong[i][1], 0), -EBADMSG);
	check_number(decode_of_three(5, 1, hib_block_on(1, 100)), -EBADMSG);
	check_number(decode_of_three(5, 1, hib_block_on(2, 1)), -EBADMSG);
	check_number(decode_of_three(5, 1, hib_block_on(15, 0)), -EBADMSG);
	check_number(decode_of_three(5, 1, hib_block_on(15, 199)), 0);
	hib_extents_exit(&e);
}

static int decode_three_runs(u64 last_blocks)
{
	put(0, 1, DEVICE_BLOCKS - 1);
	put(1, hib_block_on(15, 1), 199);
	put(2, 1, last_blocks);
	hib_leaf_close(&leaf, id, HIB_LEAF_EXTENT, 0, 3, 0);
	return hib_extents_decode(&e, &leaf, id, 0, &three, &next);
}

TEST(extent_refuses_runs_longer_than_all_members_together)
{
	hib_extents_init(&e);
	check_number(decode_three_runs(103), -EBADMSG);
	check_number(e.nr, 2);
	hib_extents_exit(&e);
	check_number(decode_three_runs(102), 0);
	check_number(e.nr_blocks, hib_members_blocks(&three));
	hib_extents_exit(&e);
}

TEST(extent_tells_missing_memory_from_damage)
{
	hib_extents_init(&e);
	put_full();
	allocator_fail_after(0);
	check_number(decode(0, HIB_LEAF_EXTENTS, 0), -ENOMEM);
	hib_extents_exit(&e);
}

TEST(extent_tells_where_the_first_run_on_a_device_is)
{
	hib_extents_init(&e);
	check_number(hib_extents_first_on(&e, 0), 0);
	check_number(hib_extents_append(&e, 70, 5), 0);
	check_number(hib_extents_append(&e, hib_block_on(15, 9), 5), 0);
	check_number(hib_extents_append(&e, hib_block_on(2, 1), 5), 0);
	check_number(hib_extents_append(&e, hib_block_on(15, 3), 5), 0);
	check_number(hib_extents_first_on(&e, 0), 70);
	check_number(hib_extents_first_on(&e, 15), hib_block_on(15, 9));
	check_number(hib_extents_first_on(&e, 2), hib_block_on(2, 1));
	check_number(hib_extents_first_on(&e, 1), 0);
	hib_extents_exit(&e);
}

TEST(extent_overlap_finds_each_block_of_a_range_once)
{
	static const u64 runs[][2] = { { 5, 3 }, { 10, 1 }, { 11, 0 }, { 20, 10 },
				       { 1ull << 48 | 4, 8 } };
	u64 block = 0, nr, total = 0;

	hib_extents_init(&e);
	for (unsigned int i = 0; i < ARRAY_SIZE(runs); i++)
		check_number(hib_extents_append(&e, runs[i][0], runs[i][1]), runs[i][1] ? 0 : -EINVAL);
	block = 6;
	check_number(hib_extents_overlap(&e, &block, 25), 2);
	check_number(block, 6);
	for (block = 6; (nr = hib_extents_overlap(&e, &block, 25)); block += nr)
		total += nr;
	check_number(total, 2 + 1 + 5);
	block = 8;
	check_number(hib_extents_overlap(&e, &block, 10), 0);
	check_number(block, 8);
	check_number(hib_extents_overlap(&e, &block, 11), 1);
	check_number(block, 10);
	block = 30;
	check_number(hib_extents_overlap(&e, &block, hib_block_on(1, 5)), 1);
	check_number(block, hib_block_on(1, 4));
	block = hib_block_on(1, 12);
	check_number(hib_extents_overlap(&e, &block, U64_MAX), 0);
	block = 7;
	check_number(hib_extents_overlap(&e, &block, 7), 0);
	hib_extents_exit(&e);
	block = 0;
	check_number(hib_extents_overlap(&e, &block, U64_MAX), 0);
}

/* A list from a disk may name a block twice. What is found is in the list all the same. */
TEST(extent_overlap_of_runs_that_overlap_stays_in_them)
{
	static const u64 runs[][2] = { { 10, 50 }, { 12, 2 }, { 13, 4 }, { 70, 1 } };
	u64 block = 0, nr;

	hib_extents_init(&e);
	for (unsigned int i = 0; i < ARRAY_SIZE(runs); i++)
		check_number(hib_extents_append(&e, runs[i][0], runs[i][1]), 0);
	while ((nr = hib_extents_overlap(&e, &block, 100))) {
		check((block >= 10 && block + nr <= 60) || (block == 70 && nr == 1));
		block += nr;
	}
	check_number(block, 71);
	hib_extents_exit(&e);
}

TEST(extent_of_a_run_only_free_blocks_are_appended)
{
	static const u8 map[] = { 0, 0, 1, 0x40, 0, 0x3f, 0, 0 };
	static const u64 free[][2] = { { 100, 2 }, { 104, 1 }, { 106, 3 } };

	hib_extents_init(&e);
	check_number(hib_extents_append_free(&e, 100, map, sizeof(map)), 0);
	check_number(hib_extents_append_free(&e, 108, map, 1), 0);
	check_number(hib_extents_append_free(&e, 200, map + 2, 2), 0);
	check_number(hib_extents_append_free(&e, 300, map, 0), 0);
	check_number(e.nr, 3);
	for (u32 i = 0; i < e.nr; i++) {
		check_number(e.array[i].block, free[i][0]);
		check_number(e.array[i].nr_blocks, free[i][1]);
	}
	hib_extents_exit(&e);
	allocator_fail_after(0);
	check_number(hib_extents_append_free(&e, 100, map, sizeof(map)), -ENOMEM);
	hib_extents_exit(&e);
}
