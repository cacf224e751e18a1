// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: verify - the proof that memory came back
 *
 * Runs in the restored kernel right after the jump, with interrupts off on the
 * only CPU, before anything else has run. What copy.c must not do must not be
 * done here either, and this object is built as that one is.
 */
#include "verify.h"
#include <linux/mm.h>
#include <asm/page.h>
#include "pure/digest.h"
#include "copy.h"

static bool verify_is_excepted(const struct hib_verify *v, unsigned long pfn)
{
	for (unsigned int i = 0; i < v->nr_except; i++)
		if (v->except[i] == pfn)
			return true;
	return false;
}

static void verify_one(unsigned long pfn, u64 seed, u64 want, struct hib_verify *v)
{
	struct page *page = pfn_to_page(pfn);
	bool shown = hib_copy_show(page);
	u64 got = hib_digest_page(page_address(page), seed);

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

/*
 * Digest @index of the leaf at @phys, and where the next leaf is. The leaf is
 * shown for no longer than that: frames that are free here may be hidden, and
 * a table that shows one is itself compared.
 */
static u64 verify_want(u64 phys, u64 index, u64 *next_phys)
{
	struct page *page = pfn_to_page(PHYS_PFN(phys));
	struct hib_disk_leaf *leaf = page_address(page);
	bool shown = hib_copy_show(page);
	u64 want = le64_to_cpu(*hib_copy_digest_at(leaf, index));

	*next_phys = le64_to_cpu(leaf->next);
	hib_copy_hide(page, shown);
	return want;
}

/**
 * hib_verify_frames() - Compare all saved frames with their digests.
 * @saved: The frames, as at the copy.
 * @seed: Of the digests.
 * @leaf_phys: First digest leaf, where the boot kernel left it; the leaves are
 *	chained by their @next, which holds physical addresses.
 * @nr_leaves: Their number.
 * @v: Result; @v->except set by the caller.
 *
 * Context: Interrupts off, one CPU, right after the jump.
 */
void hib_verify_frames(const struct hib_pfnset *saved, u64 seed, u64 leaf_phys, u64 nr_leaves,
		       struct hib_verify *v)
{
	unsigned long start, end = 0;
	u64 index = 0, next_phys = leaf_phys;

	while (hib_pfnset_next_run(saved, end, &start, &end)) {
		for (unsigned long pfn = start; pfn < end; pfn++, index++) {
			if (index % HIB_LEAF_DIGESTS == 0) {
				if (!nr_leaves--)
					return;
				leaf_phys = next_phys;
			}
			verify_one(pfn, seed, verify_want(leaf_phys, index, &next_phys), v);
		}
	}
}
