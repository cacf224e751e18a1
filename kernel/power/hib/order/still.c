// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: still - the steps that bring the system to a standstill
 *
 * Both ways and hibernate_quiet_exec() begin with these steps: console, notifiers, tasks,
 * kernel threads, hotplug of devices. Each step is here once. A table has the steps that
 * it needs, in its order.
 *
 * Where the ways differ, a step reads it from the session: the event that notifiers are
 * told, and whether file systems are held.
 *
 * Context: process context; the context of each step is the session.
 */
#include "still.h"
#include <linux/freezer.h>
#include <linux/memory_hotplug.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "freezer.h"
#include "keys.h"
#include "session.h"

static int console_enter(void *context)
{
	pm_prepare_console();
	return 0;
}

/* What the kernel's own terminal shows is of no interest, but there may have been no switch. */
static void console_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	hib_screen_end(&s->screen, outcome == HIB_RESUMED);
	pm_restore_console();
}

const struct hib_step hib_still_console = {
	.name = "console", .enter = console_enter, .leave = console_leave,
};

static int notifiers_enter(void *context)
{
	struct hib_session *s = context;
	int ret = pm_notifier_call_chain_robust(s->event_before, s->event_after);

	return ret ? hib_session_fail(s, ret, "notifier: a driver or service objects") : 0;
}

static void notifiers_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	pm_notifier_call_chain(s->event_after);
}

const struct hib_step hib_still_notifiers = {
	.name = "notifiers", .enter = notifiers_enter, .leave = notifiers_leave,
};

static int tasks_enter(void *context)
{
	struct hib_session *s = context;

	hib_keys_count(s->keys);
	return hib_freezer_tasks(s);
}

static void tasks_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	hib_keys_ignore(s->keys);
	thaw_processes();
}

const struct hib_step hib_still_tasks = {
	.name = "freeze_tasks", .enter = tasks_enter, .leave = tasks_leave,
};

static int threads_enter(void *context)
{
	return hib_freezer_threads(context);
}

static void threads_leave(void *context, enum hib_outcome outcome)
{
	thaw_kernel_threads();
}

const struct hib_step hib_still_threads = {
	.name = "freeze_threads", .enter = threads_enter, .leave = threads_leave,
};

static int hotplug_enter(void *context)
{
	lock_device_hotplug();
	return 0;
}

static void hotplug_leave(void *context, enum hib_outcome outcome)
{
	unlock_device_hotplug();
}

const struct hib_step hib_still_hotplug = {
	.name = "hotplug", .enter = hotplug_enter, .leave = hotplug_leave,
};
