// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: aside - work to which the caller's limits do not apply
 *
 * A transition concerns the whole machine, whoever asks for it. A cpuset or a memory
 * policy may confine the calling task to some of the memory nodes. The page allocator
 * and reclaim then skip the other nodes. A kernel worker is not confined. So the
 * functions that take or free memory for an image run in a worker, and the caller
 * waits. This needs no allocation, and workers of the unbound queue do not freeze.
 *
 * The worker takes over the caller's allocation scope: if the caller must not wait for
 * a file system, the worker must not either.
 *
 * Context: process context, tasks frozen or not.
 */
#include "aside.h"
#include <linux/completion.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>

/**
 * struct aside_call - One call.
 * @work: The work item that makes the call.
 * @done: @fn has returned.
 * @fn: What is called.
 * @arg: Passed to @fn.
 * @scope: The caller's PF_MEMALLOC_NOFS.
 * @ret: What @fn returned.
 */
struct aside_call {
	struct work_struct work;
	struct completion done;
	int (*fn)(void *arg);
	void *arg;
	unsigned int scope;
	int ret;
};

static void aside_run(struct work_struct *work)
{
	struct aside_call *call = container_of(work, struct aside_call, work);
	unsigned int flags = memalloc_flags_save(call->scope);

	call->ret = call->fn(call->arg);
	memalloc_flags_restore(flags);
	complete(&call->done);
}

/**
 * hib_aside_call() - Call a function in a kernel worker and wait for it.
 * @fn: The function.
 * @arg: Passed to it.
 *
 * If the function reclaims, this may take minutes. The caller is not reported as hung.
 *
 * Context: Process context. Sleeps.
 * Return: What @fn returned.
 */
int hib_aside_call(int (*fn)(void *arg), void *arg)
{
	struct aside_call call = {
		.done = COMPLETION_INITIALIZER_ONSTACK(call.done), .fn = fn, .arg = arg,
		.scope = current->flags & PF_MEMALLOC_NOFS,
	};

	INIT_WORK_ONSTACK(&call.work, aside_run);
	queue_work(system_unbound_wq, &call.work);
	wait_for_completion_state(&call.done, TASK_IDLE);
	destroy_work_on_stack(&call.work);
	return call.ret;
}
