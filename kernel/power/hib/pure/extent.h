/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_EXTENT_H
#define HIB_EXTENT_H

#include "members.h"

/**
 * struct hib_extent - A run of blocks of the image that lie side by side on a device.
 * @first: Its first block in the image.
 * @block: Where that lies: member and block.
 * @nr_blocks: Its length.
 */
struct hib_extent {
	u64 first;		/* block of the image */
	u64 block;		/* member and block of its device */
	u64 nr_blocks;
};

/**
 * struct hib_extents - Where the image's blocks lie: a growing array of runs, in image order.
 * @array: The runs.
 * @nr: How many there are.
 * @capacity: How many @array has room for.
 * @nr_blocks: Blocks of all runs.
 */
struct hib_extents {
	struct hib_extent *array;
	u32 nr, capacity;
	u64 nr_blocks;
};

void hib_extents_init(struct hib_extents *e);
void hib_extents_exit(struct hib_extents *e);
/* Grow the array to hold @nr runs, so that appends up to there cannot fail. */
int hib_extents_reserve(struct hib_extents *e, u32 nr);
/* Append; merges with the last run when adjacent. -ENOMEM, -EINVAL (zero length, overflow). */
int hib_extents_append(struct hib_extents *e, u64 block, u64 nr_blocks);
/* Of a run of blocks, those whose byte in @map is 0. */
int hib_extents_append_free(struct hib_extents *e, u64 block, const u8 *map, u64 nr_blocks);
/* Where the first run on a device lies; 0: none is. */
u64 hib_extents_first_on(const struct hib_extents *e, u32 member);
/* Place of @image_block and how many follow it in a row; false past the end. */
bool hib_extents_lookup(const struct hib_extents *e, u64 image_block,
			u64 *block, u64 *nr_blocks);
/* Blocks from *@block to @end that are in @e, which is in the order of blocks; 0: none. */
u64 hib_extents_overlap(const struct hib_extents *e, u64 *block, u64 end);
u32 hib_extents_leaves(const struct hib_extents *e);
/* Fill and close leaf @index of hib_extents_leaves(); @next: block of the next leaf, or 0. */
void hib_extents_encode(const struct hib_extents *e, struct hib_disk_leaf *leaf,
			const u8 id[HIB_ID_BYTES], u32 index, u64 next);
/* Check a leaf and append its runs, each inside its member. *@next: where to go on. */
int hib_extents_decode(struct hib_extents *e, const struct hib_disk_leaf *leaf,
		       const u8 id[HIB_ID_BYTES], u32 index, const struct hib_members *members,
		       u64 *next);

#endif
