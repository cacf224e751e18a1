// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: volumejob - devices are read without waiting forever
 *
 * A device may give no answer: one that device mapper has suspended, or a path that is
 * gone. So a thread of its own reads. If it is late, the caller goes on with what was
 * found so far. The two share a job, which the last of them frees. The thread ends when the
 * device has answered, and turns to no other: by then the machine may be going down, or
 * another kernel may be about to run. What the thread finds it writes into the job under
 * its lock, and only as long as the job is not closed.
 *
 * Context: process context. Sleeps, for a limited time.
 */
#include "volumejob.h"
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

/**
 * hib_volume_job_put() - Give up a job.
 * @job: The last one of the thread and its caller frees it.
 *
 * Context: Process context.
 */
void hib_volume_job_put(struct hib_volume_job *job)
{
	if (!refcount_dec_and_test(&job->users))
		return;
	free_page((unsigned long)job->page);
	kfree(job);
}

static int volume_thread(void *arg)
{
	struct hib_volume_job *job = arg;

	job->run(job);
	complete(&job->done);
	hib_volume_job_put(job);
	return 0;
}

/**
 * hib_volume_job_create() - Make a job.
 * @run: What its thread is to do.
 *
 * Context: Process context.
 * Return: The job, for hib_volume_job_put(); NULL: no memory.
 */
struct hib_volume_job *hib_volume_job_create(void (*run)(struct hib_volume_job *job))
{
	struct hib_volume_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

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

/**
 * hib_volume_job_run() - Have a thread do a job.
 * @job: The job. Afterwards what was found belongs to the caller.
 * @limit_ms: Longest wait.
 *
 * Context: Process context. Sleeps, @limit_ms at most.
 * Return: 0; -ETIME if the thread was not done by then; -ENOMEM if there is none.
 */
int hib_volume_job_run(struct hib_volume_job *job, unsigned int limit_ms)
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
	WRITE_ONCE(job->closed, true);
	spin_unlock(&job->lock);
	return ret;
}
