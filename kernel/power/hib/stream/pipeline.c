// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pipeline - several workers, one job
 *
 * A pipeline lives on its caller's stack for the time of one job. Its workers
 * take pieces of the job until there are none; how pieces are handed out is
 * the business of the work function. The caller is worker 0. The others are
 * kernel threads, which hib_pipeline_run() makes and of which it has seen the
 * end when it returns, so that none is alive when CPUs go down.
 *
 * The first error counts: it is what hib_pipeline_run() returns, and it tells
 * all workers to stop. When a thread cannot be made the job is done by fewer,
 * at worst by the caller alone; that is slower, not wrong.
 *
 * Threads are made by kthreadd, which is never frozen, and inherit from it
 * that they are not frozen either.
 *
 * Context: process context.
 */
#include "pipeline.h"
#include <linux/compiler.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

/**
 * struct pipeline_thread - One thread of a pipeline.
 * @pipeline: The pipeline.
 * @task: The thread.
 * @done: It has ended.
 * @worker: Its number.
 */
struct pipeline_thread {
	struct hib_pipeline *pipeline;
	struct task_struct *task;
	struct completion done;
	unsigned int worker;
};

static void pipeline_work(struct hib_pipeline *p, unsigned int worker)
{
	int ret = p->work(p, worker);

	if (ret)
		hib_pipeline_fail(p, ret);
}

static int pipeline_thread_body(void *data)
{
	struct pipeline_thread *thread = data;

	pipeline_work(thread->pipeline, thread->worker);
	complete(&thread->done);
	return 0;
}

static bool pipeline_thread_start(struct pipeline_thread *thread, struct hib_pipeline *p,
				  unsigned int worker, const char *name)
{
	struct task_struct *task;

	thread->pipeline = p;
	thread->worker = worker;
	init_completion(&thread->done);
	task = kthread_create(pipeline_thread_body, thread, "%s/%u", name, worker);
	if (IS_ERR(task))
		return false;
	/* It may end long before pipeline_thread_stop() looks at it. */
	thread->task = get_task_struct(task);
	wake_up_process(task);
	return true;
}

static void pipeline_thread_stop(struct pipeline_thread *thread)
{
	/* A thread that is stopped before it ran would never run. */
	wait_for_completion(&thread->done);
	kthread_stop_put(thread->task);
}

/**
 * hib_pipeline_run() - Have a job done by several workers.
 * @p: The job, with work and context filled in; error and stop are reset.
 * @nr_workers: Workers wanted, the caller included; 0 means 1.
 * @name: What threads are called, before a slash and their number.
 *
 * The work function is called at most once for each number below @nr_workers,
 * always for 0, and for fewer when threads cannot be made.
 *
 * Context: Process context. Sleeps.
 * Return: 0 when all workers returned 0, else the first errno of any worker.
 */
int hib_pipeline_run(struct hib_pipeline *p, unsigned int nr_workers, const char *name)
{
	struct pipeline_thread *threads = NULL;
	unsigned int nr_threads = 0;

	p->error = 0;
	p->stop = false;
	if (nr_workers > 1)
		threads = kcalloc(nr_workers - 1, sizeof(*threads), GFP_KERNEL | __GFP_NOWARN);
	while (threads && nr_threads < nr_workers - 1 &&
	       pipeline_thread_start(&threads[nr_threads], p, nr_threads + 1, name))
		nr_threads++;

	pipeline_work(p, 0);

	while (nr_threads)
		pipeline_thread_stop(&threads[--nr_threads]);
	kfree(threads);
	return p->error;
}

/**
 * hib_pipeline_stopped() - Did a worker fail?
 * @p: The running job.
 *
 * Asked by each worker before it takes its next piece.
 *
 * Context: Any.
 * Return: True when no further piece is to be begun.
 */
bool hib_pipeline_stopped(const struct hib_pipeline *p)
{
	/* Pairs with WRITE_ONCE() in hib_pipeline_fail(); only a hint to stop early. */
	return READ_ONCE(p->stop);
}

/**
 * hib_pipeline_fail() - Record an error and stop all workers.
 * @p: The running job.
 * @error: Negative errno.
 *
 * Context: Any.
 * Return: True when this is the first error, which is the one that will be
 * returned; whoever gets true says what happened.
 */
bool hib_pipeline_fail(struct hib_pipeline *p, int error)
{
	bool first = !cmpxchg(&p->error, 0, error);

	/* Pairs with READ_ONCE() in hib_pipeline_stopped(). */
	WRITE_ONCE(p->stop, true);
	return first;
}
