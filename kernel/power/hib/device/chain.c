// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: chain - the chain of extent leaves
 *
 * An image's header names the first leaf, each leaf the next, and together they
 * hold the extents of the store, in image order. The chain is written when all
 * image data is, since the image may have grown until then, and it is read
 * before anything else of the image can be found.
 *
 * Leaves lie outside the image: in reserved blocks past its end, or in blocks of
 * their own. A failure leaves them to hib_store_give_back().
 *
 * Context: process context, devices working. May sleep.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/mm.h>
#include "pure/extent_chain.h"
#include "bio.h"
#include "store.h"

static int write_leaf(struct hib_store *s, u64 block, struct hib_disk_leaf *leaf)
{
	__set_bit(hib_block_member(block), s->used);
	return hib_bio_write_block(hib_store_bdev(s, block), hib_block_number(block), leaf, 0);
}

static void note_members(struct hib_store *s)
{
	for (u32 i = 0; i < s->extents.nr; i++)
		__set_bit(hib_block_member(s->extents.array[i].block), s->used);
}

static int write_chain(struct hib_store *s, const u8 id[HIB_ID_BYTES], u64 block,
		       u32 nr_leaves)
{
	struct hib_disk_leaf *leaf = page_address(s->page);
	int ret;
	u32 i;

	for (i = 0; i < nr_leaves; i++) {
		u64 next = 0;

		ret = i + 1 < nr_leaves ? hib_store_take_leaf(s, i + 1, &next) : 0;
		if (ret)
			return ret;
		hib_extents_encode(&s->extents, leaf, id, i, next);
		ret = write_leaf(s, block, leaf);
		if (ret)
			return ret;
		block = next;
	}
	return 0;
}

/**
 * hib_store_write_extents() - Write the chain of extent leaves.
 * @s: Open store of the way down; all image data was written.
 * @id: Id of the image.
 * @first_block: Result: where the chain starts.
 * @nr_leaves: Result: its length. The runs in it are s->extents.nr.
 *
 * Context: Process context. Sleeps.
 * Return: 0, -ENOSPC, -ENOMEM, -EIO.
 */
int hib_store_write_extents(struct hib_store *s, const u8 id[HIB_ID_BYTES],
			    u64 *first_block, u32 *nr_leaves)
{
	int ret;

	mutex_lock(&s->lock);
	*nr_leaves = hib_extents_leaves(&s->extents);
	note_members(s);
	ret = hib_store_take_leaf(s, 0, first_block);
	if (!ret)
		ret = write_chain(s, id, *first_block, *nr_leaves);
	mutex_unlock(&s->lock);
	return ret;
}

static int read_chain(struct hib_store *s, struct hib_extent_chain *chain,
		      const u8 id[HIB_ID_BYTES], const char **why)
{
	void *leaf = page_address(s->page);
	int ret;

	while ((ret = hib_extent_chain_step(chain, why)) > 0) {
		ret = hib_bio_read_block(hib_store_bdev(s, chain->next),
					 hib_block_number(chain->next), leaf);
		if (ret) {
			*why = "extent leaf unreadable";
			return ret;
		}
		ret = hib_extent_chain_take(chain, leaf, id, why);
		if (ret)
			return ret;
	}
	return ret;
}

/**
 * hib_store_read_extents() - Follow the chain of extent leaves.
 * @s: Open store with all members, extents empty; filled on return 0, empty after an error.
 * @id: Id of the image.
 * @first_block: First leaf.
 * @nr_leaves: Length of the chain.
 * @nr_extents: Runs in all of them.
 * @image_blocks: Blocks that the runs must cover.
 * @why: With an error: what is wrong, in a few words.
 *
 * The numbers may be anything: see extent_chain.c.
 *
 * Context: Process context. Sleeps.
 * Return: 0, -EBADMSG, -EIO, -ENOMEM.
 */
int hib_store_read_extents(struct hib_store *s, const u8 id[HIB_ID_BYTES], u64 first_block,
			   u32 nr_leaves, u64 nr_extents, u64 image_blocks, const char **why)
{
	struct hib_extent_chain chain = {
		.extents = &s->extents,
		.members = &s->members,
		.nr_extents = nr_extents,
		.image_blocks = image_blocks,
	};
	int ret;

	ret = hib_extent_chain_begin(&chain, first_block, nr_leaves, why);
	if (!ret)
		ret = read_chain(s, &chain, id, why);
	if (ret) {
		pr_err("%pg: %s (%u leaves from block %llu on, %llu extents): %pe\n",
		       s->bdev, *why, nr_leaves, first_block, nr_extents, ERR_PTR(ret));
		hib_extents_exit(&s->extents);
	}
	return ret;
}
