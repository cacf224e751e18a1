// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pagemap - the page list
 *
 * The frames of an image as runs, in ascending order, in leaves that are all
 * full but the last. Runs never touch, so there is one way only to write a
 * set. The writer goes through the set leaf by leaf; the reader hands its
 * leaves to hib_pagemap_decode() in the same order and receives the set.
 *
 * What is read is hostile: a leaf is checked as a whole before any frame of it
 * is added, and the number of frames is bounded by the header's. After a
 * failure the reader and its set must not be used.
 *
 * No state of its own. Encoding runs in any context, decoding may sleep.
 */
#include "pagemap.h"
#include "leaf.h"

/**
 * hib_pagemap_count_runs() - Number of runs in a set.
 * @set: The frames.
 *
 * Return: The number.
 */
u64 hib_pagemap_count_runs(const struct hib_pfnset *set)
{
	unsigned long start, end = 0;
	u64 nr = 0;

	while (hib_pfnset_next_run(set, end, &start, &end))
		nr++;
	return nr;
}

/**
 * hib_pagemap_leaves() - Leaves that a number of runs needs.
 * @nr_runs: From hib_pagemap_count_runs().
 *
 * Return: The number, 0 for none.
 */
u32 hib_pagemap_leaves(u64 nr_runs)
{
	return div_u64(nr_runs + HIB_LEAF_RUNS - 1, HIB_LEAF_RUNS);
}

/**
 * hib_pagemap_encode() - Fill and close the next leaf.
 * @set: The frames; must not change between the first and the last leaf.
 * @pfn: Where to go on: 0 for the first leaf, moved on by each call.
 * @leaf: Receives the runs.
 * @id: The image's id.
 * @index: Place of the leaf, counted by the caller from 0.
 *
 * To be called hib_pagemap_leaves() times.
 */
void hib_pagemap_encode(const struct hib_pfnset *set, unsigned long *pfn,
			struct hib_disk_leaf *leaf, const u8 id[HIB_ID_BYTES], u32 index)
{
	struct hib_disk_run *run = (struct hib_disk_run *)leaf->data;
	unsigned long start, end = *pfn;
	u32 nr = 0;

	while (nr < HIB_LEAF_RUNS && hib_pfnset_next_run(set, end, &start, &end)) {
		run[nr].pfn = cpu_to_le64(start);
		run[nr].nr_pages = cpu_to_le64(end - start);
		nr++;
	}
	*pfn = end;
	hib_leaf_close(leaf, id, HIB_LEAF_PAGEMAP, index, nr, 0);
}

/* Move @reader past a run; false when the run cannot stand there. */
static bool reader_take(struct hib_pagemap_reader *reader, u64 pfn, u64 nr_pages)
{
	u64 end_pfn = reader->set->end_pfn;

	if (reader->nr_runs && pfn <= reader->last_end)
		return false;
	if (!nr_pages || pfn >= end_pfn || nr_pages > end_pfn - pfn)
		return false;
	if (nr_pages > reader->max_pages - reader->nr_pages)
		return false;
	reader->last_end = pfn + nr_pages;
	reader->nr_pages += nr_pages;
	reader->nr_runs++;
	return true;
}

/**
 * hib_pagemap_decode() - Check the next leaf and add its frames.
 * @reader: Place in the list. Starts zeroed except @reader->set, an empty set
 *	of this machine's frames, and @reader->max_pages.
 * @leaf: The block as read.
 * @id: The image's id.
 *
 * That the list is complete (nr_runs, nr_pages and index are what the header
 * said) is for the caller to check after the last leaf.
 *
 * Context: May sleep.
 * Return:
 * * 0		- the frames are in the set
 * * -EBADMSG	- the leaf or a run is wrong; no frame of it was added
 * * -ENOMEM	- some of its frames may have been added
 */
int hib_pagemap_decode(struct hib_pagemap_reader *reader, const struct hib_disk_leaf *leaf,
		       const u8 id[HIB_ID_BYTES])
{
	const struct hib_disk_run *run = (const struct hib_disk_run *)leaf->data;
	u32 nr, i;
	int ret = hib_leaf_check(leaf, id, HIB_LEAF_PAGEMAP, reader->index, &nr);

	if (ret)
		return ret;
	/* Only the last leaf may have room left. */
	if (reader->nr_runs != (u64)reader->index * HIB_LEAF_RUNS)
		return -EBADMSG;
	for (i = 0; i < nr; i++) {
		if (!reader_take(reader, le64_to_cpu(run[i].pfn), le64_to_cpu(run[i].nr_pages)))
			return -EBADMSG;
	}
	for (i = 0; i < nr; i++) {
		u64 pfn = le64_to_cpu(run[i].pfn);

		ret = hib_pfnset_add_range(reader->set, pfn,
					   pfn + le64_to_cpu(run[i].nr_pages));
		if (ret)
			return ret;
	}
	reader->index++;
	return 0;
}
