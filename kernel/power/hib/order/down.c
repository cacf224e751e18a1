// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: down - one way down
 *
 * hib_down_begin() makes a &struct hib_down and claims the system. hib_down_end() frees
 * it. It lies in ordinary memory, so it is a part of the image: the restored kernel
 * continues with the content that it had at the copy.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#include "down.h"
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/suspend.h>

/* The next attempt may be short of more frames: ask for this share in addition. */
#define ASK_MORE	16u

/**
 * hib_down_begin() - Claim the system for a way down.
 * @mode: Wanted mode.
 * @error: Receives 0, -EBUSY (another transition) or -ENOMEM.
 *
 * Return: The way down, for hib_down_end(); or NULL, and @error says why.
 */
struct hib_down *hib_down_begin(enum hib_mode mode, int *error)
{
	struct hib_down *d = kzalloc(sizeof(*d), GFP_KERNEL);

	*error = -ENOMEM;
	if (!d)
		return NULL;
	d->came = kzalloc(sizeof(*d->came), GFP_KERNEL);
	if (d->came)
		*error = hib_session_begin(&d->s, mode);
	if (*error) {
		kfree(d->came);
		kfree(d);
		return NULL;
	}
	d->s.event_before = PM_HIBERNATION_PREPARE;
	d->s.event_after = PM_POST_HIBERNATION;
	return d;
}

/**
 * hib_down_end() - End the claim on the system.
 * @d: Owns nothing any more; freed here.
 */
void hib_down_end(struct hib_down *d)
{
	hib_session_end(&d->s);
	kfree(d->came);
	kfree(d);
}

/**
 * hib_down_ask_frames() - Ask for another attempt, with more frames.
 * @d: The way down.
 * @nr_pages: Frames that were missing in this attempt; 0: it failed for a reason that passes.
 *
 * A step that fails because frames are missing, or for such a reason, calls this. It also
 * notes why it failed; if there is another attempt, the note is dropped.
 */
void hib_down_ask_frames(struct hib_down *d, u64 nr_pages)
{
	d->next.again = true;
	d->next.frames += nr_pages + nr_pages / ASK_MORE;
}

/**
 * hib_down_ask_room() - Ask for another attempt, with an image that the store has room for.
 * @d: The way down.
 * @pages: Pages that were written when the store was full.
 * @blocks: Blocks that these pages took.
 *
 * As hib_down_ask_frames(), for a step that fails because the store is full.
 */
void hib_down_ask_room(struct hib_down *d, u64 pages, u64 blocks)
{
	d->next.again = true;
	d->next.full = true;
	d->next.pages = pages;
	d->next.blocks = max(blocks, 1);
}
