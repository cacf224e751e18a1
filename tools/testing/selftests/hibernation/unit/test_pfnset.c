// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "pfnset.h"
#include "tap.h"

#define LEAF	HIB_PFNSET_PAGE_PFNS
#define END	(3 * LEAF + 77)

/* Count members one by one and through runs; both must be nr_set. */
static void check_counts(const struct hib_pfnset *set)
{
	unsigned long pfn, start, end = 0, nr = 0, nr_in_runs = 0;

	hib_pfnset_for_each(pfn, set)
		nr++;
	check_number(nr, set->nr_set);
	while (hib_pfnset_next_run(set, end, &start, &end)) {
		check(start < end && end <= set->end_pfn);
		nr_in_runs += end - start;
	}
	check_number(nr_in_runs, set->nr_set);
}

TEST(pfnset_is_empty_when_made)
{
	struct hib_pfnset set;
	unsigned long start, end;

	check_number(hib_pfnset_init(&set, END), 0);
	check_number(set.nr_set, 0);
	check(hib_pfnset_next(&set, 0) == HIB_PFN_NONE);
	check(!hib_pfnset_next_run(&set, 0, &start, &end));
	check(!hib_pfnset_test(&set, 0));
	hib_pfnset_exit(&set);
}

TEST(pfnset_without_frames_holds_nothing)
{
	struct hib_pfnset set;

	check_number(hib_pfnset_init(&set, 0), 0);
	check_number(hib_pfnset_add(&set, 0), -ERANGE);
	check(hib_pfnset_next(&set, 0) == HIB_PFN_NONE);
	hib_pfnset_remove(&set, 0);
	hib_pfnset_clear(&set);
	hib_pfnset_exit(&set);
	hib_pfnset_exit(&set);
}

TEST(pfnset_refuses_an_end_that_no_machine_has)
{
	struct hib_pfnset set;

	check_number(hib_pfnset_init(&set, (1ul << 40) + 1), -EINVAL);
	hib_pfnset_exit(&set);
	check_number(hib_pfnset_init(&set, ~0ul), -EINVAL);
	hib_pfnset_exit(&set);
}

TEST(pfnset_refuses_frames_past_its_end)
{
	struct hib_pfnset set;

	hib_pfnset_init(&set, END);
	check_number(hib_pfnset_add(&set, END), -ERANGE);
	check_number(hib_pfnset_add(&set, ~0ul), -ERANGE);
	check_number(hib_pfnset_add_range(&set, END - 1, END + 1), -ERANGE);
	check_number(hib_pfnset_cover(&set, 0, END + 1), -ERANGE);
	check_number(set.nr_set, 0);
	check_number(hib_pfnset_add(&set, END - 1), 0);
	check(hib_pfnset_next(&set, 0) == END - 1);
	check(hib_pfnset_next(&set, END) == HIB_PFN_NONE);
	check(hib_pfnset_next(&set, ~0ul) == HIB_PFN_NONE);
	check(!hib_pfnset_test(&set, END) && !hib_pfnset_test(&set, ~0ul));
	hib_pfnset_exit(&set);
}

TEST(pfnset_adds_and_removes_a_frame_once)
{
	struct hib_pfnset set;

	hib_pfnset_init(&set, END);
	check_number(hib_pfnset_add(&set, LEAF), 0);
	check_number(hib_pfnset_add(&set, LEAF), 0);
	check_number(set.nr_set, 1);
	check_number(hib_pfnset_add(&set, LEAF + 1), 0);
	check(hib_pfnset_test(&set, LEAF) && !hib_pfnset_test(&set, LEAF - 1));
	hib_pfnset_remove(&set, LEAF);
	hib_pfnset_remove(&set, LEAF);
	hib_pfnset_remove(&set, 5);
	hib_pfnset_remove(&set, ~0ul);
	check_number(set.nr_set, 1);
	check(!hib_pfnset_test(&set, LEAF) && hib_pfnset_test(&set, LEAF + 1));
	hib_pfnset_exit(&set);
	check_number(set.nr_set, 0);
	hib_pfnset_exit(&set);
}

TEST(pfnset_empty_range_changes_nothing)
{
	struct hib_pfnset set;

	hib_pfnset_init(&set, END);
	check_number(hib_pfnset_add_range(&set, 7, 7), 0);
	check_number(hib_pfnset_add_range(&set, 9, 7), 0);
	check_number(hib_pfnset_cover(&set, ~0ul, 3), 0);
	allocator_fail_after(0);
	check_number(hib_pfnset_cover(&set, 7, 7), 0);
	check_number(hib_pfnset_cover(&set, 9, 7), 0);
	allocator_fail_after(-1);
	check_number(set.nr_set, 0);
	check_number(hib_pfnset_add_range(&set, 0, 20), 0);
	hib_pfnset_remove_range(&set, 10, 10);
	hib_pfnset_remove_range(&set, 11, 10);
	check_number(set.nr_set, 20);
	hib_pfnset_exit(&set);
}

TEST(pfnset_runs_cross_leaves)
{
	struct hib_pfnset set;
	unsigned long start, end;

	hib_pfnset_init(&set, END);
	check_number(hib_pfnset_add_range(&set, LEAF - 3, 2 * LEAF + 5), 0);
	check(hib_pfnset_next_run(&set, 0, &start, &end));
	check_number(start, LEAF - 3);
	check_number(end, 2 * LEAF + 5);
	check(hib_pfnset_next_run(&set, LEAF + 1, &start, &end));
	check_number(start, LEAF + 1);
	check_number(end, 2 * LEAF + 5);
	check(!hib_pfnset_next_run(&set, end, &start, &end));
	hib_pfnset_exit(&set);
}

TEST(pfnset_run_ends_where_a_leaf_is_absent)
{
	struct hib_pfnset set;
	unsigned long start, end;

	hib_pfnset_init(&set, END);
	hib_pfnset_add_range(&set, LEAF - 2, LEAF);
	check(hib_pfnset_next_run(&set, 0, &start, &end));
	check_number(end, LEAF);
	hib_pfnset_exit(&set);
}

TEST(pfnset_full_set_is_one_run_to_its_end)
{
	struct hib_pfnset set;
	unsigned long start, end;
	unsigned long ends[] = { 1, 63, 64, 65, LEAF - 1, LEAF, LEAF + 1, END };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		hib_pfnset_init(&set, ends[i]);
		check_number(hib_pfnset_add_range(&set, 0, ends[i]), 0);
		check_number(set.nr_set, ends[i]);
		check(hib_pfnset_next_run(&set, 0, &start, &end));
		check_number(end, ends[i]);
		check(!hib_pfnset_next_run(&set, end, &start, &end));
		hib_pfnset_exit(&set);
	}
}

TEST(pfnset_removal_may_reach_past_the_end)
{
	struct hib_pfnset set;

	hib_pfnset_init(&set, END);
	hib_pfnset_add_range(&set, 0, END);
	hib_pfnset_remove_range(&set, 10, ~0ul);
	check_number(set.nr_set, 10);
	check_counts(&set);
	hib_pfnset_remove_range(&set, ~0ul - 1, ~0ul);
	check_number(set.nr_set, 10);
	hib_pfnset_exit(&set);
}

TEST(pfnset_clear_keeps_pages)
{
	struct hib_pfnset set;

	hib_pfnset_init(&set, END);
	hib_pfnset_add_range(&set, 5, LEAF + 5);
	hib_pfnset_clear(&set);
	check_number(set.nr_set, 0);
	check(hib_pfnset_next(&set, 0) == HIB_PFN_NONE);
	allocator_fail_after(0);
	check_number(hib_pfnset_add_range(&set, 5, LEAF + 5), 0);
	check_number(hib_pfnset_add(&set, 3 * LEAF), -ENOMEM);
	hib_pfnset_exit(&set);
}

TEST(pfnset_covered_range_needs_no_memory)
{
	struct hib_pfnset set;

	hib_pfnset_init(&set, END);
	check_number(hib_pfnset_cover(&set, LEAF, 2 * LEAF), 0);
	allocator_fail_after(0);
	check_number(hib_pfnset_add_range(&set, LEAF, 2 * LEAF), 0);
	check_number(hib_pfnset_add(&set, 2 * LEAF), -ENOMEM);
	check_number(hib_pfnset_add(&set, LEAF - 1), -ENOMEM);
	check_number(set.nr_set, LEAF);
	hib_pfnset_exit(&set);
}

TEST(pfnset_addition_without_memory_adds_nothing)
{
	struct hib_pfnset set;
	long nr;

	allocator_fail_after(0);
	check_number(hib_pfnset_init(&set, END), -ENOMEM);
	check_number(hib_pfnset_add(&set, 0), -ERANGE);
	hib_pfnset_exit(&set);
	for (nr = 1; nr < 5; nr++) {
		allocator_fail_after(nr);
		check_number(hib_pfnset_init(&set, END), 0);
		check_number(hib_pfnset_add_range(&set, 1, END), -ENOMEM);
		check_number(set.nr_set, 0);
		check(hib_pfnset_next(&set, 0) == HIB_PFN_NONE);
		allocator_fail_after(-1);
		check_number(hib_pfnset_add_range(&set, 1, END), 0);
		check_counts(&set);
		hib_pfnset_exit(&set);
	}
}

TEST(pfnset_counts_what_two_sets_share)
{
	struct hib_pfnset a, b;

	hib_pfnset_init(&a, END);
	hib_pfnset_init(&b, LEAF + 10);
	check_number(hib_pfnset_count_common(&a, &b), 0);
	hib_pfnset_add_range(&a, 100, END);
	check_number(hib_pfnset_count_common(&a, &b), 0);
	hib_pfnset_add_range(&b, 50, 110);
	hib_pfnset_add_range(&b, LEAF, LEAF + 10);
	check_number(hib_pfnset_count_common(&a, &b), 20);
	check_number(hib_pfnset_count_common(&b, &a), 20);
	hib_pfnset_exit(&b);
	hib_pfnset_exit(&a);
}

/* Compare with an array of bytes over many random changes. */
static void check_against_model(const struct hib_pfnset *set, const u8 *model)
{
	unsigned long pfn, next = 0, nr = 0;

	for (pfn = 0; pfn < END; pfn++) {
		nr += model[pfn];
		if (hib_pfnset_test(set, pfn) != model[pfn])
			break;
		if (!model[pfn])
			continue;
		if (hib_pfnset_next(set, next) != pfn)
			break;
		next = pfn + 1;
	}
	check_number(pfn, END);
	check_number(set->nr_set, nr);
	check(hib_pfnset_next(set, next) == HIB_PFN_NONE);
	check_counts(set);
}

TEST(pfnset_agrees_with_an_array_of_bytes)
{
	struct hib_pfnset set;
	u8 *model = calloc(END, 1);
	u64 seed = 88172645463325252ULL;
	unsigned int i;

	hib_pfnset_init(&set, END);
	for (i = 0; i < 300; i++) {
		unsigned long start = tap_random(&seed) % END;
		unsigned long length = tap_random(&seed) % (i % 3 ? 200 : 2 * LEAF);
		unsigned long end = min(END, start + length);

		if (tap_random(&seed) & 1) {
			check_number(hib_pfnset_add_range(&set, start, end), 0);
			memset(model + start, 1, end - start);
		} else {
			hib_pfnset_remove_range(&set, start, end);
			memset(model + start, 0, end - start);
		}
		if (i % 20 == 0)
			check_against_model(&set, model);
	}
	check_against_model(&set, model);
	hib_pfnset_exit(&set);
	free(model);
}

TEST(pfnset_adds_a_difference)
{
	struct hib_pfnset set, a, b;

	hib_pfnset_init(&set, END);
	hib_pfnset_init(&a, END);
	hib_pfnset_init(&b, LEAF + 10);
	hib_pfnset_add(&set, 5);
	hib_pfnset_add(&set, 150);
	hib_pfnset_add_range(&a, 100, 300);
	hib_pfnset_add_range(&a, 2 * LEAF, END);
	hib_pfnset_add_range(&b, 120, 130);
	hib_pfnset_add_range(&b, 290, LEAF + 10);
	check_number(hib_pfnset_add_difference(&set, &a, &b), 0);
	check_counts(&set);
	for (unsigned long pfn = 0; pfn < END; pfn++)
		check(hib_pfnset_test(&set, pfn) ==
		      (pfn == 5 || (hib_pfnset_test(&a, pfn) && !hib_pfnset_test(&b, pfn))));
	hib_pfnset_exit(&b);
	hib_pfnset_exit(&a);
	hib_pfnset_exit(&set);
}

TEST(pfnset_adds_no_difference_past_its_end)
{
	struct hib_pfnset set, a, b;

	hib_pfnset_init(&set, LEAF);
	hib_pfnset_init(&a, LEAF + 1);
	hib_pfnset_init(&b, 0);
	hib_pfnset_add(&a, 1);
	check_number(hib_pfnset_add_difference(&set, &a, &b), -ERANGE);
	check_number(set.nr_set, 0);
	check_number(hib_pfnset_add_difference(&a, &set, &b), 0);
	check_number(a.nr_set, 1);
	hib_pfnset_exit(&b);
	hib_pfnset_exit(&a);
	hib_pfnset_exit(&set);
}

TEST(pfnset_adds_a_covered_difference_without_memory)
{
	struct hib_pfnset set, a, b;

	hib_pfnset_init(&set, END);
	hib_pfnset_init(&a, END);
	hib_pfnset_init(&b, END);
	hib_pfnset_add_range(&a, 10, 20);
	allocator_fail_after(0);
	check_number(hib_pfnset_add_difference(&set, &a, &b), -ENOMEM);
	allocator_fail_after(-1);
	hib_pfnset_cover(&set, 0, 1);
	allocator_fail_after(0);
	check_number(hib_pfnset_add_difference(&set, &a, &b), 0);
	check_number(set.nr_set, 10);
	hib_pfnset_exit(&b);
	hib_pfnset_exit(&a);
	hib_pfnset_exit(&set);
}

/* Each frame, with a cursor that is moved on and with a fresh one, and the same as the test. */
TEST(pfnset_run_has_what_is_a_member)
{
	struct hib_pfnrun run = {};
	struct hib_pfnset set;

	hib_pfnset_init(&set, END);
	check(!hib_pfnset_run_has(&set, &(struct hib_pfnrun){}, 0));
	hib_pfnset_add(&set, 0);
	hib_pfnset_add_range(&set, 7, 9);
	hib_pfnset_add_range(&set, 60, 70);
	hib_pfnset_add_range(&set, LEAF - 3, LEAF + 3);
	for (unsigned long pfn = 0; pfn < LEAF + 100; pfn++) {
		bool there = hib_pfnset_test(&set, pfn);

		check_number(hib_pfnset_run_has(&set, &run, pfn), there);
		check_number(hib_pfnset_run_has(&set, &(struct hib_pfnrun){}, pfn), there);
	}
	check_number(run.start, HIB_PFN_NONE);
	hib_pfnset_exit(&set);
}

/* A lookup goes to the end of the run, so one for each frame would take squares of its length. */
TEST(pfnset_run_is_looked_up_once)
{
	struct hib_pfnrun run = {};
	struct hib_pfnset set;

	hib_pfnset_init(&set, END);
	hib_pfnset_add_range(&set, 10, LEAF + 10);
	check(!hib_pfnset_run_has(&set, &run, 3));
	for (unsigned long pfn = 10; pfn < LEAF + 10; pfn += 100) {
		check(hib_pfnset_run_has(&set, &run, pfn));
		check_number(run.start, 10);
		check_number(run.end, LEAF + 10);
	}
	check(!hib_pfnset_run_has(&set, &run, LEAF + 10));
	hib_pfnset_exit(&set);
}
