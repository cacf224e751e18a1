// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: down - one way down
 *
 * Made by hib_down_begin(), which claims the system, and freed by
 * hib_down_end(). It lies in ordinary memory, so it is part of the image: the
 * restored kernel goes on with the copy's, as it was at the copy.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#include "down.h"
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/suspend.h>

/* A shortfall is seldom the same twice: ask for this share of it in addition. */
#define ASK_MORE	16u

/**
 * hib_down_begin() - Claim the system for a way down.
 * @mode: Wanted mode.
 * @error: Receives -EBUSY (another transition) or -ENOMEM when NULL comes back.
 *
 * Return: It, to be ended by hib_down_end().
 */
struct hib_down *hib_down_begin(enum hib_mode mode, int *error)
{
	struct hib_down *d = kzalloc(sizeof(*d), GFP_KERNEL);

	*error = d ? hib_session_begin(&d->s, mode) : -ENOMEM;
	if (*error) {
		kfree(d);
		return NULL;
	}
	d->s.event_before = PM_HIBERNATION_PREPARE;
	d->s.event_after = PM_POST_HIBERNATION;
	return d;
}

/**
 * hib_down_end() - Let the system go.
 * @d: Empty of resources by now; freed here.
 */
void hib_down_end(struct hib_down *d)
{
	hib_session_end(&d->s);
	kfree(d);
}

/**
 * hib_down_ask_frames() - Another attempt, with room for more copies.
 * @d: The way down.
 * @nr_pages: Frames that this one was short of.
 *
 * For a step that fails for want of them. Why it failed is noted all the same,
 * and forgotten if there is another attempt.
 */
void hib_down_ask_frames(struct hib_down *d, u64 nr_pages)
{
	d->next.again = true;
	d->next.frames += nr_pages + nr_pages / ASK_MORE;
}

/**
 * hib_down_ask_room() - Another attempt, with an image that the store has room for.
 * @d: The way down.
 * @pages: When the store was full so many pages were in it,
 * @blocks: in so many blocks.
 *
 * As hib_down_ask_frames().
 */
void hib_down_ask_room(struct hib_down *d, u64 pages, u64 blocks)
{
	d->next.again = true;
	d->next.full = true;
	d->next.pages = pages;
	d->next.blocks = max(blocks, 1);
}
