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
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/device/driver.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "bio.h"
#include "scan.h"

/* Limits for reading a block of each device. */
#define VOLUME_TAKE_MS		3000u	/* it was written to just now */
#define VOLUME_CHECK_MS		10000u	/* it may have to spin up */
#define VOLUME_POLL_MS		100u

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
 * @rule: What is no reason to refuse.
 * @wait_s: How long to look for those that are not there, seconds.
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
	enum hib_volumes_rule rule;
	unsigned int wait_s;
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

/* Hardware has a parent. What user space sets up, as device mapper and md do, has none. */
static bool volume_is_late(const struct block_device *bdev)
{
	return !disk_to_dev(bdev->bd_disk)->parent;
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
	if (known && volume_is_late(file_bdev(file)))
		guard->flags |= HIB_GUARD_LATE;
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
	if (job->rule != HIB_VOLUMES_MOUNTED && volume_is_mounted(bdev))
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

/* For those that user space sets up it would be in vain: it waits for the resume. */
static bool volumes_may_come(const struct volume_job *job)
{
	for (unsigned int i = 0; i < job->wanted.nr; i++)
		if (job->found[i].state == VOLUME_MISSING &&
		    !(job->wanted.guard[i].flags & HIB_GUARD_LATE))
			return true;
	return false;
}

static void volumes_look_once(struct volume_job *job)
{
	struct class_dev_iter iter;
	struct device *device;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while (!volumes_are_same(job) && (device = class_dev_iter_next(&iter)))
		volume_look(job, dev_to_bdev(device));
	class_dev_iter_exit(&iter);
}

static void volumes_look(struct volume_job *job)
{
	unsigned long end = jiffies + job->wait_s * HZ;

	volumes_look_once(job);
	if (job->wait_s && volumes_may_come(job)) {
		pr_info("waiting up to %u s for a device with a file system of the image\n",
			job->wait_s);
		wait_for_device_probe();
		volumes_look_once(job);
	}
	while (volumes_may_come(job) && time_before(jiffies, end)) {
		msleep(VOLUME_POLL_MS);
		volumes_look_once(job);
	}
}

/* 0, or the errno for a file system that is not as the image knows it, and why. */
static int volume_judge(const struct volume_job *job, unsigned int nr, char *why)
{
	const struct volume_found *found = &job->found[nr];
	const u8 *id = job->wanted.guard[nr].id;

	if (found->state == VOLUME_SAME)
		return 0;
	if (found->state == VOLUME_MISSING && job->rule != HIB_VOLUMES_ALL) {
		pr_warn("ext4 %pUb was not found and not compared\n", id);
		return 0;
	}
	if (found->state == VOLUME_MISSING) {
		snprintf(why, HIB_VOLUME_WHY_BYTES, "ext4 %pUb was not found", id);
		return -ENODEV;
	}
	snprintf(why, HIB_VOLUME_WHY_BYTES, "ext4 %pUb on %u:%u %s", id, MAJOR(found->dev),
		 MINOR(found->dev), found->state == VOLUME_CHANGED ? "was changed" : "is mounted");
	return -ESTALE;
}

/* One that was changed counts more than one that is not there. */
static int volumes_judge(const struct volume_job *job, char *why)
{
	char missing[HIB_VOLUME_WHY_BYTES];
	int ret = 0;

	for (unsigned int i = 0; i < job->wanted.nr; i++) {
		bool is_missing = job->found[i].state == VOLUME_MISSING;
		int fault = volume_judge(job, i, is_missing && ret ? missing : why);

		if (fault && !is_missing)
			return fault;
		ret = ret ?: fault;
	}
	return ret;
}

/**
 * hib_volumes_check() - Are the file systems as an image knows them?
 * @guards: Those that it knows.
 * @rule: What is no reason to refuse.
 * @wait_s: How long to wait for devices that are not there, seconds. Those that user space
 *	sets up are not waited for.
 * @why: Receives what is wrong, in a few words, with -ESTALE and -ENODEV.
 *
 * A file system that is not there, or whose device gives no answer, is named, in the log or
 * in @why.
 *
 * Context: Process context. Sleeps, for a limited time.
 * Return: 0; -ESTALE if one was changed, or is mounted; -ENODEV if one has to be there and
 * is not; -ENOMEM.
 */
int hib_volumes_check(const struct hib_guards *guards, enum hib_volumes_rule rule,
		      unsigned int wait_s, char why[HIB_VOLUME_WHY_BYTES])
{
	struct volume_job *job = volume_job_create(volumes_look);
	int ret;

	if (!job)
		return -ENOMEM;
	job->wanted = *guards;
	job->rule = rule;
	job->wait_s = wait_s;
	ret = volume_job_run(job, wait_s * MSEC_PER_SEC + VOLUME_CHECK_MS);
	if (ret != -ENOMEM)
		ret = volumes_judge(job, why);
	volume_job_put(job);
	return ret;
}
