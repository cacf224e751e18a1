// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: cancel - a user who wants the system back
 *
 * While a transition can be cancelled, a key (keys.c) or a write to
 * /sys/power/hibernate/cancel asks for it by hib_cancel_ask(). That raises the same flag
 * as a wake-up event, so all that looks for wake-up events ends the way down: sync, the
 * freezer, the suspend of devices, the copy, the stream of the image.
 * hib_session_fail() then notes -ECANCELED and not -EBUSY. On the way up only the freezer
 * and the stream look.
 *
 * The state is one word in &struct hib_machine::
 *
 *	closed --open--> open --ask--> asked
 *	   ^               |             |
 *	   +--close, end---+-----end-----+
 *
 * On the way down it is closed before the record that makes the image valid is written. So
 * either a request is refused, or there is no image. On the way up it is closed when all
 * pages are loaded.
 *
 * Context: any, unless a function says otherwise.
 */
#include "cancel.h"
#include <linux/errno.h>
#include <linux/suspend.h>
#include "machine.h"

/**
 * hib_cancel_open() - From now on the transition can be cancelled.
 *
 * Context: The owner of the transition.
 */
void hib_cancel_open(void)
{
	atomic_set(&hib_machine.cancel, HIB_CANCEL_OPEN);
}

/**
 * hib_cancel_ask() - Ask for the end of the transition.
 *
 * The freezer forgets wake-up events when it begins, so asking again is not the same as
 * nothing.
 *
 * Context: Any; also with interrupts off.
 * Return: 0, or -ENODATA if there is nothing that can be cancelled.
 */
int hib_cancel_ask(void)
{
	int before = atomic_cmpxchg(&hib_machine.cancel, HIB_CANCEL_OPEN, HIB_CANCEL_ASKED);

	if (before == HIB_CANCEL_CLOSED)
		return -ENODATA;
	pm_system_wakeup();
	return 0;
}

/**
 * hib_cancel_asked() - Has somebody asked for the end of the transition?
 *
 * Return: true if somebody has.
 */
bool hib_cancel_asked(void)
{
	return atomic_read(&hib_machine.cancel) == HIB_CANCEL_ASKED;
}

/**
 * hib_cancel_close() - From now on nobody can cancel, unless somebody has.
 *
 * Context: The owner of the transition.
 * Return: false if somebody has asked.
 */
bool hib_cancel_close(void)
{
	return atomic_cmpxchg(&hib_machine.cancel, HIB_CANCEL_OPEN, HIB_CANCEL_CLOSED) !=
	       HIB_CANCEL_ASKED;
}

/**
 * hib_cancel_end() - The transition is over, and a request with it.
 *
 * Context: The owner of the transition. This may be the restored kernel.
 */
void hib_cancel_end(void)
{
	if (atomic_xchg(&hib_machine.cancel, HIB_CANCEL_CLOSED) == HIB_CANCEL_ASKED)
		pm_system_cancel_wakeup();
}
