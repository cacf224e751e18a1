// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: up - one way up
 *
 * hib_up_begin() makes a &struct hib_up and claims the system. hib_up_begin_nested() makes
 * one inside a way down that has claimed the system. hib_up_end() frees it. After a jump
 * there is nothing to free: this kernel is gone.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#include "up.h"
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include "down.h"
#include "recorder.h"

/**
 * hib_up_begin() - Claim the system for a way up.
 * @mode: The mode that is set.
 * @error: Receives 0, -EBUSY (another transition) or -ENOMEM.
 *
 * Return: The way up, for hib_up_end(); or NULL, and @error says why.
 */
struct hib_up *hib_up_begin(enum hib_mode mode, int *error)
{
	struct hib_up *u = kzalloc(sizeof(*u), GFP_KERNEL);

	*error = u ? hib_session_begin(&u->s, mode) : -ENOMEM;
	if (*error) {
		kfree(u);
		return NULL;
	}
	hib_timeline_start(u->s.timeline, HIB_TIMELINE_BOOT, 0);
	u->s.event_before = PM_RESTORE_PREPARE;
	u->s.event_after = PM_POST_RESTORE;
	return u;
}

/**
 * hib_up_begin_nested() - A way up inside a way down (test_resume).
 * @down: The way down. It has claimed the system and entered the steps that both have.
 *
 * Return: The way up, for hib_up_end(); or NULL if there is no memory.
 */
struct hib_up *hib_up_begin_nested(const struct hib_down *down)
{
	struct hib_up *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	u->s.timeline = kzalloc(sizeof(*u->s.timeline), GFP_KERNEL);
	if (!u->s.timeline) {
		kfree(u);
		return NULL;
	}
	u->nested = true;
	u->s.mode = down->s.mode;
	hib_timeline_start(u->s.timeline, HIB_TIMELINE_BOOT, ktime_get_mono_fast_ns());
	return u;
}

/**
 * hib_up_end() - End the claim on the system, unless it is that of a way down.
 * @u: Owns nothing any more; freed here.
 */
void hib_up_end(struct hib_up *u)
{
	hib_recorder_close(u);
	hib_screen_end(&u->s.screen, false);
	if (u->nested)
		kfree(u->s.timeline);
	else
		hib_session_end(&u->s);
	kfree(u);
}
