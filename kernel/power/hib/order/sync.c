// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: sync - writing the data of tasks to the disks before tasks are frozen
 *
 * A disk may be slow, so this waits as long as pages are written. A file system may also
 * wait for a server that does not answer, for example one in a frozen cgroup. So a
 * thread of its own syncs. If no page was written for a while, the transition continues
 * without waiting, and the thread ends by itself whenever it can.
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

/* Flushing the cache of a disk writes no page and may take this long. */
#define SYNC_STALL_S	20u

/**
 * struct sync_job - Shared by the thread and its caller; the last one frees it.
 * @users: How many of the two are left.
 * @done: The thread has synced all file systems.
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

/* Returns true when all is written, false if nothing was written for too long. */
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
 * hib_sync() - Sync all file systems; give up if this makes no progress.
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
