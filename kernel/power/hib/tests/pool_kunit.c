// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pool_kunit - test of the pool
 *
 * Does the pool take what it was asked for, know what it owns, and give all
 * of it back?
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/vmstat.h>
#include "memory/pool.h"

#define POOL_PAGES	1000u

static void pool_owns_what_it_took(struct kunit *test)
{
	struct hib_pool pool;
	unsigned long pfn;

	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, POOL_PAGES), 0);
	KUNIT_EXPECT_GE(test, hib_pool_grow_table(&pool, POOL_PAGES), (u64)POOL_PAGES);
	KUNIT_EXPECT_EQ(test, pool.table.nr, (u64)POOL_PAGES);
	KUNIT_EXPECT_GE(test, pool.frames.nr_set, (unsigned long)POOL_PAGES);
	for (u64 i = 0; i < pool.table.nr; i++) {
		pfn = hib_table_get(&pool.table, i);
		KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&pool.frames, pfn));
		KUNIT_EXPECT_EQ(test, page_ref_count(pfn_to_page(pfn)), 1);
	}
	/* Blocks are whole: each says how large it is, and follows the one before. */
	for (pfn = hib_pfnset_next(&pool.frames, 0); pfn != HIB_PFN_NONE;
	     pfn = hib_pfnset_next(&pool.frames, pfn + (1ul << page_private(pfn_to_page(pfn)))))
		KUNIT_EXPECT_EQ(test, page_ref_count(pfn_to_page(pfn)), 1);
	hib_pool_destroy(&pool);
}

static void pool_table_names_each_frame_once(struct kunit *test)
{
	struct hib_pool pool;

	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, POOL_PAGES), 0);
	hib_pool_grow_table(&pool, POOL_PAGES);
	for (u64 i = 0; i < pool.table.nr; i++) {
		KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&pool.frames,
							hib_table_get(&pool.table, i)));
		hib_pfnset_remove(&pool.frames, hib_table_get(&pool.table, i));
	}
	for (u64 i = 0; i < pool.table.nr; i++)
		hib_pfnset_add(&pool.frames, hib_table_get(&pool.table, i));
	hib_pool_destroy(&pool);
}

static void pool_gives_frames_back(struct kunit *test)
{
	struct hib_pool pool;
	struct page *page;

	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, 1), 0);
	KUNIT_ASSERT_EQ(test, hib_pool_grow_table(&pool, 1), 1ull);
	page = pfn_to_page(hib_table_get(&pool.table, 0));
	get_page(page);
	hib_pool_free_frames(&pool);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, pool.frames.nr_set, 0ul);
	KUNIT_EXPECT_EQ(test, pool.table.nr, 0ull);
	put_page(page);
	hib_pool_destroy(&pool);
	hib_pool_destroy(&pool);
}

/* The last page of the largest block, held as by a network that has not sent it yet. */
static void pool_leaves_a_page_to_who_holds_it(struct kunit *test)
{
	struct page *page, *first = NULL;
	struct hib_pool pool;
	unsigned long pfn;

	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, POOL_PAGES), 0);
	hib_pool_grow_table(&pool, POOL_PAGES);
	for (pfn = hib_pfnset_next(&pool.frames, 0); pfn != HIB_PFN_NONE;
	     pfn = hib_pfnset_next(&pool.frames, pfn + (1ul << page_private(pfn_to_page(pfn)))))
		if (!first || page_private(pfn_to_page(pfn)) > page_private(first))
			first = pfn_to_page(pfn);
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_GT(test, page_private(first), 0ul);
	page = first + (1ul << page_private(first)) - 1;
	get_page(page);
	hib_pool_free_frames(&pool);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(page - 1), 0);
	put_page(page);
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 0);
	hib_pool_destroy(&pool);
}

static void pool_spares_avoid_the_image(struct kunit *test)
{
	struct hib_pool pool;
	struct hib_pfnset image;
	unsigned long pfn, last = 0;
	unsigned int nr = 0;

	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, POOL_PAGES), 0);
	KUNIT_ASSERT_EQ(test, hib_pfnset_init(&image, max_pfn), 0);
	hib_pool_grow_table(&pool, POOL_PAGES);
	for (u64 i = 0; i < pool.table.nr; i += 2)
		KUNIT_EXPECT_EQ(test, hib_pfnset_add(&image, hib_table_get(&pool.table, i)), 0);
	while ((pfn = hib_pool_next_spare(&pool, &image)) != HIB_PFN_NONE) {
		KUNIT_EXPECT_FALSE(test, hib_pfnset_test(&image, pfn));
		KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&pool.frames, pfn));
		KUNIT_EXPECT_GT(test, pfn, last);
		last = pfn;
		nr++;
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)nr, pool.frames.nr_set - image.nr_set);
	KUNIT_EXPECT_NULL(test, hib_pool_take_spare(&pool, &image));
	hib_pfnset_exit(&image);
	hib_pool_destroy(&pool);
}

/* As many frames as a machine of more than 1 TiB has: no allocation grows with it. */
static void pool_has_a_table_for_any_machine(struct kunit *test)
{
	struct hib_pool pool;

	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, (1ull << 28) + 1), 0);
	KUNIT_EXPECT_EQ(test, hib_pool_grow_table(&pool, 1), 1ull);
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&pool.frames, hib_table_get(&pool.table, 0)));
	hib_pool_destroy(&pool);
}

/* More than there is: what can be had is taken, and nobody is killed for it. */
static void pool_stops_when_memory_is_short(struct kunit *test)
{
	struct hib_pool pool;
	u64 all = totalram_pages();

	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, all), 0);
	KUNIT_EXPECT_LT(test, hib_pool_grow_table(&pool, all), all);
	KUNIT_EXPECT_GT(test, pool.table.nr, all / 4);
	hib_pool_destroy(&pool);
}

/* Needs hugepages= on the command line. */
static void pool_borrows_huge_pages(struct kunit *test)
{
	u64 unused = hib_pool_huge_unused(), got;
	struct hib_pool pool;

	if (!unused)
		kunit_skip(test, "no huge page is there");
	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, 1), 0);
	got = hib_pool_grow_huge(&pool, 1);
	KUNIT_EXPECT_GT(test, got, 1ull);
	KUNIT_EXPECT_EQ(test, hib_pool_huge_unused(), unused - got);
	KUNIT_EXPECT_EQ(test, (u64)pool.frames.nr_set, got);
	memset(pfn_to_kaddr(hib_pfnset_next(&pool.frames, 0)), 0x5a, got * PAGE_SIZE);
	hib_pool_free_frames(&pool);
	KUNIT_EXPECT_EQ(test, hib_pool_huge_unused(), unused);
	KUNIT_EXPECT_EQ(test, hib_pool_grow_huge(&pool, 2 * unused), unused);
	hib_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, hib_pool_huge_unused(), unused);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(pool_owns_what_it_took),
	KUNIT_CASE(pool_table_names_each_frame_once),
	KUNIT_CASE(pool_gives_frames_back),
	KUNIT_CASE(pool_leaves_a_page_to_who_holds_it),
	KUNIT_CASE(pool_spares_avoid_the_image),
	KUNIT_CASE(pool_has_a_table_for_any_machine),
	KUNIT_CASE(pool_borrows_huge_pages),
	KUNIT_CASE_SLOW(pool_stops_when_memory_is_short),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "hib_pool",
	.test_cases = pool_cases,
};
kunit_test_suite(pool_suite);
