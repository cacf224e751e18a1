// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: area - what kind of place a swap area is
 *
 * Some areas are no place for an image, since they are memory themselves or
 * stand still with the tasks; and where pages go to such an area first, nothing
 * is gained by swapping them.
 *
 * A device is what the devices below it are: dm-crypt on a loop device stands
 * still like the loop device. dm, md and bcache say in sysfs on what they stand,
 * in the folder "slaves", and are followed down to disks that stand on nothing.
 *
 * Only questions: no state, nothing changes. Areas come and go with swapon and
 * swapoff, so an answer holds as long as tasks are frozen.
 */
#include "area.h"
#include <linux/blkdev.h>
#include <linux/major.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/sysfs.h>
#include <linux/zswap.h>

/* Devices on devices on devices: mapper targets cannot be stacked much higher. */
#define AREA_DEPTH_MAX	8u

/* What a device lies on; with several, the worst kind. */
enum area_kind {
	AREA_DISK,
	AREA_MEMORY,
	AREA_STANDS,		/* served by a task, or by work that is frozen with them */
};

static const char * const area_faults[] = {
	[AREA_MEMORY] = "is memory, lost when the power goes off",
	[AREA_STANDS] = "stands still while tasks are frozen",
};

static enum area_kind leaf_kind(const struct gendisk *disk)
{
	if (disk->major == RAMDISK_MAJOR || str_has_prefix(disk->disk_name, "zram"))
		return AREA_MEMORY;
	if (disk->major == LOOP_MAJOR || disk->major == NBD_MAJOR ||
	    str_has_prefix(disk->disk_name, "ublkb"))
		return AREA_STANDS;
	return AREA_DISK;
}

static bool disk_stands_on(const struct gendisk *disk, struct device *below)
{
	struct kernfs_node *link;

	if (!disk->slave_dir)
		return false;
	link = sysfs_get_dirent(disk->slave_dir->sd, dev_name(below));
	sysfs_put(link);
	return link;
}

/* @leaf receives the name of the worst one below. */
static enum area_kind disk_kind(const struct gendisk *disk, unsigned int depth, const char **leaf)
{
	enum area_kind worst = leaf_kind(disk);
	struct class_dev_iter iter;
	struct device *below;

	*leaf = disk->disk_name;
	if (worst != AREA_DISK || !depth)
		return worst;
	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while ((below = class_dev_iter_next(&iter))) {
		enum area_kind kind;
		const char *name;

		if (!disk_stands_on(disk, below))
			continue;
		kind = disk_kind(dev_to_bdev(below)->bd_disk, depth - 1, &name);
		if (kind > worst) {
			worst = kind;
			*leaf = name;
		}
	}
	class_dev_iter_exit(&iter);
	return worst;
}

static enum area_kind area_kind(const struct swap_info_struct *si, const char **leaf)
{
	return si->bdev ? disk_kind(si->bdev->bd_disk, AREA_DEPTH_MAX, leaf) : AREA_DISK;
}

/**
 * hib_area_disk_refuses() - Can no image lie on a disk?
 * @disk: It.
 * @why: Receives the reason, with the name of the device that it is.
 *
 * Context: Process context. Sleeps.
 * Return: true when it cannot.
 */
bool hib_area_disk_refuses(const struct gendisk *disk, char why[HIB_AREA_WHY_BYTES])
{
	const char *leaf;
	enum area_kind kind = disk_kind(disk, AREA_DEPTH_MAX, &leaf);

	if (kind == AREA_DISK)
		return false;
	snprintf(why, HIB_AREA_WHY_BYTES, "%s %s", leaf, area_faults[kind]);
	return true;
}

/**
 * hib_area_refuses() - Can no image lie in an area?
 * @si: An active area; holds its device and those below.
 * @why: Receives the reason, with the name of the device that it is.
 *
 * Context: Process context. Sleeps.
 * Return: true when it cannot.
 */
bool hib_area_refuses(const struct swap_info_struct *si, char why[HIB_AREA_WHY_BYTES])
{
	if (!si->bdev || (si->flags & SWP_FS_OPS)) {
		strscpy(why, "a file that has no block device", HIB_AREA_WHY_BYTES);
		return true;
	}
	return hib_area_disk_refuses(si->bdev->bd_disk, why);
}

/* An active area, held against swapoff until put_swap_device(); NULL: not active. */
static struct swap_info_struct *area_get(int type)
{
	return count_swap_pages(type, 0) ? get_swap_device(swp_entry(type, 1)) : NULL;
}

/**
 * hib_area_swapping_gains() - Is memory gained when pages are swapped out?
 *
 * No if zswap takes them, or if the area that is used first is memory. No if any
 * area stands still with the tasks: what is written to it would never be written.
 *
 * Context: Process context, tasks frozen. Sleeps.
 * Return: true when it is gained.
 */
bool hib_area_swapping_gains(void)
{
	bool in_memory = false, stands = false;
	int best = INT_MIN;

	for (int type = 0; type < MAX_SWAPFILES; type++) {
		struct swap_info_struct *si = area_get(type);
		enum area_kind kind;
		const char *leaf;

		if (!si)
			continue;
		kind = area_kind(si, &leaf);
		stands |= kind == AREA_STANDS;
		if (si->prio > best && count_swap_pages(type, 1)) {
			best = si->prio;
			in_memory = kind == AREA_MEMORY;
		}
		put_swap_device(si);
	}
	return !stands && !in_memory && (best == INT_MIN || !zswap_is_enabled());
}

/**
 * hib_area_is_active() - Is this place in use as swap right now?
 * @dev: Device.
 * @root_block: Block of the header page.
 *
 * Context: Process context.
 * Return: true when it is, so that no image lies there.
 */
bool hib_area_is_active(dev_t dev, u64 root_block)
{
	bool active = false;

	for (int type = 0; !active && type < MAX_SWAPFILES; type++) {
		struct swap_info_struct *si = area_get(type);

		if (!si)
			continue;
		active = si->bdev && si->bdev->bd_dev == dev &&
			 swapdev_block(type, 0) == root_block;
		put_swap_device(si);
	}
	return active;
}
