// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: session - the owner of a transition
 *
 * A &struct hib_session has what both ways need. It is a part of a &struct hib_down or
 * of a &struct hib_up, which have what one way needs. hib_session_begin() claims the
 * system, and hib_session_end() ends the claim. One session exists at a time; only in
 * mode test_resume a way up is nested in a way down, and shares its claim.
 *
 * All changeable state of a transition belongs to the session or to the structure around
 * it. So nothing is left when it ends, and the restored kernel finds in one place what
 * it has to undo. The session is the context of the steps of all tables.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#include "session.h"
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include "cancel.h"
#include "machine.h"
#include "report.h"

/**
 * hib_session_begin() - Claim the system for a transition.
 * @s: All zero.
 * @mode: Wanted mode.
 *
 * Return: 0, and hib_session_end() is owed; -EBUSY during another transition; or -ENOMEM.
 */
int hib_session_begin(struct hib_session *s, enum hib_mode mode)
{
	s->timeline = kzalloc(sizeof(*s->timeline), GFP_KERNEL);
	if (!s->timeline)
		return -ENOMEM;
	if (!hib_machine_claim()) {
		kfree(s->timeline);
		return -EBUSY;
	}
	s->mode = mode;
	s->armed = events_check_enabled;
	s->started = ktime_get_boottime();
	hib_timeline_start(s->timeline, HIB_TIMELINE_SAVING, ktime_get_mono_fast_ns());
	return 0;
}

/**
 * hib_session_end() - End the claim on the system, and keep the steps if the result was kept.
 * @s: Owns nothing any more.
 */
void hib_session_end(struct hib_session *s)
{
	if (s->reported)
		hib_machine_keep_timeline(s->timeline);
	kfree(s->timeline);
	hib_machine_unclaim();
}

/**
 * hib_session_fail() - Note why a transition fails.
 * @s: The session.
 * @error: Negative errno.
 * @fmt: The reason: a token, a colon, and details with numbers.
 *
 * Only the first failure is kept. It is printed when the transition is over. If a
 * wake-up event or a user ended the transition, that is noted, and not what was ended.
 *
 * Return: @error, so that the caller can return it at once.
 */
int hib_session_fail(struct hib_session *s, int error, const char *fmt, ...)
{
	va_list args;

	if (s->result.error)
		return error;
	s->result.error = error;
	/* The check that saw the event has cleared it, and returned this errno. */
	if (error == -EBUSY && s->armed && !events_check_enabled) {
		fmt = "wakeup: an event arrived";
	} else if (error == -EBUSY && hib_cancel_asked()) {
		s->result.error = -ECANCELED;
		fmt = "cancelled: by a key or by /sys/power/hibernate/cancel";
	}
	va_start(args, fmt);
	vscnprintf(s->result.reason, sizeof(s->result.reason), fmt, args);
	va_end(args);
	return error;
}

/**
 * hib_session_report() - Print and keep the result of a transition.
 * @s: The session.
 * @phase: "hibernate" or "resume".
 * @step: The step that failed, unless a failing table has noted one already.
 */
void hib_session_report(struct hib_session *s, const char *phase, const char *step)
{
	s->result.phase = phase;
	if (!s->result.step || !s->result.error)
		s->result.step = step;
	hib_machine_keep_result(&s->result);
	hib_machine_keep_stats(&s->stats);
	s->reported = true;
	hib_report_result(&s->result);
}
