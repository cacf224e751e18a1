// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: compare - are file systems as an image knows them?
 *
 * Devices are read until each file system that the image knows was found as the image knows
 * it. What is read comes from the medium, not from the page cache.
 *
 * A device has another number in the next boot, so a file system is known by its UUID.
 * Several devices may carry the same one, as the halves of a mirror do, or a snapshot: one
 * that is as the image knows it, and is not mounted, is enough.
 *
 * A thread reads, see volumejob.c. Nothing is written.
 *
 * Context: process context. Sleeps, for a limited time.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "compare.h"
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/device/driver.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include "pure/fsdigest.h"
#include "fsread.h"
#include "scan.h"
#include "volumejob.h"

#define COMPARE_MS		10000u	/* a device may have to spin up */
#define COMPARE_POLL_MS		100u

static enum hib_volume_state volume_state(const struct hib_volume_job *job,
					  const struct block_device *bdev,
					  const struct hib_guard *guard, int nr)
{
	if (job->rule != HIB_VOLUMES_MOUNTED && hib_fsread_is_mounted(bdev, guard->kind))
		return HIB_VOLUME_MOUNTED;
	return guard->digest == job->wanted.guard[nr].digest ? HIB_VOLUME_SAME :
							       HIB_VOLUME_CHANGED;
}

/* Compare the file system on one device, if the image knows it. */
static void volume_look(struct hib_volume_job *job, struct block_device *bdev)
{
	struct hib_volume_found *found;
	struct hib_fsdigest f;
	enum hib_volume_state state;
	int nr;

	if (!hib_scan_is_disk(bdev) ||
	    !hib_fsread_device(bdev->bd_dev, &job->wanted, job->page, &f))
		return;
	nr = hib_guards_find(&job->wanted, &f.guard);
	if (nr < 0)
		return;
	state = volume_state(job, bdev, &f.guard, nr);
	found = &job->found[nr];
	spin_lock(&job->lock);
	if (!job->closed && state > found->state)
		*found = (struct hib_volume_found) { .state = state, .dev = bdev->bd_dev };
	spin_unlock(&job->lock);
}

/* Nothing is left to look for, or nobody wants to know. */
static bool volumes_are_done(const struct hib_volume_job *job)
{
	if (hib_volume_job_is_over(job))
		return true;
	for (unsigned int i = 0; i < job->wanted.nr; i++)
		if (job->found[i].state != HIB_VOLUME_SAME)
			return false;
	return true;
}

/* For those that user space sets up it would be in vain: it waits for the resume. */
static bool volumes_may_come(const struct hib_volume_job *job)
{
	if (hib_volume_job_is_over(job))
		return false;
	for (unsigned int i = 0; i < job->wanted.nr; i++)
		if (job->found[i].state == HIB_VOLUME_MISSING &&
		    !(job->wanted.guard[i].flags & HIB_GUARD_LATE))
			return true;
	return false;
}

static void volumes_look_once(struct hib_volume_job *job)
{
	struct class_dev_iter iter;
	struct device *device;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while (!volumes_are_done(job) && (device = class_dev_iter_next(&iter)))
		volume_look(job, dev_to_bdev(device));
	class_dev_iter_exit(&iter);
}

static void volumes_look(struct hib_volume_job *job)
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
		msleep(COMPARE_POLL_MS);
		volumes_look_once(job);
	}
}

/* 0, or the errno for a file system that is not as the image knows it, and why. */
static int volume_judge(const struct hib_volume_job *job, unsigned int nr, char *why)
{
	const struct hib_volume_found *found = &job->found[nr];
	const u8 *id = job->wanted.guard[nr].id;
	const char *name = hib_guard_name(job->wanted.guard[nr].kind);

	if (found->state == HIB_VOLUME_SAME)
		return 0;
	if (found->state == HIB_VOLUME_MISSING && job->rule != HIB_VOLUMES_ALL) {
		pr_warn("%s %pUb was not found and not compared\n", name, id);
		return 0;
	}
	if (found->state == HIB_VOLUME_MISSING) {
		snprintf(why, HIB_VOLUME_WHY_BYTES, "%s %pUb was not found", name, id);
		return -ENODEV;
	}
	snprintf(why, HIB_VOLUME_WHY_BYTES, "%s %pUb on %u:%u %s", name, id,
		 MAJOR(found->dev), MINOR(found->dev),
		 found->state == HIB_VOLUME_CHANGED ? "was changed" : "is mounted");
	return -ESTALE;
}

/* One that was changed counts more than one that is not there. */
static int volumes_judge(const struct hib_volume_job *job, char *why)
{
	char missing[HIB_VOLUME_WHY_BYTES];
	int ret = 0;

	for (unsigned int i = 0; i < job->wanted.nr; i++) {
		bool is_missing = job->found[i].state == HIB_VOLUME_MISSING;
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
	struct hib_volume_job *job = hib_volume_job_create(volumes_look);
	int ret;

	if (!job)
		return -ENOMEM;
	job->wanted = *guards;
	job->rule = rule;
	job->wait_s = wait_s;
	ret = hib_volume_job_run(job, wait_s * MSEC_PER_SEC + COMPARE_MS);
	if (ret != -ENOMEM)
		ret = volumes_judge(job, why);
	hib_volume_job_put(job);
	return ret;
}
