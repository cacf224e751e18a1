/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_VERIFY_H
#define HIB_VERIFY_H

#include <linux/types.h>
#include "pure/pfnset.h"

#define HIB_EXCEPT_MAX		64u

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

void hib_verify_frames(const struct hib_pfnset *saved, u64 seed, u64 leaf_phys, u64 nr_leaves,
		       struct hib_verify *v);

#endif
