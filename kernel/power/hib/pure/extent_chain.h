/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_EXTENT_CHAIN_H
#define HIB_EXTENT_CHAIN_H

#include "extent.h"

/**
 * struct hib_extent_chain - A chain of extent leaves that is being followed.
 * @extents: Receives the runs; empty before.
 * @members: The devices.
 * @nr_extents: Runs in all leaves, as the header says.
 * @image_blocks: How many blocks the runs must cover.
 * @next: Place of the next leaf; 0: no more.
 * @nr_leaves: As the header says.
 * @index: Of the next leaf.
 *
 * The caller fills in the first four.
 */
struct hib_extent_chain {
	struct hib_extents *extents;	/* receives the runs; empty before */
	const struct hib_members *members;
	u64 nr_extents;			/* runs in all leaves, as the header says */
	u64 image_blocks;		/* blocks that they must cover */
	u64 next;			/* where the next leaf lies; 0: no more */
	u32 nr_leaves;			/* as the header says */
	u32 index;			/* of the next leaf */
};

/* -EBADMSG with *@why: no such chain can be. */
int hib_extent_chain_begin(struct hib_extent_chain *chain, u64 first_block, u32 nr_leaves,
			   const char **why);
/* 1: read the leaf at chain->next; 0: all is there; -EBADMSG with *@why. */
int hib_extent_chain_step(const struct hib_extent_chain *chain, const char **why);
/* The leaf that was read. -EBADMSG, -ENOMEM, with *@why. */
int hib_extent_chain_take(struct hib_extent_chain *chain, const struct hib_disk_leaf *leaf,
			  const u8 id[HIB_ID_BYTES], const char **why);

#endif
