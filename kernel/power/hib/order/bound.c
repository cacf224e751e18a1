// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: bound - bounding an image before it is made
 *
 * A round takes a census, computes the budget, reclaims, and fills the pool. Rounds are
 * repeated until the pool has the frames that the copy needs, or until it is certain
 * that memory cannot give them. This file only takes frames;
 * hib_snapshot_release_frames() gives them back.
 *
 * If the copy needs more frames than the pool has, or if the image is too large for the
 * store, another attempt begins here, with kernel threads running again. It asks for
 * the missing frames in addition, or for a smaller image.
 *
 * Context: process context, tasks and file systems frozen, kernel threads and
 * devices running.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "bound.h"
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include "device/area.h"
#include "memory/census.h"
#include "pure/footprint.h"
#include "pure/mib.h"
#include "pure/table.h"
#include "stream/codec.h"
#include "aside.h"
#include "down.h"
#include "emergency.h"
#include "machine.h"
#include "outlook.h"
#include "pagecache.h"
#include "watermarks.h"

#define BOUND_ROUNDS		20u
/* A round is idle if it frees less than this share of what was asked for, */
#define BOUND_IDLE_SHARE	16u
/* or, if the image would also fit without, less than this. */
#define BOUND_IDLE_PAGES	BOUND_SLACK_PAGES
#define BOUND_IDLE_ROUNDS	2u
/* If an image is smaller by less than this share, it is taken for as large as before. */
#define BOUND_SHRINK_SHARE	64u
#define BOUND_MORE_PAGES	((1ul << 20) >> PAGE_SHIFT)
#define BOUND_SLACK_PAGES	((4ul << 20) >> PAGE_SHIFT)
/* If more than one of so many precopied pages changes, the attempt is short of frames. */
#define BOUND_STALE_SHARE	4u

/* Pages of lists in addition to the copies: frame table, digests for the comparison. */
static u64 bound_lists(u64 nr_pages)
{
	u64 lists = (nr_pages >> hib_table_shift(max_pfn)) + 1;

	if (hib_settings.verify)
		lists += DIV_ROUND_UP_ULL(nr_pages, HIB_LEAF_DIGESTS);
	return lists;
}

/* Pages that the store has room for; 0: not known, as nobody knows how they shrink. */
static u64 bound_room(const struct hib_down *d)
{
	const struct hib_next *n = &d->next;

	if (d->writer == HIB_WRITER_USER ||
	    (!n->blocks && hib_emergency_codec(&d->s) != &hib_codec_none))
		return 0;
	return max(1, hib_budget_fitting_pages(hib_store_room(&d->s.store), n->pages, n->blocks,
					       hib_settings.verify));
}

/* A size of all memory is no limit, also if memory was added since it was set. */
static u64 bound_image_limit(const struct hib_down *d)
{
	unsigned long size = hib_emergency_image_size(&d->s);

	return size < hib_machine.whole_size ? size >> PAGE_SHIFT : U64_MAX;
}

/* Frames that are left to drivers, for the way back from the copy and for the jump. */
static u64 bound_reserved(void)
{
	return (hib_settings.reserved_size >> PAGE_SHIFT) + hib_machine.thaw_pages;
}

/* Pages that may be in the image twice: each that is stale was copied into a free frame. */
static u64 bound_stale(const struct hib_down *d, const struct hib_census *census)
{
	if (hib_settings.precopy == HIB_PRECOPY_NEVER || d->writer == HIB_WRITER_SECOND)
		return 0;
	return min(census->saveable / BOUND_STALE_SHARE, census->free + census->reclaimable);
}

/* Frames that a boot kernel has in use: what it took, and its own text and memory map. */
static u64 bound_boot_frames(void)
{
	return hib_machine.boot_pages + (get_num_physpages() - totalram_pages());
}

/* The largest image that a boot kernel as large as this system's own can load. */
static u64 bound_loadable(const struct hib_down *d, const struct hib_census *census)
{
	u64 nr_pages = census->saveable;
	u64 nr_stale = bound_stale(d, census);
	const struct hib_footprint_input in = {
		.nr_pages = nr_pages,
		.nr_stale = nr_stale,
		.nr_bounce = bound_boot_frames(),
		.nr_digest_leaves = hib_settings.verify ?
				    DIV_ROUND_UP_ULL(nr_pages, HIB_LEAF_DIGESTS) : 0,
		.end_pfn = max_pfn,
		.stream_pages = hib_stream_cost_pages(&d->s.stream, 0, nr_pages + nr_stale),
	};

	return hib_footprint_loadable(&in, totalram_pages(), hib_machine.boot_pages +
				      hib_watermarks_pages() + bound_reserved());
}

/* If swapping gains nothing, only what can be reclaimed without it counts. */
static u64 bound_reclaimable(const struct hib_census *census)
{
	return hib_area_swapping_gains() ? census->reclaimable : census->droppable;
}

static void bound_describe(struct hib_down *d, struct hib_budget_input *in)
{
	struct hib_census census;

	hib_census_take(&d->snapshot.nosave, &census);
	*in = (struct hib_budget_input) {
		.saveable = census.saveable,
		.still = hib_census_sum(&census, HIB_KINDS_STILL),
		.free = census.free - min(census.free, d->s.reserve_pages),
		.clean = census.droppable,
		.reclaimable = bound_reclaimable(&census),
		.image_limit = bound_image_limit(d),
		.loadable = bound_loadable(d, &census),
		.reserved = bound_reserved(),
		.buffers = bound_lists(census.saveable),
		.slack = BOUND_SLACK_PAGES,
		.missed = d->next.frames,
		.room = bound_room(d),
		.mode = d->writer == HIB_WRITER_USER ? HIB_PRECOPY_NEVER : hib_settings.precopy,
	};
}

static int bound_short(struct hib_down *d, const struct hib_budget_input *in, u64 nr_pages)
{
	if (d->budget.too_large)
		return hib_session_fail(&d->s, -ENOMEM,
			"memory: image %llu MiB too large for a boot kernel of %llu MiB",
			hib_pages_to_mib_up(nr_pages), hib_pages_to_mib(hib_machine.boot_pages));
	return hib_session_fail(&d->s, -ENOMEM,
				"memory: %llu KiB short (to save %llu MiB, free %llu MiB)",
				nr_pages << (PAGE_SHIFT - 10), hib_pages_to_mib(in->saveable),
				hib_pages_to_mib(in->free));
}

static int bound_reserve(struct hib_down *d, const struct hib_budget_input *in)
{
	const struct hib_snapshot_need need = {
		.copy = d->budget.copy,
		.precopy = d->budget.precopy,
		.saved = in->saveable + in->slack,
		.digests = hib_settings.verify && d->writer != HIB_WRITER_SECOND,
	};

	return hib_snapshot_reserve(&d->snapshot, &need);
}

/**
 * struct bound_progress - What the rounds so far have shown, in pages.
 * @out_of_reach: Pages that are free by the counters, but that the allocator did not give.
 * @more: Extra pages to ask for in the next round.
 * @rounds: Number of rounds.
 * @idle: Number of idle rounds in a row, the last ones.
 */
struct bound_progress {
	u64 out_of_reach;
	u64 more;
	unsigned int rounds;
	unsigned int idle;
};

static bool bound_is_last(const struct bound_progress *progress)
{
	return progress->rounds == BOUND_ROUNDS || progress->idle == BOUND_IDLE_ROUNDS;
}

static bool bound_is_idle(const struct hib_budget *b, u64 gave)
{
	if (!b->must && gave < BOUND_IDLE_PAGES)
		return true;
	return gave <= (b->drop + b->reclaim) / BOUND_IDLE_SHARE;
}

static void bound_reclaim(struct hib_down *d, struct bound_progress *progress)
{
	const struct hib_budget *b = &d->budget;
	/* 0 is no limit; a time that is over is a short one. */
	unsigned int limit_ms = b->must || !d->s.emergency ? 0 :
				max(1u, hib_emergency_left_ms(&d->s));
	u64 dropped = hib_pagecache_drop(&d->s.supers, b->drop, limit_ms);
	u64 reclaimed = b->reclaim ? shrink_all_memory(b->reclaim) : 0;

	d->s.stats.dropped_pages += dropped;
	d->s.stats.reclaimed_pages += reclaimed;
	if (bound_is_idle(b, dropped + reclaimed))
		progress->idle++;
	else
		progress->idle = 0;
}

/*
 * After the last round: if reclaim gave less than was wished for, take what there is. But an
 * image that no boot kernel could load must not be made.
 */
static int bound_reserve_last(struct hib_down *d, const struct hib_budget_input *in)
{
	struct hib_budget *budget = &d->budget;
	u64 less;
	int ret;

	if (in->saveable > in->loadable) {
		budget->too_large = true;
		return bound_short(d, in, in->saveable - in->loadable);
	}
	ret = bound_reserve(d, in);
	less = d->snapshot.nr_short + BOUND_MORE_PAGES;
	if (ret != -ENOMEM || !d->snapshot.nr_short || less > budget->extra)
		return ret;
	budget->copy -= less;
	return bound_reserve(d, in);
}

/* One round: count, and then reclaim or take the frames. */
static int bound_round(struct hib_down *d, struct hib_budget_input *in,
		       struct bound_progress *progress)
{
	struct hib_budget *budget = &d->budget;
	bool last;
	int ret;

	progress->rounds++;
	last = bound_is_last(progress);

	bound_describe(d, in);
	in->free -= min(in->free, progress->out_of_reach);
	/* Once: what is left then cannot be dropped, or there was no time. */
	if (progress->rounds == 1 && hib_emergency_left_ms(&d->s))
		in->shed = in->clean;
	ret = hib_budget_compute(in, budget);
	if (ret)
		return bound_short(d, in, budget->short_pages);

	if ((budget->drop || budget->reclaim) && !last) {
		bound_reclaim(d, progress);
		return -EAGAIN;
	}
	/* If image_size asks for less than can be reached, this is no reason to fail. */
	if (budget->level == HIB_LEVEL_NONE)
		budget->copy += budget->drop + budget->reclaim;
	if (last)
		return bound_reserve_last(d, in);
	ret = bound_reserve(d, in);
	if (ret != -ENOMEM)
		return ret;
	/* The number of pages out of reach is a guess, so it is doubled each time. */
	progress->out_of_reach += d->snapshot.nr_short + progress->more;
	progress->more *= 2;
	return -EAGAIN;
}

/*
 * The store was full in the attempt before. Do not write again if the image is not smaller now, or
 * if it would not fit even when its pages shrink to half as much as then.
 */
static int bound_check_room(struct hib_down *d, u64 nr_pages)
{
	u64 most = d->nr_expected - d->nr_expected / BOUND_SHRINK_SHARE;
	const struct hib_next *n = &d->next;
	u64 room, fitting;

	d->nr_expected = nr_pages;
	if (!n->full)
		return 0;
	room = hib_store_room(&d->s.store);
	fitting = hib_budget_fitting_pages(room, 2 * n->pages, n->blocks, hib_settings.verify);
	if (nr_pages <= min(fitting, most))
		return 0;
	return hib_session_fail(&d->s, -ENOSPC,
				"swap: %llu MiB of memory need about %llu MiB, %llu MiB free",
				hib_pages_to_mib(nr_pages),
				hib_blocks_to_mib(hib_outlook_blocks(n, nr_pages)),
				hib_blocks_to_mib(room));
}

/* Pages that are missing before a second kernel can write memory as it is; 0: frames are taken. */
static int bound_second_short(struct hib_down *d, struct hib_budget_input *in, bool last,
			      u64 *nr_short)
{
	struct hib_budget *budget = &d->budget;
	u64 most;
	int ret;

	bound_describe(d, in);
	*budget = (struct hib_budget) {
		.copy = hib_windows_pages(&hib_settings.windows),
		.too_large = in->saveable > in->loadable,
	};
	most = in->room ? min(in->room, in->loadable) : in->loadable;
	*nr_short = in->saveable - min(in->saveable, most);
	/* What the store has room for is a guess: in the end it is tried. */
	if (*nr_short && (budget->too_large || !last))
		return 0;
	d->snapshot.nr_short = 0;
	ret = bound_reserve(d, in);
	*nr_short = d->snapshot.nr_short;
	return *nr_short ? 0 : ret;
}

/* One round, for the frames that a second kernel runs in. */
static int bound_second(struct hib_down *d, struct hib_budget_input *in,
			struct bound_progress *progress)
{
	struct hib_budget *budget = &d->budget;
	u64 nr_short;
	bool last;
	int ret;

	progress->rounds++;
	last = bound_is_last(progress);
	ret = bound_second_short(d, in, last, &nr_short);
	d->snapshot.nr_short = nr_short;
	if (ret || !nr_short)
		return ret;
	if (last)
		return -ENOMEM;
	nr_short += progress->more;
	budget->drop = min(nr_short, in->clean);
	budget->reclaim = min(nr_short - budget->drop, in->reclaimable);
	budget->must = budget->drop + budget->reclaim;
	bound_reclaim(d, progress);
	return -EAGAIN;
}

static int bound_memory(void *down)
{
	struct bound_progress progress = { .more = BOUND_MORE_PAGES };
	struct hib_down *d = down;
	struct hib_budget_input in;
	int ret;

	hib_outlook_take(d);
	hib_supers_collect(&d->s.supers, HIB_SUPERS_LIMIT_MS);
	do {
		ret = d->writer == HIB_WRITER_SECOND ? bound_second(d, &in, &progress) :
						       bound_round(d, &in, &progress);
	} while (ret == -EAGAIN);
	hib_supers_drop(&d->s.supers);
	if (ret)
		return bound_short(d, &in, d->snapshot.nr_short);

	d->snapshot.nr_short = 0;
	pr_info("Preallocated %llu pages, dropped %llu, reclaimed %llu in %u rounds\n",
		d->budget.copy, d->s.stats.dropped_pages, d->s.stats.reclaimed_pages,
		progress.rounds);
	return bound_check_room(d, in.saveable);
}

/**
 * hib_bound_memory() - Reclaim what must go and take the frames for the copy.
 * @d: The way down; its snapshot was created, its stream is prepared.
 *
 * Works on all memory nodes, whatever cpuset or memory policy the caller has.
 *
 * Return: 0; -ENOMEM with the shortage noted in @d; or -ENOSPC if the store was full
 * before and nothing could be reclaimed since.
 */
int hib_bound_memory(struct hib_down *d)
{
	return hib_aside_call(bound_memory, d);
}
