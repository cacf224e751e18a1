// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: precopy_kunit - test of precopy
 *
 * Is what was written early told from what changed since? Some pages are
 * fetched as the stream would, a few are changed, and the copy is made
 * of them and of nothing else.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "memory/census.h"
#include "memory/copy.h"
#include "memory/precopy.h"
#include "pure/format.h"

#define NR_PAGES	100u	/* three chunks, and four pages that are left over */
#define NR_EARLY	96u

/**
 * struct precopy_desk - Some pages, and nothing else that is saved.
 * @nosave: All other memory.
 * @saved: The pages.
 * @pool: Takes digests and copies.
 * @precopy: What is tested.
 * @fetched: The pages as they were fetched.
 */
struct precopy_desk {
	struct hib_pfnset nosave;
	struct hib_pfnset saved;
	struct hib_pool pool;
	struct hib_precopy precopy;
	void *fetched;
};

static void desk_fill(struct precopy_desk *desk)
{
	unsigned long pfn, n = 0;

	hib_pfnset_for_each(pfn, &desk->saved)
		memset(pfn_to_kaddr(pfn), 0x40 + n++, PAGE_SIZE);
}

static void desk_take_pages(struct kunit *test, struct precopy_desk *desk)
{
	for (unsigned int i = 0; i < NR_PAGES; i++) {
		struct page *page = alloc_page(GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_ASSERT_EQ(test, hib_pfnset_add(&desk->saved, page_to_pfn(page)), 0);
		hib_pfnset_remove(&desk->nosave, page_to_pfn(page));
	}
	desk_fill(desk);
}

static int precopy_init(struct kunit *test)
{
	struct precopy_desk *desk = kunit_kzalloc(test, sizeof(*desk), GFP_KERNEL);
	struct hib_precopy *p = &desk->precopy;

	KUNIT_ASSERT_NOT_NULL(test, desk);
	test->priv = desk;
	desk->fetched = vzalloc(NR_EARLY * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, desk->fetched);
	KUNIT_ASSERT_EQ(test, hib_pfnset_init(&desk->nosave, max_pfn), 0);
	KUNIT_ASSERT_EQ(test, hib_pfnset_init(&desk->saved, max_pfn), 0);
	KUNIT_ASSERT_EQ(test, hib_pfnset_add_range(&desk->nosave, 0, max_pfn), 0);
	KUNIT_ASSERT_EQ(test, hib_census_cover(&desk->saved), 0);
	desk_take_pages(test, desk);
	KUNIT_ASSERT_EQ(test, hib_pool_create(&desk->pool, NR_PAGES), 0);
	KUNIT_ASSERT_EQ(test, hib_precopy_create(p), 0);
	KUNIT_ASSERT_EQ(test, hib_precopy_reserve(p, &desk->pool, NR_PAGES), 0);
	KUNIT_ASSERT_EQ(test, hib_pool_grow_table(&desk->pool, NR_PAGES), (u64)NR_PAGES);
	KUNIT_ASSERT_EQ(test, hib_precopy_collect(p, &desk->nosave, HIB_KINDS_ALL), 0);
	for (unsigned int i = 0; i < NR_EARLY; i += HIB_CHUNK_PAGES)
		hib_precopy_fetch(p, i, HIB_CHUNK_PAGES, desk->fetched + i * PAGE_SIZE);
	return 0;
}

static void precopy_exit(struct kunit *test)
{
	struct precopy_desk *desk = test->priv;
	unsigned long pfn;

	hib_precopy_destroy(&desk->precopy);
	hib_pool_destroy(&desk->pool);
	hib_pfnset_for_each(pfn, &desk->saved)
		__free_page(pfn_to_page(pfn));
	hib_pfnset_exit(&desk->saved);
	hib_pfnset_exit(&desk->nosave);
	vfree(desk->fetched);
}

static u64 desk_copy(struct precopy_desk *desk, u64 nr_table)
{
	struct hib_copy job = {
		.saved = &desk->saved,
		.table = &desk->pool.table,
		.nr_table = nr_table,
		.early = &desk->precopy.frames,
		.digests = desk->precopy.digests,
		.stale = &desk->precopy.stale,
		.key = desk->precopy.key,
	};
	unsigned long flags;

	local_irq_save(flags);
	hib_copy_all(&job);
	local_irq_restore(flags);
	return job.nr_copied;
}

static unsigned long desk_frame(struct precopy_desk *desk, unsigned int i)
{
	unsigned long pfn = hib_pfnset_next(&desk->saved, 0);

	while (i--)
		pfn = hib_pfnset_next(&desk->saved, pfn + 1);
	return pfn;
}

static u8 *desk_page(struct precopy_desk *desk, unsigned int i)
{
	return pfn_to_kaddr(desk_frame(desk, i));
}

static void precopy_takes_whole_chunks(struct kunit *test)
{
	struct precopy_desk *desk = test->priv;

	KUNIT_EXPECT_EQ(test, desk->precopy.frames.nr_set, (unsigned long)NR_EARLY);
	for (unsigned int i = 0; i < NR_EARLY; i++) {
		KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&desk->precopy.frames,
							desk_frame(desk, i)));
		KUNIT_EXPECT_MEMEQ(test, desk->fetched + i * PAGE_SIZE, desk_page(desk, i),
				   PAGE_SIZE);
	}
}

/* There are more pages now than when room was taken for them. */
static void precopy_takes_no_more_than_was_reserved(struct kunit *test)
{
	struct precopy_desk *desk = test->priv;
	struct hib_precopy p;

	KUNIT_ASSERT_EQ(test, hib_precopy_create(&p), 0);
	KUNIT_ASSERT_EQ(test, hib_precopy_reserve(&p, &desk->pool, 31), 0);
	KUNIT_EXPECT_EQ(test, hib_precopy_collect(&p, &desk->nosave, HIB_KINDS_ALL), 0);
	KUNIT_EXPECT_EQ(test, p.frames.nr_set, 0ul);
	hib_precopy_release(&p);
	KUNIT_ASSERT_EQ(test, hib_precopy_reserve(&p, &desk->pool, 65), 0);
	KUNIT_EXPECT_EQ(test, hib_precopy_collect(&p, &desk->nosave, HIB_KINDS_ALL), 0);
	KUNIT_EXPECT_EQ(test, p.frames.nr_set, 64ul);
	KUNIT_EXPECT_FALSE(test, hib_pfnset_test(&p.frames, desk_frame(desk, 64)));
	hib_precopy_destroy(&p);
}

static void precopy_copies_what_was_not_written(struct kunit *test)
{
	struct precopy_desk *desk = test->priv;

	KUNIT_EXPECT_EQ(test, desk_copy(desk, NR_PAGES), (u64)(NR_PAGES - NR_EARLY));
	KUNIT_EXPECT_EQ(test, desk->precopy.stale.nr_set, 0ul);
	for (unsigned int i = 0; i < NR_PAGES - NR_EARLY; i++)
		KUNIT_EXPECT_MEMEQ(test, (u8 *)hib_pool_table_address(&desk->pool, i),
				   desk_page(desk, NR_EARLY + i), PAGE_SIZE);
}

/* One bit each, first and last byte of the first and the last page among them. */
static void precopy_finds_every_change(struct kunit *test)
{
	static const struct { unsigned int page, byte; } changes[] = {
		{ 0, 0 }, { 1, PAGE_SIZE - 1 }, { 31, 7 }, { 32, 2048 }, { 95, PAGE_SIZE - 1 },
	};
	struct precopy_desk *desk = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(changes); i++)
		desk_page(desk, changes[i].page)[changes[i].byte] ^= 0x10;
	KUNIT_EXPECT_EQ(test, desk_copy(desk, NR_PAGES),
			(u64)(NR_PAGES - NR_EARLY + ARRAY_SIZE(changes)));
	KUNIT_EXPECT_EQ(test, desk->precopy.stale.nr_set, ARRAY_SIZE(changes));
	for (unsigned int i = 0; i < ARRAY_SIZE(changes); i++) {
		unsigned long pfn = desk_frame(desk, changes[i].page);

		KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&desk->precopy.stale, pfn));
		KUNIT_EXPECT_MEMEQ(test, (u8 *)hib_pool_table_address(&desk->pool, i),
				   (u8 *)pfn_to_kaddr(pfn), PAGE_SIZE);
	}
}

static void precopy_counts_what_finds_no_room(struct kunit *test)
{
	struct precopy_desk *desk = test->priv;
	u8 *beyond = hib_pool_table_address(&desk->pool, 10);

	memset(beyond, 0x11, PAGE_SIZE);
	for (unsigned int i = 0; i < NR_EARLY; i++)
		desk_page(desk, i)[i] ^= 1;
	KUNIT_EXPECT_EQ(test, desk_copy(desk, 10), (u64)NR_PAGES);
	KUNIT_EXPECT_NULL(test, memchr_inv(beyond, 0x11, PAGE_SIZE));
}

static void precopy_forgets_what_was_freed(struct kunit *test)
{
	struct precopy_desk *desk = test->priv;
	unsigned long pfn = desk_frame(desk, 40);

	hib_pfnset_remove(&desk->saved, pfn);
	KUNIT_EXPECT_EQ(test, desk_copy(desk, NR_PAGES), (u64)(NR_PAGES - NR_EARLY));
	KUNIT_EXPECT_EQ(test, hib_precopy_settle(&desk->precopy, &desk->saved), 0);
	KUNIT_EXPECT_EQ(test, desk->precopy.stale.nr_set, 1ul);
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&desk->precopy.stale, pfn));
	KUNIT_EXPECT_EQ(test, hib_pfnset_add(&desk->saved, pfn), 0);
}

/* A frame that the direct map does not show is fetched as zeros, and copied later. */
static void precopy_bears_a_hidden_page(struct kunit *test)
{
	struct precopy_desk *desk = test->priv;
	struct page *page = pfn_to_page(desk_frame(desk, 5));
	unsigned long at = (unsigned long)page_address(page);

	KUNIT_ASSERT_EQ(test, set_direct_map_invalid_noflush(page), 0);
	flush_tlb_kernel_range(at, at + PAGE_SIZE);
	hib_precopy_fetch(&desk->precopy, 0, HIB_CHUNK_PAGES, desk->fetched);
	KUNIT_EXPECT_EQ(test, desk_copy(desk, NR_PAGES), (u64)(NR_PAGES - NR_EARLY + 1));
	KUNIT_EXPECT_FALSE(test, kernel_page_present(page));
	KUNIT_ASSERT_EQ(test, set_direct_map_default_noflush(page), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(desk->fetched + 5 * PAGE_SIZE, 0, PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, hib_pfnset_test(&desk->precopy.stale, page_to_pfn(page)));
	KUNIT_EXPECT_MEMEQ(test, (u8 *)hib_pool_table_address(&desk->pool, 0), desk_page(desk, 5),
			   PAGE_SIZE);
}

/* Digests and index of all memory: no more than 0.4 % of it. */
static void precopy_takes_little_memory(struct kunit *test)
{
	struct hib_precopy p;
	struct hib_pool pool;
	u64 nr = totalram_pages(), taken;

	KUNIT_ASSERT_EQ(test, hib_pool_create(&pool, 0), 0);
	KUNIT_ASSERT_EQ(test, hib_precopy_create(&p), 0);
	KUNIT_EXPECT_EQ(test, hib_precopy_reserve(&p, &pool, nr), 0);
	taken = pool.frames.nr_set + PFN_UP(p.nr_digest_pages * sizeof(*p.digests)) +
		p.first.nr_pages +
		2 * (max_pfn / HIB_PFNSET_PAGE_PFNS + 1);
	KUNIT_EXPECT_LE(test, taken * 1000, nr * 4);
	hib_precopy_destroy(&p);
	hib_pool_destroy(&pool);
}

static struct kunit_case precopy_cases[] = {
	KUNIT_CASE(precopy_takes_whole_chunks),
	KUNIT_CASE(precopy_takes_no_more_than_was_reserved),
	KUNIT_CASE(precopy_copies_what_was_not_written),
	KUNIT_CASE(precopy_finds_every_change),
	KUNIT_CASE(precopy_counts_what_finds_no_room),
	KUNIT_CASE(precopy_forgets_what_was_freed),
	KUNIT_CASE(precopy_bears_a_hidden_page),
	KUNIT_CASE(precopy_takes_little_memory),
	{}
};

static struct kunit_suite precopy_suite = {
	.name = "hib_precopy",
	.init = precopy_init,
	.exit = precopy_exit,
	.test_cases = precopy_cases,
};
kunit_test_suite(precopy_suite);
