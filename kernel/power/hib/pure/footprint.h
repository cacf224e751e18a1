/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FOOTPRINT_H
#define HIB_FOOTPRINT_H

#include "hib_pure.h"

/* Moves in a page of the list that the final jump walks. */
#define HIB_FOOTPRINT_MOVES	170u

/**
 * struct hib_footprint_input - What decides how much memory loading takes, in pages.
 * @nr_pages: Pages of the image.
 * @nr_stale: Pages that were written early and changed before the copy.
 * @nr_bounce: Pages that the last copy moves, at most.
 * @nr_digest_leaves: Leaves of digests for the comparison.
 * @end_pfn: First frame past all memory.
 * @stream_pages: What hib_stream_cost_pages() says.
 */
struct hib_footprint_input {
	u64 nr_pages;
	u64 nr_stale;
	u64 nr_bounce;
	u64 nr_digest_leaves;
	u64 end_pfn;
	u64 stream_pages;
};

/* Spare frames in addition to those for pages that are moved. */
u64 hib_footprint_spares(const struct hib_footprint_input *in);
/* All of it. */
u64 hib_footprint_pages(const struct hib_footprint_input *in);
/* Pages of the largest image that finds room in @ram_pages where @taken of them are not free. */
u64 hib_footprint_loadable(const struct hib_footprint_input *in, u64 ram_pages, u64 taken);

#endif
