// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: census_kunit - test of the census, and of a sample of it
 *
 * Are the frames that must be saved in the set, and the others not? Does a sample show what
 * is in them?
 */
#include <kunit/test.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "memory/added.h"
#include "memory/census.h"
#include "memory/nosave.h"
#include "memory/sample.h"

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

static void census_tells_kinds(struct kunit *test)
{
	struct census_sets *sets = test->priv;
	struct hib_census before, after;
	struct page *page = alloc_pages(GFP_KERNEL, 4);
	void *slab = kmalloc(64, GFP_KERNEL);

	hib_census_take(&sets->nosave, &before);
	KUNIT_EXPECT_EQ(test, hib_census_sum(&before, HIB_KINDS_ALL), before.saveable);
	KUNIT_EXPECT_LE(test, before.droppable, before.kinds[HIB_KIND_CACHE_CLEAN]);
	KUNIT_EXPECT_GT(test, before.kinds[HIB_KIND_RESERVED], 0ull);
	__free_pages(page, 4);
	hib_census_take(&sets->nosave, &after);
	KUNIT_EXPECT_LT(test, after.kinds[HIB_KIND_OTHER], before.kinds[HIB_KIND_OTHER]);

	KUNIT_ASSERT_EQ(test, hib_census_collect_kinds(&sets->nosave, BIT(HIB_KIND_SLAB),
						       &sets->saved), 0);
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&sets->saved, PHYS_PFN(__pa(slab))));
	KUNIT_EXPECT_FALSE(test, hib_pfnset_test(&sets->saved, PHYS_PFN(__pa(&init_task))));
	hib_pfnset_clear(&sets->saved);
	KUNIT_ASSERT_EQ(test, hib_census_collect_kinds(&sets->nosave, BIT(HIB_KIND_RESERVED),
						       &sets->saved), 0);
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&sets->saved, PHYS_PFN(__pa(&init_task))));
	kfree(slab);
}

static void nosave_reads_regions(struct kunit *test)
{
	const char *at = "0x1000-0x2fff,3M-4M,16383-0x4001";
	u64 start, end;

	KUNIT_EXPECT_EQ(test, hib_nosave_parse(&at, &start, &end), 0);
	KUNIT_EXPECT_EQ(test, start, 0x1000ull);
	KUNIT_EXPECT_EQ(test, end, 0x3000ull);
	KUNIT_EXPECT_EQ(test, hib_nosave_parse(&at, &start, &end), 0);
	KUNIT_EXPECT_EQ(test, start, 3ull << 20);
	KUNIT_EXPECT_EQ(test, end, 4ull << 20);
	KUNIT_EXPECT_EQ(test, hib_nosave_parse(&at, &start, &end), 0);
	KUNIT_EXPECT_EQ(test, start, 0x3000ull);
	KUNIT_EXPECT_EQ(test, end, 0x5000ull);
	KUNIT_EXPECT_STREQ(test, at, "");
}

static void nosave_refuses_what_is_no_region(struct kunit *test)
{
	static const char * const bad[] = {
		"", "-", "1M", "1M-", "-1M", "1M-2Mx", "2M-1M", "1M-1M", "1M,2M", "x-2M",
		"1M-0x10000000000001", "0x1000-0xffffffffffffffff",
	};
	u64 start = 7, end = 7;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *at = bad[i];

		KUNIT_EXPECT_EQ_MSG(test, hib_nosave_parse(&at, &start, &end), -EINVAL,
				    "%s", bad[i]);
		KUNIT_EXPECT_EQ(test, start, 7ull);
		KUNIT_EXPECT_EQ(test, end, 7ull);
	}
}

/*
 * A driver, as that of persistent memory, leaves such a resource where it added memory, which
 * goes online in whole sections.
 */
static void memory_that_a_driver_added_is_counted(struct kunit *test)
{
	unsigned long pfn = page_to_pfn(virt_to_page(test->priv));
	struct resource added = {
		.name = "System RAM (test)",
		.start = PFN_PHYS(pfn),
		.end = PFN_PHYS(pfn + 1) - 1,
		.flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_SYSRAM_DRIVER_MANAGED | IORESOURCE_BUSY,
	};
	u64 before = hib_added_pages(true);

	KUNIT_ASSERT_EQ(test, 0, insert_resource(&iomem_resource, &added));
	KUNIT_EXPECT_EQ(test, before + PAGES_PER_SECTION, hib_added_pages(true));
	KUNIT_EXPECT_EQ(test, 0, remove_resource(&added));
	KUNIT_EXPECT_EQ(test, before, hib_added_pages(true));
}

#define PATTERN_PERIOD	3ul
#define PATTERN_BLOCKS	6u
#define PATTERN_ORDER	8u	/* of 512 pages that are looked at, each is one of three */
#define SAMPLE_CHUNK	32u

/* How many pages of a sample are those that begin a period? */
static unsigned int sample_count(struct kunit *test, struct hib_pfnset *frames)
{
	u64 *pages = kvmalloc(SAMPLE_CHUNK * PAGE_SIZE, GFP_KERNEL);
	unsigned int nr = 0;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	for (u64 first = 0; first < frames->nr_set; first += SAMPLE_CHUNK * PATTERN_PERIOD) {
		hib_sample_fetch(frames, first, SAMPLE_CHUNK, pages);
		for (unsigned int i = 0; i < SAMPLE_CHUNK; i++)
			nr += !pages[i * (PAGE_SIZE / sizeof(*pages))];
	}
	kvfree(pages);
	return nr;
}

static void sample_is_not_misled_by_what_repeats(struct kunit *test)
{
	struct hib_pfnset *frames = &((struct census_sets *)test->priv)->saved;
	struct page *blocks[PATTERN_BLOCKS];
	unsigned long pfn, rank = 0;
	unsigned int nr;

	for (unsigned int i = 0; i < PATTERN_BLOCKS; i++) {
		blocks[i] = alloc_pages(GFP_KERNEL, PATTERN_ORDER);
		KUNIT_ASSERT_NOT_NULL(test, blocks[i]);
		pfn = page_to_pfn(blocks[i]);
		KUNIT_ASSERT_EQ(test, 0,
				hib_pfnset_add_range(frames, pfn, pfn + (1u << PATTERN_ORDER)));
	}
	hib_pfnset_for_each(pfn, frames) {
		u64 *page = pfn_to_kaddr(pfn);

		*page = rank++ % PATTERN_PERIOD;
	}
	nr = sample_count(test, frames);
	KUNIT_EXPECT_GT(test, nr, 512 / 4);
	KUNIT_EXPECT_LT(test, nr, 512 / 2);
	for (unsigned int i = 0; i < PATTERN_BLOCKS; i++)
		__free_pages(blocks[i], PATTERN_ORDER);
}

static struct kunit_case census_cases[] = {
	KUNIT_CASE(nosave_reads_regions),
	KUNIT_CASE(nosave_refuses_what_is_no_region),
	KUNIT_CASE(memory_that_a_driver_added_is_counted),
	KUNIT_CASE(census_saves_what_is_used),
	KUNIT_CASE(census_leaves_free_blocks_out),
	KUNIT_CASE(census_respects_nosave),
	KUNIT_CASE(census_leaves_offline_pages_out),
	KUNIT_CASE(census_tells_kinds),
	KUNIT_CASE(census_estimate_is_near_the_set),
	KUNIT_CASE(sample_is_not_misled_by_what_repeats),
	{}
};

static struct kunit_suite census_suite = {
	.name = "hib_census",
	.init = census_init,
	.exit = census_exit,
	.test_cases = census_cases,
};
kunit_test_suite(census_suite);
