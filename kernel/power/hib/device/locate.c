// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: locate - from a name to a device
 *
 * resume= and /sys/power/resume name a device in one of these forms::
 *
 *   /dev/NAME          by its node, or at boot by the kernel's name for it
 *   MAJ:MIN[:OFF]      number; the third one is accepted and has no meaning
 *   hex                number, as old boot loaders write it
 *   PARTUUID= PARTLABEL=   what the partition table says
 *   UUID= LABEL=       what mkswap wrote into the area's header
 *
 * The last form reads the header page of the devices there are, with or
 * without an image in them. Devices that somebody claimed are skipped: an image
 * could not be resumed from them, and a member of a mirror must not be taken
 * for the mirror. Two devices that match are one too many, unless they are two
 * paths to one place: a copy of a disk has its UUID and its image, and whichever
 * is resumed, the other one would be there for a later boot.
 *
 * At boot a device may not be there yet. hib_locate_wait() looks, waits for
 * probing, looks again, and then polls as long as it was told to. Later on,
 * hib_locate_late() says whether it is there by now.
 *
 * No state. A failure changes nothing.
 *
 * Context: process context. Sleeps. hib_locate_wait() runs in an initcall.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "locate.h"
#include <linux/async.h>
#include <linux/blkdev.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/device/driver.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/kdev_t.h>
#include <linux/kstrtox.h>
#include <linux/major.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/uuid.h>
#include "bio.h"
#include "place.h"

#define POLL_MS			10u	/* names and numbers: a list is walked */
#define POLL_HEADERS_MS		500u	/* UUID=, LABEL=: devices are read */
#define MIN_AREA_BLOCKS		10u

/**
 * struct area_wanted - What a swap area must carry.
 * @uuid: It, if @label is NULL.
 * @label: It, or NULL.
 * @page: Receives a device's first page.
 */
struct area_wanted {
	uuid_t uuid;
	const char *label;
	void *page;
};

static bool header_matches(const struct area_wanted *wanted)
{
	const union swap_header *header = wanted->page;
	const struct hib_disk_commit *disk = wanted->page + HIB_COMMIT_OFFSET;

	if (!hib_place_by_signature(disk->signature) &&
	    memcmp(disk->signature, HIB_SIGNATURE, HIB_SIGNATURE_BYTES))
		return false;
	if (!wanted->label)
		return !memcmp(header->info.sws_uuid, &wanted->uuid, sizeof(wanted->uuid));
	return strlen(wanted->label) <= sizeof(header->info.sws_volume) &&
	       !strncmp(header->info.sws_volume, wanted->label,
			sizeof(header->info.sws_volume));
}

/* Floppies and optical drives are slow to say no and hold no swap. */
static bool is_worth_reading(struct block_device *bdev)
{
	unsigned int major = bdev->bd_disk->major;

	return hib_bio_device_blocks(bdev) >= MIN_AREA_BLOCKS && !bdev->bd_holder &&
	       !(bdev->bd_disk->flags & GENHD_FL_HIDDEN) && major != FLOPPY_MAJOR &&
	       major != SCSI_CDROM_MAJOR && major != RAMDISK_MAJOR && major != LOOP_MAJOR;
}

static bool device_matches(struct device *device, const struct area_wanted *wanted)
{
	struct file *file;
	bool matches;

	if (!is_worth_reading(dev_to_bdev(device)))
		return false;
	file = bdev_file_open_by_dev(device->devt, BLK_OPEN_READ, NULL, NULL);
	if (IS_ERR(file))
		return false;
	matches = !hib_bio_read_block(file_bdev(file), 0, wanted->page) &&
		  header_matches(wanted);
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

static bool is_same_place(struct block_device *a, struct block_device *b)
{
	return a->bd_start_sect == b->bd_start_sect && is_same_disk(a->bd_disk, b->bd_disk);
}

static int find_area(const struct area_wanted *wanted, dev_t *dev)
{
	struct block_device *found = NULL;
	struct class_dev_iter iter;
	struct device *device;
	int ret = -ENODEV;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while (ret != -ENOTUNIQ && (device = class_dev_iter_next(&iter))) {
		if (!device_matches(device, wanted))
			continue;
		ret = 0;
		if (found && !is_same_place(found, dev_to_bdev(device))) {
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
 * hib_locate_is_slow() - Do devices have to be read to find it?
 * @spec: As for hib_locate_parse().
 *
 * Context: Any.
 * Return: true for UUID= and LABEL=.
 */
bool hib_locate_is_slow(const char *spec)
{
	return str_has_prefix(spec, "UUID=") || str_has_prefix(spec, "LABEL=");
}

static int locate_area(const char *spec, dev_t *dev)
{
	struct area_wanted wanted = { };
	size_t n;
	int ret;

	n = str_has_prefix(spec, "LABEL=");
	if (n)
		wanted.label = spec + n;
	else if (uuid_parse(spec + str_has_prefix(spec, "UUID="), &wanted.uuid))
		return -EINVAL;
	if (wanted.label && !*wanted.label)
		return -EINVAL;

	wanted.page = (void *)__get_free_page(GFP_KERNEL);
	if (!wanted.page)
		return -ENOMEM;
	ret = find_area(&wanted, dev);
	free_page((unsigned long)wanted.page);
	return ret;
}

static int match_partuuid(struct device *device, const void *uuid)
{
	const struct partition_meta_info *info = dev_to_bdev(device)->bd_meta_info;

	return info && !strcasecmp(info->uuid, uuid);
}

static int match_partlabel(struct device *device, const void *label)
{
	const struct partition_meta_info *info = dev_to_bdev(device)->bd_meta_info;

	return info && !strcmp(info->volname, label);
}

static int locate_partition(const char *wanted,
			    int (*match)(struct device *device, const void *wanted), dev_t *dev)
{
	struct device *device = class_find_device(&block_class, NULL, wanted, match);

	if (!device)
		return -ENODEV;
	*dev = device->devt;
	put_device(device);
	return 0;
}

static int locate_number(const char *spec, dev_t *dev)
{
	unsigned int major, minor, offset, hex;
	char rest;

	if (sscanf(spec, "%u:%u%c", &major, &minor, &rest) == 2 ||
	    sscanf(spec, "%u:%u:%u%c", &major, &minor, &offset, &rest) == 3) {
		*dev = MKDEV(major, minor);
		return MAJOR(*dev) == major && MINOR(*dev) == minor ? 0 : -EINVAL;
	}
	if (kstrtouint(spec, 16, &hex))
		return -EINVAL;
	*dev = new_decode_dev(hex);
	return 0;
}

static int locate_now(const char *spec, dev_t *dev)
{
	size_t n;

	if (hib_locate_is_slow(spec))
		return locate_area(spec, dev);
	n = str_has_prefix(spec, "PARTUUID=");
	if (n)
		return locate_partition(spec + n, match_partuuid, dev);
	n = str_has_prefix(spec, "PARTLABEL=");
	if (n)
		return locate_partition(spec + n, match_partlabel, dev);
	if (*spec == '/')
		return lookup_bdev(spec, dev);
	return locate_number(spec, dev);
}

/**
 * hib_locate_parse() - Find the device that a text names, now.
 * @spec: One of the forms above; white space around it is ignored.
 * @dev: Result; untouched unless 0 is returned.
 *
 * A number is not looked up: whether there is such a device shows when it is
 * opened.
 *
 * Context: Process context with device nodes. Sleeps.
 * Return:
 * * 0		- found
 * * -EINVAL	- none of the forms
 * * -ENODEV	- nothing has that id or label
 * * -ENOTUNIQ	- more than one has; they are named in the log
 * * -ENOMEM, or what the path look-up says
 */
int hib_locate_parse(const char *spec, dev_t *dev)
{
	char buf[HIB_SPEC_BYTES];
	dev_t found = 0;
	int ret;

	if (strscpy(buf, skip_spaces(spec)) < 0)
		return -EINVAL;
	strim(buf);
	if (!*buf)
		return -EINVAL;
	ret = locate_now(buf, &found);
	if (!ret)
		*dev = found;
	return ret;
}

/* A number or partition may be named before it exists. */
static int locate_exists(dev_t dev)
{
	struct device *device = class_find_device_by_devt(&block_class, dev);

	put_device(device);
	return device ? 0 : -ENODEV;
}

/* The kernel's own name, which holds where there is no node for it. */
static int locate_name(const char *name, dev_t *dev)
{
	char buf[BDEVNAME_SIZE];
	struct device *device;

	if (strscpy(buf, name) < 0)
		return -ENODEV;
	device = class_find_device_by_name(&block_class, strreplace(buf, '/', '!'));
	if (!device)
		return -ENODEV;
	*dev = device->devt;
	put_device(device);
	return 0;
}

/**
 * hib_locate_late() - Find the device that the command line names, after boot.
 * @spec: Text of resume=.
 * @dev: Result; untouched unless 0 is returned.
 *
 * For callers whose root directory need not be the one that the node is in.
 *
 * Context: Process context. Sleeps.
 * Return: 0 the device is there, -EINVAL none of the forms, -ENODEV or what the
 * path look-up says: not yet.
 */
int hib_locate_late(const char *spec, dev_t *dev)
{
	size_t n = str_has_prefix(spec, "/dev/");
	dev_t found = 0;
	int ret = hib_locate_parse(spec, &found);

	if (ret && n)
		ret = locate_name(spec + n, &found);
	if (!ret)
		ret = locate_exists(found);
	if (!ret)
		*dev = found;
	return ret;
}

/* No device nodes yet. */
static int __init locate_at_boot(const char *spec, dev_t *dev)
{
	int ret;

	if (hib_locate_is_slow(spec))
		return locate_area(spec, dev);
	ret = early_lookup_bdev(spec, dev);
	return ret ?: locate_exists(*dev);
}

static int __init locate_poll(const char *spec, int wait_s, dev_t *dev)
{
	unsigned int poll_ms = hib_locate_is_slow(spec) ? POLL_HEADERS_MS : POLL_MS;
	unsigned long end = jiffies + max(wait_s, 0) * HZ;
	int ret;

	pr_info("waiting for resume device %s\n", spec);
	do {
		msleep(poll_ms);
		ret = locate_at_boot(spec, dev);
	} while (ret == -ENODEV && (wait_s < 0 || time_before(jiffies, end)));
	async_synchronize_full();
	/* One has come, and another one may be about to. */
	return ret || !hib_locate_is_slow(spec) ? ret : locate_at_boot(spec, dev);
}

/**
 * hib_locate_wait() - Find the device that the command line names.
 * @spec: Text of resume=.
 * @delay_s: Seconds to wait before the first look (resumedelay=).
 * @wait_s: How long to poll once probing is over (resumewait): seconds, 0 not
 *	at all, negative forever.
 * @dev: Result; untouched unless 0 is returned.
 *
 * Context: Late initcall. Sleeps.
 * Return: 0, -EINVAL none of the forms, -ENODEV it did not come, -ENOTUNIQ more
 * than one, -ENOMEM.
 */
int __init hib_locate_wait(const char *spec, unsigned int delay_s, int wait_s, dev_t *dev)
{
	dev_t found = 0;
	int ret;

	if (delay_s) {
		pr_info("waiting %u s before looking for resume device\n", delay_s);
		ssleep(delay_s);
	}
	if (hib_locate_is_slow(spec))
		wait_for_device_probe();
	ret = locate_at_boot(spec, &found);
	if (ret == -ENODEV) {
		wait_for_device_probe();
		ret = locate_at_boot(spec, &found);
	}
	if (ret == -ENODEV && wait_s)
		ret = locate_poll(spec, wait_s, &found);
	if (ret) {
		pr_err("resume device '%s' not found: %pe\n", spec, ERR_PTR(ret));
		return ret;
	}
	*dev = found;
	return 0;
}
