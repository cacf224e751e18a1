/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_COPY_H
#define HIB_COPY_H

#include <linux/types.h>
#include "format.h"
#include "pfnset.h"

#define HIB_EXCEPT_MAX		64u

struct page;

/**
 * struct hib_copy - One pass over all saved frames.
 * @saved: The frames, in order.
 * @table: Way down: where the copy of the i-th goes (page frame numbers).
 * @leaves: Digest leaves to fill, HIB_LEAF_DIGESTS to a leaf; NULL: no digests.
 * @seed: Of the digests.
 */
struct hib_copy {
	const struct hib_pfnset *saved;
	const unsigned long *table;
	struct hib_disk_leaf **leaves;
	u64 seed;
};

/**
 * struct hib_verify - Result of comparing memory with its digests.
 * @checked: Frames that were digested again.
 * @excepted: Frames that differ and belong to the comparison's own work.
 * @wrong: Frames that differ and must not.
 * @first_wrong: Page frame numbers of the first of them.
 * @except: Frames that may differ.
 * @nr_except: How many these are.
 */
struct hib_verify {
	u64 checked;
	u64 excepted;
	u64 wrong;
	unsigned long first_wrong[8];
	unsigned long except[HIB_EXCEPT_MAX];
	unsigned int nr_except;
};

bool hib_copy_show(struct page *page);
void hib_copy_hide(struct page *page, bool shown);
void hib_copy_all(const struct hib_copy *copy);
void hib_copy_verify(const struct hib_copy *copy, u64 leaf_phys, u64 nr_leaves,
		     struct hib_verify *v);

#endif
