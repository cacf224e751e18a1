// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: bound - bounding an image before it is made
 *
 * Census, budget, reclaim, pool: repeated until the frames that the atomic
 * copy needs are ours, or until it is certain that they are not to be had.
 * Frames are only taken; hib_snapshot_release_frames() gives them back.
 *
 * An attempt that turned out too small at the atomic point is made anew from
 * here, with kernel threads running again, and asks for what was missing
 * besides.
 *
 * Context: process context, tasks and file systems frozen, kernel threads and
 * devices running.
 */
#include "bound.h"
#include <linux/mm.h>
#include <linux/swap.h>
#include "area.h"
#include "codec.h"
#include "pagecache.h"
#include "session.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

#define BOUND_ROUNDS		20u
#define BOUND_MORE_PAGES	((1ul << 20) >> PAGE_SHIFT)
#define BOUND_SLACK_PAGES	((4ul << 20) >> PAGE_SHIFT)
/* The way up: page tables for the jump, sets of frames, the list of moves. */
#define BOUND_LOAD_PAGES	((2ul << 20) >> PAGE_SHIFT)

static u64 bound_pages(u64 nr, size_t bytes)
{
	return DIV_ROUND_UP_ULL(nr * bytes, PAGE_SIZE);
}

/* Lists besides the copies: frame table, digests for the comparison. */
static u64 bound_lists(u64 nr_pages)
{
	u64 lists = bound_pages(nr_pages, sizeof(unsigned long));

	if (hib_settings.verify)
		lists += DIV_ROUND_UP_ULL(nr_pages, HIB_LEAF_DIGESTS);
	return lists;
}

/* Where coding shrinks pages nobody knows what fits: 0, no bound. */
static u64 bound_room(const struct hib_session *s)
{
	return hib_settings.codec == &hib_codec_none ? hib_store_room(&s->store) : 0;
}

/* The largest image that finds room beside a boot kernel like the one that ran here. */
static u64 bound_loadable(const struct hib_session *s, u64 nr_pages)
{
	u64 taken = hib_settings.boot_pages + totalreserve_pages + BOUND_LOAD_PAGES +
		    bound_lists(nr_pages) + hib_stream_cost_pages(&s->stream, 0, nr_pages);

	return totalram_pages() > taken ? totalram_pages() - taken : 0;
}

/* Where nothing is gained by swapping, only what needs no swap counts. */
static u64 bound_reclaimable(const struct hib_census *census)
{
	return hib_area_swapping_gains() ? census->reclaimable : census->droppable;
}

static void bound_describe(struct hib_session *s, struct hib_budget_input *in)
{
	struct hib_census census;

	hib_census_take(&s->snapshot.nosave, &census);
	*in = (struct hib_budget_input) {
		.saveable = census.saveable,
		.still = hib_census_sum(&census, HIB_KINDS_STILL),
		.free = census.free > totalreserve_pages ? census.free - totalreserve_pages : 0,
		.clean = census.droppable,
		.reclaimable = bound_reclaimable(&census),
		.image_limit = hib_settings.image_size >> PAGE_SHIFT,
		.loadable = bound_loadable(s, census.saveable),
		.reserved = (hib_settings.reserved_size >> PAGE_SHIFT) + hib_settings.thaw_pages,
		.buffers = bound_lists(census.saveable),
		.slack = BOUND_SLACK_PAGES,
		.missed = s->nr_missed,
		.room = bound_room(s),
		.mode = hib_settings.precopy,
	};
}

static int bound_short(struct hib_session *s, const struct hib_budget_input *in, u64 nr_pages)
{
	if (s->budget.too_large)
		return hib_session_fail(s, -ENOMEM,
			"memory: image %llu MiB too large for a boot kernel of %llu MiB",
			DIV_ROUND_UP_ULL(nr_pages, 256), hib_settings.boot_pages >> 8);
	return hib_session_fail(s, -ENOMEM,
				"memory: %llu KiB short (to save %llu MiB, free %llu MiB)",
				nr_pages << 2, in->saveable >> 8, in->free >> 8);
}

static int bound_reserve(struct hib_session *s, const struct hib_budget_input *in)
{
	const struct hib_snapshot_need need = {
		.copy = s->budget.copy,
		.precopy = s->budget.precopy,
		.saved = in->saveable + in->slack,
		.digests = hib_settings.verify,
	};

	return hib_snapshot_reserve(&s->snapshot, &need);
}

/**
 * struct bound_progress - What the rounds so far have shown, in pages.
 * @out_of_reach: Free by the sums, but not to be had when it came to it.
 * @more: What is asked for besides when that happens next.
 */
struct bound_progress {
	u64 out_of_reach;
	u64 more;
};

static void bound_reclaim(struct hib_session *s)
{
	u64 dropped = hib_pagecache_drop(s->budget.drop);

	s->stats.dropped_pages += dropped;
	if (s->budget.reclaim)
		s->stats.reclaimed_pages += shrink_all_memory(s->budget.reclaim);
}

/* One look, and what follows from it: reclaim, or take the frames. */
static int bound_round(struct hib_session *s, struct hib_budget_input *in,
		       struct bound_progress *progress, bool last)
{
	struct hib_budget *budget = &s->budget;
	int ret;

	bound_describe(s, in);
	in->free -= min(in->free, progress->out_of_reach);
	ret = hib_budget_compute(in, budget);
	if (ret)
		return bound_short(s, in, budget->short_pages);

	if ((budget->drop || budget->reclaim) && !last) {
		bound_reclaim(s);
		return -EAGAIN;
	}
	/* A wish for a smaller image that cannot be met is no reason to fail. */
	if (budget->level == HIB_LEVEL_NONE)
		budget->copy += budget->drop + budget->reclaim;
	ret = bound_reserve(s, in);
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
	pr_info("Preallocated %llu pages, dropped %llu, reclaimed %llu\n", s->budget.copy,
		s->stats.dropped_pages, s->stats.reclaimed_pages);
	return 0;
}
