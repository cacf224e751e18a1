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
 * A device that keeps metadata of its own is no place either: it changes them on
 * the disk when an image is written, while the restored kernel has those from
 * before in memory.
 *
 * A network block device goes on while tasks are frozen, if its server is another machine
 * and no task waits in an ioctl for it. But its connection ends with the boot, and a
 * restored kernel would no longer reach what it had swapped out to it. So it is a place for
 * a target that is nothing else, and never swap. The driver is asked each time, as such a
 * device can be set up otherwise at any time.
 *
 * Only questions: no state, nothing changes. Areas come and go with swapon and
 * swapoff, so an answer holds as long as tasks are frozen.
 */
#include "area.h"
#include <linux/blkdev.h>
#include <linux/device-mapper.h>
#include <linux/major.h>
#include <linux/module.h>
#include <linux/nbd_served.h>
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
	AREA_NETWORK,		/* served by another machine */
	AREA_KEEPS,		/* metadata that change with what is written */
	AREA_MEMORY,
	AREA_STANDS,		/* served by a task, or by work that is frozen with them */
};

/**
 * struct area_leaf - The device that makes a disk what it is.
 * @disk: Its name.
 * @type: Of a device that keeps metadata, what does.
 * @fault: Of a network disk, why it stands still, or could wait forever.
 */
struct area_leaf {
	const char *disk;
	const char *type;
	const char *fault;
};

/*
 * Targets of device mapper that allocate blocks, or note what was written where. dm-integrity
 * is none: what its journal holds is also in memory, and it stays at its place.
 */
static const char * const keeping_targets[] = {
	"cache", "clone", "era", "log-writes", "snapshot", "snapshot-merge", "snapshot-origin",
	"thin", "thin-pool", "vdo", "writecache", "zoned",
};

static int target_keeps(const char *type, void *data)
{
	const char **keeps = data;
	int nr = match_string(keeping_targets, ARRAY_SIZE(keeping_targets), type);

	if (nr < 0)
		return 0;
	*keeps = keeping_targets[nr];
	return 1;
}

/* Device mapper may be a module, or not there; then no disk is one of its. */
static const char *disk_keeping_target(const struct gendisk *disk)
{
	int (*each)(const struct gendisk *disk, int (*fn)(const char *type, void *data),
		    void *data) = symbol_get(dm_disk_walk_targets);
	const char *keeps = NULL;

	if (!each)
		return NULL;
	each(disk, target_keeps, &keeps);
	symbol_put(dm_disk_walk_targets);
	return keeps;
}

/* Its driver may be a module, or not there, like device mapper. */
static enum area_kind network_kind(const struct gendisk *disk, struct area_leaf *leaf)
{
	int (*ask)(const struct gendisk *disk, struct nbd_served *served) =
		symbol_get(nbd_disk_served);
	struct nbd_served served;
	int ret;

	if (!ask)
		return AREA_STANDS;
	ret = ask(disk, &served);
	symbol_put(nbd_disk_served);
	if (ret)
		return AREA_STANDS;
	if (!served.connected)
		leaf->fault = "has no connection to its server";
	else if (!served.by_netlink)
		leaf->fault = "is held by a task, which is frozen: set it up by netlink";
	else if (served.here)
		leaf->fault = "has its server on this machine, where tasks are frozen";
	else if (!served.timed)
		leaf->fault = "has no time-out: it could be waited for forever";
	return leaf->fault ? AREA_STANDS : AREA_NETWORK;
}

static enum area_kind leaf_kind(const struct gendisk *disk, struct area_leaf *leaf)
{
	*leaf = (struct area_leaf) { .disk = disk->disk_name };
	if (disk->major == RAMDISK_MAJOR || str_has_prefix(disk->disk_name, "zram"))
		return AREA_MEMORY;
	if (disk->major == LOOP_MAJOR || str_has_prefix(disk->disk_name, "ublkb"))
		return AREA_STANDS;
	if (disk->major == NBD_MAJOR)
		return network_kind(disk, leaf);
	leaf->type = str_has_prefix(disk->disk_name, "bcache") ? "bcache" :
		     disk_keeping_target(disk);
	return leaf->type ? AREA_KEEPS : AREA_DISK;
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

/* @leaf receives the worst one below. */
static enum area_kind disk_kind(const struct gendisk *disk, unsigned int depth,
				struct area_leaf *leaf)
{
	enum area_kind worst = leaf_kind(disk, leaf);
	struct class_dev_iter iter;
	struct device *below;

	if (worst > AREA_KEEPS || !depth)
		return worst;
	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while ((below = class_dev_iter_next(&iter))) {
		struct area_leaf lower;
		enum area_kind kind;

		if (!disk_stands_on(disk, below))
			continue;
		kind = disk_kind(dev_to_bdev(below)->bd_disk, depth - 1, &lower);
		if (kind > worst) {
			worst = kind;
			*leaf = lower;
		}
	}
	class_dev_iter_exit(&iter);
	return worst;
}

static enum area_kind area_kind(const struct swap_info_struct *si, struct area_leaf *leaf)
{
	return si->bdev ? disk_kind(si->bdev->bd_disk, AREA_DEPTH_MAX, leaf) : AREA_DISK;
}

static void stands_why(const struct area_leaf *leaf, char why[HIB_AREA_WHY_BYTES])
{
	snprintf(why, HIB_AREA_WHY_BYTES, "%s %s", leaf->disk,
		 leaf->fault ?: "stands still while tasks are frozen");
}

/**
 * hib_area_disk_refuses() - Can no image lie on a disk?
 * @disk: It.
 * @use: What the disk is otherwise.
 * @why: Receives the reason, with the name of the device that it is.
 *
 * Context: Process context. Sleeps.
 * Return: true when it cannot.
 */
bool hib_area_disk_refuses(const struct gendisk *disk, enum hib_area_use use,
			   char why[HIB_AREA_WHY_BYTES])
{
	struct area_leaf leaf;
	enum area_kind kind = disk_kind(disk, AREA_DEPTH_MAX, &leaf);

	if (use == HIB_AREA_IN_USE && (kind == AREA_NETWORK || leaf.fault)) {
		snprintf(why, HIB_AREA_WHY_BYTES,
			 "%s is a network disk: an image must have it for itself, as a target",
			 leaf.disk);
		return true;
	}
	switch (kind) {
	case AREA_DISK:
	case AREA_NETWORK:
		return false;
	case AREA_KEEPS:
		snprintf(why, HIB_AREA_WHY_BYTES, "%s is %s, whose metadata an image would change",
			 leaf.disk, leaf.type);
		break;
	case AREA_MEMORY:
		snprintf(why, HIB_AREA_WHY_BYTES, "%s is memory, lost when the power goes off",
			 leaf.disk);
		break;
	case AREA_STANDS:
		stands_why(&leaf, why);
		break;
	}
	return true;
}

/**
 * hib_area_disk_stands() - Does a disk stand still while tasks are frozen?
 * @disk: It.
 * @why: Receives the reason, with the name of the device that it is.
 *
 * Context: Process context. Sleeps.
 * Return: true when it does, or when its server could be waited for forever.
 */
bool hib_area_disk_stands(const struct gendisk *disk, char why[HIB_AREA_WHY_BYTES])
{
	struct area_leaf leaf;

	if (disk_kind(disk, AREA_DEPTH_MAX, &leaf) != AREA_STANDS)
		return false;
	stands_why(&leaf, why);
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
	return hib_area_disk_refuses(si->bdev->bd_disk, HIB_AREA_IN_USE, why);
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
		struct area_leaf leaf;
		enum area_kind kind;

		if (!si)
			continue;
		kind = area_kind(si, &leaf);
		stands |= kind == AREA_STANDS || kind == AREA_NETWORK;
		if (si->prio > best && count_swap_pages(type, 1)) {
			best = si->prio;
			in_memory = kind == AREA_MEMORY;
		}
		put_swap_device(si);
	}
	return !stands && !in_memory && (best == INT_MIN || !zswap_is_enabled());
}

static bool area_is(const struct swap_info_struct *si, int type, dev_t dev, u64 root_block)
{
	return si->bdev && si->bdev->bd_dev == dev && swapdev_block(type, 0) == root_block;
}

/**
 * hib_area_others_hold_pages() - Was anything swapped to other areas than this one?
 * @dev: Device of the area.
 * @root_block: Block of its header page.
 *
 * Areas in memory do not count: an image has what is in them.
 *
 * Context: Process context, tasks frozen. Sleeps.
 * Return: true if a slot of another area is in use.
 */
bool hib_area_others_hold_pages(dev_t dev, u64 root_block)
{
	bool found = false;

	for (int type = 0; !found && type < MAX_SWAPFILES; type++) {
		struct swap_info_struct *si = area_get(type);
		struct area_leaf leaf;

		if (!si)
			continue;
		found = !area_is(si, type, dev, root_block) &&
			count_swap_pages(type, 1) < count_swap_pages(type, 0) &&
			area_kind(si, &leaf) != AREA_MEMORY;
		put_swap_device(si);
	}
	return found;
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
		active = area_is(si, type, dev, root_block);
		put_swap_device(si);
	}
	return active;
}
