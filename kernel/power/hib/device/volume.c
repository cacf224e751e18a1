// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: volume - devices with file systems that must not change
 *
 * On the way down, the file systems on some devices are digested. On the way up, devices
 * are read until each file system that the image knows was found as the image knows it.
 * What is read comes from the medium, not from the page cache. See pure/guard.c.
 *
 * A device has another number in the next boot, so a file system is known by its UUID.
 * Several devices may carry the same one, as the halves of a mirror do, or a snapshot: one
 * that is as the image knows it, and is not mounted, is enough.
 *
 * Loop devices are left out: the file system below is guarded, and the next boot has
 * not set them up when it resumes. Nothing is written.
 *
 * A device may give no answer: one that device mapper has suspended, or a path that is
 * gone. So a thread of its own reads. If it is late, the caller goes on with what was
 * found so far. The two share a job, which the last of them frees, and the thread ends
 * whenever it can.
 *
 * Context: process context. Sleeps, for a limited time.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "volume.h"
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "bio.h"
#include "scan.h"

/* Limits for reading a block of each device. */
#define VOLUME_TAKE_MS		3000u	/* it was written to just now */
#define VOLUME_CHECK_MS		10000u	/* it may have to spin up */

/* What is known of a file system, the best last. */
enum volume_state {
	VOLUME_MISSING,
	VOLUME_CHANGED,
	VOLUME_MOUNTED,
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
 * struct volume_job - Shared by the thread and its caller; the last one frees it.
 * @users: How many of the two are left.
 * @done: The thread has read all that it had to.
 * @lock: Protects @closed, @taken and @found.
 * @closed: The caller does not wait any more.
 * @page: One page, for reading.
 * @run: What the thread does.
 * @volumes: Devices to read on the way down.
 * @taken: The file systems on them.
 * @wanted: File systems to look for.
 * @may_be_mounted: They may be mounted.
 * @found: What was seen of each of @wanted.
 */
struct volume_job {
	refcount_t users;
	struct completion done;
	spinlock_t lock;		/* closed, taken, found */
	bool closed;
	void *page;
	void (*run)(struct volume_job *job);
	struct hib_volumes volumes;
	struct hib_guards taken;
	struct hib_guards wanted;
	bool may_be_mounted;
	struct volume_found found[HIB_GUARDS_MAX];
};

static void volume_job_put(struct volume_job *job)
{
	if (!refcount_dec_and_test(&job->users))
		return;
	free_page((unsigned long)job->page);
	kfree(job);
}

static int volume_thread(void *arg)
{
	struct volume_job *job = arg;

	job->run(job);
	complete(&job->done);
	volume_job_put(job);
	return 0;
}

static struct volume_job *volume_job_create(void (*run)(struct volume_job *job))
{
	struct volume_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	refcount_set(&job->users, 1);
	init_completion(&job->done);
	spin_lock_init(&job->lock);
	job->run = run;
	job->page = (void *)__get_free_page(GFP_KERNEL);
	if (job->page)
		return job;
	kfree(job);
	return NULL;
}

/* Afterwards what was found belongs to the caller. 0, -ETIME or -ENOMEM. */
static int volume_job_run(struct volume_job *job, unsigned int limit_ms)
{
	int ret = 0;

	refcount_inc(&job->users);
	if (IS_ERR(kthread_run(volume_thread, job, "hib-guard"))) {
		refcount_dec(&job->users);
		return -ENOMEM;
	}
	if (!wait_for_completion_timeout(&job->done, msecs_to_jiffies(limit_ms)))
		ret = -ETIME;
	spin_lock(&job->lock);
	job->closed = true;
	spin_unlock(&job->lock);
	return ret;
}

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

static void volumes_read(struct volume_job *job)
{
	struct hib_guard guard;

	for (unsigned int i = 0; i < job->volumes.nr; i++) {
		if (!volume_read(job->volumes.dev[i], job->page, &guard))
			continue;
		spin_lock(&job->lock);
		if (!job->closed)
			hib_guards_add(&job->taken, &guard);
		spin_unlock(&job->lock);
	}
}

/**
 * hib_volumes_take() - Digest the file systems on some devices.
 * @volumes: The devices.
 * @guards: Receives the file systems of known kinds.
 *
 * Context: Process context. Sleeps, for a limited time.
 * Return: 0; -ETIME if a device gave no answer, and @guards may lack some; -ENOMEM.
 */
int hib_volumes_take(const struct hib_volumes *volumes, struct hib_guards *guards)
{
	struct volume_job *job = volume_job_create(volumes_read);
	int ret;

	guards->nr = 0;
	if (!job)
		return -ENOMEM;
	job->volumes = *volumes;
	ret = volume_job_run(job, VOLUME_TAKE_MS);
	*guards = job->taken;
	volume_job_put(job);
	return ret;
}

static bool volume_is_mounted(const struct block_device *bdev)
{
	return READ_ONCE(bdev->bd_holder_ops) == &fs_holder_ops;
}

static enum volume_state volume_state(const struct volume_job *job, struct block_device *bdev,
				      const struct hib_guard *guard, int nr)
{
	if (!job->may_be_mounted && volume_is_mounted(bdev))
		return VOLUME_MOUNTED;
	return guard->digest == job->wanted.guard[nr].digest ? VOLUME_SAME : VOLUME_CHANGED;
}

/* Compare the file system on one device, if the image knows it. */
static void volume_look(struct volume_job *job, struct block_device *bdev)
{
	struct volume_found *found;
	struct hib_guard guard;
	enum volume_state state;
	int nr;

	if (!hib_scan_is_disk(bdev) || !volume_read(bdev->bd_dev, job->page, &guard))
		return;
	nr = hib_guards_find(&job->wanted, &guard);
	if (nr < 0)
		return;
	state = volume_state(job, bdev, &guard, nr);
	found = &job->found[nr];
	spin_lock(&job->lock);
	if (!job->closed && state > found->state)
		*found = (struct volume_found) { .state = state, .dev = bdev->bd_dev };
	spin_unlock(&job->lock);
}

/* Nothing is left to look for. */
static bool volumes_are_same(const struct volume_job *job)
{
	for (unsigned int i = 0; i < job->wanted.nr; i++)
		if (job->found[i].state != VOLUME_SAME)
			return false;
	return true;
}

static void volumes_look(struct volume_job *job)
{
	struct class_dev_iter iter;
	struct device *device;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while (!volumes_are_same(job) && (device = class_dev_iter_next(&iter)))
		volume_look(job, dev_to_bdev(device));
	class_dev_iter_exit(&iter);
}

/* The worst that is known of a file system. */
static int volumes_judge(const struct volume_job *job, char *why)
{
	for (unsigned int i = 0; i < job->wanted.nr; i++) {
		const struct hib_guard *guard = &job->wanted.guard[i];
		const struct volume_found *found = &job->found[i];

		if (found->state == VOLUME_MISSING)
			pr_warn("ext4 %pUb was not found and not compared\n", guard->id);
		if (found->state != VOLUME_CHANGED && found->state != VOLUME_MOUNTED)
			continue;
		snprintf(why, HIB_VOLUME_WHY_BYTES, "ext4 %pUb on %u:%u %s", guard->id,
			 MAJOR(found->dev), MINOR(found->dev),
			 found->state == VOLUME_CHANGED ? "was changed" : "is mounted");
		return -ESTALE;
	}
	return 0;
}

/**
 * hib_volumes_check() - Are the file systems as an image knows them?
 * @guards: Those that it knows.
 * @may_be_mounted: They may be mounted.
 * @why: Receives what is wrong, in a few words, with -ESTALE.
 *
 * A file system that is not there, or whose device gives no answer, is named in the log.
 *
 * Context: Process context. Sleeps, for a limited time.
 * Return: 0; -ESTALE if one was changed, or is mounted; -ENOMEM.
 */
int hib_volumes_check(const struct hib_guards *guards, bool may_be_mounted,
		      char why[HIB_VOLUME_WHY_BYTES])
{
	struct volume_job *job = volume_job_create(volumes_look);
	int ret;

	if (!job)
		return -ENOMEM;
	job->wanted = *guards;
	job->may_be_mounted = may_be_mounted;
	ret = volume_job_run(job, VOLUME_CHECK_MS);
	if (ret != -ENOMEM)
		ret = volumes_judge(job, why);
	volume_job_put(job);
	return ret;
}
