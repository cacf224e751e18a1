/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ERASE_H
#define HIB_ERASE_H

#include <linux/types.h>

struct hib_extents;
struct hib_store;

/* What is done with an image after its use. */
enum hib_erase_how {
	HIB_ERASE_NONE,
	HIB_ERASE_HEADER,
	HIB_ERASE_DISCARD,
	HIB_ERASE_ZERO,
	HIB_NR_ERASES,
};

/**
 * struct hib_erase - Blocks of an image that are not needed any more.
 * @how: HIB_ERASE_DISCARD or HIB_ERASE_ZERO.
 * @limit_ms: After that time no more is begun.
 * @nr_blocks: Receives how many there are.
 * @nr_done: Receives how many of them were erased.
 */
struct hib_erase {
	enum hib_erase_how how;
	unsigned int limit_ms;
	u64 nr_blocks;
	u64 nr_done;
};

int hib_erase_blocks(struct hib_store *s, struct hib_extents *blocks, struct hib_erase *e);

#endif
