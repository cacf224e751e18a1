// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: supers - a list of the super blocks, made without waiting forever
 *
 * iterate_supers() waits for a super block that is being mounted, and for one whose
 * s_umount is taken. If the server of such a mount does not answer, or if its task is
 * frozen, a transition would wait forever. So a thread of its own collects the super
 * blocks. If the thread is not done in time, the caller gets the super blocks that it has
 * found so far, and the thread ends by itself whenever it can.
 *
 * Each super block in the list has an active reference. So it cannot be shut down until
 * hib_supers_drop(), although nobody holds its s_umount.
 *
 * Context: process context. Sleeps.
 */
#include "supers.h"
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

/* More than a machine mounts. If there are more, the newest ones are not found. */
#define SUPERS_MAX	16384u

/**
 * struct supers_job - Shared by the thread and its caller; the last one frees it.
 * @users: How many of the two are left.
 * @done: The thread has listed all super blocks.
 * @lock: Protects @supers and @closed.
 * @closed: The caller does not wait any more.
 * @supers: The file systems found so far.
 */
struct supers_job {
	refcount_t users;
	struct completion done;
	spinlock_t lock;		/* supers, closed */
	bool closed;
	struct hib_supers supers;
};

static void supers_job_put(struct supers_job *job)
{
	if (!refcount_dec_and_test(&job->users))
		return;
	kvfree(job->supers.sbs);
	kfree(job);
}

static void supers_add(struct super_block *sb, void *arg)
{
	struct supers_job *job = arg;

	spin_lock(&job->lock);
	if (!job->closed && job->supers.nr < SUPERS_MAX && atomic_inc_not_zero(&sb->s_active))
		job->supers.sbs[job->supers.nr++] = sb;
	spin_unlock(&job->lock);
}

static int supers_thread(void *arg)
{
	struct supers_job *job = arg;

	iterate_supers(supers_add, job);
	complete(&job->done);
	supers_job_put(job);
	return 0;
}

static struct supers_job *supers_job_start(void)
{
	struct supers_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	refcount_set(&job->users, 2);
	init_completion(&job->done);
	spin_lock_init(&job->lock);
	job->supers.sbs = kvcalloc(SUPERS_MAX, sizeof(*job->supers.sbs),
				   GFP_KERNEL | __GFP_NOWARN);
	if (job->supers.sbs && !IS_ERR(kthread_run(supers_thread, job, "hib-supers")))
		return job;
	kvfree(job->supers.sbs);
	kfree(job);
	return NULL;
}

/**
 * hib_supers_collect() - Make a list of the super blocks.
 * @supers: Receives the list, for hib_supers_drop(). Empty after -ENOMEM.
 * @limit_ms: Longest wait. After that, the list has the super blocks found so far.
 *
 * Context: Process context. Sleeps, @limit_ms at most.
 * Return: 0 if the list has all super blocks, -ETIME if it has some, -ENOMEM if it has
 * none.
 */
int hib_supers_collect(struct hib_supers *supers, unsigned int limit_ms)
{
	struct supers_job *job = supers_job_start();
	int ret = 0;

	*supers = (struct hib_supers) {};
	if (!job)
		return -ENOMEM;
	if (!wait_for_completion_timeout(&job->done, msecs_to_jiffies(limit_ms)))
		ret = -ETIME;
	/* From here on the thread adds nothing. The list belongs to the caller. */
	spin_lock(&job->lock);
	job->closed = true;
	swap(*supers, job->supers);
	spin_unlock(&job->lock);
	supers_job_put(job);
	return ret;
}

/**
 * hib_supers_drop() - Give back the references to the super blocks.
 * @supers: From hib_supers_collect(); empty afterwards. May be all zero.
 *
 * Context: Process context. Sleeps: if a super block was unmounted meanwhile, it is shut
 * down here.
 */
void hib_supers_drop(struct hib_supers *supers)
{
	for (unsigned int i = 0; i < supers->nr; i++)
		deactivate_super(supers->sbs[i]);
	kvfree(supers->sbs);
	*supers = (struct hib_supers) {};
}
