// SPDX-License-Identifier: GPL-2.0
/*
 * Are the frames that must be saved in the set, and the others not?
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "../census.h"

struct census_sets {
	struct hib_pfnset nosave;
	struct hib_pfnset saved;
};

static int census_init(struct kunit *test)
{
	struct census_sets *sets = kunit_kzalloc(test, sizeof(*sets), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sets);
	test->priv = sets;
	KUNIT_ASSERT_EQ(test, hib_pfnset_init(&sets->nosave, max_pfn), 0);
	KUNIT_ASSERT_EQ(test, hib_pfnset_init(&sets->saved, max_pfn), 0);
	KUNIT_ASSERT_EQ(test, hib_census_cover(&sets->saved), 0);
	KUNIT_ASSERT_EQ(test, hib_census_cover(&sets->nosave), 0);
	return 0;
}

static void census_exit(struct kunit *test)
{
	struct census_sets *sets = test->priv;

	hib_pfnset_exit(&sets->saved);
	hib_pfnset_exit(&sets->nosave);
}

static int census_collect(struct census_sets *sets)
{
	unsigned long flags;
	int ret;

	local_irq_save(flags);
	ret = hib_census_collect(&sets->nosave, &sets->saved);
	local_irq_restore(flags);
	return ret;
}

static void census_saves_what_is_used(struct kunit *test)
{
	struct census_sets *sets = test->priv;
	void *slab = kmalloc(64, GFP_KERNEL), *area = vmalloc(PAGE_SIZE);
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);

	KUNIT_ASSERT_EQ(test, census_collect(sets), 0);
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&sets->saved, PHYS_PFN(__pa(slab))));
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&sets->saved, vmalloc_to_pfn(area)));
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&sets->saved, page_to_pfn(page)));
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&sets->saved, PHYS_PFN(__pa(census_init))));
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&sets->saved, PHYS_PFN(__pa(&init_task))));
	kfree(slab);
	vfree(area);
	__free_page(page);
}

static void census_leaves_free_blocks_out(struct kunit *test)
{
	struct census_sets *sets = test->priv;
	struct page *page = alloc_pages(GFP_KERNEL, MAX_PAGE_ORDER);
	unsigned long pfn = page_to_pfn(page);

	__free_pages(page, MAX_PAGE_ORDER);
	KUNIT_ASSERT_EQ(test, census_collect(sets), 0);
	if (PageBuddy(page))
		for (unsigned long i = 0; i < 1ul << MAX_PAGE_ORDER; i++)
			KUNIT_EXPECT_FALSE(test, hib_pfnset_test(&sets->saved, pfn + i));
}

static void census_respects_nosave(struct kunit *test)
{
	struct census_sets *sets = test->priv;
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_EQ(test, hib_pfnset_add(&sets->nosave, page_to_pfn(page)), 0);
	KUNIT_ASSERT_EQ(test, census_collect(sets), 0);
	KUNIT_EXPECT_FALSE(test, hib_pfnset_test(&sets->saved, page_to_pfn(page)));
	__free_page(page);
}

static void census_leaves_offline_pages_out(struct kunit *test)
{
	struct census_sets *sets = test->priv;
	struct page *page = alloc_page(GFP_KERNEL);

	__SetPageOffline(page);
	KUNIT_ASSERT_EQ(test, census_collect(sets), 0);
	KUNIT_EXPECT_FALSE(test, hib_pfnset_test(&sets->saved, page_to_pfn(page)));
	__ClearPageOffline(page);
	__free_page(page);
}

static void census_estimate_is_near_the_set(struct kunit *test)
{
	struct census_sets *sets = test->priv;
	struct hib_census census;

	hib_census_take(&sets->nosave, &census);
	KUNIT_ASSERT_EQ(test, census_collect(sets), 0);
	KUNIT_EXPECT_LE(test, abs_diff(census.saveable, (u64)sets->saved.nr_set),
			totalram_pages() / 50);
	KUNIT_EXPECT_LE(test, census.saveable + census.free,
			get_num_physpages() + totalram_pages() / 50);
}

static struct kunit_case census_cases[] = {
	KUNIT_CASE(census_saves_what_is_used),
	KUNIT_CASE(census_leaves_free_blocks_out),
	KUNIT_CASE(census_respects_nosave),
	KUNIT_CASE(census_leaves_offline_pages_out),
	KUNIT_CASE(census_estimate_is_near_the_set),
	{}
};

static struct kunit_suite census_suite = {
	.name = "hib_census",
	.init = census_init,
	.exit = census_exit,
	.test_cases = census_cases,
};
kunit_test_suite(census_suite);
