// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: platform - the firmware's part
 *
 * The ACPI code registers callbacks. This file calls them if a transition uses them.
 *
 * If hib_platform_enter() returns, the system is as it was before, and the caller decides
 * what to do. Drivers are called once more and may wait for something that is frozen, so
 * there is a deadline.
 */
#include "platform.h"
#include <linux/kernel.h>
#include <linux/suspend.h>
#include "deadline.h"
#include "down.h"
#include "inject.h"
#include "machine.h"
#include "quiesce.h"

/**
 * hib_platform_ops_complete() - Are all required callbacks there?
 * @ops: Callbacks, not NULL.
 *
 * Return: true if no callback is missing, or only optional ones.
 */
bool hib_platform_ops_complete(const struct platform_hibernation_ops *ops)
{
	return ops->begin && ops->end && ops->pre_snapshot && ops->finish && ops->prepare &&
	       ops->enter && ops->leave && ops->pre_restore && ops->restore_cleanup;
}

/**
 * hib_platform_begin() - Tell firmware that a transition begins.
 * @used: This transition uses the platform. If not, nothing happens.
 * @message: PMSG_FREEZE for the snapshot, PMSG_HIBERNATE for powering down.
 *
 * Context: Process context. Sleeps.
 * Return: 0; or the errno of the callback, and hib_platform_end() is not owed.
 */
int hib_platform_begin(bool used, pm_message_t message)
{
	return used ? hib_machine.platform->begin(message) : 0;
}

/**
 * hib_platform_end() - Tell firmware that the transition is over.
 * @used: hib_platform_begin() was called for a transition that uses the platform, and
 *	returned 0.
 *
 * Context: Process context.
 */
void hib_platform_end(bool used)
{
	if (used)
		hib_machine.platform->end();
}

/* The nest is that around the copy; for tests its steps here have the prefix "power_down.". */
static int platform_inject(void *session, const char *name)
{
	char step[HIB_INJECT_BYTES];

	snprintf(step, sizeof(step), "power_down.%s", name);
	return hib_inject(session, step);
}

/**
 * hib_platform_enter() - Power down through the platform (ACPI S4).
 * @d: Its image is valid.
 *
 * Context: Process context, image committed, allocations restricted.
 * Return: Only if the machine is still on: -EAGAIN or -EBUSY for a wake-up event,
 * -ENODEV without a platform, -EIO if firmware returned, or the errno of the step that
 * refused. The system is as it was before the call.
 */
int hib_platform_enter(struct hib_down *d)
{
	struct hib_quiesce q = {
		.use = HIB_QUIESCE_POWER_DOWN, .platform = true, .gfp_held = true,
		.inject = platform_inject, .arg = &d->s,
	};
	struct task_struct *watcher;
	int ret;

	if (!hib_machine.platform)
		return -ENODEV;
	ret = hib_platform_begin(true, PMSG_HIBERNATE);
	if (ret)
		return ret;

	watcher = hib_deadline_start(false);
	hib_machine.entering = true;
	ret = hib_quiesce_enter(&q);
	if (!ret)
		ret = pm_wakeup_pending() ? -EAGAIN : hib_machine.platform->enter() ?: -EIO;
	hib_quiesce_leave(&q, HIB_FAILED);
	hib_machine.entering = false;
	hib_deadline_stop(watcher);
	hib_platform_end(true);
	return ret;
}
