// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: erase - the blocks of an image that nobody needs any more
 *
 * After its use an image lies in blocks that are free. They can be discarded or
 * overwritten. A block that is in use must never be among them, so three things are
 * checked. Each device beside the root device must still carry the id of its member; the
 * caller has checked the root device by the image's record. The list of blocks may come from
 * a disk, so the place says which of them belong to it. It also says which are free: others
 * may have taken some since. The last answer must hold until the end: the caller ensures
 * that nobody takes blocks.
 *
 * A list is erased in pieces, one after the other. The device has answered a piece before
 * the next one begins, and before the return. This has no time-out: a device may still
 * execute a discard that it was given, and would then destroy what was written to the
 * blocks meanwhile. The limit of time is checked before each piece.
 *
 * A device that cannot discard is skipped. The first other error ends the work.
 *
 * Context: process context, devices working. May sleep.
 */
#include "erase.h"
#include <linux/blkdev.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sort.h>
#include <linux/string.h>
#include "bio.h"
#include "root.h"
#include "store.h"

/* A slow disk writes the first in a second; a discard costs less than that. */
#define ZERO_PIECE	(16u << (20 - HIB_BLOCK_SHIFT))
#define DISCARD_PIECE	(64u << (20 - HIB_BLOCK_SHIFT))

/* A disk that was plugged in elsewhere while the machine was off has another name now. */
static int check_members(struct hib_store *s)
{
	char why[HIB_ROOT_WHY_BYTES];
	u8 id[HIB_ID_BYTES];
	int ret = 0;

	for (unsigned int i = 1; i < HIB_MEMBERS_MAX && !ret; i++) {
		const struct hib_member *member = &s->members.member[i];

		if (!s->others[i].bdev)
			continue;
		ret = hib_root_check(s->others[i].bdev, member->root_block,
				     page_address(s->page), id, why);
		if (ret == -EOPNOTSUPP || (!ret && memcmp(id, member->id, HIB_ID_BYTES)))
			ret = -ESTALE;
	}
	return ret;
}

static int by_block(const void *a, const void *b)
{
	const struct hib_extent *left = a, *right = b;

	return left->block < right->block ? -1 : left->block > right->block;
}

static int erase_piece(struct block_device *bdev, enum hib_erase_how how, u64 block, u64 nr)
{
	block = hib_block_number(block);
	return how == HIB_ERASE_ZERO ? hib_bio_zero(bdev, block, nr) :
				       hib_bio_discard(bdev, block, nr);
}

static int erase_run(struct hib_store *s, const struct hib_extent *run, unsigned long end,
		     struct hib_erase *e)
{
	u64 piece = e->how == HIB_ERASE_ZERO ? ZERO_PIECE : DISCARD_PIECE;
	int ret = 0;

	for (u64 at = 0; at < run->nr_blocks && !ret; at += piece) {
		u64 block = run->block + at, nr = min(piece, run->nr_blocks - at);

		if (time_after(jiffies, end))
			return -ETIME;
		ret = erase_piece(hib_store_bdev(s, block), e->how, block, nr);
		if (!ret)
			e->nr_done += nr;
	}
	return ret;
}

static int erase_list(struct hib_store *s, const struct hib_extents *list, struct hib_erase *e)
{
	unsigned long end = jiffies + msecs_to_jiffies(e->limit_ms);
	int ret = 0, first_error = 0;

	for (u32 i = 0; i < list->nr && (!ret || ret == -EOPNOTSUPP); i++) {
		ret = erase_run(s, &list->array[i], end, e);
		first_error = first_error ?: ret;
	}
	return first_error;
}

static int flush_all(struct hib_store *s)
{
	int ret = hib_bio_flush(s->bdev);

	for (unsigned int i = 1; i < HIB_MEMBERS_MAX && !ret; i++)
		if (s->others[i].bdev)
			ret = hib_bio_flush(s->others[i].bdev);
	return ret;
}

/**
 * hib_erase_blocks() - Erase those of an image's blocks that are free.
 * @s: Store of the way down, its blocks given back; nobody takes blocks of its place
 *	meanwhile.
 * @blocks: Blocks that the image had; they are sorted.
 * @e: How, for how long, and how much was done.
 *
 * Context: Process context. Sleeps. May take as much longer as a device needs for the last
 *	piece.
 * Return:
 * * 0			- all of them were erased
 * * -ETIME		- the limit was reached
 * * -EOPNOTSUPP	- a device cannot discard; on others it was done
 * * -ESTALE		- a member is another device now; nothing was done
 * * -ENOMEM, or the errno of a device
 */
int hib_erase_blocks(struct hib_store *s, struct hib_extents *blocks, struct hib_erase *e)
{
	struct hib_extents list;
	int ret;

	hib_extents_init(&list);
	e->nr_blocks = blocks->nr_blocks;
	e->nr_done = 0;
	ret = check_members(s);
	if (ret)
		return ret;
	sort(blocks->array, blocks->nr, sizeof(blocks->array[0]), by_block, NULL);
	mutex_lock(&s->lock);
	ret = s->place->list_free(s, blocks, &list);
	mutex_unlock(&s->lock);
	if (!ret)
		ret = erase_list(s, &list, e);
	if (e->how == HIB_ERASE_ZERO && e->nr_done)
		ret = flush_all(s) ?: ret;
	hib_extents_exit(&list);
	return ret;
}
