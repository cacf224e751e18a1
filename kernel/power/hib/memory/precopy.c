// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: precopy - pages written early, and the digests that say if they are valid
 *
 * When memory is too full to hold a copy of itself, pages that should not
 * change are written to the image while devices work, before the copy. Each is
 * copied once, into a worker's buffer; its digest and its code are made from
 * that. At the copy each of these frames that is still saved is hashed again. If
 * the digests are equal, the image holds the page; otherwise it is copied like
 * the others. So nothing depends on who may write to a page, nor on its presumed
 * kind: a wrong guess costs room, never a byte.
 *
 * Life: hib_precopy_create() -> hib_precopy_reserve(), while memory can be
 * reclaimed -> hib_precopy_collect(), kernel threads frozen -> the stream calls
 * hib_precopy_fetch() -> (the copy) -> hib_precopy_settle() ->
 * hib_precopy_release() with the pool's frames -> hib_precopy_destroy().
 * All but the digests is ordinary memory, which the restored kernel frees.
 *
 * Context: process context, except that the copy reads it with interrupts off.
 */
#include "precopy.h"
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "pure/digest.h"
#include "pure/format.h"
#include "census.h"
#include "copy.h"

/**
 * hib_precopy_create() - Nothing is written early yet.
 * @p: Uninitialised.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int hib_precopy_create(struct hib_precopy *p)
{
	int ret;

	*p = (struct hib_precopy) { .key = kmalloc(sizeof(*p->key), GFP_KERNEL) };
	if (!p->key)
		return -ENOMEM;
	get_random_bytes(p->key, sizeof(*p->key));
	ret = hib_pfnset_init(&p->frames, max_pfn);
	if (!ret)
		ret = hib_pfnset_init(&p->stale, max_pfn);
	if (!ret)
		ret = hib_census_cover(&p->frames);
	/* The copy adds to it, where nothing may fail. */
	if (!ret)
		ret = hib_census_cover(&p->stale);
	if (ret)
		hib_precopy_destroy(p);
	return ret;
}

/**
 * hib_precopy_destroy() - Give back everything.
 * @p: May be all zero (never created).
 *
 * Context: Process context.
 */
void hib_precopy_destroy(struct hib_precopy *p)
{
	hib_precopy_release(p);
	hib_pfnset_exit(&p->stale);
	hib_pfnset_exit(&p->frames);
	kfree_sensitive(p->key);
	p->key = NULL;
}

/**
 * hib_precopy_reserve() - Take the frames for digests.
 * @p: The precopy.
 * @pool: Owns them.
 * @nr_pages: Pages that are going to be written early, at most.
 *
 * Context: Process context. Does not reclaim.
 * Return: 0, or -ENOMEM; what was taken stays the pool's.
 */
int hib_precopy_reserve(struct hib_precopy *p, struct hib_pool *pool, u64 nr_pages)
{
	u64 nr = DIV_ROUND_UP_ULL(nr_pages, HIB_PRECOPY_DIGESTS);

	if (!nr)
		return 0;
	p->max_pages = nr_pages;
	if (hib_table_init(&p->first, nr_pages / HIB_CHUNK_PAGES + 1, max_pfn) ||
	    hib_table_cover(&p->first, p->first.size))
		return -ENOMEM;
	p->digests = kvcalloc(nr, sizeof(*p->digests), GFP_KERNEL | __GFP_NOWARN);
	if (!p->digests)
		return -ENOMEM;
	for (; p->nr_digest_pages < nr; p->nr_digest_pages++) {
		p->digests[p->nr_digest_pages] = hib_pool_take_page(pool);
		if (!p->digests[p->nr_digest_pages])
			return -ENOMEM;
	}
	return 0;
}

/**
 * hib_precopy_release() - Forget the digests; their frames go with the pool.
 * @p: The precopy. Idempotent.
 *
 * Context: Process context.
 */
void hib_precopy_release(struct hib_precopy *p)
{
	hib_table_exit(&p->first);
	kvfree(p->digests);
	p->digests = NULL;
	p->nr_digest_pages = 0;
	p->max_pages = 0;
}

/* Keep the first @nr frames. */
static void precopy_trim(struct hib_precopy *p, u64 nr)
{
	unsigned long start, end = 0;

	while (hib_pfnset_next_run(&p->frames, end, &start, &end)) {
		if (nr < end - start) {
			hib_pfnset_remove_range(&p->frames, start + nr, p->frames.end_pfn);
			return;
		}
		nr -= end - start;
		cond_resched();
	}
}

/* The frames are whole chunks, so the table that was made for them has room. */
static int precopy_index_chunks(struct hib_precopy *p)
{
	unsigned long start, end = 0;
	u64 index = 0;
	int ret = 0;

	p->first.nr = 0;
	while (!ret && hib_pfnset_next_run(&p->frames, end, &start, &end)) {
		u64 chunk = p->first.nr;

		for (; !ret && chunk * HIB_CHUNK_PAGES < index + (end - start); chunk++)
			ret = hib_table_append(&p->first,
					       start + (chunk * HIB_CHUNK_PAGES - index));
		index += end - start;
		cond_resched();
	}
	return ret;
}

/**
 * hib_precopy_collect() - Choose the frames that are written early.
 * @p: Reserved.
 * @nosave: Frames that are never saved.
 * @kinds: Kinds of frames, see enum hib_census_kind.
 *
 * As many as were reserved for, and whole chunks.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or -ENOMEM when memory appeared that was not there before.
 */
int hib_precopy_collect(struct hib_precopy *p, const struct hib_pfnset *nosave,
			unsigned int kinds)
{
	int ret = hib_census_collect_kinds(nosave, kinds, &p->frames);

	if (ret)
		return ret;
	precopy_trim(p, rounddown(min_t(u64, p->frames.nr_set, p->max_pages), HIB_CHUNK_PAGES));
	return precopy_index_chunks(p);
}

/*
 * The frame may have been freed and hidden since it was chosen. Then zeros are
 * written, and digested: they count if it holds zeros when it matters.
 */
static void precopy_read(unsigned long pfn, void *to)
{
	if (copy_from_kernel_nofault(to, pfn_to_kaddr(pfn), PAGE_SIZE))
		memset(to, 0, PAGE_SIZE);
}

/**
 * hib_precopy_fetch() - The fetch op of &struct hib_pages.
 * @precopy: A struct hib_precopy.
 * @first: First page of a chunk.
 * @nr: Pages.
 * @to: Room for them.
 *
 * Context: Process context, several CPUs at once.
 */
void hib_precopy_fetch(void *precopy, u64 first, unsigned int nr, void *to)
{
	struct hib_precopy *p = precopy;
	unsigned long pfn = hib_table_get(&p->first, first / HIB_CHUNK_PAGES);

	for (unsigned int i = 0; i < nr; i++, to += PAGE_SIZE) {
		u64 index = first + i;

		precopy_read(pfn, to);
		p->digests[index / HIB_PRECOPY_DIGESTS][index % HIB_PRECOPY_DIGESTS] =
			hib_digest_keyed(to, p->key);
		pfn = hib_pfnset_next(&p->frames, pfn + 1);
	}
}

/**
 * hib_precopy_settle() - Complete the set of stale pages.
 * @p: @p->stale holds those that the copy found changed.
 * @saved: Frames of the image; pages of other frames are stale too.
 *
 * Context: Process context. Looks at words, not at frames: there may be billions.
 * Return: 0, or -ENOMEM.
 */
int hib_precopy_settle(struct hib_precopy *p, const struct hib_pfnset *saved)
{
	return hib_pfnset_add_difference(&p->stale, &p->frames, saved);
}
