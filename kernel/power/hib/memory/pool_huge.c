// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pool_huge - huge pages that nobody uses, lent to a pool
 *
 * A boot that reserves huge pages has their frames free and yet out of the page
 * allocator's reach, while the image that it loads may want them all. They are
 * borrowed one by one from hugetlb, page data only, and given back whole when
 * the load fails; when it does not, they are the restored kernel's.
 *
 * Context: process context, tasks frozen. The pool owns what was borrowed.
 */
#include "pool.h"
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/sched.h>

static u64 huge_unused(const struct hstate *h)
{
	return h->free_huge_pages > h->resv_huge_pages ?
	       h->free_huge_pages - h->resv_huge_pages : 0;
}

/**
 * hib_pool_huge_unused() - Frames of huge pages that nobody uses.
 *
 * Context: Any. A guess while the system runs.
 * Return: Pages of the base size.
 */
u64 hib_pool_huge_unused(void)
{
	struct hstate *h;
	u64 nr_pages = 0;

	for_each_hstate(h)
		nr_pages += huge_unused(h) << huge_page_order(h);
	return nr_pages;
}

/* Room to note one more, so that nothing can fail once it is borrowed. */
static int huge_make_room(struct hib_pool *pool)
{
	int ret = 0;

	if (!pool->huge.pages)
		ret = hib_table_init(&pool->huge, max_pfn >> HUGETLB_PAGE_ORDER, max_pfn);
	return ret ?: hib_table_cover(&pool->huge, pool->huge.nr + 1);
}

static bool huge_borrow(struct hib_pool *pool, struct hstate *h)
{
	struct folio *folio;

	if (!huge_unused(h) || huge_make_room(pool))
		return false;
	folio = alloc_hugetlb_folio_nodemask(h, numa_mem_id(), NULL, htlb_alloc_mask(h), false);
	if (!folio)
		return false;
	if (hib_pfnset_add_range(&pool->frames, folio_pfn(folio),
				 folio_pfn(folio) + folio_nr_pages(folio))) {
		folio_put(folio);
		return false;
	}
	return !hib_table_append(&pool->huge, folio_pfn(folio));
}

/**
 * hib_pool_grow_huge() - Borrow huge pages that nobody uses.
 * @pool: The pool; owns them until hib_pool_free_frames().
 * @nr_pages: Pages of the base size that are wanted.
 *
 * Context: Process context. Sleeps.
 * Return: Pages taken, a little more than @nr_pages, or fewer when there are no more.
 */
u64 hib_pool_grow_huge(struct hib_pool *pool, u64 nr_pages)
{
	struct hstate *h;
	u64 got = 0;

	for_each_hstate(h)
		while (got < nr_pages && huge_borrow(pool, h))
			got += 1ull << huge_page_order(h);
	return got;
}

/**
 * hib_pool_return_huge() - Give back what was borrowed.
 * @pool: The pool; owns none of it afterwards. Idempotent.
 *
 * Context: Process context.
 */
void hib_pool_return_huge(struct hib_pool *pool)
{
	for (u64 i = 0; i < pool->huge.nr; i++) {
		struct folio *folio = pfn_folio(hib_table_get(&pool->huge, i));

		hib_pfnset_remove_range(&pool->frames, folio_pfn(folio),
					folio_pfn(folio) + folio_nr_pages(folio));
		folio_put(folio);
		cond_resched();
	}
	hib_table_exit(&pool->huge);
}
