// SPDX-License-Identifier: GPL-2.0
#include "budget.h"
#include "format.h"
#include "tap.h"

#define UNLIMITED	(~0ULL)

static struct hib_budget out;

/* 1000 pages to save; with 800 free nothing is left to argue about. */
static struct hib_budget_input input(void)
{
	return (struct hib_budget_input){
		.saveable = 1000,
		.free = 2000,
		.reclaimable = 600,
		.image_limit = UNLIMITED,
		.reserved = 50,
		.buffers = 30,
		.slack = 20,
	};
}

static bool fits(const struct hib_budget_input *in, u64 reclaimed)
{
	return in->saveable - reclaimed + in->slack + in->buffers + in->reserved <=
	       in->free + reclaimed;
}

TEST(budget_reclaims_nothing_while_all_fits)
{
	struct hib_budget_input in = input();

	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 0);
	check_number(out.copy, 1020);
	check_number(out.keep_free, 50);
	check_number(out.precopy, 0);
	check_number(out.short_pages, 0);
	in.free = 1100;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 0);
}

TEST(budget_counts_each_reclaimed_page_twice)
{
	struct hib_budget_input in = input();

	in.free = 1099;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 1);
	in.free = 900;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 100);
	check_number(out.copy, 920);
}

TEST(budget_takes_all_that_is_reclaimable_but_no_more)
{
	struct hib_budget_input in = input();

	in.reclaimable = 100;
	in.free = 900;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 100);
	in.free = 899;
	check_number(hib_budget_compute(&in, &out), -ENOMEM);
	check_number(out.short_pages, 1);
	in.free = 0;
	check_number(hib_budget_compute(&in, &out), -ENOMEM);
	check_number(out.short_pages, 900);
	in.free = 900;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.short_pages, 0);
}

TEST(budget_does_not_reclaim_more_than_is_saved)
{
	struct hib_budget_input in = input();

	in.reclaimable = UNLIMITED;
	in.image_limit = 0;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 1000);
	in.reserved = 5000;
	check_number(hib_budget_compute(&in, &out), -ENOMEM);
	check_number(out.short_pages, 5050 - 3000);
}

TEST(budget_meets_the_wish_for_a_smaller_image)
{
	struct hib_budget_input in = input();

	in.image_limit = 700;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 300);
	in.image_limit = 1000;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 0);
}

TEST(budget_limit_of_zero_reclaims_all_it_can)
{
	struct hib_budget_input in = input();

	in.image_limit = 0;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 600);
}

TEST(budget_wish_that_cannot_be_met_is_no_error)
{
	struct hib_budget_input in = input();

	in.image_limit = 100;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 600);
	in.reclaimable = 0;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 0);
}

TEST(budget_reclaims_for_a_small_store_as_far_as_it_can)
{
	struct hib_budget_input in = input();

	in.room = 800;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 200);
	in.room = 1;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 600);
	in.room = 5000;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 0);
}

TEST(budget_bears_numbers_that_overflow)
{
	struct hib_budget_input in = input();

	in.buffers = UNLIMITED;
	check_number(hib_budget_compute(&in, &out), -ENOMEM);
	check(out.short_pages > 0);
	in = (struct hib_budget_input){
		.saveable = UNLIMITED, .slack = UNLIMITED, .free = UNLIMITED,
	};
	check_number(hib_budget_compute(&in, &out), 0);
	check(out.copy == UNLIMITED);
}

TEST(budget_of_nothing_is_nothing)
{
	struct hib_budget_input in = {};

	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.copy, 0);
}

/* Whatever the input: what comes out fits, and one page less would not do. */
TEST(budget_reclaims_the_least_that_fits)
{
	u64 seed = 42;
	unsigned int i, nr_done = 0, nr_short = 0;

	for (i = 0; i < 20000; i++) {
		struct hib_budget_input in = {
			.saveable = tap_random(&seed) % 3000,
			.free = tap_random(&seed) % 3000,
			.reclaimable = tap_random(&seed) % 2000,
			.image_limit = UNLIMITED,
			.reserved = tap_random(&seed) % 100,
			.buffers = tap_random(&seed) % 100,
			.slack = tap_random(&seed) % 100,
		};
		u64 most = min(in.reclaimable, in.saveable);

		if (hib_budget_compute(&in, &out)) {
			nr_short++;
			check(!fits(&in, most));
			in.free += out.short_pages - 1;
			check(!fits(&in, most));
			in.free += 1;
			check(fits(&in, most));
			continue;
		}
		nr_done++;
		check(out.reclaim <= most && fits(&in, out.reclaim));
		check(!out.reclaim || !fits(&in, out.reclaim - 1));
	}
	check(nr_done > 1000 && nr_short > 1000);
}

TEST(budget_worst_image_is_a_little_larger_than_its_pages)
{
	u64 nr_pages;

	check(hib_budget_worst_blocks(0, false) > 0);
	for (nr_pages = 1; nr_pages < 1ull << 30; nr_pages = nr_pages * 5 + 3) {
		u64 plain = hib_budget_worst_blocks(nr_pages, false);
		u64 with_digests = hib_budget_worst_blocks(nr_pages, true);

		check(plain > nr_pages);
		check(plain <= nr_pages + nr_pages / 80 + 350);
		check(with_digests >= plain + nr_pages / HIB_LEAF_DIGESTS);
		check(with_digests <= plain + nr_pages / 500 + 2);
	}
}

/*
 * 224000 pages are 7000 chunks in 1000 segments of 225 blocks, and 64 to round
 * up; 3 leaves of segments, 441 of runs, 111 of extents, a header.
 */
TEST(budget_worst_image_is_the_sum_of_its_parts)
{
	check_number(hib_budget_worst_blocks(224000, false), 225064 + 3 + 441 + 111 + 1);
	check_number(hib_budget_worst_blocks(224000, true), 225064 + 3 + 441 + 441 + 112 + 1);
	check_number(hib_budget_worst_blocks(0, true), 64 + 1 + 1 + 0 + 1 + 1);
}

/* Pack raw chunks as the writer does, on 64 workers, and see that they fit. */
TEST(budget_worst_image_holds_raw_chunks)
{
	u64 nr_chunks;

	for (nr_chunks = 1; nr_chunks < 10000; nr_chunks += 37) {
		u64 nr_full = nr_chunks / 7;
		u64 blocks = nr_full * 225;
		u64 rest = nr_chunks % 7;

		/* The rest, each chunk alone in the last segment of a worker. */
		blocks += rest * DIV_ROUND_UP(HIB_CHUNK_BYTES_MAX, HIB_BLOCK_BYTES);
		blocks += (nr_full + rest + 507) / 508;
		check(hib_budget_worst_blocks(32 * nr_chunks, false) > blocks);
	}
}
