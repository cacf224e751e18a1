// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "leaf.h"
#include "pagemap.h"
#include "tap.h"

#define END	100000ul

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static struct hib_disk_leaf leaf __aligned(4096);
static struct hib_disk_run *const run = (struct hib_disk_run *)leaf.data;
static struct hib_pfnset set;
static struct hib_pagemap_reader reader;

static void begin(u64 max_pages)
{
	hib_pfnset_init(&set, END);
	reader = (struct hib_pagemap_reader){ .set = &set, .max_pages = max_pages };
}

static void put(u32 i, u64 pfn, u64 nr_pages)
{
	run[i].pfn = cpu_to_le64(pfn);
	run[i].nr_pages = cpu_to_le64(nr_pages);
}

static int decode(u32 index, u32 nr)
{
	hib_leaf_close(&leaf, id, HIB_LEAF_PAGEMAP, index, nr, 0);
	return hib_pagemap_decode(&reader, &leaf, id);
}

/* A list of one run must be refused, and leave nothing in the set. */
static void check_run_refused(u64 pfn, u64 nr_pages)
{
	begin(END);
	put(0, pfn, nr_pages);
	check_number(decode(0, 1), -EBADMSG);
	check_number(set.nr_set, 0);
	hib_pfnset_exit(&set);
}

/* Write a set, read it back, compare; and each leaf must be written the same again. */
static void check_round_trip(const struct hib_pfnset *from)
{
	u64 nr_runs = hib_pagemap_count_runs(from);
	u32 nr_leaves = hib_pagemap_leaves(nr_runs);
	unsigned long pfn = 0, again = 0, start, end = 0;
	struct hib_disk_leaf *copy = aligned_alloc(4096, sizeof(*copy));
	u32 i;

	begin(from->nr_set);
	for (i = 0; i < nr_leaves; i++) {
		memset(&leaf, 0x5a, sizeof(leaf));
		hib_pagemap_encode(from, &pfn, &leaf, id, i);
		check_number(hib_pagemap_decode(&reader, &leaf, id), 0);
	}
	check(!hib_pfnset_next_run(from, pfn, &start, &end));
	check_number(reader.nr_runs, nr_runs);
	check_number(reader.nr_pages, from->nr_set);
	check_number(set.nr_set, from->nr_set);
	check_number(hib_pfnset_count_common(&set, from), from->nr_set);
	pfn = 0;
	for (i = 0; i < nr_leaves; i++) {
		hib_pagemap_encode(from, &pfn, &leaf, id, i);
		hib_pagemap_encode(&set, &again, copy, id, i);
		check(!memcmp(&leaf, copy, sizeof(leaf)));
	}
	hib_pfnset_exit(&set);
	free(copy);
}

TEST(pagemap_of_an_empty_set_needs_no_leaf)
{
	begin(0);
	check_number(hib_pagemap_count_runs(&set), 0);
	check_number(hib_pagemap_leaves(0), 0);
	hib_pfnset_exit(&set);
}

TEST(pagemap_leaves_are_rounded_up)
{
	check_number(hib_pagemap_leaves(1), 1);
	check_number(hib_pagemap_leaves(254), 1);
	check_number(hib_pagemap_leaves(255), 2);
}

TEST(pagemap_comes_back_as_it_was_written)
{
	static const unsigned long numbers[] = { 1, 253, 254, 255, 508, 509, 3000 };
	struct hib_pfnset from;
	unsigned int i;
	unsigned long n;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		hib_pfnset_init(&from, END);
		for (n = 0; n < numbers[i]; n++)
			hib_pfnset_add_range(&from, 32 * n, 32 * n + 1 + n % 31);
		check_number(hib_pagemap_count_runs(&from), numbers[i]);
		check_round_trip(&from);
		hib_pfnset_exit(&from);
	}
}

TEST(pagemap_of_all_memory_is_one_run)
{
	struct hib_pfnset from;

	hib_pfnset_init(&from, END);
	hib_pfnset_add_range(&from, 0, END);
	check_number(hib_pagemap_count_runs(&from), 1);
	check_round_trip(&from);
	hib_pfnset_exit(&from);
}

TEST(pagemap_refuses_run_past_span_end)
{
	check_run_refused(END, 1);
	check_run_refused(END - 1, 2);
	check_run_refused(0, END + 1);
}

TEST(pagemap_refuses_run_that_overflows)
{
	check_run_refused(5, U64_MAX);
	check_run_refused(U64_MAX, 1);
	check_run_refused(U64_MAX - 1, 2);
}

TEST(pagemap_refuses_empty_run)
{
	check_run_refused(5, 0);
}

TEST(pagemap_refuses_runs_that_touch)
{
	begin(END);
	put(0, 10, 5);
	put(1, 15, 5);
	check_number(decode(0, 2), -EBADMSG);
	check_number(set.nr_set, 0);
	hib_pfnset_exit(&set);
}

TEST(pagemap_refuses_runs_that_overlap_or_descend)
{
	begin(END);
	put(0, 10, 5);
	put(1, 12, 50);
	check_number(decode(0, 2), -EBADMSG);
	hib_pfnset_exit(&set);
	begin(END);
	put(0, 10, 5);
	put(1, 2, 3);
	check_number(decode(0, 2), -EBADMSG);
	check_number(set.nr_set, 0);
	hib_pfnset_exit(&set);
}

TEST(pagemap_refuses_more_pages_than_the_header_says)
{
	begin(9);
	put(0, 10, 5);
	put(1, 20, 5);
	check_number(decode(0, 2), -EBADMSG);
	check_number(set.nr_set, 0);
	hib_pfnset_exit(&set);
	begin(10);
	check_number(decode(0, 2), 0);
	check_number(set.nr_set, 10);
	hib_pfnset_exit(&set);
}

/* Fill the leaf with runs of one frame, two frames apart. */
static void put_full(u64 pfn)
{
	u32 i;

	for (i = 0; i < HIB_LEAF_RUNS; i++)
		put(i, pfn + 2 * i, 1);
}

TEST(pagemap_refuses_order_across_leaves)
{
	begin(END);
	put_full(1000);
	check_number(decode(0, HIB_LEAF_RUNS), 0);
	put(0, 1000 + 2 * HIB_LEAF_RUNS - 1, 1);
	check_number(decode(1, 1), -EBADMSG);
	check_number(set.nr_set, HIB_LEAF_RUNS);
	hib_pfnset_exit(&set);
}

TEST(pagemap_refuses_leaf_after_one_with_room_left)
{
	begin(END);
	put(0, 10, 5);
	check_number(decode(0, 1), 0);
	put(0, 20, 5);
	check_number(decode(1, 1), -EBADMSG);
	hib_pfnset_exit(&set);
}

TEST(pagemap_refuses_leaf_out_of_place)
{
	begin(END);
	put_full(0);
	check_number(decode(1, HIB_LEAF_RUNS), -EBADMSG);
	check_number(decode(0, HIB_LEAF_RUNS), 0);
	check_number(decode(0, HIB_LEAF_RUNS), -EBADMSG);
	check_number(decode(2, HIB_LEAF_RUNS), -EBADMSG);
	hib_pfnset_exit(&set);
}

TEST(pagemap_refuses_every_flipped_bit)
{
	unsigned int bit;

	begin(END);
	put_full(0);
	hib_leaf_close(&leaf, id, HIB_LEAF_PAGEMAP, 0, HIB_LEAF_RUNS, 0);
	for (bit = 0; bit < 8 * sizeof(leaf); bit++) {
		((u8 *)&leaf)[bit / 8] ^= 1 << bit % 8;
		if (hib_pagemap_decode(&reader, &leaf, id) != -EBADMSG)
			check_number(bit, -1);
		((u8 *)&leaf)[bit / 8] ^= 1 << bit % 8;
	}
	check_number(hib_pagemap_decode(&reader, &leaf, id), 0);
	hib_pfnset_exit(&set);
}

TEST(pagemap_tells_missing_memory_from_damage)
{
	begin(END);
	put(0, 10, 5);
	put(1, 40000, 5);
	allocator_fail_after(1);
	check_number(decode(0, 2), -ENOMEM);
	check(set.nr_set <= 5);
	hib_pfnset_exit(&set);
}
