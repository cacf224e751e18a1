// SPDX-License-Identifier: GPL-2.0
#include "extent_chain.h"
#include "leaf.h"
#include "tap.h"

#define DEVICE_BLOCKS	100000u
#define LEAVES_AT	500u	/* leaf i lies at block LEAVES_AT + 7 * i */
#define NR_RUNS		(2 * HIB_LEAF_EXTENTS + 9)
#define NR_LEAVES	3u

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static const u8 other_id[HIB_ID_BYTES] = "another one's id";
static struct hib_disk_leaf leaves[NR_LEAVES] __aligned(4096);
static struct hib_extents e;
static struct hib_extent_chain chain;
static const struct hib_members members = { .member[0].nr_blocks = DEVICE_BLOCKS };
static const char *why;
static u32 nr_read;

static u64 place(u32 index)
{
	return LEAVES_AT + 7 * index;
}

/* Leaves of @nr_runs runs of two blocks each; the last one leads to @last_next. */
static void make(u32 nr_runs, u64 last_next)
{
	struct hib_extents all;
	u32 i;

	hib_extents_init(&all);
	for (i = 0; i < nr_runs; i++)
		hib_extents_append(&all, 1000 + 3 * i, 2);
	for (i = 0; i < hib_extents_leaves(&all); i++)
		hib_extents_encode(&all, &leaves[i], id, i,
				   i + 1 < hib_extents_leaves(&all) ? place(i + 1) : last_next);
	hib_extents_exit(&all);
	hib_extents_init(&e);
	nr_read = 0;
	why = "not set";
}

/* As chain.c does it; a block without a leaf holds something else. */
static int follow(u64 first_block, u32 nr_leaves, u64 nr_extents, u64 image_blocks)
{
	static const struct hib_disk_leaf other;
	int ret;

	chain = (struct hib_extent_chain){ .extents = &e, .members = &members,
					   .nr_extents = nr_extents,
					   .image_blocks = image_blocks };
	ret = hib_extent_chain_begin(&chain, first_block, nr_leaves, &why);
	while (!ret && (ret = hib_extent_chain_step(&chain, &why)) > 0) {
		u64 index = (chain.next - LEAVES_AT) / 7;
		const struct hib_disk_leaf *leaf = index < NR_LEAVES ? &leaves[index] : &other;

		check(chain.next && chain.next < DEVICE_BLOCKS);
		nr_read++;
		ret = hib_extent_chain_take(&chain, leaf, id, &why);
	}
	return ret;
}

static void check_refused(int ret, const char *reason)
{
	check_number(ret, -EBADMSG);
	check_text(why, reason);
	hib_extents_exit(&e);
}

TEST(chain_comes_back)
{
	make(NR_RUNS, 0);
	check_number(follow(place(0), NR_LEAVES, NR_RUNS, 2 * NR_RUNS), 0);
	check_number(nr_read, NR_LEAVES);
	check_number(e.nr, NR_RUNS);
	check_number(e.nr_blocks, 2 * NR_RUNS);
	hib_extents_exit(&e);
	make(HIB_LEAF_EXTENTS, 0);
	check_number(follow(place(0), 1, HIB_LEAF_EXTENTS, 1), 0);
	hib_extents_exit(&e);
}

TEST(chain_whose_numbers_disagree_is_not_begun)
{
	make(NR_RUNS, 0);
	check_refused(follow(place(0), 2, NR_RUNS, 1), "number of extents and leaves disagree");
	check_refused(follow(place(0), 4, NR_RUNS, 1), "number of extents and leaves disagree");
	check_refused(follow(place(0), 0, NR_RUNS, 1), "number of extents and leaves disagree");
	check_refused(follow(place(0), 1, HIB_LEAF_EXTENTS + 1, 1),
		      "number of extents and leaves disagree");
	check_refused(follow(place(0), 2, HIB_LEAF_EXTENTS, 1),
		      "number of extents and leaves disagree");
	check_number(nr_read, 0);
}

TEST(chain_longer_than_the_device_is_not_begun)
{
	make(NR_RUNS, 0);
	check_refused(follow(place(0), DEVICE_BLOCKS / HIB_LEAF_EXTENTS + 1, DEVICE_BLOCKS + 1, 1),
		      "number of extents and leaves disagree");
	check_refused(follow(place(0), 0x1020409u, U32_MAX, 1),
		      "number of extents and leaves disagree");
	check_refused(follow(place(0), 1, U64_MAX, 1), "number of extents and leaves disagree");
	check_number(nr_read, 0);
}

TEST(chain_stays_on_the_device)
{
	static const u64 wrong[] = { 0, DEVICE_BLOCKS, DEVICE_BLOCKS + 1, U64_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		make(NR_RUNS, 0);
		check_refused(follow(wrong[i], NR_LEAVES, NR_RUNS, 1),
			      "extent leaf outside the devices");
		check_number(nr_read, 0);
	}
	make(NR_RUNS, 0);
	check_refused(follow(DEVICE_BLOCKS - 1, NR_LEAVES, NR_RUNS, 1), "extent leaf damaged");
	check_number(nr_read, 1);
}

TEST(chain_that_ends_too_early_is_refused)
{
	make(HIB_LEAF_EXTENTS, 0);
	check_refused(follow(place(0), 2, HIB_LEAF_EXTENTS + 1, 1),
		      "extent leaf outside the devices");
	check_number(nr_read, 1);
}

TEST(chain_that_goes_on_is_refused)
{
	make(HIB_LEAF_EXTENTS, place(1));
	check_refused(follow(place(0), 1, HIB_LEAF_EXTENTS, 1),
		      "extent leaves go on past their count");
	check_number(nr_read, 1);
}

TEST(chain_that_turns_back_is_refused)
{
	make(2 * HIB_LEAF_EXTENTS, place(0));
	check_refused(follow(place(0), 3, NR_RUNS, 1), "extent leaf damaged");
	check_number(nr_read, 3);
}

TEST(chain_with_another_number_of_extents_is_refused)
{
	make(NR_RUNS, 0);
	check_refused(follow(place(0), NR_LEAVES, NR_RUNS + 1, 1),
		      "number of extents is not the header's");
	make(NR_RUNS, 0);
	check_refused(follow(place(0), NR_LEAVES, NR_RUNS - 1, 1),
		      "number of extents is not the header's");
}

TEST(chain_must_cover_the_image)
{
	make(NR_RUNS, 0);
	check_refused(follow(place(0), NR_LEAVES, NR_RUNS, 2 * NR_RUNS + 1),
		      "extents do not cover the image");
	make(NR_RUNS, 0);
	check_number(follow(place(0), NR_LEAVES, NR_RUNS, 0), 0);
	hib_extents_exit(&e);
}

TEST(chain_of_another_image_is_refused)
{
	make(NR_RUNS, 0);
	hib_leaf_close(&leaves[1], other_id, HIB_LEAF_EXTENT, 1, HIB_LEAF_EXTENTS, place(2));
	check_refused(follow(place(0), NR_LEAVES, NR_RUNS, 1), "extent leaf damaged");
	check_number(nr_read, 2);
}

TEST(chain_tells_missing_memory_from_damage)
{
	make(NR_RUNS, 0);
	allocator_fail_after(1);
	check_number(follow(place(0), NR_LEAVES, NR_RUNS, 1), -ENOMEM);
	hib_extents_exit(&e);
}
