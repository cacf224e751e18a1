// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: freezer - tasks and kernel threads, frozen beside held file systems
 *
 * A task that waits for a held file system freezes where it waits, with the
 * locks it has: the position of an open file that it shares with others, its
 * memory map. A task that waits for such a lock does not freeze. Neither does
 * a work item that waits for a held file system.
 *
 * So when the freezer gives up while file systems are held, they are released
 * and it is asked once more: such an image is like those before file systems
 * were held. They are not held again, since the server of one may be frozen by
 * then. The first time the freezer is given less time, as those who can freeze
 * do so at once.
 *
 * Context: process context.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "freezer.h"
#include <linux/freezer.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "filesystems.h"
#include "session.h"

/* For the first try, beside held file systems. */
#define FREEZER_FIRST_MS	5000u

/* A wake-up event ends the transition; it is no task that refused. */
static bool freezer_was_woken(const struct hib_session *s)
{
	return pm_wakeup_pending() || (s->armed && !events_check_enabled);
}

/* Tasks run: whoever writes to /sys/power/pm_freeze_timeout in between is too early. */
static int freezer_try(int (*freeze)(void))
{
	unsigned int limit_ms = freeze_timeout_msecs;
	int ret;

	freeze_timeout_msecs = min(limit_ms, FREEZER_FIRST_MS);
	ret = freeze();
	freeze_timeout_msecs = limit_ms;
	return ret;
}

static int freezer_freeze(struct hib_session *s, int (*freeze)(void))
{
	int ret;

	if (!hib_filesystems_are_held(s->filesystems))
		return freeze();
	ret = freezer_try(freeze);
	if (!ret || freezer_was_woken(s))
		return ret;
	pr_warn("a task waits for a held file system, or for one that does: file systems are released\n");
	hib_filesystems_release(s->filesystems);
	return freeze();
}

/**
 * hib_freezer_tasks() - Freeze the tasks of user space.
 * @s: The session; its file systems are released if they are in the way.
 *
 * Return: 0, to be followed by thaw_processes(); or -EBUSY, noted in @s.
 */
int hib_freezer_tasks(struct hib_session *s)
{
	int ret = freezer_freeze(s, freeze_processes);

	return ret ? hib_session_fail(s, ret, "freezer: a task refused or a wakeup came") : 0;
}

/**
 * hib_freezer_threads() - Freeze kernel threads.
 * @s: The session; its file systems are released if they are in the way.
 *
 * Context: Tasks are frozen.
 * Return: 0, to be followed by thaw_kernel_threads(); or -EBUSY, noted in @s.
 */
int hib_freezer_threads(struct hib_session *s)
{
	int ret = freezer_freeze(s, freeze_kernel_threads);

	return ret ? hib_session_fail(s, ret, "freezer: a kernel thread refused") : 0;
}
