// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stuck - which task does not freeze, and where it waits
 *
 * If the freezer gives up, it thaws all tasks before it returns. So its caller could not
 * tell any more who refused. A work item on a queue that does not freeze looks a moment
 * before that: the first task that should be frozen and is not is noted with its name and
 * the function in which it waits. If the freezer succeeds, the work item never runs, or
 * what it saw is of no interest.
 *
 * A &struct hib_stuck lies on the stack of the caller of the freezer.
 *
 * Context: process context.
 */
#include "stuck.h"
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include "pure/text.h"

/* It looks when all but this share of the freezer's time is over. */
#define STUCK_SHARE	8u

static void stuck_note(struct hib_stuck *stuck, struct task_struct *p)
{
	stuck->pid = task_pid_nr(p);
	hib_text_build(stuck->comm, p->comm, sizeof(stuck->comm));
	stuck->wchan = get_wchan(p);
}

static void stuck_work(struct work_struct *work)
{
	struct hib_stuck *stuck = container_of(to_delayed_work(work), struct hib_stuck, work);
	struct task_struct *g, *p;

	rcu_read_lock();
	for_each_process_thread(g, p) {
		if (!stuck->pid && freezing(p) && !frozen(p))
			stuck_note(stuck, p);
	}
	rcu_read_unlock();
}

/**
 * hib_stuck_watch() - Look for a task that does not freeze, in time.
 * @stuck: Filled later; hib_stuck_end() is owed.
 * @limit_ms: Time after which the freezer gives up.
 *
 * Context: Process context, right before the call of the freezer.
 */
void hib_stuck_watch(struct hib_stuck *stuck, unsigned int limit_ms)
{
	*stuck = (struct hib_stuck) {};
	INIT_DELAYED_WORK_ONSTACK(&stuck->work, stuck_work);
	queue_delayed_work(system_unbound_wq, &stuck->work,
			   msecs_to_jiffies(limit_ms - limit_ms / STUCK_SHARE));
}

/**
 * hib_stuck_end() - The freezer has returned.
 * @stuck: What was seen does not change any more.
 *
 * Context: Process context. Sleeps.
 */
void hib_stuck_end(struct hib_stuck *stuck)
{
	cancel_delayed_work_sync(&stuck->work);
	destroy_delayed_work_on_stack(&stuck->work);
}
