// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: broken_kunit - test of what becomes of page frames with a hardware error
 *
 * Pages are handed to memory_failure(), which marks and counts them as if they were
 * broken. They are lost until the next boot. The command line has to reserve a huge page
 * for each test that takes one; without it the test is skipped.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/hugetlb.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include "memory/broken.h"

#define PART		3u	/* of a huge page breaks */
#define PATIENCE_MS	20000u

/**
 * struct broken_desk - What each test has.
 * @found: Frames that hib_broken_exclude() adds.
 * @huge: A huge page in use, if the test took one.
 * @nr_errors: What hib_broken_exclude() stored.
 */
struct broken_desk {
	struct hib_pfnset found;
	struct folio *huge;
	long nr_errors;
};

static int broken_init(struct kunit *test)
{
	struct broken_desk *desk = kunit_kzalloc(test, sizeof(*desk), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, desk);
	test->priv = desk;
	KUNIT_ASSERT_EQ(test, hib_pfnset_init(&desk->found, max_pfn), 0);
	return 0;
}

static void broken_exit(struct kunit *test)
{
	struct broken_desk *desk = test->priv;

	if (desk->huge)
		folio_put(desk->huge);
	hib_pfnset_exit(&desk->found);
}

/* One of the pages of a huge page in use breaks; returns its frame. */
static unsigned long desk_break_huge(struct kunit *test, struct broken_desk *desk)
{
	struct hstate *h = &default_hstate;

	desk->huge = alloc_hugetlb_folio_nodemask(h, numa_mem_id(), NULL, htlb_alloc_mask(h),
						  false);
	if (!desk->huge)
		kunit_skip(test, "no huge page is reserved");
	memory_failure(folio_pfn(desk->huge) + PART, 0);
	KUNIT_ASSERT_TRUE(test, folio_test_hwpoison(desk->huge));
	return folio_pfn(desk->huge) + PART;
}

/* First of the suite: the counter is still 0, unless memory is really broken. */
static void broken_asks_only_if_there_is_an_error(struct kunit *test)
{
	if (atomic_long_read(&num_poisoned_pages))
		kunit_skip(test, "this boot has an error already");
	KUNIT_EXPECT_PTR_EQ(test, hib_broken_ask(PATIENCE_MS), NULL);
}

/* An error elsewhere: whoever looked before is told, and who looks now has nothing to fear. */
static void broken_is_told_of_each_later_error(struct kunit *test)
{
	struct broken_desk *desk = test->priv;
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, hib_broken_exclude(NULL, &desk->found, &desk->nr_errors), 0);
	KUNIT_EXPECT_FALSE(test, hib_broken_changed(desk->nr_errors));
	memory_failure(page_to_pfn(page), 0);
	KUNIT_EXPECT_TRUE(test, hib_broken_changed(desk->nr_errors));
	KUNIT_EXPECT_EQ(test, hib_broken_exclude(NULL, &desk->found, &desk->nr_errors), 0);
	KUNIT_EXPECT_FALSE(test, hib_broken_changed(desk->nr_errors));
	KUNIT_EXPECT_EQ(test, desk->found.nr_set, 0ull);
}

static void broken_part_of_a_huge_page_is_left_out(struct kunit *test)
{
	struct broken_desk *desk = test->priv;
	unsigned long pfn = desk_break_huge(test, desk);
	struct hib_broken *b = hib_broken_ask(PATIENCE_MS);

	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_EXPECT_EQ(test, hib_broken_exclude(b, &desk->found, &desk->nr_errors), 0);
	hib_broken_forget(b);
	KUNIT_EXPECT_EQ(test, desk->found.nr_set, 1ull);
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&desk->found, pfn));
}

static void broken_part_that_came_after_the_answer_is_refused(struct kunit *test)
{
	struct broken_desk *desk = test->priv;
	struct page *page = alloc_page(GFP_KERNEL);
	struct hib_broken *b;

	KUNIT_ASSERT_NOT_NULL(test, page);
	memory_failure(page_to_pfn(page), 0);
	b = hib_broken_ask(PATIENCE_MS);
	KUNIT_ASSERT_NOT_NULL(test, b);
	desk_break_huge(test, desk);
	KUNIT_EXPECT_EQ(test, hib_broken_exclude(b, &desk->found, &desk->nr_errors), -EBUSY);
	hib_broken_forget(b);
}

/* The thread that did not answer in time may hold the page for a moment. */
static int desk_exclude_patiently(struct broken_desk *desk)
{
	unsigned long end = jiffies + msecs_to_jiffies(PATIENCE_MS);
	int ret;

	do {
		msleep(20);
		ret = hib_broken_exclude(NULL, &desk->found, &desk->nr_errors);
	} while (ret == -EBUSY && time_before(jiffies, end));
	return ret;
}

/* No answer in time is as good as none: a huge page with the mark refuses. */
static void broken_answer_that_is_late_is_no_answer(struct kunit *test)
{
	struct broken_desk *desk = test->priv;

	desk_break_huge(test, desk);
	KUNIT_EXPECT_PTR_EQ(test, hib_broken_ask(0), NULL);
	KUNIT_EXPECT_EQ(test, hib_broken_exclude(NULL, &desk->found, &desk->nr_errors), -EBUSY);
	folio_put(desk->huge);
	desk->huge = NULL;
	KUNIT_EXPECT_EQ(test, desk_exclude_patiently(desk), 0);
}

static struct kunit_case broken_cases[] = {
	KUNIT_CASE(broken_asks_only_if_there_is_an_error),
	KUNIT_CASE(broken_is_told_of_each_later_error),
	KUNIT_CASE(broken_part_of_a_huge_page_is_left_out),
	KUNIT_CASE(broken_part_that_came_after_the_answer_is_refused),
	KUNIT_CASE(broken_answer_that_is_late_is_no_answer),
	{}
};

static struct kunit_suite broken_suite = {
	.name = "hib_broken",
	.init = broken_init,
	.exit = broken_exit,
	.test_cases = broken_cases,
};
kunit_test_suite(broken_suite);
