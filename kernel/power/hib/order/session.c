// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: session - the owner of a transition
 *
 * What both ways have. It is a part of a &struct hib_down or a &struct hib_up,
 * which have the rest. hib_session_begin() claims the system for it and
 * hib_session_end() lets go: one session exists at a time, but for a way up
 * that is nested in a way down (test_resume) and shares its claim.
 *
 * All mutable state of a transition hangs off it and what it is a part of, so
 * that ending it ends everything, and so that the restored kernel finds in one
 * place what it has to undo. The steps of all tables have it as their context.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#include "session.h"
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include "machine.h"
#include "report.h"

/**
 * hib_session_begin() - Claim the system for a transition.
 * @s: All zero.
 * @mode: Wanted mode.
 *
 * Return: 0, to be ended by hib_session_end(); or -EBUSY: another transition.
 */
int hib_session_begin(struct hib_session *s, enum hib_mode mode)
{
	if (!hib_machine_claim())
		return -EBUSY;
	s->mode = mode;
	s->armed = events_check_enabled;
	s->started = ktime_get_boottime();
	return 0;
}

/**
 * hib_session_end() - Let the system go.
 * @s: Empty of resources by now.
 */
void hib_session_end(struct hib_session *s)
{
	hib_machine_unclaim();
}

/**
 * hib_session_fail() - Note why a transition fails.
 * @s: The session.
 * @error: Negative errno.
 * @fmt: A token, then details with numbers.
 *
 * The first failure is kept. It is printed when the transition is over.
 *
 * Return: @error, so that it can be returned at once.
 */
int hib_session_fail(struct hib_session *s, int error, const char *fmt, ...)
{
	va_list args;

	if (s->result.error)
		return error;
	s->result.error = error;
	/* Whoever saw the event first has used it up, and gave this errno. */
	if (error == -EBUSY && s->armed && !events_check_enabled)
		fmt = "wakeup: an event arrived";
	va_start(args, fmt);
	vscnprintf(s->result.reason, sizeof(s->result.reason), fmt, args);
	va_end(args);
	return error;
}

/**
 * hib_session_report() - Say how a transition ended, and keep it for those who ask.
 * @s: The session.
 * @phase: "hibernate" or "resume".
 * @step: Where it failed, unless that was noted nearer to the cause.
 */
void hib_session_report(struct hib_session *s, const char *phase, const char *step)
{
	s->result.phase = phase;
	if (!s->result.step || !s->result.error)
		s->result.step = step;
	hib_machine_keep_result(&s->result);
	hib_machine_keep_stats(&s->stats);
	hib_report_result(&s->result);
}
