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
 *   UUID=              of the file system, with a swap file on it
 *
 * The last two read blocks of the devices there are, see scan.c.
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
#include <linux/jiffies.h>
#include <linux/kdev_t.h>
#include <linux/kstrtox.h>
#include <linux/string.h>
#include <linux/uuid.h>
#include "scan.h"

#define POLL_MS			10u	/* names and numbers: a list is walked */
#define POLL_HEADERS_MS		500u	/* UUID=, LABEL=: devices are read */

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

static int locate_area(const char *spec, u64 root_block, dev_t *dev)
{
	struct hib_scan wanted = { .root_block = root_block };
	uuid_t uuid;
	size_t n;

	n = str_has_prefix(spec, "LABEL=");
	if (n)
		wanted.label = spec + n;
	else if (uuid_parse(spec + str_has_prefix(spec, "UUID="), &uuid))
		return -EINVAL;
	if (wanted.label && !*wanted.label)
		return -EINVAL;
	wanted.uuid = uuid.b;
	wanted.volume = root_block && !wanted.label;
	return hib_scan_find(&wanted, dev);
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

static int locate_now(const char *spec, u64 root_block, dev_t *dev)
{
	size_t n;

	if (hib_locate_is_slow(spec))
		return locate_area(spec, root_block, dev);
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
 * @root_block: Where the area begins on the device.
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
int hib_locate_parse(const char *spec, u64 root_block, dev_t *dev)
{
	char buf[HIB_SPEC_BYTES];
	dev_t found = 0;
	int ret;

	if (strscpy(buf, skip_spaces(spec)) < 0)
		return -EINVAL;
	strim(buf);
	if (!*buf)
		return -EINVAL;
	ret = locate_now(buf, root_block, &found);
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
 * @root_block: Where the area begins on the device.
 * @dev: Result; untouched unless 0 is returned.
 *
 * For callers whose root directory need not be the one that the node is in.
 *
 * Context: Process context. Sleeps.
 * Return: 0 the device is there, -EINVAL none of the forms, -ENODEV or what the
 * path look-up says: not yet.
 */
int hib_locate_late(const char *spec, u64 root_block, dev_t *dev)
{
	size_t n = str_has_prefix(spec, "/dev/");
	dev_t found = 0;
	int ret = hib_locate_parse(spec, root_block, &found);

	if (ret && n)
		ret = locate_name(spec + n, &found);
	if (!ret)
		ret = locate_exists(found);
	if (!ret)
		*dev = found;
	return ret;
}

/* No device nodes yet. */
static int __init locate_at_boot(const char *spec, u64 root_block, dev_t *dev)
{
	int ret;

	if (hib_locate_is_slow(spec))
		return locate_area(spec, root_block, dev);
	ret = early_lookup_bdev(spec, dev);
	return ret ?: locate_exists(*dev);
}

static int __init locate_poll(const char *spec, u64 root_block, int wait_s, dev_t *dev)
{
	unsigned int poll_ms = hib_locate_is_slow(spec) ? POLL_HEADERS_MS : POLL_MS;
	unsigned long end = jiffies + max(wait_s, 0) * HZ;
	int ret;

	pr_info("waiting for resume device %s\n", spec);
	do {
		msleep(poll_ms);
		ret = locate_at_boot(spec, root_block, dev);
	} while (ret == -ENODEV && (wait_s < 0 || time_before(jiffies, end)));
	async_synchronize_full();
	/* One has come, and another one may be about to. */
	return ret || !hib_locate_is_slow(spec) ? ret : locate_at_boot(spec, root_block, dev);
}

/**
 * hib_locate_wait() - Find the device that the command line names.
 * @spec: Text of resume=.
 * @root_block: Where the area begins on the device.
 * @delay_s: Seconds to wait before the first look (resumedelay=).
 * @wait_s: How long to poll once probing is over (resumewait): seconds, 0 not
 *	at all, negative forever.
 * @dev: Result; untouched unless 0 is returned.
 *
 * Context: Late initcall. Sleeps.
 * Return: 0, -EINVAL none of the forms, -ENODEV it did not come, -ENOTUNIQ more
 * than one, -ENOMEM.
 */
int __init hib_locate_wait(const char *spec, u64 root_block, unsigned int delay_s, int wait_s,
			   dev_t *dev)
{
	dev_t found = 0;
	int ret;

	if (delay_s) {
		pr_info("waiting %u s before looking for resume device\n", delay_s);
		ssleep(delay_s);
	}
	if (hib_locate_is_slow(spec))
		wait_for_device_probe();
	ret = locate_at_boot(spec, root_block, &found);
	if (ret == -ENODEV) {
		wait_for_device_probe();
		ret = locate_at_boot(spec, root_block, &found);
	}
	if (ret == -ENODEV && wait_s)
		ret = locate_poll(spec, root_block, wait_s, &found);
	if (ret) {
		pr_err("resume device '%s' not found: %pe\n", spec, ERR_PTR(ret));
		return ret;
	}
	*dev = found;
	return 0;
}
