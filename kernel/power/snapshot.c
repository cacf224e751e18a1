// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: snapshot - memory's face of hibernation
 *
 * This file has what is never saved, the frames that are set aside for an image, and
 * the copy. A &struct hib_snapshot belongs to a way down. It lies in ordinary memory
 * and is complete before the copy, so the restored kernel finds it again. That
 * kernel gives back the frames of the pool, and nothing else.
 *
 * These calls follow each other::
 *
 *	hib_snapshot_create()
 *	hib_snapshot_reserve()		exclude() and except() may follow
 *	hib_snapshot_take()		at the copy
 *	hib_snapshot_settle()		saving kernel: the pages of the image are known then
 *	hib_snapshot_verify()		restored kernel, in place of settle()
 *	hib_snapshot_release_frames()	as soon as the frames are not needed
 *	hib_snapshot_destroy()		also after any failure
 */
#include "memory/snapshot.h"
#include <linux/gfp.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/suspend.h>
#include "memory/broken.h"
#include "memory/copy.h"
#include "memory/nosave.h"
#include "memory/sample.h"
#include "pure/handover.h"
#include "pure/leaf.h"
#include "power.h"

/**
 * hib_snapshot_census() - Count what memory holds now, outside of a transition.
 * @census: Result.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_snapshot_census(struct hib_census *census)
{
	struct hib_pfnset nosave;
	int ret = hib_pfnset_init(&nosave, max_pfn);

	if (!ret)
		ret = hib_nosave_collect(&nosave);
	if (!ret) {
		get_online_mems();
		hib_census_take(&nosave, census);
		put_online_mems();
	}
	hib_pfnset_exit(&nosave);
	return ret;
}

/**
 * hib_snapshot_saveable() - Which frames would be saved now, outside of a transition?
 * @nosave: Uninitialised; receives frames that are never saved.
 * @frames: Uninitialised; receives the frames.
 * @kinds: Which kinds of frames, bits of enum hib_census_kind.
 *
 * Memory is in use, so the answer is old when it comes. Both sets are to be freed by
 * the caller, also after an error.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_snapshot_saveable(struct hib_pfnset *nosave, struct hib_pfnset *frames,
			  unsigned int kinds)
{
	int ret = hib_pfnset_init(nosave, max_pfn) ?: hib_pfnset_init(frames, max_pfn) ?:
		  hib_census_cover(nosave) ?: hib_census_cover(frames) ?:
		  hib_nosave_collect(nosave);

	if (ret)
		return ret;
	get_online_mems();
	ret = hib_sample_collect(nosave, frames, kinds);
	put_online_mems();
	return ret;
}

/**
 * hib_snapshot_create() - Set up the sets of page frames.
 * @snap: Uninitialised.
 * @broken: What hib_broken_ask() told.
 *
 * Context: Process context, tasks frozen. Sleeps.
 * Return: 0; or, with nothing left behind, -ENOMEM, or -EBUSY if memory broke since
 * that was asked.
 */
int hib_snapshot_create(struct hib_snapshot *snap, const struct hib_broken *broken)
{
	int ret;

	*snap = (struct hib_snapshot) { .digest_seed = get_random_u64() };
	ret = hib_pfnset_init(&snap->nosave, max_pfn) ?:
	      hib_pfnset_init(&snap->saved, max_pfn) ?:
	      hib_precopy_create(&snap->precopy) ?:
	      hib_census_cover(&snap->saved) ?:
	      hib_census_cover(&snap->nosave) ?:
	      hib_nosave_collect(&snap->nosave) ?:
	      hib_broken_exclude(broken, &snap->nosave, &snap->nr_errors);
	if (ret)
		hib_snapshot_destroy(snap);
	return ret;
}

/**
 * hib_snapshot_destroy() - Give back everything.
 * @snap: May be all zero (never created).
 *
 * Context: Process context.
 */
void hib_snapshot_destroy(struct hib_snapshot *snap)
{
	hib_snapshot_release_frames(snap);
	hib_precopy_destroy(&snap->precopy);
	hib_pfnset_exit(&snap->saved);
	hib_pfnset_exit(&snap->nosave);
}

static int snapshot_take_leaves(struct hib_snapshot *snap, u64 nr_saved)
{
	snap->nr_leaves = DIV_ROUND_UP_ULL(nr_saved, HIB_LEAF_DIGESTS);
	snap->leaves = kvcalloc(snap->nr_leaves, sizeof(*snap->leaves), GFP_KERNEL | __GFP_NOWARN);
	if (!snap->leaves)
		return -ENOMEM;
	for (u32 i = 0; i < snap->nr_leaves; i++) {
		snap->leaves[i] = hib_pool_take_page(&snap->pool);
		if (!snap->leaves[i])
			return -ENOMEM;
	}
	return 0;
}

static int snapshot_exclude_pool(struct hib_snapshot *snap)
{
	unsigned long start, end = 0;
	int ret;

	while (hib_pfnset_next_run(&snap->pool.frames, end, &start, &end)) {
		ret = hib_pfnset_add_range(&snap->nosave, start, end);
		if (ret)
			return ret;
		cond_resched();
	}
	return 0;
}

/* The copies come last: if frames are missing, the number that is missing is theirs. */
static int snapshot_take_frames(struct hib_snapshot *snap, const struct hib_snapshot_need *need)
{
	u64 got;

	snap->handover = hib_pool_take_page(&snap->pool);
	if (!snap->handover)
		return -ENOMEM;
	if (need->digests && snapshot_take_leaves(snap, need->saved))
		return -ENOMEM;
	if (hib_precopy_reserve(&snap->precopy, &snap->pool, need->precopy))
		return -ENOMEM;
	got = hib_pool_grow_table(&snap->pool, need->copy);
	if (got < need->copy) {
		snap->nr_short = need->copy - got;
		return -ENOMEM;
	}
	return snapshot_exclude_pool(snap);
}

/**
 * hib_snapshot_reserve() - Take the frames for copies, digests and handover.
 * @snap: The snapshot.
 * @need: How many.
 *
 * Context: Process context. Does not reclaim for the copies.
 * Return: 0, or -ENOMEM with all frames given back. If there was no frame for some
 * of the copies, @snap->nr_short is their number.
 */
int hib_snapshot_reserve(struct hib_snapshot *snap, const struct hib_snapshot_need *need)
{
	int ret = hib_pool_create(&snap->pool, need->copy) ?: hib_pool_cover_table(&snap->pool);

	if (!ret)
		ret = snapshot_take_frames(snap, need);
	if (ret)
		hib_snapshot_release_frames(snap);
	return ret;
}

/**
 * hib_snapshot_release_frames() - Give back copies, digests and handover.
 * @snap: Keeps its sets.
 *
 * Context: Process context. Idempotent.
 */
void hib_snapshot_release_frames(struct hib_snapshot *snap)
{
	unsigned long start, end = 0;

	/* The next owner of these frames wants them to be saved. */
	while (hib_pfnset_next_run(&snap->pool.frames, end, &start, &end)) {
		hib_pfnset_remove_range(&snap->nosave, start, end);
		cond_resched();
	}
	hib_pool_destroy(&snap->pool);
	hib_precopy_release(&snap->precopy);
	kvfree(snap->leaves);
	snap->leaves = NULL;
	snap->nr_leaves = 0;
	snap->handover = NULL;
}

/**
 * hib_snapshot_exclude() - Do not save a page.
 * @snap: A struct hib_snapshot; hib_stream_walk_pages() calls this function.
 * @page: It stays with its owner. The restored kernel finds garbage in it.
 *
 * Context: Process context, before the copy.
 */
void hib_snapshot_exclude(void *snap, struct page *page)
{
	struct hib_snapshot *s = snap;

	WARN_ON_ONCE(hib_pfnset_add(&s->nosave, page_to_pfn(page)));
}

/**
 * hib_snapshot_except() - Name memory that may differ in the comparison after a resume.
 * @snap: The snapshot.
 * @start: First byte, anywhere in mapped kernel space.
 * @bytes: Length.
 *
 * The comparison changes the memory that it works with, for example its stack.
 */
void hib_snapshot_except(struct hib_snapshot *snap, const void *start, size_t bytes)
{
	struct hib_verify *v = &snap->verify;
	unsigned long address = (unsigned long)start & PAGE_MASK;
	unsigned long end = (unsigned long)start + bytes;

	for (; address < end && v->nr_except < HIB_EXCEPT_MAX; address += PAGE_SIZE)
		v->except[v->nr_except++] = PHYS_PFN(slow_virt_to_phys((void *)address));
}

/* Frames that are missing in any case, whatever the pages hold. */
static u64 snapshot_short(const struct hib_snapshot *snap)
{
	u64 least = snap->pool.table.nr + snap->precopy.frames.nr_set;
	u64 leaves = (u64)snap->nr_leaves * HIB_LEAF_DIGESTS;
	u64 nr = snap->saved.nr_set;

	if (nr > least)
		return nr - least;
	return snap->leaves && nr > leaves ? nr - leaves : 0;
}

/* Which frames are saved. */
static int snapshot_collect(struct hib_snapshot *snap)
{
	if (hib_broken_changed(snap->nr_errors))
		return -EBUSY;
	drain_local_pages(NULL);
	hib_pfnset_clear(&snap->saved);
	return hib_census_collect(&snap->nosave, &snap->saved);
}

/**
 * hib_snapshot_take() - Copy memory, except precopied pages that did not change.
 * @snap: Reserved; @snap->saved is complete before the first frame is copied.
 *
 * Context: The copy: interrupts off, one CPU, devices quiesced.
 * Return: 0; -ENOMEM if more frames were needed than were reserved, and @snap->nr_short
 * is the difference; -EBUSY if memory broke since the sets were set up.
 */
int hib_snapshot_take(struct hib_snapshot *snap)
{
	struct hib_copy job = {
		.saved = &snap->saved,
		.table = &snap->pool.table,
		.nr_table = snap->pool.table.nr,
		.early = &snap->precopy.frames,
		.digests = snap->precopy.digests,
		.key = snap->precopy.key,
		.stale = &snap->precopy.stale,
		.leaves = snap->leaves,
		.seed = snap->digest_seed,
	};
	int ret = snapshot_collect(snap);

	if (ret)
		return ret;
	snap->has_digests = snap->leaves;
	snap->nr_short = snapshot_short(snap);
	if (snap->nr_short)
		return -ENOMEM;
	hib_copy_all(&job);
	snap->nr_copied = job.nr_copied;
	if (job.nr_copied <= job.nr_table)
		return 0;
	snap->nr_short = job.nr_copied - job.nr_table;
	return -ENOMEM;
}

/**
 * hib_snapshot_list() - Find out which frames are saved, if a second kernel writes them as
 * they are.
 * @snap: Reserved; @snap->saved is the result.
 * @digests: The second kernel digests them.
 *
 * Context: The atomic point: interrupts off, one CPU, devices quiesced.
 * Return: 0; -EBUSY if memory broke since the sets were set up; -ENOMEM if memory appeared.
 */
int hib_snapshot_list(struct hib_snapshot *snap, bool digests)
{
	snap->has_digests = digests;
	return snapshot_collect(snap);
}

/**
 * hib_snapshot_settle() - Find out which pages the image has, and where they are.
 * @snap: After hib_snapshot_take(), in the kernel that took it.
 *
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int hib_snapshot_settle(struct hib_snapshot *snap)
{
	return hib_precopy_settle(&snap->precopy, &snap->saved);
}

/**
 * hib_snapshot_copy_address() - The address op of &struct hib_pages over the copies.
 * @snap: A struct hib_snapshot.
 * @index: Index in the order of the image; the precopied pages come before it.
 *
 * Return: Kernel address of the copy.
 */
void *hib_snapshot_copy_address(void *snap, u64 index)
{
	struct hib_snapshot *s = snap;

	return hib_pool_table_address(&s->pool, index - s->precopy.frames.nr_set);
}

/**
 * hib_snapshot_verify() - Compare memory with what it was at the copy.
 * @snap: As at the copy.
 * @id: Id of the image; the handover record must have it.
 *
 * Context: Restored kernel, right after the jump, interrupts off, one CPU.
 * Return: false when there is nothing to compare with.
 */
bool hib_snapshot_verify(struct hib_snapshot *snap, const u8 id[HIB_ID_BYTES])
{
	const struct hib_handover *h = snap->handover;

	if (!snap->has_digests || !hib_handover_is_sound(h, id) || !h->digests_phys)
		return false;

	hib_verify_frames(&snap->saved, snap->digest_seed, h->digests_phys, h->nr_digest_leaves,
			  &snap->verify);
	return true;
}

/**
 * hib_snapshot_close_digests() - Turn the digests into leaves to be written.
 * @snap: After hib_snapshot_take().
 * @id: Of the image.
 */
void hib_snapshot_close_digests(struct hib_snapshot *snap, const u8 id[HIB_ID_BYTES])
{
	u64 left = snap->saved.nr_set;
	u32 index = 0;

	while (left) {
		u32 nr = min_t(u64, left, HIB_LEAF_DIGESTS);

		hib_leaf_close(snap->leaves[index], id, HIB_LEAF_DIGEST, index, nr, 0);
		left -= nr;
		index++;
		cond_resched();
	}
	snap->nr_leaves = index;
}
