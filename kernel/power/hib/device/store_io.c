// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: store_io - page data to its place and back
 *
 * What the stream sees of a store: image offsets, which become blocks of its
 * devices by the store's extents. A write past their end has the place grow first.
 *
 * Context: process context, several writers at once. May sleep.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "store.h"
#include <linux/blkdev.h>
#include <linux/mutex.h>
#include "pure/mib.h"
#include "bio.h"
#include "meter.h"

/* Workers may be growing the array. */
static bool locked_lookup(struct hib_store *s, u64 image_block, u64 *block, u64 *nr_blocks)
{
	bool found;

	mutex_lock(&s->lock);
	found = hib_extents_lookup(&s->extents, image_block, block, nr_blocks);
	mutex_unlock(&s->lock);
	return found;
}

static int submit_runs(struct hib_store *s, enum req_op op, u64 image_block,
		       struct page **pages, unsigned int nr_pages, struct hib_io_done *done)
{
	while (nr_pages) {
		unsigned int n;
		u64 block, run;
		int ret;

		if (!locked_lookup(s, image_block, &block, &run)) {
			pr_err("%pg: image block %llu is not in the extents\n",
			       s->bdev, image_block);
			return -EBADMSG;
		}
		n = min_t(u64, run, nr_pages);
		ret = hib_bio_submit(hib_store_bdev(s, block), op, hib_block_number(block), pages,
				     n, done);
		if (ret)
			return ret;
		image_block += n;
		pages += n;
		nr_pages -= n;
	}
	return 0;
}

/**
 * hib_store_transfer() - Start to read or write a run of image blocks.
 * @s: Open store whose extents cover the run.
 * @op: REQ_OP_READ or REQ_OP_WRITE.
 * @offset: Place in the image, bytes, whole blocks.
 * @pages: Memory, a page for each block, until hib_bio_wait() returns.
 * @nr_pages: How many there are.
 * @done: Request to wait for, only after return 0.
 *
 * Context: Process context, several tasks at once. Sleeps.
 * Return: 0, -EBADMSG past the end of the extents, -EIO past the device's end.
 *	On an error nothing is under way any more.
 */
int hib_store_transfer(struct hib_store *s, enum req_op op, u64 offset,
		       struct page **pages, unsigned int nr_pages, struct hib_io_done *done)
{
	struct blk_plug plug;
	int ret;

	if (WARN_ON_ONCE(offset % HIB_BLOCK_BYTES))
		return -EINVAL;

	hib_bio_begin(done);
	hib_meter_start(done, &s->meter, (u64)nr_pages << HIB_BLOCK_SHIFT);
	blk_start_plug(&plug);
	ret = submit_runs(s, op, offset >> HIB_BLOCK_SHIFT, pages, nr_pages, done);
	blk_finish_plug(&plug);
	if (ret)
		done->bytes = 0;
	hib_bio_end(done);
	if (ret)
		hib_bio_wait(done);
	return ret;
}

/* Give image blocks below @end a place. */
static int image_grow(struct hib_store *s, u64 end)
{
	int ret;

	lockdep_assert_held(&s->lock);
	ret = s->extents.nr_blocks < end ? s->place->grow(s, end) : 0;
	if (ret == -ENOSPC)
		pr_notice("%pg%s: %s is full: the image has %llu MiB there, at least %llu MiB more are needed\n",
			  s->bdev, s->others[1].bdev ? " and others" : "", s->place->name,
			  hib_blocks_to_mib(s->extents.nr_blocks),
			  hib_blocks_to_mib_up(end - s->extents.nr_blocks));
	if (!ret)
		s->image_blocks = max(s->image_blocks, end);
	return ret;
}

static int store_write(void *device, u64 offset, struct page **pages, unsigned int nr_pages,
		       struct hib_io_done *done)
{
	struct hib_store *s = device;
	int ret;

	mutex_lock(&s->lock);
	ret = image_grow(s, (offset >> HIB_BLOCK_SHIFT) + nr_pages);
	mutex_unlock(&s->lock);
	if (ret)
		return ret;
	return hib_store_transfer(s, REQ_OP_WRITE, offset, pages, nr_pages, done);
}

static int store_read(void *device, u64 offset, struct page **pages, unsigned int nr_pages,
		      struct hib_io_done *done)
{
	return hib_store_transfer(device, REQ_OP_READ, offset, pages, nr_pages, done);
}

static int store_wait(void *device, struct hib_io_done *done)
{
	return hib_bio_wait(done);
}

static u64 store_mib_ns(void *device)
{
	return hib_meter_mib_ns(&((struct hib_store *)device)->meter);
}

const struct hib_io_ops hib_store_io_ops = {
	.write	= store_write,
	.read	= store_read,
	.wait	= store_wait,
	.mib_ns	= store_mib_ns,
};
