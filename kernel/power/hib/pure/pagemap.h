/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PAGEMAP_H
#define HIB_PAGEMAP_H

#include "format.h"
#include "pfnset.h"

/* Number of runs in a set, and the leaves that they need. */
u64 hib_pagemap_count_runs(const struct hib_pfnset *set);
u32 hib_pagemap_leaves(u64 nr_runs);
/*
 * Fill and close leaf @index with the runs at or after *@pfn; moves *@pfn on.
 * Start with *@pfn 0; leaves are built in order.
 */
void hib_pagemap_encode(const struct hib_pfnset *set, unsigned long *pfn,
			struct hib_disk_leaf *leaf, const u8 id[HIB_ID_BYTES], u32 index);

/**
 * struct hib_pagemap_reader - The reader's place in the list.
 * @set: Receives the page frames.
 * @last_end: First frame past the last run; the next run must begin behind it.
 * @index: Of the next leaf.
 * @nr_pages: Page frames so far.
 * @max_pages: More than these are refused.
 * @nr_runs: Runs so far.
 */
struct hib_pagemap_reader {
	struct hib_pfnset *set;		/* receives the frames */
	u64 last_end;			/* first frame past the last run */
	u32 index;			/* next leaf */
	u64 nr_pages, max_pages;	/* so far; more than max is refused */
	u64 nr_runs;
};
/* -EBADMSG (damage, order, range), -ENOMEM. */
int hib_pagemap_decode(struct hib_pagemap_reader *reader, const struct hib_disk_leaf *leaf,
		       const u8 id[HIB_ID_BYTES]);

#endif
