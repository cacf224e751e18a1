// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: up - one way up
 *
 * Made by hib_up_begin(), which claims the system, or inside a way down that
 * has claimed it by hib_up_begin_nested(); freed by hib_up_end(), if anybody is
 * left to do so.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#include "up.h"
#include <linux/slab.h>
#include <linux/suspend.h>
#include "down.h"

/**
 * hib_up_begin() - Claim the system for a way up.
 * @mode: The mode that is set.
 * @error: Receives -EBUSY (another transition) or -ENOMEM when NULL comes back.
 *
 * Return: It, to be ended by hib_up_end().
 */
struct hib_up *hib_up_begin(enum hib_mode mode, int *error)
{
	struct hib_up *u = kzalloc(sizeof(*u), GFP_KERNEL);

	*error = u ? hib_session_begin(&u->s, mode) : -ENOMEM;
	if (*error) {
		kfree(u);
		return NULL;
	}
	u->s.event_before = PM_RESTORE_PREPARE;
	u->s.event_after = PM_POST_RESTORE;
	return u;
}

/**
 * hib_up_begin_nested() - A way up inside a way down (test_resume).
 * @down: It has claimed the system, and has held what a way up would hold.
 *
 * Return: It, to be ended by hib_up_end(); NULL: no memory.
 */
struct hib_up *hib_up_begin_nested(const struct hib_down *down)
{
	struct hib_up *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	u->nested = true;
	u->s.mode = down->s.mode;
	return u;
}

/**
 * hib_up_end() - Let the system go, unless the way down has claimed it.
 * @u: Empty of resources by now; freed here.
 */
void hib_up_end(struct hib_up *u)
{
	if (!u->nested)
		hib_session_end(&u->s);
	kfree(u);
}
