/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PFNSET_H
#define HIB_PFNSET_H

#include "hib_pure.h"

/**
 * struct hib_pfnset - A set of page frames: a directory of bitmap pages.
 * @end_pfn: Frames in the set are below this one.
 * @nr_set: How many are in the set.
 * @nr_bitmaps: Entries of @bitmaps.
 * @bitmaps: A bitmap page for each 32768 frames (128 MiB).
 *
 * Entries exist for all frames below @end_pfn. A bitmap page exists only where a
 * frame was added or hib_pfnset_cover() asked for it.
 */
struct hib_pfnset {
	unsigned long end_pfn;
	unsigned long nr_set;
	unsigned long nr_bitmaps;	/* entries of @bitmaps */
	unsigned long **bitmaps;
};

#define HIB_PFNSET_PAGE_PFNS	(PAGE_SIZE * 8ul)
#define HIB_PFN_NONE		(~0ul)

int hib_pfnset_init(struct hib_pfnset *set, unsigned long end_pfn);
void hib_pfnset_exit(struct hib_pfnset *set);
/* Make every bitmap page of [start, end), so that adding there cannot fail. */
int hib_pfnset_cover(struct hib_pfnset *set, unsigned long start, unsigned long end);
/* -ERANGE past end_pfn, -ENOMEM for a missing bitmap page. */
int hib_pfnset_add(struct hib_pfnset *set, unsigned long pfn);
int hib_pfnset_add_range(struct hib_pfnset *set, unsigned long start, unsigned long end);
void hib_pfnset_remove(struct hib_pfnset *set, unsigned long pfn);
void hib_pfnset_remove_range(struct hib_pfnset *set, unsigned long start, unsigned long end);
void hib_pfnset_clear(struct hib_pfnset *set);	/* keeps the bitmap pages */
bool hib_pfnset_test(const struct hib_pfnset *set, unsigned long pfn);
/* First member at or after @pfn, or HIB_PFN_NONE. Skips absent pages at once. */
unsigned long hib_pfnset_next(const struct hib_pfnset *set, unsigned long pfn);
/* Next run of members at or after @pfn: its start and end; false when none. */
bool hib_pfnset_next_run(const struct hib_pfnset *set, unsigned long pfn,
			 unsigned long *start, unsigned long *end);
/**
 * struct hib_pfnrun - Where frames that are asked for in ascending order are in a set.
 * @start: First frame of the run that ends behind the last frame that was asked for,
 * @end: and the first one past it. Both 0: none was asked for yet.
 */
struct hib_pfnrun {
	unsigned long start, end;
};

/**
 * hib_pfnset_run_has() - Is a frame in a set, for frames in ascending order?
 * @set: The set; it does not change meanwhile.
 * @run: Where the frame before this one was. Afterwards the run that @pfn is in, or else the
 *	next one; HIB_PFN_NONE if there is none.
 * @pfn: The frame, not below the one before.
 *
 * A run is looked up once, however many of its frames are asked for.
 *
 * Return: True if it is.
 */
static inline bool hib_pfnset_run_has(const struct hib_pfnset *set, struct hib_pfnrun *run,
				      unsigned long pfn)
{
	if (pfn >= run->end && !hib_pfnset_next_run(set, pfn, &run->start, &run->end)) {
		run->start = HIB_PFN_NONE;
		run->end = HIB_PFN_NONE;
	}
	return pfn >= run->start;
}

/* Add those of @a that are not in @b. -ERANGE past end_pfn, -ENOMEM. */
int hib_pfnset_add_difference(struct hib_pfnset *set, const struct hib_pfnset *a,
			      const struct hib_pfnset *b);
/* Number of frames that are in both sets. */
unsigned long hib_pfnset_count_common(const struct hib_pfnset *a, const struct hib_pfnset *b);

#define hib_pfnset_for_each(pfn, set)					\
	for ((pfn) = hib_pfnset_next((set), 0); (pfn) != HIB_PFN_NONE;	\
	     (pfn) = hib_pfnset_next((set), (pfn) + 1))

#endif
