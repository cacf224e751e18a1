// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: session - the owner of a transition
 *
 * One session exists at a time; hib_session_begin() claims the system for it
 * and hib_session_end() lets go. All mutable state of a transition hangs off
 * the session, so that ending it ends everything, and so that the restored
 * kernel finds in one place what it has to undo.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#include "session.h"
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include "machine.h"
#include "report.h"

/* What is missing is seldom the same twice: so much of it is asked for besides. */
#define ASK_MORE	16u

/**
 * hib_session_begin() - Claim the system for a transition.
 * @mode: Wanted mode.
 * @error: Receives -EBUSY (another transition) or -ENOMEM when NULL comes back.
 *
 * Return: The session, to be ended by hib_session_end().
 */
struct hib_session *hib_session_begin(enum hib_mode mode, int *error)
{
	struct hib_session *s;

	if (!hib_machine_claim()) {
		*error = -EBUSY;
		return NULL;
	}
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s) {
		hib_machine_unclaim();
		*error = -ENOMEM;
		return NULL;
	}
	s->mode = mode;
	s->armed = events_check_enabled;
	s->started = ktime_get_boottime();
	s->store.swap_type = -1;
	return s;
}

/**
 * hib_session_end() - Let the system go.
 * @s: Empty of resources by now; freed here.
 */
void hib_session_end(struct hib_session *s)
{
	kfree(s);
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
 * hib_session_ask_frames() - Another attempt, with room for more copies.
 * @s: The session.
 * @nr_pages: Frames that this one was short of.
 *
 * For a step that fails for want of them. Why it failed is noted all the same,
 * and forgotten if there is another attempt.
 */
void hib_session_ask_frames(struct hib_session *s, u64 nr_pages)
{
	s->next.again = true;
	s->next.frames += nr_pages + nr_pages / ASK_MORE;
}

/**
 * hib_session_ask_room() - Another attempt, with an image that the store has room for.
 * @s: The session.
 * @pages: When the store was full so many pages were in it,
 * @blocks: in so many blocks.
 *
 * As hib_session_ask_frames().
 */
void hib_session_ask_room(struct hib_session *s, u64 pages, u64 blocks)
{
	s->next.again = true;
	s->next.full = true;
	s->next.pages = pages;
	s->next.blocks = max(blocks, 1);
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
	hib_machine.last.result = s->result;
	hib_machine.last.stats = s->stats;
	hib_report_result(&s->result);
}
