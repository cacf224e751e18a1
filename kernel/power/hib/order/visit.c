// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: visit - enter another kernel from a running system, and go on when it comes back
 *
 * Tasks, kernel threads, devices, CPUs and interrupts are brought to rest, the other kernel is
 * entered, and all of that is undone when this one is entered again. A second kernel goes
 * back in this way, and the first one boots a second kernel that it keeps. If the other kernel
 * does not come back, nothing here is ever left.
 *
 * The other kernel has used devices, so drivers are told to restore them.
 *
 * Context: process context, system_transition_mutex held.
 */
#include "visit.h"
#include "inject.h"
#include "limit.h"
#include "mark.h"
#include "still.h"

static const struct hib_step * const visit_steps[] = {
	&hib_still_console,
	&hib_still_notifiers,
	&hib_still_tasks,
	&hib_still_hotplug,
	&hib_still_threads,
};

/**
 * hib_visit_steps() - The steps around the nest, for a list of all steps.
 *
 * Return: The table.
 */
struct hib_step_table hib_visit_steps(void)
{
	return (struct hib_step_table) { visit_steps, ARRAY_SIZE(visit_steps) };
}

static int visit_enter(struct hib_session *s, struct hib_crossing *c)
{
	struct hib_quiesce *q = &s->quiesce;
	int ret;

	q->use = HIB_QUIESCE_SNAPSHOT;
	q->left = false;
	q->inject = hib_inject;
	q->arg = s;
	ret = hib_quiesce_enter(q);
	if (!ret) {
		hib_limit_end();
		q->left = true;
		hib_crossing_jump(c);
		hib_limit_extend();
	}
	hib_quiesce_leave(q, HIB_FAILED);
	return ret;
}

/**
 * hib_visit() - Enter another kernel.
 * @s: The session; its result tells the step that failed.
 * @c: The jump, made. Nothing that it needs is changed meanwhile.
 *
 * Context: Process context. Sleeps. Returns when this kernel is entered again.
 * Return: 0 when it was entered again; -EAGAIN if pm_test asks for a test; or the errno of
 * what did not come to rest. Then the other kernel was not entered.
 */
int hib_visit(struct hib_session *s, struct hib_crossing *c)
{
	struct hib_step_run run = {
		.steps = visit_steps, .nr_steps = ARRAY_SIZE(visit_steps),
		.context = s, .inject = hib_inject, .mark = hib_mark,
	};
	int ret = hib_step_enter_all(&run);

	if (ret) {
		s->result.step = run.failed;
		return hib_session_fail(s, ret, "failed");
	}
	ret = visit_enter(s, c);
	hib_step_leave_all(&run, HIB_FAILED);
	if (ret > 0)
		return hib_session_fail(s, -EAGAIN, "quiesce: pm_test asks for a test");
	if (ret < 0) {
		s->result.step = s->quiesce.run.failed;
		hib_session_fail(s, ret, "quiesce: a device, the firmware or a CPU refused");
	}
	return ret;
}
