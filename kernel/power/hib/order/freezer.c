// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: freezer - tasks and kernel threads, frozen while file systems are held
 *
 * A task that waits for a held file system freezes where it waits. It keeps its locks,
 * for example that of the position of an open file that it shares with other tasks, or
 * that of its memory map. If another task waits for such a lock, that task does not
 * freeze. A work item that waits for a held file system does not freeze either.
 *
 * So if the freezer gives up while file systems are held, they are released and the
 * freezer is called once more. They are not held again, as the server of one of them may
 * be frozen by then. The image is then made with running file systems, as all images
 * were before holding was added. The first call of the freezer has less time, as a task
 * that can freeze does so at once.
 *
 * Context: process context.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "freezer.h"
#include <linux/freezer.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "cancel.h"
#include "filesystems.h"
#include "session.h"
#include "stuck.h"

/* Limit of the first call, while file systems are held. */
#define FREEZER_FIRST_MS	5000u

/* If a wake-up event or the user ended the call, no task refused. */
static bool freezer_was_woken(const struct hib_session *s)
{
	return pm_wakeup_pending() || hib_cancel_asked() || (s->armed && !events_check_enabled);
}

/* Tasks run. If one writes to /sys/power/pm_freeze_timeout during the call, that value is lost. */
static int freezer_try(int (*freeze)(void))
{
	unsigned int limit_ms = freeze_timeout_msecs;
	int ret;

	freeze_timeout_msecs = min(limit_ms, FREEZER_FIRST_MS);
	ret = freeze();
	freeze_timeout_msecs = limit_ms;
	return ret;
}

/* The last call: if it fails, note who refused. */
static int freezer_last(struct hib_session *s, int (*freeze)(void))
{
	struct hib_stuck stuck;
	int ret;

	hib_stuck_watch(&stuck, freeze_timeout_msecs);
	ret = freeze();
	hib_stuck_end(&stuck);
	if (!ret || !stuck.pid || freezer_was_woken(s))
		return ret;
	if (!stuck.wchan)
		return hib_session_fail(s, ret, "freezer: %s (%d) does not freeze, it runs",
					stuck.comm, stuck.pid);
	return hib_session_fail(s, ret, "freezer: %s (%d) does not freeze, it waits in %ps",
				stuck.comm, stuck.pid, (void *)stuck.wchan);
}

static int freezer_freeze(struct hib_session *s, int (*freeze)(void))
{
	int ret;

	if (!hib_filesystems_are_held(s->filesystems))
		return freezer_last(s, freeze);
	ret = freezer_try(freeze);
	if (!ret || freezer_was_woken(s))
		return ret;
	pr_warn("a task waits for a held file system, or for one that does: file systems are released\n");
	hib_filesystems_release(s->filesystems);
	return freezer_last(s, freeze);
}

/**
 * hib_freezer_tasks() - Freeze the tasks of user space.
 * @s: The session; its file systems are released if a task waits for them.
 *
 * Return: 0, and the caller owes thaw_processes(); or -EBUSY, noted in @s.
 */
int hib_freezer_tasks(struct hib_session *s)
{
	int ret = hib_cancel_asked() ? -EBUSY : freezer_freeze(s, freeze_processes);

	/* The freezer forgets a request that came just before it began. */
	if (!ret && hib_cancel_asked()) {
		thaw_processes();
		ret = -EBUSY;
	}
	return ret ? hib_session_fail(s, ret, "freezer: a task refused or a wakeup came") : 0;
}

/**
 * hib_freezer_threads() - Freeze kernel threads.
 * @s: The session; its file systems are released if a thread waits for them.
 *
 * Context: Tasks are frozen.
 * Return: 0, and the caller owes thaw_kernel_threads(); or -EBUSY, noted in @s.
 */
int hib_freezer_threads(struct hib_session *s)
{
	int ret = freezer_freeze(s, freeze_kernel_threads);

	return ret ? hib_session_fail(s, ret, "freezer: a kernel thread refused") : 0;
}
