/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_VOLUMEJOB_H
#define HIB_VOLUMEJOB_H

#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/refcount.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>
#include "compare.h"
#include "volume.h"

/* What is known of a file system, the best last. */
enum hib_volume_state {
	HIB_VOLUME_MISSING,
	HIB_VOLUME_CHANGED,
	HIB_VOLUME_MOUNTED,
	HIB_VOLUME_SAME,
};

/**
 * struct hib_volume_found - What is known of a file system so far.
 * @state: The best that was seen.
 * @dev: Device where that was seen.
 */
struct hib_volume_found {
	enum hib_volume_state state;
	dev_t dev;
};

/**
 * struct hib_volume_job - Shared by the thread and its caller; the last one frees it.
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
struct hib_volume_job {
	refcount_t users;
	struct completion done;
	spinlock_t lock;		/* closed, taken, found */
	bool closed;
	void *page;
	void (*run)(struct hib_volume_job *job);
	struct hib_volumes volumes;
	struct hib_guards taken;
	struct hib_guards wanted;
	enum hib_volumes_rule rule;
	unsigned int wait_s;
	struct hib_volume_found found[HIB_GUARDS_MAX];
};

/**
 * hib_volume_job_is_over() - Is nobody waiting for the thread any more?
 * @job: The job. The thread asks before it turns to a device: disks may be going to rest.
 *
 * Context: Any.
 * Return: true when it has to end.
 */
static inline bool hib_volume_job_is_over(const struct hib_volume_job *job)
{
	return READ_ONCE(job->closed);
}

struct hib_volume_job *hib_volume_job_create(void (*run)(struct hib_volume_job *job));
int hib_volume_job_run(struct hib_volume_job *job, unsigned int limit_ms);
void hib_volume_job_put(struct hib_volume_job *job);

#endif
