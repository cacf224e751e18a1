// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: fsread - what file system is on a device
 *
 * Reads the blocks that pure/fsdigest.c asks for, from the medium. Nothing is written.
 *
 * No state. Context: process context. Sleeps, as long as the device takes.
 */
#include "fsread.h"
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/file.h>
#include "pure/fsdigest.h"
#include "bio.h"
#include "member.h"

/* Hardware has a parent. What user space sets up, as device mapper and md do, has none. */
static bool fsread_is_late(const struct block_device *bdev)
{
	return !disk_to_dev(bdev->bd_disk)->parent;
}

/* As soon as it is known which file system it is: is it one that the caller wants? */
static bool fsread_is_wanted(const struct hib_guards *wanted, const struct hib_fsdigest *f)
{
	return !wanted || !f->guard.kind || hib_guards_find(wanted, &f->guard) >= 0;
}

static bool fsread_blocks(struct block_device *bdev, const struct hib_guards *wanted, void *page,
			  struct hib_fsdigest *f)
{
	hib_fsdigest_begin(f, hib_bio_device_blocks(bdev));
	while (hib_fsdigest_wants(f)) {
		if (!fsread_is_wanted(wanted, f))
			return false;
		if (hib_bio_read_block(bdev, f->block, page))
			return false;
		hib_fsdigest_feed(f, page);
	}
	if (fsread_is_late(bdev))
		f->guard.flags |= HIB_GUARD_LATE;
	return f->step == HIB_FSDIGEST_DONE;
}

/**
 * hib_fsread_device() - Digest the file system on a device.
 * @dev: The device. Somebody may have claimed it.
 * @wanted: File systems that the caller looks for, so that no others are read to their end; or
 *	NULL for any.
 * @page: One page, for reading.
 * @f: Receives the file system; not to be used after false.
 *
 * Context: Process context. Sleeps, and waits for the device without a limit.
 * Return: false if the device cannot be read, if its file system is of no kind that is known, or
 * is not wanted.
 */
bool hib_fsread_device(dev_t dev, const struct hib_guards *wanted, void *page,
		       struct hib_fsdigest *f)
{
	struct file *file = bdev_file_open_by_dev(dev, BLK_OPEN_READ, NULL, NULL);
	bool known;

	if (IS_ERR(file))
		return false;
	known = fsread_blocks(file_bdev(file), wanted, page, f);
	bdev_fput(file);
	return known;
}

/**
 * hib_fsread_is_mounted() - Is the file system on a device mounted?
 * @bdev: The device.
 * @kind: enum hib_guard_kind of the file system. btrfs claims a device, and does not say that
 *	it is a file system. What this core claims, as an image lies in a file of that
 *	file system, is not mounted.
 *
 * Context: Any context.
 * Return: true when it is.
 */
bool hib_fsread_is_mounted(const struct block_device *bdev, u32 kind)
{
	const struct blk_holder_ops *ops = READ_ONCE(bdev->bd_holder_ops);

	if (kind == HIB_GUARD_BTRFS)
		return READ_ONCE(bdev->bd_holder) && ops != &hib_member_holder_ops;
	return ops == &fs_holder_ops;
}
