/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CENSUS_H
#define HIB_CENSUS_H

#include <linux/bits.h>
#include <linux/memory_hotplug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/types.h>
#include "pure/pfnset.h"

/* What a saved frame is used for, as far as its struct page tells. */
enum hib_census_kind {
	HIB_KIND_ANON,
	HIB_KIND_CACHE_CLEAN,
	HIB_KIND_CACHE_DIRTY,
	HIB_KIND_SHMEM,			/* and huge pages */
	HIB_KIND_SLAB,
	HIB_KIND_PAGE_TABLES,
	HIB_KIND_RESERVED,		/* the kernel's own, memory map */
	HIB_KIND_OTHER,
	HIB_NR_KINDS,
};

/* Belong to tasks and files, which stand still while tasks are frozen. */
#define HIB_KINDS_STILL		(BIT(HIB_KIND_ANON) | BIT(HIB_KIND_CACHE_CLEAN) | \
				 BIT(HIB_KIND_CACHE_DIRTY) | BIT(HIB_KIND_SHMEM))
#define HIB_KINDS_ALL		(BIT(HIB_NR_KINDS) - 1)

/**
 * struct hib_census - What memory holds, in pages.
 * @saveable: Frames that would be saved, in all.
 * @kinds: Of these, how many there are of each kind.
 * @droppable: Clean cache that nobody has mapped.
 * @free: Free frames.
 * @reclaimable: An upper bound of what reclaim could free.
 */
struct hib_census {
	u64 saveable;
	u64 kinds[HIB_NR_KINDS];
	u64 droppable;
	u64 free;
	u64 reclaimable;
};

void hib_census_take(const struct hib_pfnset *nosave, struct hib_census *census);
u64 hib_census_sum(const struct hib_census *census, unsigned int kinds);
const char *hib_census_kind_name(enum hib_census_kind kind);
int hib_census_cover(struct hib_pfnset *set);
int hib_census_collect(const struct hib_pfnset *nosave, struct hib_pfnset *set);
int hib_census_collect_kinds(const struct hib_pfnset *nosave, unsigned int kinds,
			     struct hib_pfnset *set);

/**
 * hib_census_free_pages() - How long is the free block that begins here?
 * @page: Of a frame that exists.
 *
 * Context: The page allocator stands still, or the answer is a guess.
 * Return: Its frames, 0 when @page does not begin one.
 */
static inline unsigned long hib_census_free_pages(struct page *page)
{
	if (PageBuddy(page))
		return 1ul << min_t(unsigned long, page_private(page), MAX_PAGE_ORDER);
	return 0;
}

/**
 * hib_census_page() - The page of a frame, if it may be looked at.
 * @zone: The zone that is walked.
 * @pfn: A frame in its span.
 *
 * Return: The page, or NULL when the frame does not exist or is another zone's.
 */
static inline struct page *hib_census_page(struct zone *zone, unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);

	return page && page_zone(page) == zone ? page : NULL;
}

#endif
