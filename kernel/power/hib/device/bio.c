// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: bio - block I/O of an image
 *
 * A request is any number of bios that one &struct hib_io_done counts. It is
 * begun, filled by hib_bio_submit(), ended and waited for::
 *
 *   begin -> submit, submit, ... -> end -> wait
 *
 * The request belongs to the caller, who keeps it and the pages until wait
 * returns. Its counter starts at one, for the submitter, so that a request
 * whose first bios are quick is not complete before the last one was sent.
 * The first error of any bio is the request's; the others are only logged.
 *
 * Bios come from the block layer's reserve, so submitting cannot fail for want
 * of memory: a request under way always ends. Image I/O and its flushes are charged
 * to the root group, or else a limit on the group of whoever asked for hibernation
 * would bound how long the machine takes. Blocks are wiped in the caller's group, as
 * the block layer makes these bios; erase.c has a limit of time.
 *
 * Nothing here gives up: what a device was told to do it may still do, and the
 * pages are its until it answers. But a device that has given no answer for half
 * a minute is named, once a minute.
 *
 * Context: process context, devices working. Completion runs in interrupt
 * context and touches the request only.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "bio.h"
#include <linux/bio.h>
#include <linux/blk-cgroup.h>
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/ratelimit.h>
#include <linux/timer.h>
#include "pure/format.h"
#include "meter.h"

#define BLOCK_SECTORS_SHIFT	(HIB_BLOCK_SHIFT - SECTOR_SHIFT)

#define PATIENCE_S		30u
#define REMINDER_S		60u

static_assert(HIB_BLOCK_BYTES == PAGE_SIZE);

/**
 * struct bio_watch - Somebody waits for a device; on the stack.
 * @timer: Goes off when that takes too long.
 * @bdev: The device.
 * @since: When it began, in jiffies.
 */
struct bio_watch {
	struct timer_list timer;
	struct block_device *bdev;
	unsigned long since;
};

/* Many wait at once: one line for all of them. */
static void watch_complain(struct timer_list *timer)
{
	static struct ratelimit_state _rs =
		RATELIMIT_STATE_INIT_FLAGS(_rs, (REMINDER_S - 1) * HZ, 1, RATELIMIT_MSG_ON_RELEASE);
	struct bio_watch *w = from_timer(w, timer, timer);

	if (__ratelimit(&_rs))
		pr_crit("waiting for %pg, which has given no answer for %lu s\n", w->bdev,
			(jiffies - w->since) / HZ);
	mod_timer(timer, jiffies + REMINDER_S * HZ);
}

static void watch_begin(struct bio_watch *w, struct block_device *bdev)
{
	w->bdev = bdev;
	w->since = jiffies;
	timer_setup_on_stack(&w->timer, watch_complain, 0);
	mod_timer(&w->timer, jiffies + PATIENCE_S * HZ);
}

static void watch_end(struct bio_watch *w)
{
	del_timer_sync(&w->timer);
	destroy_timer_on_stack(&w->timer);
}

static sector_t block_to_sector(u64 block)
{
	return (sector_t)block << BLOCK_SECTORS_SHIFT;
}

/* Synchronous like direct I/O: somebody waits, and writeback must not throttle it. */
static blk_opf_t request_flags(enum req_op op)
{
	return op == REQ_OP_READ ? op | REQ_SYNC : op | REQ_SYNC | REQ_IDLE;
}

static void request_put(struct hib_io_done *done)
{
	if (!atomic_dec_and_test(&done->pending))
		return;
	hib_meter_end(done);
	complete(&done->done);
}

static void bio_ended(struct bio *bio)
{
	struct hib_io_done *done = bio->bi_private;
	int ret = blk_status_to_errno(bio->bi_status);

	if (ret) {
		cmpxchg(&done->error, 0, ret);
		pr_err_ratelimited("%s of %pg failed near sector %llu of the disk: %pe\n",
				   blk_op_str(bio_op(bio)), bio->bi_bdev,
				   (u64)bio->bi_iter.bi_sector, ERR_PTR(ret));
	}
	bio_put(bio);
	request_put(done);
}

/* How many of @pages, from the first on, lie one behind the other. */
static unsigned int adjacent_pages(struct page **pages, unsigned int nr_pages)
{
	unsigned long pfn = page_to_pfn(pages[0]);
	unsigned int n = 1;

	while (n < nr_pages && page_to_pfn(pages[n]) == pfn + n)
		n++;
	return n;
}

static unsigned short segments_wanted(struct page **pages, unsigned int nr_pages)
{
	return adjacent_pages(pages, nr_pages) == nr_pages ? 1 : bio_max_segs(nr_pages);
}

/* Fill @bio as far as it goes; the number of pages taken. */
static unsigned int fill_bio(struct bio *bio, struct page **pages, unsigned int nr_pages)
{
	unsigned int taken = 0;

	while (taken < nr_pages) {
		unsigned int n = adjacent_pages(pages + taken, nr_pages - taken);
		unsigned int bytes = n << HIB_BLOCK_SHIFT;

		if (bio_add_page(bio, pages[taken], bytes, 0) != bytes)
			break;
		taken += n;
	}
	return taken;
}

/**
 * hib_bio_begin() - Start a request.
 * @done: The request; needs no earlier initialisation.
 *
 * Context: Process context.
 */
void hib_bio_begin(struct hib_io_done *done)
{
	init_completion(&done->done);
	atomic_set(&done->pending, 1);
	done->error = 0;
	done->bdev = NULL;
	done->meter = NULL;
}

/**
 * hib_bio_submit() - Add a run of blocks to a request and send it on its way.
 * @bdev: Device.
 * @op: REQ_OP_READ or REQ_OP_WRITE.
 * @block: First block.
 * @pages: Memory, a page for each block.
 * @nr_pages: Length of the run.
 * @done: Request between hib_bio_begin() and hib_bio_end().
 *
 * Context: Process context; may sleep until the device takes more requests.
 * Return: 0, or -EIO when the run is not on the device; then nothing was sent.
 */
int hib_bio_submit(struct block_device *bdev, enum req_op op, u64 block,
		   struct page **pages, unsigned int nr_pages, struct hib_io_done *done)
{
	u64 end = hib_bio_device_blocks(bdev);
	struct bio_watch watch;
	struct blk_plug plug;

	if (nr_pages > end || block > end - nr_pages) {
		pr_err("%pg: blocks %llu to %llu wanted, the device has %llu\n",
		       bdev, block, block + nr_pages, end);
		return -EIO;
	}

	done->bdev = bdev;
	watch_begin(&watch, bdev);
	blk_start_plug(&plug);
	while (nr_pages) {
		struct bio *bio = bio_alloc(bdev, segments_wanted(pages, nr_pages),
					    request_flags(op), GFP_NOIO | __GFP_HIGH);
		unsigned int taken = fill_bio(bio, pages, nr_pages);

		bio_associate_blkg_from_css(bio, blkcg_root_css);
		bio->bi_iter.bi_sector = block_to_sector(block);
		bio->bi_private = done;
		bio->bi_end_io = bio_ended;
		atomic_inc(&done->pending);
		submit_bio(bio);
		block += taken;
		pages += taken;
		nr_pages -= taken;
	}
	blk_finish_plug(&plug);
	watch_end(&watch);
	return 0;
}

/**
 * hib_bio_end() - All of a request has been submitted.
 * @done: The request; must be waited for.
 *
 * Context: Process context.
 */
void hib_bio_end(struct hib_io_done *done)
{
	request_put(done);
}

/**
 * hib_bio_wait() - Sleep until a request is over.
 * @done: Request that was ended; free to be begun again afterwards.
 *
 * Context: Process context. Sleeps; the time counts as I/O wait.
 * Return: 0, or the first error of its bios.
 */
int hib_bio_wait(struct hib_io_done *done)
{
	struct bio_watch watch;

	watch_begin(&watch, done->bdev);
	wait_for_completion_io(&done->done);
	watch_end(&watch);
	return READ_ONCE(done->error);
}

/* One bio on the stack of whoever waits for it. */
static int single_bio(struct bio *bio)
{
	struct bio_watch watch;
	int ret;

	bio_associate_blkg_from_css(bio, blkcg_root_css);
	watch_begin(&watch, bio->bi_bdev);
	ret = submit_bio_wait(bio);
	watch_end(&watch);
	bio_uninit(bio);
	return ret;
}

static int single_block(struct block_device *bdev, u64 block, void *data, blk_opf_t opf)
{
	struct bio_vec bvec;
	struct bio bio;
	int ret;

	bio_init(&bio, bdev, &bvec, 1, opf);
	bio.bi_iter.bi_sector = block_to_sector(block);
	__bio_add_page(&bio, virt_to_page(data), HIB_BLOCK_BYTES, 0);
	ret = single_bio(&bio);
	if (ret)
		pr_err("%s of block %llu of %pg failed: %pe\n", blk_op_str(opf & REQ_OP_MASK),
		       block, bdev, ERR_PTR(ret));
	return ret;
}

/**
 * hib_bio_read_block() - Read one block and wait.
 * @bdev: Device.
 * @block: Which block.
 * @data: One page, page aligned, in the direct map.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or the errno of the device.
 */
int hib_bio_read_block(struct block_device *bdev, u64 block, void *data)
{
	return single_block(bdev, block, data, request_flags(REQ_OP_READ));
}

/**
 * hib_bio_write_block() - Write one block and wait.
 * @bdev: Device.
 * @block: Which block.
 * @data: One page, page aligned, in the direct map.
 * @flags: REQ_PREFLUSH: all that was written before is durable first. REQ_FUA:
 *	this block is durable on return. Or 0.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or the errno of the device.
 */
int hib_bio_write_block(struct block_device *bdev, u64 block, void *data, blk_opf_t flags)
{
	return single_block(bdev, block, data, request_flags(REQ_OP_WRITE) | flags);
}

/**
 * hib_bio_flush() - Make all that was written durable.
 * @bdev: Device.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or the errno of the device.
 */
int hib_bio_flush(struct block_device *bdev)
{
	struct bio bio;
	int ret;

	bio_init(&bio, bdev, NULL, 0, REQ_OP_WRITE | REQ_PREFLUSH);
	ret = single_bio(&bio);
	if (ret)
		pr_err("flush of %pg failed: %pe\n", bdev, ERR_PTR(ret));
	return ret;
}

/**
 * hib_bio_discard() - Tell a device that blocks are not needed any more, and wait.
 * @bdev: Device.
 * @block: First block.
 * @nr_blocks: Length of the run.
 *
 * The device has answered on return, so the blocks can be written again.
 *
 * Context: Process context. Sleeps.
 * Return: 0, -EOPNOTSUPP if the device cannot discard, or its errno.
 */
int hib_bio_discard(struct block_device *bdev, u64 block, u64 nr_blocks)
{
	struct bio_watch watch;
	int ret;

	if (!bdev_max_discard_sectors(bdev))
		return -EOPNOTSUPP;
	watch_begin(&watch, bdev);
	ret = blkdev_issue_discard(bdev, block_to_sector(block), block_to_sector(nr_blocks),
				   GFP_NOIO);
	watch_end(&watch);
	return ret;
}

/**
 * hib_bio_zero() - Overwrite blocks with zeros, and wait.
 * @bdev: Device.
 * @block: First block.
 * @nr_blocks: Length of the run.
 *
 * The device keeps the blocks allocated. The zeros are durable after hib_bio_flush().
 *
 * Context: Process context. Sleeps.
 * Return: 0, or the errno of the device.
 */
int hib_bio_zero(struct block_device *bdev, u64 block, u64 nr_blocks)
{
	struct bio_watch watch;
	int ret;

	watch_begin(&watch, bdev);
	ret = blkdev_issue_zeroout(bdev, block_to_sector(block), block_to_sector(nr_blocks),
				   GFP_NOIO, BLKDEV_ZERO_NOUNMAP);
	watch_end(&watch);
	return ret;
}

/**
 * hib_bio_device_blocks() - How large is a device?
 * @bdev: Device.
 *
 * Context: Any.
 * Return: its length in whole blocks.
 */
u64 hib_bio_device_blocks(struct block_device *bdev)
{
	return (u64)bdev_nr_bytes(bdev) >> HIB_BLOCK_SHIFT;
}
