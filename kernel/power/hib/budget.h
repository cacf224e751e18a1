/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BUDGET_H
#define HIB_BUDGET_H

#include "hib_pure.h"

/* All in pages. */
struct hib_budget_input {
	u64 saveable;		/* what would be saved now */
	u64 free;		/* free now, as far as it may be taken */
	u64 reclaimable;	/* an upper bound of what reclaim can give */
	u64 image_limit;	/* from image_size; 0: as small as can be */
	u64 reserved;		/* for drivers, from reserved_size */
	u64 buffers;		/* segments, workspaces, lists */
	u64 slack;		/* growth between census and atomic point */
	u64 room;		/* of the store, in pages, worst case coding; 0: no bound */
};

struct hib_budget {
	u64 reclaim;		/* pages to free first */
	u64 copy;		/* frames the pool must own for copies, slack included */
	u64 precopy;		/* reserved for images larger than free memory */
	u64 keep_free;		/* left free for drivers and I/O */
	u64 short_pages;	/* with -ENOMEM: what is missing */
};

/* 0, or -ENOMEM with short_pages. Pure: same input, same answer. */
int hib_budget_compute(const struct hib_budget_input *in, struct hib_budget *out);
/* Blocks an image of @nr_pages may need at worst (raw chunks, lists, header). */
u64 hib_budget_worst_blocks(u64 nr_pages, bool digests);

#endif
