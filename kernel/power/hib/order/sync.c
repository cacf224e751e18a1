// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: sync - writing the data of tasks to the disks before tasks are frozen
 *
 * A disk may be slow, so this waits as long as pages are written. A file system may also
 * wait for a server that does not answer, for example one in a frozen cgroup. So a
 * thread of its own syncs. If no page was written for a while, the transition continues
 * without waiting, and the thread ends by itself whenever it can. The same is done if the
 * user cancels. With the profile emergency that while is shorter, but pages that are being
 * written are waited for: a file system could not be held before all are, and a commit of it
 * after the copy would make the image worthless. If it takes long, the log says what is
 * left and where the thread waits.
 *
 * Context: process context, tasks running.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "sync.h"
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/vmstat.h>
#include "pure/mib.h"
#include "cancel.h"
#include "emergency.h"
#include "session.h"

/* Flushing the cache of a disk writes no page and may take this long. */
#define SYNC_STALL_MS	20000u
/* With the profile emergency it is less, but the cache of a working disk should be flushed. */
#define SYNC_LEAST_STALL_MS	1000u

#define SYNC_TELL_S	10u

/* Looks in a second: a user who cancels is answered at once. */
#define SYNC_LOOKS	10u
#define SYNC_LOOK_MS	(1000u / SYNC_LOOKS)

/**
 * struct sync_job - Shared by the thread and its caller; the last one frees it.
 * @users: How many of the two are left.
 * @done: The thread has synced all file systems.
 * @thread: The thread; the caller has a reference.
 */
struct sync_job {
	refcount_t users;
	struct completion done;
	struct task_struct *thread;
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
	job->thread = kthread_create(sync_thread, job, "hib-sync");
	if (IS_ERR(job->thread)) {
		kfree(job);
		return NULL;
	}
	get_task_struct(job->thread);
	wake_up_process(job->thread);
	return job;
}

static void sync_job_leave(struct sync_job *job)
{
	put_task_struct(job->thread);
	sync_job_put(job);
}

static u64 sync_left_mib(void)
{
	return hib_pages_to_mib_up(global_node_page_state(NR_FILE_DIRTY) +
				   global_node_page_state(NR_WRITEBACK));
}

/* Say what it waits for: how much there is, and where the thread is. */
static void sync_tell(const struct sync_job *job, unsigned int waited_s)
{
	pr_info("sync: %u s, %llu MiB left to write, waits in %ps; write 1 to /sys/power/hibernate/cancel to end this\n",
		waited_s, sync_left_mib(), (void *)get_wchan(job->thread));
}

/*
 * Returns 0 when all is written, -ETIME if nothing was written for too long, -ECANCELED if
 * the user cancels.
 */
static int sync_wait(struct sync_job *job, unsigned int stall_ms)
{
	unsigned long written = global_node_page_state(NR_WRITTEN);
	unsigned int waited = 0, stalled = 0;

	while (!wait_for_completion_timeout(&job->done, HZ / SYNC_LOOKS)) {
		unsigned long now = global_node_page_state(NR_WRITTEN);

		if (hib_cancel_asked())
			return -ECANCELED;
		stalled = now == written ? stalled + 1 : 0;
		written = now;
		if (stalled * SYNC_LOOK_MS >= stall_ms)
			return -ETIME;
		if (++waited % (SYNC_TELL_S * SYNC_LOOKS) == 0)
			sync_tell(job, waited / SYNC_LOOKS);
	}
	return 0;
}

/**
 * hib_sync() - Sync all file systems; give up if this makes no progress.
 * @s: The session.
 *
 * Context: Process context. Sleeps.
 * Return: 0; or -ECANCELED, noted in @s, and the thread goes on by itself.
 */
int hib_sync(struct hib_session *s)
{
	struct sync_job *job = sync_job_start();
	unsigned int wait_ms = hib_emergency_wait_ms(s, SYNC_STALL_MS);
	unsigned int stall_ms = max(wait_ms, SYNC_LEAST_STALL_MS);
	int ret;

	if (!job) {
		ksys_sync_helper();
		return 0;
	}
	ret = sync_wait(job, stall_ms);
	if (ret == -ETIME)
		pr_warn("sync wrote nothing for %u s: going on without it\n",
			DIV_ROUND_UP(stall_ms, 1000));
	if (ret == -ECANCELED)
		hib_session_fail(s, ret, "cancelled: in sync, %llu MiB left to write",
				 sync_left_mib());
	sync_job_leave(job);
	return ret == -ECANCELED ? ret : 0;
}
