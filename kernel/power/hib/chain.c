// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The chain of extent leaves
 *
 * An image's header names the first leaf, each leaf the next, and together they
 * hold the extents of the store, in image order. The chain is written when all
 * image data is, since the image may have grown until then, and it is read
 * before anything else of the image can be found.
 *
 * Leaves lie outside the image: in reserved blocks past its end, or in slots of
 * their own. A failure leaves them to hib_store_free_slots().
 *
 * Context: process context, devices working. May sleep.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "store.h"
#include "bio.h"

#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/mm.h>

static int write_chain(struct hib_store *s, const u8 id[HIB_ID_BYTES], u64 block,
		       u32 nr_leaves)
{
	struct hib_disk_leaf *leaf = page_address(s->page);
	int error;
	u32 i;

	for (i = 0; i < nr_leaves; i++) {
		u64 next = 0;

		error = i + 1 < nr_leaves ? hib_store_take_leaf(s, i + 1, &next) : 0;
		if (error)
			return error;
		hib_extents_encode(&s->extents, leaf, id, i, next);
		error = hib_bio_write_block(s->bdev, block, leaf, 0);
		if (error)
			return error;
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
	int error;

	mutex_lock(&s->lock);
	*nr_leaves = hib_extents_leaves(&s->extents);
	error = hib_store_take_leaf(s, 0, first_block);
	if (!error)
		error = write_chain(s, id, *first_block, *nr_leaves);
	mutex_unlock(&s->lock);
	return error;
}

static int read_chain(struct hib_store *s, const u8 id[HIB_ID_BYTES], u64 block,
		      u32 nr_leaves, const char **why)
{
	void *leaf = page_address(s->page);
	int error;
	u32 i;

	for (i = 0; i < nr_leaves; i++) {
		if (!hib_store_has_block(s, block)) {
			*why = "extent leaf outside the device";
			return -EBADMSG;
		}
		error = hib_bio_read_block(s->bdev, block, leaf);
		if (error) {
			*why = "extent leaf unreadable";
			return error;
		}
		error = hib_extents_decode(&s->extents, leaf, id, i,
					   hib_store_device_blocks(s), &block);
		if (error) {
			*why = "extent leaf damaged";
			return error;
		}
	}
	if (block) {
		*why = "extent leaves go on past their count";
		return -EBADMSG;
	}
	return 0;
}

static int check_extents(const struct hib_store *s, u64 nr_extents, u64 image_blocks,
			 const char **why)
{
	if (s->extents.nr != nr_extents) {
		*why = "number of extents is not the header's";
		return -EBADMSG;
	}
	if (s->extents.nr_blocks < image_blocks) {
		*why = "extents do not cover the image";
		return -EBADMSG;
	}
	return 0;
}

/**
 * hib_store_read_extents() - Follow the chain of extent leaves.
 * @s: Open store, extents empty; filled on return 0, empty after an error.
 * @id: Id of the image.
 * @first_block: First leaf.
 * @nr_leaves: Length of the chain.
 * @nr_extents: Runs in all of them.
 * @image_blocks: Blocks that the runs must cover.
 * @why: With an error: what is wrong, in a few words.
 *
 * The numbers may be anything. A chain cannot run in a circle, since each leaf
 * carries its place; it is followed no further than the device could hold, and
 * memory grows only with what was really read.
 *
 * Context: Process context. Sleeps.
 * Return: 0, -EBADMSG, -EIO, -ENOMEM.
 */
int hib_store_read_extents(struct hib_store *s, const u8 id[HIB_ID_BYTES], u64 first_block,
			   u32 nr_leaves, u64 nr_extents, u64 image_blocks, const char **why)
{
	int error;

	if (nr_extents > hib_store_device_blocks(s) ||
	    nr_leaves != DIV_ROUND_UP_ULL(nr_extents, HIB_LEAF_EXTENTS)) {
		*why = "number of extents and leaves disagree";
		return -EBADMSG;
	}

	error = read_chain(s, id, first_block, nr_leaves, why);
	if (!error)
		error = check_extents(s, nr_extents, image_blocks, why);
	if (error) {
		pr_err("%pg: %s (%u leaves from block %llu on, %llu extents): %pe\n",
		       s->bdev, *why, nr_leaves, first_block, nr_extents, ERR_PTR(error));
		hib_extents_exit(&s->extents);
	}
	return error;
}
