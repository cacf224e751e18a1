// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: volume - devices with file systems that must not change
 *
 * On the way down, the file systems on some devices are digested. On the way up, all
 * devices are read, and each file system that the image knows is compared. What is read
 * comes from the medium, not from the page cache. See pure/guard.c.
 *
 * A device has another number in the next boot, so a file system is known by its UUID.
 * Several devices may carry the same one, as the halves of a mirror do, or a snapshot: one
 * that is as the image knows it is enough.
 *
 * Loop devices are left out: the file system below is guarded, and the next boot has
 * not set them up when it resumes. Nothing is written.
 *
 * No state. Context: process context. Sleeps, as long as the devices take to read a
 * block each.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "volume.h"
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include "bio.h"
#include "scan.h"

enum volume_state {
	VOLUME_MISSING,
	VOLUME_CHANGED,
	VOLUME_SAME,
};

/**
 * struct volume_found - What is known of a file system so far.
 * @state: The best that was seen.
 * @dev: Device where that was seen.
 */
struct volume_found {
	enum volume_state state;
	dev_t dev;
};

/**
 * hib_volumes_add() - Note the device of a mounted file system.
 * @volumes: The list.
 * @bdev: The device. One that is not read on the way up is not noted.
 *
 * Context: Any context.
 * Return: false if there is no room for it.
 */
bool hib_volumes_add(struct hib_volumes *volumes, struct block_device *bdev)
{
	if (!hib_scan_is_disk(bdev))
		return true;
	if (volumes->nr == HIB_GUARDS_MAX)
		return false;
	volumes->dev[volumes->nr++] = bdev->bd_dev;
	return true;
}

/* Returns true if there is a file system of a known kind on the device. */
static bool volume_read(dev_t dev, void *page, struct hib_guard *guard)
{
	struct file *file = bdev_file_open_by_dev(dev, BLK_OPEN_READ, NULL, NULL);
	bool known;

	if (IS_ERR(file))
		return false;
	known = hib_bio_device_blocks(file_bdev(file)) > HIB_GUARD_BLOCK &&
		!hib_bio_read_block(file_bdev(file), HIB_GUARD_BLOCK, page) &&
		hib_guard_take(page, guard);
	bdev_fput(file);
	return known;
}

/**
 * hib_volumes_take() - Digest the file systems on some devices.
 * @volumes: The devices.
 * @guards: Receives the file systems of known kinds.
 * @page: One page, for reading.
 *
 * Context: Process context. Sleeps.
 */
void hib_volumes_take(const struct hib_volumes *volumes, struct hib_guards *guards, void *page)
{
	struct hib_guard guard;

	guards->nr = 0;
	for (unsigned int i = 0; i < volumes->nr; i++)
		if (volume_read(volumes->dev[i], page, &guard))
			hib_guards_add(guards, &guard);
}

static bool volume_is_mounted(const struct block_device *bdev)
{
	return READ_ONCE(bdev->bd_holder_ops) == &fs_holder_ops;
}

/* Compare the file system on one device, if the image knows it. */
static int volume_look(struct block_device *bdev, const struct hib_guards *guards,
		       bool may_be_mounted, void *page, struct volume_found *found, char *why)
{
	struct hib_guard guard;
	enum volume_state state;
	int nr;

	if (!hib_scan_is_disk(bdev) || !volume_read(bdev->bd_dev, page, &guard))
		return 0;
	nr = hib_guards_find(guards, &guard);
	if (nr < 0)
		return 0;
	if (!may_be_mounted && volume_is_mounted(bdev)) {
		snprintf(why, HIB_VOLUME_WHY_BYTES, "ext4 %pUb on %pg is mounted", guard.id, bdev);
		return -ESTALE;
	}
	state = guard.digest == guards->guard[nr].digest ? VOLUME_SAME : VOLUME_CHANGED;
	if (state > found[nr].state)
		found[nr] = (struct volume_found) { .state = state, .dev = bdev->bd_dev };
	return 0;
}

static int volumes_judge(const struct hib_guards *guards, const struct volume_found *found,
			 char *why)
{
	for (unsigned int i = 0; i < guards->nr; i++) {
		if (found[i].state == VOLUME_CHANGED) {
			snprintf(why, HIB_VOLUME_WHY_BYTES, "ext4 %pUb on %u:%u was changed",
				 guards->guard[i].id, MAJOR(found[i].dev), MINOR(found[i].dev));
			return -ESTALE;
		}
		if (found[i].state == VOLUME_MISSING)
			pr_warn("ext4 %pUb is not there and was not compared\n",
				guards->guard[i].id);
	}
	return 0;
}

/**
 * hib_volumes_check() - Are the file systems as an image knows them?
 * @guards: Those that it knows.
 * @may_be_mounted: They may be mounted.
 * @page: One page, for reading.
 * @why: Receives what is wrong, in a few words, with an errno.
 *
 * A file system that is not there is named in the log.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -ESTALE if one was changed, or is mounted.
 */
int hib_volumes_check(const struct hib_guards *guards, bool may_be_mounted, void *page,
		      char why[HIB_VOLUME_WHY_BYTES])
{
	struct volume_found found[HIB_GUARDS_MAX] = {};
	struct class_dev_iter iter;
	struct device *device;
	int ret = 0;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while (!ret && (device = class_dev_iter_next(&iter)))
		ret = volume_look(dev_to_bdev(device), guards, may_be_mounted, page, found, why);
	class_dev_iter_exit(&iter);
	return ret ?: volumes_judge(guards, found, why);
}
