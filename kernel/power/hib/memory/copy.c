// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: copy - the copy of memory, at one instant
 *
 * Runs with interrupts off on the only CPU, while devices are quiesced.
 * Nothing here may sleep, allocate, take a lock, print, or be traced: what it
 * touches is being copied. The object is built without sanitizers, tracing
 * and stack protector, and its undefined symbols must be on a list.
 *
 * If the direct map does not show a frame (debug_pagealloc, memory that somebody
 * unmapped), the frame is mapped while it is read.
 */
#include "copy.h"
#include <linux/hibernation_arch.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <asm/page.h>
#include <asm/tlbflush.h>
#include "pure/digest.h"

/**
 * hib_copy_show() - Show a frame of which the direct map may have a hole.
 * @page: The frame.
 *
 * Context: Interrupts off, one CPU.
 * Return: false if it was there anyway; pass it to hib_copy_hide().
 */
bool hib_copy_show(struct page *page)
{
	if (kernel_page_present(page))
		return false;
	set_direct_map_default_noflush(page);
	return true;
}

/**
 * hib_copy_hide() - Make the hole again.
 * @page: The frame.
 * @shown: What hib_copy_show() returned.
 */
void hib_copy_hide(struct page *page, bool shown)
{
	if (!shown)
		return;
	set_direct_map_invalid_noflush(page);
	flush_tlb_one_kernel((unsigned long)page_address(page));
}

/**
 * struct copy_early - A run of page frames that were written before the copy.
 * @start: Its first frame.
 * @end: Past its last frame.
 * @index: Place of the first frame among all of them.
 */
struct copy_early {
	unsigned long start, end;
	u64 index;
};

/* The digest of frame @pfn as it was written early, or NULL. Frames ascend. */
static const u64 *copy_early_digest(const struct hib_copy *copy, struct copy_early *at,
				    unsigned long pfn)
{
	u64 index;

	while (pfn >= at->end) {
		at->index += at->end - at->start;
		if (!hib_pfnset_next_run(copy->early, at->end, &at->start, &at->end))
			*at = (struct copy_early) { .start = HIB_PFN_NONE, .end = HIB_PFN_NONE };
	}
	if (pfn < at->start)
		return NULL;
	index = at->index + (pfn - at->start);
	return &copy->digests[index / HIB_PRECOPY_DIGESTS][index % HIB_PRECOPY_DIGESTS];
}

/* Copies a frame unless it is as it was written early. Returns its digest, if that is wanted. */
static u64 copy_one(struct hib_copy *copy, unsigned long pfn, const u64 *early)
{
	void *from = page_address(pfn_to_page(pfn));
	void *to;

	if (early) {
		u64 digest = hib_digest_keyed(from, copy->key);

		if (digest == *early)
			return copy->leaves ? hib_digest_page(from, copy->seed) : 0;
		hib_pfnset_add(copy->stale, pfn);
	}
	if (copy->nr_copied++ >= copy->nr_table)
		return 0;
	to = pfn_to_kaddr(hib_table_get(copy->table, copy->nr_copied - 1));
	copy_page(to, from);
	return copy->leaves ? hib_digest_page(to, copy->seed) : 0;
}

/* As hib_copy_show(). Frames below @*mapped are shown, which is asked once for a large page. */
static bool copy_show(unsigned long pfn, unsigned long *mapped)
{
	if (pfn < *mapped)
		return false;
	*mapped = hib_arch_mapped_end(pfn);
	return pfn >= *mapped && hib_copy_show(pfn_to_page(pfn));
}

/**
 * hib_copy_all() - Copy the saved frames, and digest them if asked to.
 * @copy: What goes where. @copy->stale and @copy->nr_copied are the result.
 *
 * Context: Interrupts off, one CPU, at the copy.
 */
void hib_copy_all(struct hib_copy *copy)
{
	unsigned long start, end = 0, mapped = 0;
	struct copy_early at = {};
	u64 index = 0;

	while (hib_pfnset_next_run(copy->saved, end, &start, &end)) {
		for (unsigned long pfn = start; pfn < end; pfn++, index++) {
			bool shown = copy_show(pfn, &mapped);
			u64 digest = copy_one(copy, pfn, copy_early_digest(copy, &at, pfn));

			hib_copy_hide(pfn_to_page(pfn), shown);
			if (copy->leaves)
				*hib_copy_digest_at(copy->leaves[index / HIB_LEAF_DIGESTS], index) =
					cpu_to_le64(digest);
		}
	}
}
