// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: landing - which frame each page of an image is loaded into
 *
 * A page whose frame was taken is loaded there. One whose frame is in use by this kernel is
 * loaded into a spare frame, and the list of moves gets an entry. arrange.c has taken as many
 * frames as that needs, and made the table before, so nothing is allocated here.
 *
 * Frames that are taken come in long runs, and an image too. So runs are compared, not
 * frames, except with precopy, where the order of pages has to be found out frame by frame.
 *
 * Context: process context, tasks frozen. All belongs to the way up.
 */
#include "landing.h"
#include <linux/sched.h>
#include "pure/pagelist.h"
#include "up.h"

static_assert(HIB_TABLE_NONE == HIB_PFN_NONE);

/* After so many frames, others may run. */
#define LANDING_STEP		8192u

/**
 * hib_landing_spare() - One more spare frame, for anything that the jump needs.
 * @u: Its frames are taken.
 *
 * Context: Process context.
 * Return: Its address, zeroed; NULL: there is none left.
 */
void *hib_landing_spare(struct hib_up *u)
{
	return hib_pool_take_spare(&u->pool, &u->image);
}

static int landing_failed(struct hib_up *u, int ret, unsigned long pfn)
{
	return hib_session_fail(&u->s, ret, "memory: no spare frame for %#lx", pfn);
}

/* This kernel uses the frame, so its page is loaded elsewhere, and the jump moves it. */
static int landing_bounce(struct hib_up *u, unsigned long pfn)
{
	unsigned long at = hib_pool_next_spare(&u->pool, &u->image);
	int ret = -ENOMEM;

	if (at != HIB_PFN_NONE)
		ret = hib_relocation_add(&u->relocation, pfn, at) ?:
		      hib_table_append(&u->pool.table, at);
	return ret ? landing_failed(u, ret, pfn) : 0;
}

/*
 * The next pages in the order of the image are those of frames @pfn to @end. The table has
 * room: it was covered before. Frames that are taken come in runs, which need not be looked
 * at one by one. @taken: where the frame before was among them.
 */
static int landing_run(struct hib_up *u, struct hib_pfnrun *taken, unsigned long pfn,
		       unsigned long end)
{
	unsigned long stop;
	int ret = 0;

	while (!ret && pfn < end) {
		stop = min(end, pfn + LANDING_STEP);
		if (hib_pfnset_run_has(&u->pool.frames, taken, pfn)) {
			stop = min(stop, taken->end);
			ret = hib_table_append_run(&u->pool.table, pfn, stop - pfn);
			pfn = stop;
		} else {
			stop = min(stop, taken->start);
			for (; !ret && pfn < stop; pfn++)
				ret = landing_bounce(u, pfn);
		}
		cond_resched();
	}
	return ret;
}

/* Frames that are passed over count, too: nearly all of an image may be precopied. */
static void landing_pause(u64 *nr_seen)
{
	if (!(++*nr_seen % LANDING_STEP))
		cond_resched();
}

static int landing_early(struct hib_up *u)
{
	struct hib_pfnrun taken = {};
	unsigned long pfn;
	u64 nr_seen = 0;
	int ret;

	hib_pfnset_for_each(pfn, &u->early) {
		landing_pause(&nr_seen);
		ret = hib_pfnset_test(&u->stale, pfn) ?
		      hib_table_append(&u->pool.table, HIB_PFN_NONE) :
		      landing_run(u, &taken, pfn, pfn + 1);
		if (ret)
			return ret;
	}
	return 0;
}

/* The first of frames @pfn to @end that has no place in the order behind the precopied ones. */
static unsigned long landing_passed_over(const struct hib_up *u, unsigned long pfn,
					 unsigned long end, u64 *nr_seen)
{
	const struct hib_pagelist list = { &u->image, &u->early, &u->stale };
	unsigned long handover = u->s.header.handover_pfn;

	if (!u->early.nr_set)
		return handover >= pfn && handover < end ? handover : end;
	for (; pfn < end && pfn != handover && !hib_pagelist_counts_early(&list, pfn); pfn++)
		landing_pause(nr_seen);
	return pfn;
}

static int landing_others(struct hib_up *u)
{
	unsigned long start, stop, end = 0;
	struct hib_pfnrun taken = {};
	u64 nr_seen = 0;
	int ret;

	while (hib_pfnset_next_run(&u->image, end, &start, &end)) {
		for (; start < end; start = stop + 1) {
			stop = landing_passed_over(u, start, end, &nr_seen);
			ret = landing_run(u, &taken, start, stop);
			if (ret)
				return ret;
			landing_pause(&nr_seen);
		}
	}
	return 0;
}

static void *landing_move_page(void *up)
{
	return hib_landing_spare(up);
}

/**
 * hib_landing_frames() - Find out where each page of the image is loaded.
 * @u: Its frames are taken. The table of its pool gets an entry for each page, in the order
 *	of struct hib_pagelist: first the precopied pages, then the others.
 *
 * Context: Process context. Sleeps now and then.
 * Return: 0; -ENOMEM, noted in @u, if there are not as many spare frames as are needed.
 */
int hib_landing_frames(struct hib_up *u)
{
	u->relocation = (struct hib_relocation) { .page_alloc = landing_move_page, .arg = u };
	return landing_early(u) ?: landing_others(u);
}
