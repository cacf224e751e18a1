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
		.loadable = UNLIMITED,
		.reserved = 50,
		.buffers = 30,
		.slack = 5,		/* and 1/64 of 1000: 15 */
	};
}

/* 100 of the 1000 pages belong to the kernel; memory cannot hold a copy of all. */
static struct hib_budget_input full(void)
{
	struct hib_budget_input in = input();

	in.still = 900;
	in.free = 200;
	return in;
}

static bool fits(const struct hib_budget_input *in, u64 reclaimed)
{
	return in->saveable - reclaimed + in->saveable / 64 + in->slack + in->buffers +
	       in->reserved <= in->free + reclaimed;
}

TEST(budget_reclaims_nothing_while_all_fits)
{
	struct hib_budget_input in = input();

	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 0);
	check_number(out.copy, 1020);
	check_number(out.precopy, 0);
	check_number(out.short_pages, 0);
	in.free = 1100;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 0);
}

TEST(budget_counts_each_reclaimed_page_twice)
{
	struct hib_budget_input in = input();
	in.mode = HIB_PRECOPY_NEVER;

	in.free = 1099;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 1);
	in.free = 900;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 100);
	check_number(out.must, 100);
	check_number(out.copy, 920);
}

TEST(budget_takes_all_that_is_reclaimable_but_no_more)
{
	struct hib_budget_input in = input();
	in.mode = HIB_PRECOPY_NEVER;

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
	in.mode = HIB_PRECOPY_NEVER;

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

/* Clean cache goes although all fits, and nothing else does for that. */
TEST(budget_in_a_hurry_drops_clean_cache_and_nothing_else)
{
	struct hib_budget_input in = input();

	in.clean = 300;
	in.shed = 300;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop, 300);
	check_number(out.reclaim, 0);
	check_number(out.must, 0);
	check_number(out.copy, 720);
	in.shed = 200;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop, 200);
	in.shed = 500;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop, 300);
	check_number(out.reclaim, 0);
}

/* What is swapped takes the room that it makes. */
TEST(budget_drops_cache_for_a_small_store_and_swaps_nothing)
{
	struct hib_budget_input in = input();

	in.clean = 300;
	in.room = 800;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop, 200);
	check_number(out.reclaim, 0);
	check_number(out.copy, 820);
	in.room = 1;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop, 300);
	check_number(out.reclaim, 0);
	in.image_limit = 500;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop, 300);
	check_number(out.reclaim, 200);
	check_number(out.must, 0);
	in.image_limit = UNLIMITED;
	in.room = 5000;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop + out.reclaim, 0);
}

TEST(budget_bears_numbers_that_overflow)
{
	struct hib_budget_input in = input();
	in.mode = HIB_PRECOPY_NEVER;

	in.buffers = UNLIMITED;
	check_number(hib_budget_compute(&in, &out), -ENOMEM);
	check(out.short_pages > 0);
	in = (struct hib_budget_input){
		.saveable = UNLIMITED, .slack = UNLIMITED, .free = UNLIMITED,
		.loadable = UNLIMITED,
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
			.loadable = UNLIMITED,
			.mode = HIB_PRECOPY_NEVER,
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

TEST(budget_writes_early_before_it_reclaims)
{
	struct hib_budget_input in = full();

	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.level, HIB_LEVEL_STILL);
	check_number(out.drop + out.reclaim, 0);
	check_number(out.precopy, 900);
	/* 100 pages, 1/64 of them, the slack */
	check_number(out.copy, 106);
}

/* 106 copies, 30 buffers, 50 reserved, one page of digests. */
TEST(budget_writes_all_early_when_the_kernel_finds_no_room)
{
	struct hib_budget_input in = full();

	in.free = 187;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.level, HIB_LEVEL_STILL);
	in.free = 186;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.level, HIB_LEVEL_ALL);
	check_number(out.precopy, 1000);
	/* 25 are expected to change; there is room for 105. */
	check_number(out.copy, 105);
	check_number(out.drop + out.reclaim, 0);
	in.free = 111;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.copy, 25 + 5);
}

/* 30 copies, 30 buffers, 50 reserved, one page of digests: 111. */
TEST(budget_reclaims_when_even_that_does_not_fit)
{
	struct hib_budget_input in = full();

	in.free = 101;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.level, HIB_LEVEL_ALL);
	check_number(out.reclaim, 10);
	in.reclaimable = 9;
	check_number(hib_budget_compute(&in, &out), -ENOMEM);
	check_number(out.short_pages, 1);
	check(!out.too_large);
}

TEST(budget_mode_decides_about_precopy)
{
	struct hib_budget_input in = input();

	in.still = 900;
	in.mode = HIB_PRECOPY_ALWAYS;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.level, HIB_LEVEL_ALL);
	check_number(out.copy, 106);
	in.mode = HIB_PRECOPY_AUTO;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.level, HIB_LEVEL_NONE);
	in.free = 500;
	in.mode = HIB_PRECOPY_NEVER;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.level, HIB_LEVEL_NONE);
	check_number(out.precopy, 0);
	check_number(out.reclaim, 300);
}

TEST(budget_drops_clean_cache_before_all_else)
{
	struct hib_budget_input in = input();

	in.image_limit = 700;
	in.clean = 200;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop, 200);
	check_number(out.reclaim, 100);
	in.clean = 5000;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop, 300);
	check_number(out.reclaim, 0);
}

TEST(budget_keeps_the_image_loadable)
{
	struct hib_budget_input in = full();

	in.loadable = 1000;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.drop + out.reclaim, 0);
	in.loadable = 900;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 100);
	in.loadable = 399;
	check_number(hib_budget_compute(&in, &out), -ENOMEM);
	check_number(out.short_pages, 1);
	check(out.too_large);
}

/* 106 copies and 30, 50, 1 besides fit into 200 and leave 13. */
TEST(budget_gives_a_second_attempt_what_there_is)
{
	struct hib_budget_input in = full();

	in.missed = 10;
	in.reclaimable = 0;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.copy, 116);
	in.missed = 1000;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.copy, 119);
	in.reclaimable = 500;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 500);
	check_number(out.copy, 619);
	/* Nothing gives way for what is free. */
	in.missed = 13;
	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.reclaim, 0);
	check_number(out.copy, 119);
}

/* Whatever the input: what is taken fits into what is free, at each level. */
TEST(budget_with_precopy_fits)
{
	u64 seed = 43;
	unsigned int i, nr_level[3] = {}, nr_short = 0;

	for (i = 0; i < 20000; i++) {
		struct hib_budget_input in = {
			.saveable = tap_random(&seed) % 3000,
			.still = tap_random(&seed) % 3000,
			.free = tap_random(&seed) % 3000,
			.clean = tap_random(&seed) % 300,
			.reclaimable = tap_random(&seed) % 1000,
			.image_limit = tap_random(&seed) % 6000,
			.loadable = tap_random(&seed) % 6000,
			.reserved = tap_random(&seed) % 100,
			.buffers = tap_random(&seed) % 100,
			.slack = tap_random(&seed) % 100,
			.missed = tap_random(&seed) % 4 ? 0 : tap_random(&seed) % 1000,
			.mode = tap_random(&seed) % 3,
		};
		u64 freed, took;

		if (hib_budget_compute(&in, &out)) {
			nr_short++;
			check(out.short_pages > 0);
			continue;
		}
		nr_level[out.level]++;
		freed = out.drop + out.reclaim;
		took = out.copy + out.precopy / 512 + in.buffers + in.reserved;
		check(took <= in.free + freed);
		check(freed <= min(in.reclaimable, in.saveable) && out.drop <= in.clean);
		check(in.saveable - freed <= in.loadable);
		check(!out.precopy == (out.level == HIB_LEVEL_NONE) || !in.saveable || !in.still);
	}
	check(nr_short > 500 && nr_level[0] > 500 && nr_level[1] > 500 && nr_level[2] > 500);
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
 * up; 3 leaves of segments, 28 of raw chunks, 441 of runs, 111 of extents, a header, a black
 * box.
 */
TEST(budget_worst_image_is_the_sum_of_its_parts)
{
	check_number(hib_budget_worst_blocks(224000, false), 225064 + 3 + 28 + 441 + 111 + 2);
	check_number(hib_budget_worst_blocks(224000, true), 225064 + 3 + 28 + 441 + 441 + 112 + 2);
	check_number(hib_budget_worst_blocks(0, true), 64 + 1 + 1 + 0 + 1 + 2);
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

TEST(budget_fits_what_surely_fits)
{
	u64 room;

	for (room = 0; room < 1ull << 30; room = room * 3 + 101) {
		u64 pages = hib_budget_fitting_pages(room, 0, 0, true);

		check(!pages || hib_budget_worst_blocks(pages, true) <= room);
		check(hib_budget_worst_blocks(pages + 1, true) > room);
		/* Nothing shrank, or what was written grew. */
		check_number(hib_budget_fitting_pages(room, 1000, 1000, true), pages);
		check_number(hib_budget_fitting_pages(room, 1000, 1100, true), pages);
	}
}

/* 300 MiB of room, 3 pages in 2 blocks: 1.5 times what surely fits, less a sixteenth. */
TEST(budget_fits_by_the_ratio_seen)
{
	u64 sure = hib_budget_fitting_pages(76800, 0, 0, false);

	check(sure > 74000 && sure < 76800);
	check_number(hib_budget_fitting_pages(76800, 90000, 60000, false),
		     sure * 3 / 2 - sure * 3 / 2 / 16);
	/* A ratio that the margin eats up never says less than what is sure. */
	check_number(hib_budget_fitting_pages(76800, 1000, 999, false), sure);
	/* One that is too good to be true is not believed. */
	check_number(hib_budget_fitting_pages(76800, 1ull << 40, 1, false), sure * 64 - sure * 4);
	check_number(hib_budget_fitting_pages(0, 90000, 60000, false), 0);
}

/* More room never fits fewer pages, and a better ratio never fewer either. */
TEST(budget_fits_more_into_more)
{
	u64 room, blocks, last_by_room[40] = {};

	for (room = 1000; room < 1ull << 34; room *= 5) {
		u64 last = ~0ull;
		unsigned int i = 0;

		for (blocks = 1000; blocks <= 40000; blocks += 1000, i++) {
			u64 fit = hib_budget_fitting_pages(room, 40000, blocks, true);

			check(fit <= last && fit >= last_by_room[i]);
			last = fit;
			last_by_room[i] = fit;
		}
	}
}
