// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: fake_disk - a disk in memory, for the tests of the device layer
 *
 * It takes bios as they come and answers each before it is done with
 * submitting, so a test sees in which order and with which flags they came,
 * and can let any one of them fail.
 */
#include "fake_disk.h"
#include <kunit/test.h>
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/module.h>
#include <linux/vmalloc.h>
#include "pure/format.h"

/* Notes the bio; does it fail? */
static bool fake_disk_note(struct fake_disk *d, struct bio *bio)
{
	int number;

	spin_lock(&d->lock);
	number = d->nr_ops++;
	if (number < FAKE_DISK_OPS)
		d->ops[number] = (struct fake_disk_op) {
			.opf = bio->bi_opf,
			.block = bio->bi_iter.bi_sector >> (HIB_BLOCK_SHIFT - SECTOR_SHIFT),
			.nr_blocks = bio->bi_iter.bi_size >> HIB_BLOCK_SHIFT,
		};
	spin_unlock(&d->lock);
	return number == d->fail;
}

static void fake_disk_move(struct fake_disk *d, struct bio *bio)
{
	u8 *place = d->bytes + (bio->bi_iter.bi_sector << SECTOR_SHIFT);
	struct bvec_iter iter;
	struct bio_vec bvec;

	if (bio_op(bio) == REQ_OP_DISCARD) {
		memset(place, 0, bio->bi_iter.bi_size);
		return;
	}
	bio_for_each_segment(bvec, bio, iter) {
		void *page = bvec_kmap_local(&bvec);

		if (op_is_write(bio_op(bio)))
			memcpy(place, page, bvec.bv_len);
		else
			memcpy(page, place, bvec.bv_len);
		kunmap_local(page);
		place += bvec.bv_len;
	}
}

static void fake_disk_submit(struct bio *bio)
{
	struct fake_disk *d = bio->bi_bdev->bd_disk->private_data;
	bool fails = fake_disk_note(d, bio);

	if (d->delay_ms)
		msleep(d->delay_ms);
	if (!fails || (d->torn && op_is_write(bio_op(bio))))
		fake_disk_move(d, bio);
	if (fails)
		bio_io_error(bio);
	else
		bio_endio(bio);
}

static const struct block_device_operations fake_disk_fops = {
	.owner = THIS_MODULE,
	.submit_bio = fake_disk_submit,
};

static void fake_disk_remove(void *disk)
{
	del_gendisk(disk);
	put_disk(disk);
}

static void free_bytes(void *bytes)
{
	vfree(bytes);
}

static struct fake_disk *create(struct kunit *test, u64 nr_blocks, u32 nr_discard_blocks)
{
	struct queue_limits limits = {
		.features = BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA,
		.max_hw_discard_sectors = nr_discard_blocks << (HIB_BLOCK_SHIFT - SECTOR_SHIFT),
		.discard_granularity = HIB_BLOCK_BYTES,
	};
	struct fake_disk *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	d->bytes = vzalloc(nr_blocks << HIB_BLOCK_SHIFT);
	KUNIT_ASSERT_NOT_NULL(test, d->bytes);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_bytes, d->bytes));
	spin_lock_init(&d->lock);
	d->fail = -1;
	d->disk = blk_alloc_disk(&limits, NUMA_NO_NODE);
	KUNIT_ASSERT_FALSE(test, IS_ERR(d->disk));
	/* A test may have two. */
	snprintf(d->disk->disk_name, sizeof(d->disk->disk_name), "hibfake%lx",
		 ((unsigned long)d >> 4) & 0xffff);
	d->disk->flags |= GENHD_FL_NO_PART;
	d->disk->fops = &fake_disk_fops;
	d->disk->private_data = d;
	set_capacity(d->disk, nr_blocks << (HIB_BLOCK_SHIFT - SECTOR_SHIFT));
	if (add_disk(d->disk)) {
		put_disk(d->disk);
		KUNIT_FAIL_AND_ABORT(test, "no disk");
	}
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_disk_remove, d->disk));
	return d;
}

struct fake_disk *fake_disk_create(struct kunit *test, u64 nr_blocks)
{
	return create(test, nr_blocks, 0);
}

struct fake_disk *fake_disk_create_discarding(struct kunit *test, u64 nr_blocks)
{
	return create(test, nr_blocks, nr_blocks);
}

void fake_disk_arm(struct fake_disk *d, int fail)
{
	spin_lock(&d->lock);
	d->nr_ops = 0;
	d->fail = fail;
	spin_unlock(&d->lock);
}

void *fake_disk_block(struct fake_disk *d, u64 block)
{
	return d->bytes + (block << HIB_BLOCK_SHIFT);
}

dev_t fake_disk_dev(struct fake_disk *d)
{
	return disk_devt(d->disk);
}
