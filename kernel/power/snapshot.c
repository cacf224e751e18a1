// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: snapshot - memory's face of hibernation
 *
 * What is never saved, the frames set aside for an image, and the moment when
 * memory is copied. A &struct hib_snapshot belongs to the session that goes
 * down; it lies in ordinary memory, is complete before the atomic point, and
 * is therefore found again by the restored kernel, which gives back the pool's
 * frames and nothing else.
 *
 * hib_snapshot_create() -> hib_snapshot_reserve(), exclude(), except() ->
 * hib_snapshot_take() at the atomic point -> (restored: hib_snapshot_verify())
 * -> hib_snapshot_release_frames() as soon as they are not needed ->
 * hib_snapshot_destroy(). Destroying is safe after any failure.
 */
#include "hib/snapshot.h"
#include <linux/gfp.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched/task_stack.h>
#include <linux/suspend.h>
#include "hib/handover.h"
#include "hib/leaf.h"
#include "power.h"

struct nosave_region {
	struct nosave_region *next;
	unsigned long start;
	unsigned long end;
};

static struct nosave_region *nosave_regions __ro_after_init;

/**
 * register_nosave_region() - Name page frames that are never saved nor restored.
 * @start_pfn: First frame.
 * @end_pfn: First one after the region.
 *
 * Empty regions are ignored; order and overlap do not matter.
 *
 * Context: Boot, while memblock is the allocator.
 */
void __init register_nosave_region(unsigned long start_pfn, unsigned long end_pfn)
{
	struct nosave_region *region;

	if (start_pfn >= end_pfn)
		return;

	region = memblock_alloc(sizeof(*region), SMP_CACHE_BYTES);
	if (!region)
		panic("hibernation: no memory for a nosave region\n");
	*region = (struct nosave_region) {
		.next = nosave_regions, .start = start_pfn, .end = end_pfn,
	};
	nosave_regions = region;
	pr_info("PM: hibernation: Registered nosave memory: [mem %#010llx-%#010llx]\n",
		(u64)PFN_PHYS(start_pfn), (u64)PFN_PHYS(end_pfn) - 1);
}

/**
 * hib_snapshot_has_nosave() - Does a frame of a range belong to firmware?
 * @start_pfn: First frame.
 * @end_pfn: One past the last.
 *
 * Return: true when one lies in a region that is never saved nor restored.
 */
bool hib_snapshot_has_nosave(unsigned long start_pfn, unsigned long end_pfn)
{
	for (struct nosave_region *r = nosave_regions; r; r = r->next)
		if (start_pfn < r->end && r->start < end_pfn)
			return true;
	return false;
}

static int snapshot_add_regions(struct hib_pfnset *set)
{
	for (struct nosave_region *r = nosave_regions; r; r = r->next) {
		unsigned long end = min(r->end, set->end_pfn);
		int ret;

		if (r->start >= end)
			continue;
		ret = hib_pfnset_add_range(set, r->start, end);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * hib_snapshot_create() - Set up the sets of page frames.
 * @snap: Uninitialised.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or -ENOMEM with nothing left behind.
 */
int hib_snapshot_create(struct hib_snapshot *snap)
{
	int ret;

	*snap = (struct hib_snapshot) { .digest_seed = get_random_u64() };
	ret = hib_pfnset_init(&snap->nosave, max_pfn);
	if (ret)
		return ret;
	ret = hib_pfnset_init(&snap->saved, max_pfn);
	if (ret)
		goto err_exit_nosave;
	ret = hib_census_cover(&snap->saved);
	if (ret)
		goto err_exit_saved;
	ret = hib_census_cover(&snap->nosave);
	if (ret)
		goto err_exit_saved;
	ret = snapshot_add_regions(&snap->nosave);
	if (ret)
		goto err_exit_saved;
	return 0;

err_exit_saved:
	hib_pfnset_exit(&snap->saved);
err_exit_nosave:
	hib_pfnset_exit(&snap->nosave);
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
	hib_pfnset_exit(&snap->saved);
	hib_pfnset_exit(&snap->nosave);
}

static int snapshot_take_leaves(struct hib_snapshot *snap, u64 nr_copies)
{
	snap->nr_leaves = DIV_ROUND_UP_ULL(nr_copies, HIB_LEAF_DIGESTS);
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
	}
	return 0;
}

/**
 * hib_snapshot_reserve() - Take the frames for copies, digests and handover.
 * @snap: The snapshot.
 * @nr_copies: Frames for copies.
 * @digests: Also take frames for a digest of every copy.
 *
 * Context: Process context. Does not reclaim for the copies.
 * Return: 0, or -ENOMEM with all frames given back and @snap->nr_short set when
 * it was copies that had no frame.
 */
int hib_snapshot_reserve(struct hib_snapshot *snap, u64 nr_copies, bool digests)
{
	int ret = hib_pool_create(&snap->pool, nr_copies);
	u64 got;

	if (ret)
		return ret;
	ret = -ENOMEM;
	snap->handover = hib_pool_take_page(&snap->pool);
	if (!snap->handover)
		goto err_release;
	if (digests && snapshot_take_leaves(snap, nr_copies))
		goto err_release;
	got = hib_pool_grow_table(&snap->pool, nr_copies);
	if (got < nr_copies) {
		snap->nr_short = nr_copies - got;
		goto err_release;
	}
	ret = snapshot_exclude_pool(snap);
	if (ret)
		goto err_release;
	return 0;

err_release:
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

	/* Whoever gets these frames next wants them saved. */
	while (hib_pfnset_next_run(&snap->pool.frames, end, &start, &end))
		hib_pfnset_remove_range(&snap->nosave, start, end);
	hib_pool_destroy(&snap->pool);
	kvfree(snap->leaves);
	snap->leaves = NULL;
	snap->nr_leaves = 0;
	snap->handover = NULL;
}

/**
 * hib_snapshot_exclude() - A page whose content is worth nothing to the image.
 * @snap: The snapshot.
 * @page: Stays its owner's; the restored kernel finds garbage in it.
 *
 * Context: Process context, before the atomic point.
 */
void hib_snapshot_exclude(struct hib_snapshot *snap, struct page *page)
{
	WARN_ON_ONCE(hib_pfnset_add(&snap->nosave, page_to_pfn(page)));
}

/**
 * hib_snapshot_except() - Memory that may differ when memory is verified.
 * @snap: The snapshot.
 * @start: First byte, anywhere in mapped kernel space.
 * @bytes: Length.
 *
 * For what the comparison itself works on, its stack for example.
 */
void hib_snapshot_except(struct hib_snapshot *snap, const void *start, size_t bytes)
{
	struct hib_verify *v = &snap->verify;
	unsigned long address = (unsigned long)start & PAGE_MASK;
	unsigned long end = (unsigned long)start + bytes;

	for (; address < end && v->nr_except < HIB_EXCEPT_MAX; address += PAGE_SIZE)
		v->except[v->nr_except++] = PHYS_PFN(slow_virt_to_phys((void *)address));
}

static struct hib_copy snapshot_job(struct hib_snapshot *snap)
{
	return (struct hib_copy) {
		.saved = &snap->saved,
		.table = snap->pool.table,
		.leaves = snap->leaves,
		.seed = snap->digest_seed,
	};
}

/**
 * hib_snapshot_take() - Copy memory.
 * @snap: Reserved; @snap->saved is complete before the first frame is copied.
 *
 * Context: The atomic point: interrupts off, one CPU, devices quiesced.
 * Return: 0, or -ENOMEM with @snap->nr_short set: more frames than were reserved.
 */
int hib_snapshot_take(struct hib_snapshot *snap)
{
	struct hib_copy job = snapshot_job(snap);
	int ret;

	drain_local_pages(NULL);
	hib_pfnset_clear(&snap->saved);
	ret = hib_census_collect(&snap->nosave, &snap->saved);
	if (ret)
		return ret;
	if (snap->saved.nr_set > snap->pool.nr_table) {
		snap->nr_short = snap->saved.nr_set - snap->pool.nr_table;
		return -ENOMEM;
	}
	hib_copy_all(&job);
	return 0;
}

/**
 * hib_snapshot_verify() - Compare memory with what it was at the copy.
 * @snap: As at the atomic point.
 * @id: Of the image; the boot kernel's record must carry it.
 *
 * Context: Restored kernel, right after the jump, interrupts off, one CPU.
 * Return: false when there is nothing to compare with.
 */
bool hib_snapshot_verify(struct hib_snapshot *snap, const u8 id[HIB_ID_BYTES])
{
	const struct hib_handover *h = snap->handover;
	struct hib_copy job = snapshot_job(snap);

	if (!snap->leaves || h->magic != HIB_HANDOVER_MAGIC ||
	    h->version != HIB_HANDOVER_VERSION || memcmp(h->image_id, id, HIB_ID_BYTES) ||
	    !h->digests_phys)
		return false;

	hib_copy_verify(&job, h->digests_phys, h->nr_digest_leaves, &snap->verify);
	return true;
}

/**
 * hib_snapshot_seal_digests() - Turn the digests into leaves to be written.
 * @snap: After hib_snapshot_take().
 * @id: Of the image.
 */
void hib_snapshot_seal_digests(struct hib_snapshot *snap, const u8 id[HIB_ID_BYTES])
{
	u64 left = snap->saved.nr_set;
	u32 index = 0;

	while (left) {
		u32 nr = min_t(u64, left, HIB_LEAF_DIGESTS);

		hib_leaf_seal(snap->leaves[index], id, HIB_LEAF_DIGEST, index, nr, 0);
		left -= nr;
		index++;
	}
	snap->nr_leaves = index;
}
