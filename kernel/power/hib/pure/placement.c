// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: placement - where loaded pages land
 *
 * While an image is loaded, this kernel owns some frames: those it took from
 * the page allocator. A saved page whose frame is owned is read into place.
 * Every other one bounces: it is read into a spare frame (owned, wanted by no
 * page of the image) and the last copy moves it when nothing of this kernel is
 * needed any more. Frames are taken until there are as many spare ones as pages
 * that bounce, in addition to those needed for tables, buffers and lists.
 *
 * This file only counts and looks; pool takes the frames. The two sets belong
 * to the caller. No state, no allocation, any context.
 */
#include "placement.h"

/**
 * hib_placement_count() - Count pages in place, bouncing pages and spare frames.
 * @p: @p->image and @p->owned are given, the counts are set. To be called
 *	again after either set changed.
 */
void hib_placement_count(struct hib_placement *p)
{
	u64 nr_common = hib_pfnset_count_common(p->image, p->owned);

	p->nr_in_place = nr_common;
	p->nr_bounce = p->image->nr_set - nr_common;
	p->nr_spare = p->owned->nr_set - nr_common;
}

/**
 * hib_placement_short() - Spare frames still missing.
 * @p: Counted.
 * @extra: Spare frames wanted in addition to those for bouncing pages.
 *
 * Return: How many more spare frames must be taken; 0: enough.
 */
u64 hib_placement_short(const struct hib_placement *p, u64 extra)
{
	u64 need;

	if (check_add_overflow(p->nr_bounce, extra, &need))
		return U64_MAX;
	return need > p->nr_spare ? need - p->nr_spare : 0;
}
