// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: quiet - a function that runs while all devices are quiet
 *
 * hibernate_quiet_exec() enters these steps: console, notifiers, freeze tasks, lock
 * hotplug, tell firmware, freeze kernel threads, stop devices. CPUs and interrupts stay
 * on. There is no image and no result line; the caller gets the errno.
 *
 * Context: process context, system_transition_mutex held.
 */
#include "quiet.h"
#include <linux/slab.h>
#include <linux/suspend.h>
#include "inject.h"
#include "machine.h"
#include "mark.h"
#include "platform.h"
#include "session.h"
#include "still.h"

static int platform_enter(void *context)
{
	struct hib_session *s = context;

	pm_suspend_clear_flags();
	s->quiesce.platform = hib_machine.platform;
	return hib_platform_begin(s->quiesce.platform, PMSG_FREEZE);
}

static void platform_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	hib_platform_end(s->quiesce.platform);
}

static const struct hib_step * const quiet_steps[] = {
	&hib_still_console,
	&hib_still_notifiers,
	&hib_still_tasks,
	&hib_still_hotplug,
	HIB_STEP(.name = "platform_begin", .enter = platform_enter, .leave = platform_leave),
	&hib_still_threads,
};

/**
 * hib_quiet_steps() - The steps before the nest, for a list of all steps.
 *
 * Return: The table.
 */
struct hib_step_table hib_quiet_steps(void)
{
	return (struct hib_step_table) { quiet_steps, ARRAY_SIZE(quiet_steps) };
}

static int quiet_call(struct hib_session *s, int (*func)(void *data), void *data)
{
	struct hib_quiesce *q = &s->quiesce;
	int ret;

	q->use = HIB_QUIESCE_EXEC;
	q->inject = hib_inject;
	q->arg = s;
	ret = hib_quiesce_enter(q);
	if (!ret)
		ret = func(data);
	hib_quiesce_leave(q, ret < 0 ? HIB_FAILED : HIB_TESTED);
	return ret;
}

static int quiet_run(struct hib_session *s, int (*func)(void *data), void *data)
{
	struct hib_step_run run = {
		.steps = quiet_steps,
		.nr_steps = ARRAY_SIZE(quiet_steps),
		.context = s,
		.inject = hib_inject,
		.mark = hib_mark,
	};
	int ret;

	s->event_before = PM_HIBERNATION_PREPARE;
	s->event_after = PM_POST_HIBERNATION;
	ret = hib_step_enter_all(&run);
	if (!ret)
		ret = quiet_call(s, func, data);
	hib_step_leave_all(&run, ret < 0 ? HIB_FAILED : HIB_TESTED);
	return ret;
}

/**
 * hib_quiet_exec() - Run a function while all devices are quiet.
 * @func: What to run.
 * @data: Passed to it.
 *
 * Context: Process context, system_transition_mutex held. Sleeps.
 * Return: The value of @func; -EBUSY during another transition; -ENOMEM; or the errno of
 * what could not be frozen.
 */
int hib_quiet_exec(int (*func)(void *data), void *data)
{
	struct hib_session *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int ret;

	if (!s)
		return -ENOMEM;
	ret = hib_session_begin(s, HIB_MODE_SHUTDOWN);
	if (!ret) {
		ret = quiet_run(s, func, data);
		hib_session_end(s);
	}
	kfree(s);
	return ret;
}
