// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: arrange - room for an image in a kernel that is itself in memory
 *
 * If a frame of the image is free in this kernel, it is taken and its page is loaded in
 * place. If this kernel uses the frame itself, the page is loaded into a spare frame,
 * and the jump moves it. The list of moves, the page tables for the jump, the handover
 * record and the digests also lie in spare frames. All frames are known and taken
 * before the first page of data is read.
 *
 * Context: process context, tasks frozen. The way up owns everything;
 * hib_arrange_release() gives it back.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "arrange.h"
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/timekeeping.h>
#include "memory/census.h"
#include "memory/nosave.h"
#include "pure/footprint.h"
#include "pure/handover.h"
#include "pure/mib.h"
#include "pure/placement.h"
#include "aside.h"
#include "landing.h"
#include "pagecache.h"
#include "up.h"
#include "watermarks.h"

static_assert(HIB_FOOTPRINT_MOVES == HIB_MOVES_PER_PAGE);

/* A frame that is free now will be owned, so no page of the image has to be moved there. */
static u64 arrange_extra(const struct hib_up *u, const struct hib_placement *p)
{
	const struct hib_footprint_input in = {
		.nr_bounce = min_t(u64, p->nr_bounce, get_num_physpages() - nr_free_pages()),
		.nr_digest_leaves = u->s.header.digests.nr_leaves,
		.end_pfn = max_pfn,
	};

	return hib_footprint_spares(&in);
}

/* What drivers that are stopped for the jump should find free. */
static u64 arrange_room(const struct hib_up *u)
{
	return u->s.reserve_pages + (hib_settings.reserved_size >> PAGE_SHIFT);
}

/*
 * First huge pages that nobody uses, then free frames, at last those of clean cache. If hardly any
 * frame stays free, those of low zones come before the others.
 */
static bool arrange_grow(struct hib_up *u, u64 nr_pages)
{
	bool tight = nr_pages + arrange_room(u) > nr_free_pages();

	return hib_pool_grow_huge(&u->pool, nr_pages) ||
	       (tight && hib_pool_grow_low(&u->pool, nr_pages)) ||
	       hib_pool_grow(&u->pool, nr_pages) ||
	       hib_pool_grow_low(&u->pool, nr_pages) ||
	       hib_pagecache_drop(&u->s.supers, nr_pages, 0);
}

/* Take frames until there is a spare one for each that this kernel uses. */
static int arrange_take(struct hib_up *u, struct hib_placement *p)
{
	for (;;) {
		u64 missing;

		/* Pages on the lists of CPUs are out of reach. */
		drain_all_pages(NULL);
		hib_placement_count(p);
		missing = hib_placement_short(p, arrange_extra(u, p));
		if (!missing)
			return 0;
		if (!arrange_grow(u, missing))
			return hib_session_fail(&u->s, -ENOMEM,
				"memory: boot kernel too big for this image by %llu MiB",
				hib_pages_to_mib_up(missing));
	}
}

/* Drivers that are stopped for the jump may need memory: drop cache until there is some. */
static void arrange_leave_room(struct hib_up *u)
{
	u64 want = arrange_room(u);
	u64 free = nr_free_pages();

	if (free < want)
		hib_pagecache_drop(&u->s.supers, want - free, 0);
}

/**
 * hib_arrange_address() - The address op of &struct hib_pages for an image being loaded.
 * @up: A struct hib_up that was arranged.
 * @index: Index in the order of the image.
 *
 * Return: Kernel address of the frame that the page is loaded into, or NULL for a
 * stale page.
 */
void *hib_arrange_address(void *up, u64 index)
{
	struct hib_pool *pool = &((struct hib_up *)up)->pool;

	return hib_table_get(&pool->table, index) == HIB_PFN_NONE ?
	       NULL : hib_pool_table_address(pool, index);
}

static int arrange_digests(struct hib_up *u)
{
	u32 nr = u->s.header.digests.nr_leaves;

	if (!nr)
		return 0;
	u->digests = kvcalloc(nr, sizeof(*u->digests), GFP_KERNEL | __GFP_NOWARN);
	if (!u->digests)
		return hib_session_fail(&u->s, -ENOMEM, "memory: digest list");
	for (; u->nr_digests < nr; u->nr_digests++) {
		u->digests[u->nr_digests] = hib_landing_spare(u);
		if (!u->digests[u->nr_digests])
			return hib_session_fail(&u->s, -ENOMEM,
						"memory: no spare frame for digests");
	}
	return 0;
}

static bool arrange_is_lent(const struct hib_up *u, unsigned long start, unsigned long end)
{
	for (unsigned int i = 0; i < u->fit.nr_lent; i++)
		if (start < u->fit.lent[i].end_pfn && u->fit.lent[i].start_pfn < end)
			return true;
	return false;
}

/* Tables of this boot may lie where the image has RAM: after the jump nobody reads them. */
static bool arrange_is_memory(const struct hib_up *u, unsigned long pfn)
{
	if (arrange_is_lent(u, pfn, pfn + 1))
		return true;
	return pfn_to_online_page(pfn) && !hib_nosave_has(pfn, pfn + 1);
}

/* The jump also writes the frame of the handover record, so nobody may use it. */
static int arrange_reserve_handover(struct hib_up *u)
{
	unsigned long pfn = u->s.header.handover_pfn;
	int ret;

	if (!arrange_is_memory(u, pfn) || hib_pfnset_test(&u->image, pfn))
		return hib_session_fail(&u->s, -EBADMSG, "header: handover frame %#lx", pfn);
	ret = hib_pfnset_add(&u->image, pfn);
	return ret ? hib_session_fail(&u->s, ret, "memory: page frame set") : 0;
}

/*
 * Find the first frame of a run that is no memory here; @end if there is none. Memory is added and
 * removed in subsections, so one frame of each is looked at. If a part of the run is lent, each
 * frame is looked at.
 */
static unsigned long arrange_missing(const struct hib_up *u, unsigned long start,
				     unsigned long end, bool lent)
{
	unsigned long pfn = start;

	while (pfn < end) {
		if (lent ? !arrange_is_memory(u, pfn) : !pfn_to_online_page(pfn))
			return pfn;
		pfn = lent ? pfn + 1 : ALIGN(pfn + 1, PAGES_PER_SUBSECTION);
		cond_resched();
	}
	return end;
}

/* A frame that is no memory here, or that firmware keeps, must not be written. */
static int arrange_check_frames(struct hib_up *u)
{
	unsigned long start, pfn, end = 0;

	while (hib_pfnset_next_run(&u->image, end, &start, &end)) {
		bool lent = arrange_is_lent(u, start, end);

		if (!lent && hib_nosave_has(start, end))
			return hib_session_fail(&u->s, -ESTALE,
						"memory map: firmware keeps one of %#lx to %#lx",
						start, end - 1);
		pfn = arrange_missing(u, start, end, lent);
		if (pfn < end)
			return hib_session_fail(&u->s, -ESTALE,
						"memory map: frame %#lx is no memory", pfn);
	}
	return 0;
}

static int arrange_image(struct hib_up *u)
{
	struct hib_placement p = { .image = &u->image, .owned = &u->pool.frames };
	int ret;

	ret = arrange_check_frames(u) ?: arrange_reserve_handover(u);
	if (ret)
		return ret;
	ret = hib_pool_create(&u->pool, u->s.header.nr_pages + u->s.header.nr_stale) ?:
	      hib_pool_cover_table(&u->pool);
	if (ret)
		return hib_session_fail(&u->s, ret, "memory: frame table");
	/* Growing a set later must not need a page. */
	ret = hib_census_cover(&u->pool.frames);
	if (ret)
		return hib_session_fail(&u->s, ret, "memory: page frame set");
	ret = arrange_take(u, &p) ?: hib_landing_frames(u) ?: arrange_digests(u);
	if (ret)
		return ret;
	arrange_leave_room(u);
	pr_info("%llu pages in place, %llu to be moved\n",
		u->s.header.nr_pages - u->relocation.nr_pages, u->relocation.nr_pages);
	return 0;
}

/* The super blocks are collected first, as that needs memory. */
static int arrange_all(void *up)
{
	struct hib_up *u = up;
	int ret;

	hib_watermarks_lower(&u->s);
	hib_supers_collect(&u->s.supers, HIB_SUPERS_LIMIT_MS);
	ret = arrange_image(u);
	hib_supers_drop(&u->s.supers);
	return ret;
}

/**
 * hib_arrange() - Find a frame for every page of the image.
 * @u: @u->image is known.
 *
 * Takes frames of all memory nodes, whatever cpuset or memory policy the caller has.
 *
 * Return: 0; -ENOMEM if this kernel is too large for the image; -EBADMSG or -ESTALE if a
 * frame of the image does not exist here. The reason is noted in @u.
 */
int hib_arrange(struct hib_up *u)
{
	return hib_aside_call(arrange_all, u);
}

/* The leaves were checked. From now on @next is the physical address of the next one. */
static u64 arrange_chain_digests(struct hib_up *u)
{
	for (u32 i = 0; i + 1 < u->nr_digests; i++)
		u->digests[i]->next = cpu_to_le64(virt_to_phys(u->digests[i + 1]));
	return u->nr_digests ? virt_to_phys(u->digests[0]) : 0;
}

/**
 * hib_arrange_handover() - Write the handover record, and have the jump move it.
 * @u: After hib_read_pages().
 *
 * Return: 0, or -ENOMEM noted in @u.
 */
int hib_arrange_handover(struct hib_up *u)
{
	struct hib_handover *h = hib_landing_spare(u);
	int ret;

	if (!h)
		return hib_session_fail(&u->s, -ENOMEM, "memory: no spare frame for the record");
	*h = (struct hib_handover) {
		.magic = HIB_HANDOVER_MAGIC,
		.version = HIB_HANDOVER_VERSION,
		.services = u->fit.services,
		.digests_phys = arrange_chain_digests(u),
		.nr_digest_leaves = u->nr_digests,
		.boot_ns = ktime_to_ns(u->s.started),
		.read_ns = u->s.stats.read_ns,
		.read_bytes = u->s.stats.read_bytes,
		.nr_moved = u->relocation.nr_pages,
		.image_bytes = u->s.header.image_bytes,
		.write_ns = u->s.header.write_ns,
		.nr_stale = u->s.header.nr_stale,
		.wait_ns = u->s.header.wait_ns,
	};
	memcpy(h->nr_chunks, u->s.header.nr_chunks, sizeof(h->nr_chunks));
	memcpy(h->image_id, u->s.image_id, sizeof(h->image_id));
	get_random_bytes(h->entropy, sizeof(h->entropy));
	u->handover = h;
	ret = hib_relocation_add(&u->relocation, u->s.header.handover_pfn,
				 PHYS_PFN(virt_to_phys(h)));
	return ret ? hib_session_fail(&u->s, ret, "memory: no spare frame for the move list") : 0;
}

/**
 * hib_arrange_release() - Give back all frames and lists.
 * @u: The way up.
 */
void hib_arrange_release(struct hib_up *u)
{
	kvfree(u->digests);
	u->digests = NULL;
	u->nr_digests = 0;
	hib_pool_destroy(&u->pool);
	hib_watermarks_restore(&u->s);
}
