// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: copy - the atomic copy, and the proof that it came back
 *
 * Runs with interrupts off on the only CPU, while devices are quiesced.
 * Nothing here may sleep, allocate, take a lock, print, or be traced: what it
 * touches is being copied. The object is built without sanitizers, tracing
 * and stack protector, and its undefined symbols are held to a list.
 *
 * A frame that the direct map does not show (debug_pagealloc, memory that
 * somebody unmapped) is shown for the moment it takes to read it.
 */
#include "copy.h"
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <asm/page.h>
#include <asm/tlbflush.h>
#include "digest.h"

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

static __le64 *copy_digest_at(struct hib_disk_leaf *leaf, u64 index)
{
	return (__le64 *)leaf->data + index % HIB_LEAF_DIGESTS;
}

static void copy_one(const struct hib_copy *copy, unsigned long pfn, u64 index)
{
	void *to = pfn_to_kaddr(copy->table[index]);
	struct page *page = pfn_to_page(pfn);
	bool shown = hib_copy_show(page);

	copy_page(to, page_address(page));
	hib_copy_hide(page, shown);
	if (copy->leaves)
		*copy_digest_at(copy->leaves[index / HIB_LEAF_DIGESTS], index) =
			cpu_to_le64(hib_digest_page(to, copy->seed));
}

/**
 * hib_copy_all() - Copy every saved frame, and digest the copy if asked to.
 * @copy: What goes where; nothing in it changes.
 *
 * Context: Interrupts off, one CPU, the atomic point.
 */
void hib_copy_all(const struct hib_copy *copy)
{
	unsigned long start, end = 0;
	u64 index = 0;

	while (hib_pfnset_next_run(copy->saved, end, &start, &end))
		for (unsigned long pfn = start; pfn < end; pfn++)
			copy_one(copy, pfn, index++);
}

static bool verify_is_excepted(const struct hib_verify *v, unsigned long pfn)
{
	for (unsigned int i = 0; i < v->nr_except; i++)
		if (v->except[i] == pfn)
			return true;
	return false;
}

static void verify_one(const struct hib_copy *copy, unsigned long pfn, u64 want,
		       struct hib_verify *v)
{
	struct page *page = pfn_to_page(pfn);
	bool shown = hib_copy_show(page);
	u64 got = hib_digest_page(page_address(page), copy->seed);

	hib_copy_hide(page, shown);
	v->checked++;
	if (got == want)
		return;
	if (verify_is_excepted(v, pfn)) {
		v->excepted++;
		return;
	}
	if (v->wrong < ARRAY_SIZE(v->first_wrong))
		v->first_wrong[v->wrong] = pfn;
	v->wrong++;
}

/* The leaf after @phys, shown: free frames may be hidden. */
static struct hib_disk_leaf *verify_leaf(u64 phys)
{
	hib_copy_show(pfn_to_page(PHYS_PFN(phys)));
	return __va(phys);
}

/**
 * hib_copy_verify() - Compare all saved frames with their digests.
 * @copy: As at the atomic point; only @saved and @seed are used.
 * @leaf_phys: First digest leaf, where the boot kernel left it; the leaves are
 *	chained by their @next, which holds physical addresses.
 * @nr_leaves: Their number.
 * @v: Result; @v->except set by the caller.
 *
 * Context: Interrupts off, one CPU, right after the jump.
 */
void hib_copy_verify(const struct hib_copy *copy, u64 leaf_phys, u64 nr_leaves,
		     struct hib_verify *v)
{
	unsigned long start, end = 0;
	struct hib_disk_leaf *leaf = NULL;
	u64 index = 0;

	while (hib_pfnset_next_run(copy->saved, end, &start, &end)) {
		for (unsigned long pfn = start; pfn < end; pfn++, index++) {
			if (index % HIB_LEAF_DIGESTS == 0) {
				if (!nr_leaves--)
					return;
				leaf = verify_leaf(leaf_phys);
				leaf_phys = le64_to_cpu(leaf->next);
			}
			verify_one(copy, pfn, le64_to_cpu(*copy_digest_at(leaf, index)), v);
		}
	}
}
