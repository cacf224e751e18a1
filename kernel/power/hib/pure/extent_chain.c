// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: extent_chain - following the chain of extent leaves
 *
 * The header names the first leaf, each leaf the next, and the header says how
 * many leaves and runs there are. All of that is hostile. Here is decided which
 * block may be read next, and whether what was read is the whole chain; reading
 * is for the caller (chain.c)::
 *
 *   begin -> step (1) -> read a block -> take -> step (1) ... -> step (0)
 *
 * A chain cannot run in a circle, since each leaf carries its index, and it is
 * followed no further than the header says, which is no more than the devices
 * could hold. Memory grows only with what was really read. After an error the
 * extents must not be used.
 *
 * No state, no I/O. Taking a leaf may sleep, as it makes room for its runs.
 */
#include "extent_chain.h"
#include "leaf.h"

/**
 * hib_extent_chain_begin() - Start to follow a chain.
 * @chain: extents, members, nr_extents and image_blocks are filled in.
 * @first_block: Where the first leaf lies, from the header.
 * @nr_leaves: How many there are, from the header.
 * @why: Set when an errno is returned.
 *
 * Return: 0 or -EBADMSG.
 */
int hib_extent_chain_begin(struct hib_extent_chain *chain, u64 first_block, u32 nr_leaves,
			   const char **why)
{
	u64 nr_full = div_u64(chain->nr_extents, HIB_LEAF_EXTENTS);

	chain->next = first_block;
	chain->nr_leaves = nr_leaves;
	chain->index = 0;
	*why = "number of extents and leaves disagree";
	if (chain->nr_extents > hib_members_blocks(chain->members))
		return -EBADMSG;
	nr_full += nr_full * HIB_LEAF_EXTENTS != chain->nr_extents;
	return nr_leaves == nr_full ? 0 : -EBADMSG;
}

/* All leaves were taken: are the runs those that the header promised? */
static const char *chain_end_fault(const struct hib_extent_chain *chain)
{
	if (chain->next)
		return "extent leaves go on past their count";
	if (chain->extents->nr != chain->nr_extents)
		return "number of extents is not the header's";
	if (chain->extents->nr_blocks < chain->image_blocks)
		return "extents do not cover the image";
	return NULL;
}

/**
 * hib_extent_chain_step() - What comes next?
 * @chain: The chain, after begin or take.
 * @why: Set when an errno is returned.
 *
 * Return:
 * * 1		- the leaf at @chain->next, a block of a member, is to be read
 * * 0		- that was all, and it is what the header said
 * * -EBADMSG	- the chain leads off the devices, or ends too early or too late
 */
int hib_extent_chain_step(const struct hib_extent_chain *chain, const char **why)
{
	if (chain->index == chain->nr_leaves) {
		*why = chain_end_fault(chain);
		return *why ? -EBADMSG : 0;
	}
	*why = "extent leaf outside the devices";
	return hib_members_have(chain->members, chain->next, 1) ? 1 : -EBADMSG;
}

/**
 * hib_extent_chain_take() - Check the leaf that was read and take its runs.
 * @chain: The chain, after hib_extent_chain_step() returned 1.
 * @leaf: The block as read.
 * @id: The image's id.
 * @why: Set when an errno is returned.
 *
 * Context: May sleep.
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int hib_extent_chain_take(struct hib_extent_chain *chain, const struct hib_disk_leaf *leaf,
			  const u8 id[HIB_ID_BYTES], const char **why)
{
	*why = "extent leaf damaged";
	return hib_extents_decode(chain->extents, leaf, id, chain->index++, chain->members,
				  &chain->next);
}
