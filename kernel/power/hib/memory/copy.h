/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_COPY_H
#define HIB_COPY_H

#include <linux/types.h>
#include "pure/format.h"
#include "pure/pfnset.h"
#include "pure/table.h"

struct hib_digest_key;
struct page;

/**
 * struct hib_copy - One pass over all saved frames.
 * @saved: The frames, in order.
 * @table: Way down: where the i-th copy goes (page frame numbers).
 * @nr_table: Entries to use; what does not fit is counted and not copied.
 * @early: Frames that were written early.
 * @digests: Of these, HIB_PRECOPY_DIGESTS to a page.
 * @key: Of these digests.
 * @stale: Receives those of them that have changed; covers all memory.
 * @leaves: Digest leaves to fill, HIB_LEAF_DIGESTS to a leaf; NULL: no digests.
 * @seed: Of the digests in @leaves.
 * @nr_copied: Frames that were copied, or should have been.
 */
struct hib_copy {
	const struct hib_pfnset *saved;
	const struct hib_table *table;
	u64 nr_table;
	const struct hib_pfnset *early;
	u64 *const *digests;
	const struct hib_digest_key *key;
	struct hib_pfnset *stale;
	struct hib_disk_leaf **leaves;
	u64 seed;
	u64 nr_copied;
};

#define HIB_PRECOPY_DIGESTS	(HIB_BLOCK_BYTES / sizeof(u64))	/* in a page */

bool hib_copy_show(struct page *page);
void hib_copy_hide(struct page *page, bool shown);
void hib_copy_all(struct hib_copy *copy);

/* Where digest @index goes in its leaf. */
static inline __le64 *hib_copy_digest_at(struct hib_disk_leaf *leaf, u64 index)
{
	return (__le64 *)leaf->data + index % HIB_LEAF_DIGESTS;
}

#endif
