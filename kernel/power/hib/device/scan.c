// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: scan - the place that carries an id
 *
 * A swap area has a UUID and a label in its header page, with or without an image in it.
 * For a swap file, the file system that it lies on has another one, which may be meant
 * instead. All devices are read until it is found. Devices that somebody claimed are
 * skipped: an image could not be resumed from them, and a device of a mirror must not be
 * taken for the mirror. Two devices that match are one too many, unless they are two
 * paths to one place: a copy of a disk has its UUID and its image, and whichever is
 * resumed, the other one would be there for a later boot.
 *
 * No state. Nothing is written.
 *
 * Context: process context. Sleeps.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "scan.h"
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/major.h>
#include <linux/string.h>
#include <linux/swap.h>
#include "pure/fsid.h"
#include "bio.h"
#include "place.h"

#define MIN_AREA_BLOCKS		10ull

static bool is_place(const void *page)
{
	const struct hib_disk_commit *disk = page + HIB_COMMIT_OFFSET;

	return hib_place_by_signature(disk->signature) ||
	       !memcmp(disk->signature, HIB_SIGNATURE, HIB_SIGNATURE_BYTES);
}

static bool header_matches(const struct hib_scan *wanted, const void *page)
{
	const union swap_header *header = page;

	if (!wanted->label)
		return !memcmp(header->info.sws_uuid, wanted->uuid, sizeof(header->info.sws_uuid));
	return strlen(wanted->label) <= sizeof(header->info.sws_volume) &&
	       !strncmp(header->info.sws_volume, wanted->label,
			sizeof(header->info.sws_volume));
}

static bool volume_matches(struct block_device *bdev, const u8 *uuid, void *page)
{
	static const u64 blocks[] = HIB_FSID_BLOCKS;

	for (unsigned int i = 0; i < ARRAY_SIZE(blocks); i++) {
		const u8 *found = NULL;

		if (blocks[i] < hib_bio_device_blocks(bdev) &&
		    !hib_bio_read_block(bdev, blocks[i], page))
			found = hib_fsid_find(page, blocks[i]);
		if (found && !memcmp(found, uuid, HIB_ID_BYTES))
			return true;
	}
	return false;
}

/* A place lies on the device, and it or the device is what is wanted. */
static bool bdev_matches(struct block_device *bdev, const struct hib_scan *wanted, void *page)
{
	if (hib_bio_read_block(bdev, wanted->root_block, page) || !is_place(page))
		return false;
	return header_matches(wanted, page) ||
	       (wanted->volume && volume_matches(bdev, wanted->uuid, page));
}

/**
 * hib_scan_is_disk() - Is this a disk, or a part of one?
 * @bdev: The device.
 *
 * Floppies and optical drives are slow to say no and hold no swap.
 *
 * Context: Any context.
 * Return: true when it is.
 */
bool hib_scan_is_disk(struct block_device *bdev)
{
	unsigned int major = bdev->bd_disk->major;

	return !(bdev->bd_disk->flags & GENHD_FL_HIDDEN) && major != FLOPPY_MAJOR &&
	       major != SCSI_CDROM_MAJOR && major != RAMDISK_MAJOR && major != LOOP_MAJOR;
}

/**
 * hib_scan_is_worth_reading() - Can a place be on this device?
 * @bdev: The device.
 * @nr_blocks: It has so many blocks at least.
 * @holder: It may be claimed for this holder, and for no other.
 *
 * Context: Process context.
 * Return: true when it can.
 */
bool hib_scan_is_worth_reading(struct block_device *bdev, u64 nr_blocks, const void *holder)
{
	if (bdev->bd_holder && bdev->bd_holder != holder)
		return false;
	return hib_bio_device_blocks(bdev) >= max(nr_blocks, MIN_AREA_BLOCKS) &&
	       hib_scan_is_disk(bdev);
}

static bool device_matches(struct device *device, const struct hib_scan *wanted, void *page)
{
	u64 least = max(wanted->nr_blocks, wanted->root_block + 1);
	struct file *file;
	bool matches;

	if (!hib_scan_is_worth_reading(dev_to_bdev(device), least, wanted->holder))
		return false;
	file = bdev_file_open_by_dev(device->devt, BLK_OPEN_READ, NULL, NULL);
	if (IS_ERR(file))
		return false;
	matches = bdev_matches(file_bdev(file), wanted, page);
	bdev_fput(file);
	return matches;
}

/* What the unit says of itself, the same on each path to it. */
static bool is_same_disk(struct gendisk *a, struct gendisk *b)
{
	static const enum blk_unique_id types[] = { BLK_UID_NAA, BLK_UID_EUI64, BLK_UID_T10 };

	if (a == b)
		return true;
	if (!a->fops->get_unique_id || a->fops->get_unique_id != b->fops->get_unique_id)
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		u8 id_a[16] = {}, id_b[16] = {};
		int length = a->fops->get_unique_id(a, id_a, types[i]);

		if (length > 0 && length == b->fops->get_unique_id(b, id_b, types[i]))
			return !memcmp(id_a, id_b, sizeof(id_a));
	}
	return false;
}

/**
 * hib_scan_is_same_place() - Are these two paths to one place?
 * @a: A device.
 * @b: Another one.
 *
 * Context: Process context.
 * Return: true when they are.
 */
bool hib_scan_is_same_place(struct block_device *a, struct block_device *b)
{
	return a->bd_start_sect == b->bd_start_sect && is_same_disk(a->bd_disk, b->bd_disk);
}

static int scan_devices(const struct hib_scan *wanted, void *page, dev_t *dev)
{
	struct block_device *found = NULL;
	struct class_dev_iter iter;
	struct device *device;
	int ret = -ENODEV;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while (ret != -ENOTUNIQ && (device = class_dev_iter_next(&iter))) {
		if (!device_matches(device, wanted, page))
			continue;
		ret = 0;
		if (found && !hib_scan_is_same_place(found, dev_to_bdev(device))) {
			pr_err("%pg and %pg are the same swap area, neither is used: name one of them\n",
			       found, dev_to_bdev(device));
			ret = -ENOTUNIQ;
		}
		if (!found)
			found = dev_to_bdev(get_device(device));
	}
	class_dev_iter_exit(&iter);
	if (!ret)
		*dev = found->bd_dev;
	if (found)
		put_device(&found->bd_device);
	return ret;
}

/**
 * hib_scan_find() - Find the device of a place.
 * @wanted: What its header page carries.
 * @dev: Result; untouched unless 0 is returned.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0		- found
 * * -ENODEV	- no device carries that
 * * -ENOTUNIQ	- more than one does; they are named in the log
 * * -ENOMEM
 */
int hib_scan_find(const struct hib_scan *wanted, dev_t *dev)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);
	int ret;

	if (!page)
		return -ENOMEM;
	ret = scan_devices(wanted, page, dev);
	free_page((unsigned long)page);
	return ret;
}
