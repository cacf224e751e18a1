// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: foreign - memory of the kernel that this one writes an image of
 *
 * A second kernel runs in windows of the memory of the first one, and has no page structures
 * for the rest. It maps the rest in pieces of 2 MiB and only reads it. What the first kernel
 * had in the windows lies in their partners.
 *
 * All numbers come from the other kernel's record: none of them is followed before it was
 * checked to be a frame outside of the windows and below the end that the record names. The
 * tables that are made of them may be larger than memory, which is then said.
 *
 * Context: process context. Reading is done on several CPUs at once.
 */
#include "foreign.h"
#include <linux/bitops.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "pure/digest.h"
#include "copy.h"

#define MAP_PFNS	512ul	/* 2 MiB */

static bool foreign_is_in_windows(const struct hib_foreign *f, u64 pfn)
{
	const struct hib_windows *w = &f->relay->windows;

	return hib_windows_index(w, pfn) < hib_windows_pages(w);
}

/* Does this kernel use some of these frames? Then only single ones may be mapped. */
static bool foreign_is_shared(u64 pfn, u64 nr)
{
	return region_intersects(PFN_PHYS(pfn), PFN_PHYS(nr), IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) != REGION_DISJOINT;
}

/* A piece that is partly in the windows: a table of addresses of single frames in its place. */
static void *foreign_map_singly(struct hib_foreign *f, u64 pfn)
{
	void **pages = (void **)get_zeroed_page(HIB_PURE_GFP);

	for (unsigned int i = 0; pages && i < MAP_PFNS; i++)
		if (hib_relay_has_frame(f->relay, pfn + i) && !foreign_is_shared(pfn + i, 1))
			pages[i] = memremap(PFN_PHYS(pfn + i), PAGE_SIZE, MEMREMAP_WB);
	return pages ? (void *)((unsigned long)pages | 1) : NULL;
}

static void *foreign_map_piece(struct hib_foreign *f, u64 pfn)
{
	if (foreign_is_shared(pfn, MAP_PFNS))
		return foreign_map_singly(f, pfn);
	return memremap(PFN_PHYS(pfn), PFN_PHYS(MAP_PFNS), MEMREMAP_WB);
}

static void foreign_unmap(void *map)
{
	void **pages = (void **)((unsigned long)map & ~1ul);

	if (!map)
		return;
	if (pages == map) {
		memunmap(map);
		return;
	}
	for (unsigned int i = 0; i < MAP_PFNS; i++)
		if (pages[i])
			memunmap(pages[i]);
	free_page((unsigned long)pages);
}

/**
 * hib_foreign_address() - Where a frame can be read.
 * @f: Open.
 * @pfn: The other kernel's number of the frame.
 *
 * The first look at a piece maps it, so that is not done by two at a time.
 *
 * Context: Process context. Sleeps.
 * Return: Its address; NULL if there is no such frame, or no memory.
 */
const void *hib_foreign_address(struct hib_foreign *f, u64 pfn)
{
	u64 unit;
	void *map;

	if (foreign_is_in_windows(f, pfn))
		pfn = f->partners[hib_windows_index(&f->relay->windows, pfn)];
	if (!hib_relay_has_frame(f->relay, pfn))
		return NULL;
	unit = pfn / MAP_PFNS;
	if (!f->maps[unit])
		f->maps[unit] = foreign_map_piece(f, unit * MAP_PFNS);
	map = f->maps[unit];
	if (!map)
		return NULL;
	if ((unsigned long)map & 1)
		return ((void **)((unsigned long)map & ~1ul))[pfn % MAP_PFNS];
	return map + PFN_PHYS(pfn % MAP_PFNS);
}

/**
 * hib_foreign_list_page() - The map op of &struct hib_relay_reader.
 * @foreign: A struct hib_foreign.
 * @phys: Physical address of a page of a list.
 *
 * Return: The page, or NULL.
 */
const struct hib_relay_page *hib_foreign_list_page(void *foreign, u64 phys)
{
	struct hib_foreign *f = foreign;

	return foreign_is_in_windows(f, PHYS_PFN(phys)) ? NULL :
							  hib_foreign_address(f, PHYS_PFN(phys));
}

static int foreign_read_partners(struct hib_foreign *f, const struct hib_relay *r)
{
	struct hib_relay_reader reader = { .map = hib_foreign_list_page, .arg = f };
	int ret;

	f->partners = kvcalloc(r->partners.nr, sizeof(*f->partners), HIB_PURE_GFP);
	if (!f->partners)
		return -ENOMEM;
	hib_relay_begin(&reader, &r->partners);
	for (u64 i = 0; i < r->partners.nr; i++) {
		u64 pfn = hib_windows_frame(&r->windows, i);

		ret = hib_relay_next(&reader, &f->partners[i]);
		if (ret)
			return ret;
		if (!hib_relay_partner_is_sound(r, pfn, f->partners[i]))
			return -EBADMSG;
	}
	return 0;
}

static int foreign_read_bitmap(struct hib_foreign *f, u64 index, u64 pfn)
{
	unsigned long first = index * HIB_PFNSET_PAGE_PFNS;
	unsigned long end = min(first + HIB_PFNSET_PAGE_PFNS, f->frames.end_pfn);
	const unsigned long *bits;
	unsigned int start, stop;
	int ret;

	if (!pfn)
		return 0;
	bits = hib_foreign_address(f, pfn);
	if (!bits)
		return -EBADMSG;
	ret = hib_pfnset_cover(&f->frames, first, end);
	if (ret)
		return ret;
	for_each_set_bitrange(start, stop, bits, end - first) {
		ret = hib_pfnset_add_range(&f->frames, first + start, first + stop);
		if (ret)
			return ret;
	}
	return 0;
}

static int foreign_read_frames(struct hib_foreign *f, const struct hib_relay *r)
{
	struct hib_relay_reader reader = { .map = hib_foreign_list_page, .arg = f };
	int ret = hib_pfnset_init(&f->frames, r->end_pfn);

	if (ret)
		return ret;
	f->ranks = kvcalloc(f->frames.nr_bitmaps + 1, sizeof(*f->ranks), HIB_PURE_GFP);
	if (!f->ranks)
		return -ENOMEM;
	hib_relay_begin(&reader, &r->frames);
	for (u64 i = 0; i < r->frames.nr; i++) {
		u64 pfn;

		ret = hib_relay_next(&reader, &pfn) ?: foreign_read_bitmap(f, i, pfn);
		if (ret)
			return ret;
		f->ranks[i + 1] = f->frames.nr_set;
		cond_resched();
	}
	return f->frames.nr_set == r->nr_pages ? 0 : -EBADMSG;
}

/* What the windows' frames had in them: mapped, or not wanted. */
static int foreign_map_partners(struct hib_foreign *f)
{
	const struct hib_windows *w = &f->relay->windows;

	for (u64 i = 0; i < hib_windows_pages(w); i++) {
		u64 pfn = hib_windows_frame(w, i);

		if (f->partners[i] == pfn && hib_pfnset_test(&f->frames, pfn))
			return -EBADMSG;
		if (f->partners[i] != pfn && !hib_foreign_address(f, pfn))
			return -ENOMEM;
	}
	return 0;
}

/* Each piece that will be read: mapping needs memory, and is not for several at a time. */
static int foreign_map(struct hib_foreign *f)
{
	unsigned long pfn, next;

	for (pfn = hib_pfnset_next(&f->frames, 0); pfn != HIB_PFN_NONE;
	     pfn = hib_pfnset_next(&f->frames, next)) {
		next = pfn + 1;
		if (foreign_is_in_windows(f, pfn))
			continue;
		if (!hib_foreign_address(f, pfn))
			return -ENOMEM;
		next = (pfn / MAP_PFNS + 1) * MAP_PFNS;
		cond_resched();
	}
	return foreign_map_partners(f);
}

/**
 * hib_foreign_open() - Find the other kernel's memory.
 * @f: Uninitialised; hib_foreign_close() it, also after an error.
 * @r: The record, checked; stays as long as @f is open.
 * @why: After an error: what is wrong.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -EBADMSG if a list is damaged; -ENOMEM.
 */
int hib_foreign_open(struct hib_foreign *f, const struct hib_relay *r, const char **why)
{
	int ret;

	*f = (struct hib_foreign) { .relay = r };
	*why = "no memory";
	f->nr_maps = DIV_ROUND_UP_ULL(r->end_pfn, MAP_PFNS);
	f->maps = kvcalloc(f->nr_maps, sizeof(*f->maps), HIB_PURE_GFP);
	if (!f->maps)
		return -ENOMEM;
	*why = "list of partners";
	ret = foreign_read_partners(f, r);
	if (ret)
		return ret;
	*why = "frames";
	ret = foreign_read_frames(f, r);
	if (ret)
		return ret;
	*why = "a frame that cannot be mapped";
	return foreign_map(f);
}

/**
 * hib_foreign_close() - Forget the other kernel's memory.
 * @f: After hib_foreign_open(), whatever that returned.
 */
void hib_foreign_close(struct hib_foreign *f)
{
	for (u64 i = 0; f->maps && i < f->nr_maps; i++)
		foreign_unmap(f->maps[i]);
	kvfree(f->maps);
	kvfree(f->ranks);
	kvfree(f->partners);
	hib_pfnset_exit(&f->frames);
	*f = (struct hib_foreign) {};
}

/* The frame with so many saved ones before it. */
static unsigned long foreign_frame(const struct hib_foreign *f, u64 index)
{
	u64 low = 0, high = f->frames.nr_bitmaps;
	const unsigned long *bits;
	unsigned long left;

	while (high - low > 1) {
		u64 middle = (low + high) / 2;

		if (f->ranks[middle] <= index)
			low = middle;
		else
			high = middle;
	}
	bits = f->frames.bitmaps[low];
	left = index - f->ranks[low];
	for (unsigned int word = 0;; word++) {
		unsigned long nr = hweight_long(bits[word]);

		if (left < nr)
			return low * HIB_PFNSET_PAGE_PFNS + word * BITS_PER_LONG +
			       fns(bits[word], left);
		left -= nr;
	}
}

/**
 * hib_foreign_fetch() - The fetch op of &struct hib_pages.
 * @foreign: A struct hib_foreign.
 * @first: Place of the first page.
 * @nr: Pages.
 * @to: Room for them.
 *
 * Context: Process context, several CPUs at once.
 */
void hib_foreign_fetch(void *foreign, u64 first, unsigned int nr, void *to)
{
	struct hib_foreign *f = foreign;
	unsigned long pfn = foreign_frame(f, first);

	for (unsigned int i = 0; i < nr; i++, to += PAGE_SIZE) {
		const void *from = hib_foreign_address(f, pfn);

		if (!from || copy_mc_to_kernel(to, from, PAGE_SIZE)) {
			memset(to, 0, PAGE_SIZE);
			atomic64_inc(&f->nr_unread);
		}
		if (f->leaves)
			*hib_copy_digest_at(f->leaves[(first + i) / HIB_LEAF_DIGESTS], first + i) =
				cpu_to_le64(hib_digest_page(to, f->digest_seed));
		if (i + 1 < nr)
			pfn = hib_pfnset_next(&f->frames, pfn + 1);
	}
}
