// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: sync - what tasks have written goes to the disks before they are frozen
 *
 * A disk may be slow: as long as pages are written, this waits. A file system
 * may also wait for a server that does not answer, one in a frozen cgroup for
 * example. So a thread of its own syncs. When no page was written for a while
 * the transition goes on without; the thread ends by itself whenever it can.
 *
 * Context: process context, tasks running.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "sync.h"
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/vmstat.h>

/* A flush of a disk's cache writes no page, and may take this long. */
#define SYNC_STALL_S	20u

/**
 * struct sync_job - Shared by the thread and who waits for it; the last one frees it.
 * @users: How many of the two are left.
 * @done: The thread has written all.
 */
struct sync_job {
	refcount_t users;
	struct completion done;
};

static void sync_job_put(struct sync_job *job)
{
	if (refcount_dec_and_test(&job->users))
		kfree(job);
}

static int sync_thread(void *arg)
{
	struct sync_job *job = arg;

	ksys_sync_helper();
	complete(&job->done);
	sync_job_put(job);
	return 0;
}

static struct sync_job *sync_job_start(void)
{
	struct sync_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	refcount_set(&job->users, 2);
	init_completion(&job->done);
	if (!IS_ERR(kthread_run(sync_thread, job, "hib-sync")))
		return job;
	kfree(job);
	return NULL;
}

/* True when it is done, false when nothing was written for too long. */
static bool sync_wait(struct sync_job *job)
{
	unsigned long written = global_node_page_state(NR_WRITTEN);
	unsigned int stalled_s = 0;

	while (!wait_for_completion_timeout(&job->done, HZ)) {
		unsigned long now = global_node_page_state(NR_WRITTEN);

		stalled_s = now == written ? stalled_s + 1 : 0;
		written = now;
		if (stalled_s == SYNC_STALL_S)
			return false;
	}
	return true;
}

/**
 * hib_sync() - Sync all file systems, as long as that makes progress.
 *
 * Context: Process context. Sleeps.
 */
void hib_sync(void)
{
	struct sync_job *job = sync_job_start();

	if (!job) {
		ksys_sync_helper();
		return;
	}
	if (!sync_wait(job))
		pr_warn("sync wrote nothing for %u s: going on without it\n", SYNC_STALL_S);
	sync_job_put(job);
}
