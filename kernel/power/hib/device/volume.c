// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: volume - devices with file systems that must not change
 *
 * The devices of mounted file systems are noted, and later the file systems on them are
 * digested. What is read comes from the medium, not from the page cache. See fsread.c and
 * pure/fsdigest.c. How they are compared: compare.c.
 *
 * A btrfs may lie on several devices. Each of them is digested and compared for itself.
 *
 * Loop devices are left out: the file system below is guarded, and the next boot has
 * not set them up when it resumes. Nothing is written.
 *
 * A thread reads, see volumejob.c.
 *
 * Context: process context. Sleeps, for a limited time.
 */
#include "volume.h"
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "pure/fsdigest.h"
#include "fsread.h"
#include "scan.h"
#include "volumejob.h"

#define VOLUME_TAKE_MS		3000u	/* the devices were written to just now */

/**
 * hib_volumes_add_pool() - Note a mounted file system that lies on several devices.
 * @volumes: The list.
 * @id: Its UUID, HIB_ID_BYTES.
 *
 * Context: Any context.
 * Return: false if there is no room for it.
 */
bool hib_volumes_add_pool(struct hib_volumes *volumes, const u8 *id)
{
	if (volumes->nr_pools == HIB_GUARDS_MAX) {
		volumes->is_all = false;
		return false;
	}
	memcpy(volumes->pool[volumes->nr_pools++], id, HIB_ID_BYTES);
	return true;
}

/**
 * hib_volumes_add() - Note the device of a mounted file system.
 * @volumes: The list.
 * @bdev: The device. One that is not read on the way up is not noted, and the list says so.
 *
 * Context: Any context.
 * Return: false if there is no room for it.
 */
bool hib_volumes_add(struct hib_volumes *volumes, struct block_device *bdev)
{
	if (!hib_scan_is_disk(bdev)) {
		volumes->is_all = false;
		return true;
	}
	if (volumes->nr == HIB_GUARDS_MAX) {
		volumes->is_all = false;
		return false;
	}
	volumes->dev[volumes->nr++] = bdev->bd_dev;
	return true;
}

static void volumes_read_devices(struct hib_volume_job *job)
{
	for (unsigned int i = 0; i < job->volumes.nr && !hib_volume_job_is_over(job); i++) {
		struct hib_fsdigest f;
		bool known = hib_fsread_device(job->volumes.dev[i], NULL, job->page, &f);

		spin_lock(&job->lock);
		if (!job->closed && !(known && hib_guards_add(&job->taken, &f.guard)))
			job->volumes.is_all = false;
		spin_unlock(&job->lock);
	}
}

/* Add a device, if it belongs to one of the pools that are mounted. */
static void volumes_add_member(struct hib_volume_job *job, struct block_device *bdev, u64 *nr_left)
{
	struct hib_fsdigest f;

	if (!hib_scan_is_disk(bdev) || !hib_fsread_is_mounted(bdev, HIB_GUARD_BTRFS) ||
	    !hib_fsread_device(bdev->bd_dev, NULL, job->page, &f) ||
	    f.guard.kind != HIB_GUARD_BTRFS)
		return;
	for (unsigned int i = 0; i < job->volumes.nr_pools; i++) {
		if (memcmp(f.pool, job->volumes.pool[i], HIB_ID_BYTES))
			continue;
		spin_lock(&job->lock);
		if (!job->closed && hib_guards_find(&job->taken, &f.guard) < 0 &&
		    hib_guards_add(&job->taken, &f.guard))
			nr_left[i] = (nr_left[i] ?: f.nr_in_pool + 1) - 1;
		spin_unlock(&job->lock);
	}
}

/* A pool is complete when as many devices were found as each of them says. */
static void volumes_read_pools(struct hib_volume_job *job)
{
	u64 nr_left[HIB_GUARDS_MAX] = {};
	struct class_dev_iter iter;
	struct device *device;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while (!hib_volume_job_is_over(job) && (device = class_dev_iter_next(&iter)))
		volumes_add_member(job, dev_to_bdev(device), nr_left);
	class_dev_iter_exit(&iter);
	spin_lock(&job->lock);
	for (unsigned int i = 0; !job->closed && i < job->volumes.nr_pools; i++)
		if (nr_left[i] != 1)
			job->volumes.is_all = false;
	spin_unlock(&job->lock);
}

static void volumes_read(struct hib_volume_job *job)
{
	volumes_read_devices(job);
	if (job->volumes.nr_pools)
		volumes_read_pools(job);
}

/**
 * hib_volumes_take() - Digest the file systems on some devices.
 * @volumes: The devices. If not all of them have a guard, @volumes->is_all is false afterwards.
 * @guards: Receives the file systems of known kinds.
 *
 * Context: Process context. Sleeps, for a limited time.
 * Return: 0; -ETIME if a device gave no answer, and @guards may lack some; -ENOMEM.
 */
int hib_volumes_take(struct hib_volumes *volumes, struct hib_guards *guards)
{
	struct hib_volume_job *job = hib_volume_job_create(volumes_read);
	int ret;

	guards->nr = 0;
	if (!job) {
		volumes->is_all = false;
		return -ENOMEM;
	}
	job->volumes = *volumes;
	ret = hib_volume_job_run(job, VOLUME_TAKE_MS);
	*guards = job->taken;
	volumes->is_all = job->volumes.is_all && !ret;
	hib_volume_job_put(job);
	return ret;
}
