// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pool - the page frames that hibernation owns
 *
 * On the way down the pool holds the frames that the copy fills; on the way
 * up it holds the frames that the image is loaded into. It owns every
 * frame in @frames from hib_pool_grow() to hib_pool_free_frames(), and the set
 * itself lies in ordinary saved memory: the restored kernel finds its bitmap
 * as it was at the copy and frees the frames, whose content is garbage by then.
 * A block of frames keeps the order that it was allocated with in the private
 * word of its first page, and is freed as one: the map of pages is saved memory
 * too.
 *
 * Frames of the table are written to a device from where they lie. A driver that sends over a
 * network may hold a reference of each page for a while, so there each page has one of its
 * own, also within a block. They are taken back before the block is freed as one. If somebody
 * still holds a page of it, its pages are freed one by one.
 *
 * Frames are taken without waking reclaim, since that would push out what the
 * census promised to keep. A pool that did not grow as far as it was asked can
 * still be used; its owner decides.
 *
 * Context: process context. One owner, no locking.
 */
#include "pool.h"
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/set_memory.h>

/* Movable: ZONE_MOVABLE and CMA are RAM too. No reclaim, no warning. */
#define POOL_GFP	((GFP_HIGHUSER_MOVABLE & ~__GFP_RECLAIM) | __GFP_NOWARN | \
			 __GFP_NOMEMALLOC)
/* A low zone asked for by name: the allocator keeps no reserve there from such a caller. */
#define POOL_GFP_LOW	((GFP_KERNEL & ~__GFP_RECLAIM) | __GFP_NOWARN | __GFP_NOMEMALLOC)
/* Between two places to schedule: entries of a table, frames of a run. */
#define POOL_STEP	32768ull

/**
 * hib_pool_create() - Make an empty pool.
 * @pool: Uninitialised; owns its memory afterwards.
 * @table_size: Entries the frame table may have.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int hib_pool_create(struct hib_pool *pool, u64 table_size)
{
	int ret;

	*pool = (struct hib_pool) {};
	ret = hib_pfnset_init(&pool->frames, max_pfn);
	if (ret)
		return ret;

	ret = hib_table_init(&pool->table, table_size, max_pfn);
	if (ret)
		hib_pfnset_exit(&pool->frames);
	return ret;
}

/**
 * hib_pool_destroy() - Give back all frames and the pool's own memory.
 * @pool: May be all zero (never created).
 *
 * Context: Process context.
 */
void hib_pool_destroy(struct hib_pool *pool)
{
	if (!pool->table.pages)
		return;
	hib_pool_free_frames(pool);
	hib_pfnset_exit(&pool->frames);
	hib_table_exit(&pool->table);
	*pool = (struct hib_pool) {};
}

/**
 * hib_pool_cover_table() - Make the whole table, before memory is full of frames.
 * @pool: The pool.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_pool_cover_table(struct hib_pool *pool)
{
	u64 size = pool->table.size;
	int ret = 0;

	for (u64 nr = 0; nr < size && !ret; nr += POOL_STEP) {
		ret = hib_table_cover(&pool->table, min(nr + POOL_STEP, size));
		cond_resched();
	}
	return ret;
}

/* A block of 2^*order pages, smaller when there is none so large. */
static struct page *pool_alloc_block(gfp_t gfp, unsigned int *order)
{
	for (;; (*order)--) {
		struct page *page = alloc_pages(gfp, *order);

		if (page || !*order)
			return page;
	}
}

/* Give each page of a block that has only one reference one of its own. */
static void pool_count_pages(struct page *page, unsigned int order)
{
	for (unsigned long i = 1; i < 1ul << order; i++)
		set_page_count(page + i, 1);
}

/* Undo that; false if somebody else has a reference of one of them: all are as they were. */
static bool pool_uncount_pages(struct page *page, unsigned int order)
{
	for (unsigned long i = 1; i < 1ul << order; i++) {
		if (page_ref_freeze(page + i, 1))
			continue;
		while (--i)
			page_ref_unfreeze(page + i, 1);
		return false;
	}
	return true;
}

static void pool_free_block(struct page *page, unsigned int order)
{
	if (!order || !page_count(page + 1) || pool_uncount_pages(page, order)) {
		__free_pages(page, order);
		return;
	}
	for (unsigned long i = 0; i < 1ul << order; i++)
		__free_page(page + i);
}

/* A block stays whole, so that it costs little to free. */
static bool pool_adopt(struct hib_pool *pool, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	if (hib_pfnset_add_range(&pool->frames, pfn, pfn + (1ul << order))) {
		__free_pages(page, order);
		return false;
	}
	set_page_private(page, order);
	return true;
}

/* A run of frames: whole blocks, each with its order. */
static void pool_free_range(unsigned long start, unsigned long end)
{
	while (start < end) {
		struct page *page = pfn_to_page(start);
		unsigned int order = page_private(page);

		set_page_private(page, 0);
		pool_free_block(page, order);
		start += 1ul << order;
		cond_resched();
	}
}

static void pool_enter_block(struct hib_pool *pool, struct page *page, unsigned int order)
{
	pool_count_pages(page, order);
	hib_table_append_run(&pool->table, page_to_pfn(page),
			     min(1ull << order, pool->table.size - pool->table.nr));
}

static u64 pool_grow(struct hib_pool *pool, gfp_t gfp, u64 nr_pages, bool into_table)
{
	unsigned int order = MAX_PAGE_ORDER;
	u64 got = 0;

	while (got < nr_pages) {
		struct page *page;

		order = min_t(unsigned int, order, ilog2(nr_pages - got));
		page = pool_alloc_block(gfp, &order);
		if (!page || !pool_adopt(pool, page, order))
			break;
		if (into_table)
			pool_enter_block(pool, page, order);
		got += 1ull << order;
		cond_resched();
	}
	return got;
}

/**
 * hib_pool_grow() - Take frames for any use.
 * @pool: The pool.
 * @nr_pages: How many more.
 *
 * Context: Process context. Does not reclaim.
 * Return: Pages taken, fewer than @nr_pages when memory ran short.
 */
u64 hib_pool_grow(struct hib_pool *pool, u64 nr_pages)
{
	return pool_grow(pool, POOL_GFP, nr_pages, false);
}

/**
 * hib_pool_grow_low() - Take frames of low zones alone, for any use.
 * @pool: The pool.
 * @nr_pages: How many more.
 *
 * The allocator keeps a part of these zones for those who need them. Where almost all
 * frames are taken, that part should go first, so that those who can do with any zone
 * find memory in the zones above.
 *
 * Context: Process context. Does not reclaim.
 * Return: Pages taken, fewer than @nr_pages when these zones ran short.
 */
u64 hib_pool_grow_low(struct hib_pool *pool, u64 nr_pages)
{
	u64 got = 0;

	/* Without the zone, the flag stands for ordinary memory. */
	if (IS_ENABLED(CONFIG_ZONE_DMA))
		got = pool_grow(pool, POOL_GFP_LOW | __GFP_DMA, nr_pages, false);
	if (IS_ENABLED(CONFIG_ZONE_DMA32))
		got += pool_grow(pool, POOL_GFP_LOW | __GFP_DMA32, nr_pages - got, false);
	return got;
}

/**
 * hib_pool_grow_table() - Take frames and enter them in the table, in order.
 * @pool: The pool.
 * @nr_pages: How many more; the table must have room for them.
 *
 * Context: Process context. Does not reclaim.
 * Return: Pages taken, fewer than @nr_pages when memory ran short.
 */
u64 hib_pool_grow_table(struct hib_pool *pool, u64 nr_pages)
{
	return pool_grow(pool, POOL_GFP, nr_pages, true);
}

/**
 * hib_pool_take_page() - One more zeroed frame, which is never saved.
 * @pool: The pool; owns the page.
 *
 * Context: Process context.
 * Return: Its address, or NULL.
 */
void *hib_pool_take_page(struct hib_pool *pool)
{
	struct page *page = alloc_page(POOL_GFP | __GFP_ZERO);

	cond_resched();
	return page && pool_adopt(pool, page, 0) ? page_address(page) : NULL;
}

/**
 * hib_pool_next_spare() - A frame of the pool that no part of an image wants.
 * @pool: The pool.
 * @image: Frames that will be written by the final copy.
 *
 * Spares are handed out once, in ascending order. They stay the pool's.
 *
 * Context: Process context.
 * Return: The frame, or HIB_PFN_NONE when none is left.
 */
unsigned long hib_pool_next_spare(struct hib_pool *pool, const struct hib_pfnset *image)
{
	unsigned long pfn = hib_pfnset_next(&pool->frames, pool->cursor);

	while (pfn != HIB_PFN_NONE && hib_pfnset_test(image, pfn)) {
		if (!(pfn % POOL_STEP))
			cond_resched();
		pfn = hib_pfnset_next(&pool->frames, pfn + 1);
	}
	if (pfn != HIB_PFN_NONE)
		pool->cursor = pfn + 1;
	return pfn;
}

/**
 * hib_pool_take_spare() - hib_pool_next_spare(), zeroed, by its address.
 * @pool: The pool.
 * @image: Frames that will be written by the final copy.
 *
 * Return: Address of the frame, or NULL when none is left.
 */
void *hib_pool_take_spare(struct hib_pool *pool, const struct hib_pfnset *image)
{
	unsigned long pfn = hib_pool_next_spare(pool, image);
	void *page;

	if (pfn == HIB_PFN_NONE)
		return NULL;
	page = pfn_to_kaddr(pfn);
	clear_page(page);
	return page;
}

/*
 * How many frames, from entry @index of the table on, lie side by side, in one step at most; 0: it
 * names none.
 */
static u64 pool_table_run(const struct hib_pool *pool, u64 index)
{
	unsigned long first = hib_table_get(&pool->table, index);
	u64 most = min(pool->table.nr - index, POOL_STEP);
	u64 n = 1;

	if (first == HIB_PFN_NONE)
		return 0;
	while (n < most && hib_table_get(&pool->table, index + n) == first + n)
		n++;
	return n;
}

/**
 * hib_pool_protect() - Let nobody write to the table's frames any more.
 * @pool: Its frames are filled.
 *
 * Splits large pages of the kernel's mapping, for which memory may be missing:
 * what could not be protected stays writable.
 *
 * Context: Process context. Sleeps.
 * Return: Frames protected.
 */
u64 hib_pool_protect(struct hib_pool *pool)
{
	u64 n;

	for (u64 i = 0; i < pool->table.nr; i += n ?: 1) {
		unsigned long start = (unsigned long)hib_pool_table_address(pool, i);

		n = pool_table_run(pool, i);
		if (n && set_memory_ro(start, n)) {
			/* The first of them may be read-only by now. */
			set_memory_rw(start, n);
			break;
		}
		pool->nr_protected = i + (n ?: 1);
		cond_resched();
	}
	return pool->nr_protected;
}

/**
 * hib_pool_unprotect() - Undo hib_pool_protect().
 * @pool: The pool, protected or not.
 *
 * Context: Process context. Sleeps.
 */
void hib_pool_unprotect(struct hib_pool *pool)
{
	u64 n;

	for (u64 i = 0; i < pool->nr_protected; i += n ?: 1) {
		n = pool_table_run(pool, i);
		if (!n)
			continue;
		/* The large pages are split already: nothing is missing now. */
		WARN_ON_ONCE(set_memory_rw((unsigned long)hib_pool_table_address(pool, i), n));
		cond_resched();
	}
	pool->nr_protected = 0;
}

/**
 * hib_pool_free_frames() - Give all frames back to the page allocator.
 * @pool: Keeps its own memory, owns no frame afterwards.
 *
 * Context: Process context.
 */
void hib_pool_free_frames(struct hib_pool *pool)
{
	unsigned long start, end = 0;

	hib_pool_return_huge(pool);
	while (hib_pfnset_next_run(&pool->frames, end, &start, &end))
		pool_free_range(start, end);
	hib_pfnset_clear(&pool->frames);
	pool->table.nr = 0;
	pool->cursor = 0;
}

/**
 * hib_pool_table_address() - The address op of &struct hib_pages over a pool.
 * @pool: A struct hib_pool.
 * @index: Entry of the table.
 *
 * Return: Kernel address of the frame.
 */
void *hib_pool_table_address(void *pool, u64 index)
{
	return pfn_to_kaddr(hib_table_get(&((struct hib_pool *)pool)->table, index));
}
