// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: awake - disks that stay awake during a transition
 *
 * The first request for a disk in runtime suspend wakes it, by an item of a work queue.
 * That queue freezes with the kernel threads. If the disk still sleeps then, the request
 * waits forever, and so does the task that would thaw the threads. So all disks are
 * woken while everything runs, and are kept awake to the end.
 *
 * This is done for all disks and not only for that of the image: a disk may depend on
 * others in a way that only its driver knows. For each disk the nearest device above it
 * that has runtime power management is kept awake.
 *
 * The list belongs to the session and is in saved memory, so the restored kernel finds
 * it and allows these devices to sleep again. If a device is unplugged meanwhile, its
 * structure stays in memory until then.
 *
 * Context: process context, nothing frozen. Sleeps until disks spin.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "awake.h"
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include "session.h"

/**
 * struct hib_awake - Devices that are held awake.
 * @nr: Entries in use.
 * @size: Entries there is room for.
 * @devices: A reference to each, and one that keeps it awake.
 */
struct hib_awake {
	unsigned int nr;
	unsigned int size;
	struct device *devices[] __counted_by(size);
};

/* Find the device that has to be awake for the disk; NULL: nothing above the disk ever sleeps. */
static struct device *awake_device(struct device *disk)
{
	struct device *device = disk->parent;

	while (device && !pm_runtime_enabled(device))
		device = device->parent;
	return device;
}

static unsigned int awake_count(void)
{
	struct class_dev_iter iter;
	struct device *device;
	unsigned int nr = 0;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while ((device = class_dev_iter_next(&iter)))
		nr += !bdev_is_partition(dev_to_bdev(device));
	class_dev_iter_exit(&iter);
	return nr;
}

/* A disk that does not wake up is no error here: a request for it will fail. */
static void awake_get(struct hib_awake *awake, struct device *device)
{
	int ret;

	get_device(device);
	ret = pm_runtime_get_sync(device);
	if (ret < 0)
		pr_warn("%s %s does not wake up: %pe\n", dev_driver_string(device),
			dev_name(device), ERR_PTR(ret));
	awake->devices[awake->nr++] = device;
}

/* Disks that come later are not kept awake: no part of the image lies on them. */
static void awake_collect(struct hib_awake *awake)
{
	struct class_dev_iter iter;
	struct device *disk;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while (awake->nr < awake->size && (disk = class_dev_iter_next(&iter))) {
		struct device *device = awake_device(disk);

		if (device && !bdev_is_partition(dev_to_bdev(disk)))
			awake_get(awake, device);
	}
	class_dev_iter_exit(&iter);
}

static int awake_enter(void *context)
{
	unsigned int size = awake_count();
	struct hib_session *s = context;

	s->awake = kzalloc(struct_size(s->awake, devices, size), GFP_KERNEL);
	if (!s->awake)
		return hib_session_fail(s, -ENOMEM, "memory: list of disks to be held awake");
	s->awake->size = size;
	awake_collect(s->awake);
	return 0;
}

static void awake_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	while (s->awake->nr) {
		struct device *device = s->awake->devices[--s->awake->nr];

		pm_runtime_put(device);
		put_device(device);
	}
	kfree(s->awake);
	s->awake = NULL;
}

const struct hib_step hib_awake_step = {
	.name = "awake", .enter = awake_enter, .leave = awake_leave,
};
