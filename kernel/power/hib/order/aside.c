// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: aside - work for which the caller's limits do not count
 *
 * A transition is about the whole machine, whoever asks for it. A task may be
 * confined to some of the memory nodes, by a cpuset or by a memory policy, and
 * then page allocator and reclaim pass over the others on its behalf. A kernel
 * worker is confined by neither. So what takes or frees memory for an image
 * runs in one, while the caller waits. Nothing has to be allocated for that,
 * and workers of the unbound queue do not freeze. The caller's scope goes with
 * it: what must not wait for a file system here must not there.
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
 * @work: In a queue.
 * @done: It returned.
 * @fn: What is called.
 * @arg: Passed to it.
 * @scope: The caller's PF_MEMALLOC_NOFS.
 * @ret: What it returned.
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
 * It may take minutes, where it reclaims: that is no hung task.
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
