/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MEMORY_PLACE_H
#define HIB_MEMORY_PLACE_H

#include "device/place.h"

#define MEMORY_SIGNATURE	"IN_MEMORY!"

/**
 * struct memory_place - A place on a disk in memory, each answer of which can fail.
 * @bdev: The disk.
 * @nr_blocks: Its size.
 * @other: Another disk of that size, for every other run; NULL: none.
 * @other_id: What its header page carries.
 * @next: First block that was never taken.
 * @nr_taken: Blocks that are taken.
 * @busy: A block that somebody else has; 0: none.
 * @nr_answers: How often it was asked since memory_place_arm().
 * @fail: Number of the answer that is an error; -1: none.
 */
struct memory_place {
	struct block_device *bdev;
	u64 nr_blocks;
	struct block_device *other;
	const u8 *other_id;
	u64 next;
	u64 nr_taken;
	u64 busy;
	int nr_answers;
	int fail;
};

extern const struct hib_place_ops hib_place_memory;

/* Make @p the place that hib_place_memory.open() finds, with no block taken. */
void memory_place_use(struct memory_place *p, struct block_device *bdev, u64 nr_blocks);
void memory_place_arm(struct memory_place *p, int fail);

#endif
