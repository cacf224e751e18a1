// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: sample - a look at what an image would hold, before anything is copied
 *
 * Where the store may be too small, it matters whether pages shrink when they
 * are coded. Some frames from all over memory, read while the kernel works,
 * tell. A frame may change or be freed meanwhile; nothing relies on it.
 *
 * No state; the set of frames is the caller's.
 */
#include "sample.h"
#include <linux/gfp.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include "census.h"

/* So many pages are looked at, about. */
#define SAMPLE_PAGES	512u

/**
 * hib_sample_collect() - The frames to choose from.
 * @nosave: Frames that are never saved.
 * @frames: Covered by hib_census_cover(); what it held is lost.
 * @kinds: Which kinds of frames, bits of enum hib_census_kind.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or -ENOMEM when memory appeared that @frames does not cover.
 */
int hib_sample_collect(const struct hib_pfnset *nosave, struct hib_pfnset *frames,
		       unsigned int kinds)
{
	hib_pfnset_clear(frames);
	drain_all_pages(NULL);
	return hib_census_collect_kinds(nosave, kinds, frames);
}

static void sample_read(unsigned long pfn, void *to)
{
	if (copy_from_kernel_nofault(to, pfn_to_kaddr(pfn), PAGE_SIZE))
		memset(to, 0, PAGE_SIZE);
}

/* A place in a step, by chance: memory may repeat itself, and the step be a multiple of that. */
static u64 sample_place(u64 first, u64 step)
{
	return first + ((hash_64(first, 32) * step) >> 32);
}

/**
 * hib_sample_fetch() - The fetch op of &struct hib_pages.
 * @frames: A struct hib_pfnset, collected.
 * @first: Place in it of the first page.
 * @nr: Pages; the others lie apart, as neighbours are alike.
 * @to: Room for them; what lies past the last frame are zeros.
 *
 * Context: Process context.
 */
void hib_sample_fetch(void *frames, u64 first, unsigned int nr, void *to)
{
	const struct hib_pfnset *set = frames;
	u64 step = max(1, set->nr_set / SAMPLE_PAGES), rank = 0;
	u64 place = sample_place(first, step);
	unsigned long start, end = 0;

	while (nr && hib_pfnset_next_run(set, end, &start, &end)) {
		for (; nr && place < rank + (end - start); nr--, to += PAGE_SIZE) {
			sample_read(start + (place - rank), to);
			first += step;
			place = sample_place(first, step);
		}
		rank += end - start;
	}
	memset(to, 0, nr * PAGE_SIZE);
}
