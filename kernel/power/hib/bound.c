// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: bound - bounding an image before it is made
 *
 * Census, budget, reclaim, pool: repeated until the frames that the atomic
 * copy needs are ours, or until it is certain that they are not to be had.
 * Frames are only taken; hib_snapshot_release_frames() gives them back.
 *
 * Context: process context, tasks and file systems frozen, kernel threads and
 * devices running.
 */
#include "bound.h"
#include <linux/mm.h>
#include <linux/swap.h>
#include "codec.h"
#include "session.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

#define BOUND_ROUNDS		20u
#define BOUND_MORE_PAGES	((1ul << 20) >> PAGE_SHIFT)
#define BOUND_SLACK_PAGES	((4ul << 20) >> PAGE_SHIFT)
#define BOUND_SLACK_SHIFT	6	/* and 1/64 of what is saved */

/* Lists besides the copies: frame table, digests. */
static u64 bound_lists(u64 nr_pages)
{
	u64 lists = DIV_ROUND_UP_ULL(nr_pages * sizeof(unsigned long), PAGE_SIZE);

	if (hib_settings.verify)
		lists += DIV_ROUND_UP_ULL(nr_pages, HIB_LEAF_DIGESTS);
	return lists;
}

/* Where coding shrinks pages nobody knows what fits: 0, no bound. */
static u64 bound_room(const struct hib_session *s)
{
	return hib_settings.codec == &hib_codec_none ? hib_store_room(&s->store) : 0;
}

static void bound_describe(struct hib_session *s, struct hib_budget_input *in)
{
	struct hib_census census;

	hib_census_take(&s->snapshot.nosave, &census);
	*in = (struct hib_budget_input) {
		.saveable = census.saveable,
		.free = census.free > totalreserve_pages ? census.free - totalreserve_pages : 0,
		.reclaimable = census.reclaimable,
		.image_limit = hib_settings.image_size >> PAGE_SHIFT,
		.reserved = hib_settings.reserved_size >> PAGE_SHIFT,
		.buffers = bound_lists(census.saveable),
		.slack = BOUND_SLACK_PAGES + (census.saveable >> BOUND_SLACK_SHIFT),
		.room = bound_room(s),
	};
}

static int bound_short(struct hib_session *s, const struct hib_budget_input *in, u64 nr_pages)
{
	return hib_session_fail(s, -ENOMEM,
				"memory: %llu KiB short (to save %llu MiB, free %llu MiB)",
				nr_pages << 2, in->saveable >> 8, in->free >> 8);
}

static int bound_reserve(struct hib_session *s)
{
	return hib_snapshot_reserve(&s->snapshot, s->budget.copy, hib_settings.verify);
}

/**
 * struct bound_progress - What the rounds so far have shown, in pages.
 * @freed: Reclaimed.
 * @out_of_reach: Free by the sums, but not to be had when it came to it.
 * @more: What is asked for besides when that happens next.
 */
struct bound_progress {
	u64 freed;
	u64 out_of_reach;
	u64 more;
};

/* One look, and what follows from it: reclaim, or take the frames. */
static int bound_round(struct hib_session *s, struct hib_budget_input *in,
		       struct bound_progress *progress, bool last)
{
	u64 reclaim;
	int ret;

	bound_describe(s, in);
	in->free -= min(in->free, progress->out_of_reach);
	ret = hib_budget_compute(in, &s->budget);
	if (ret)
		return bound_short(s, in, s->budget.short_pages);

	reclaim = s->budget.reclaim;
	if (reclaim && !last) {
		progress->freed += shrink_all_memory(reclaim);
		return -EAGAIN;
	}
	/* A wish for a smaller image that cannot be met is no reason to fail. */
	s->budget.copy += reclaim;
	ret = bound_reserve(s);
	if (ret != -ENOMEM || last)
		return ret;
	/* What is out of reach is seldom known to a page: ask for twice as much each time. */
	progress->out_of_reach += s->snapshot.nr_short + progress->more;
	progress->more *= 2;
	return -EAGAIN;
}

/**
 * hib_bound_memory() - Reclaim what must go and take the frames for the copy.
 * @s: The session; its snapshot was created.
 *
 * Return: 0, or -ENOMEM with the shortage noted in @s.
 */
int hib_bound_memory(struct hib_session *s)
{
	struct hib_budget_input in;
	struct bound_progress progress = { .more = BOUND_MORE_PAGES };
	int ret = -EAGAIN;

	for (unsigned int round = 1; ret == -EAGAIN; round++)
		ret = bound_round(s, &in, &progress, round == BOUND_ROUNDS);
	if (ret)
		return bound_short(s, &in, s->snapshot.nr_short);

	s->snapshot.nr_short = 0;
	pr_info("Preallocated %llu pages, freed %llu\n", s->budget.copy,
		progress.freed);
	return 0;
}

/**
 * hib_bound_retry() - Take more frames after the atomic point wanted more.
 * @s: The session; @s->snapshot.nr_short tells how many were missing.
 *
 * Context: Process context, kernel threads frozen: does not reclaim.
 * Return: 0 or -ENOMEM.
 */
int hib_bound_retry(struct hib_session *s)
{
	u64 more = s->snapshot.nr_short + BOUND_SLACK_PAGES;
	int ret;

	pr_info("%llu pages short at the atomic point, trying again\n", s->snapshot.nr_short);
	s->snapshot.nr_short = 0;
	s->budget.copy += more;
	hib_snapshot_release_frames(&s->snapshot);
	ret = bound_reserve(s);
	if (ret)
		hib_session_fail(s, ret, "memory: no room for %llu more pages", more);
	return ret;
}
