// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: footprint - what loading an image takes in addition to the image
 *
 * If a boot kernel has too little memory for an image, the saved system is lost.
 * So what it will need is counted here, and both sides ask: the way down before
 * an image is made, with the boot kernel as it was when this system started; the
 * way up with what the header says. Nothing that grows with memory may be missing
 * here::
 *
 *	spare frames	page tables for the jump, a page for each GiB; the list
 *			of moves; digests; the handover record
 *	sets		frames of the image, precopied ones, stale ones, those
 *			of the pool
 *	table		where each page is loaded
 *	stream		segments and workspaces, a word for each chunk
 *
 * Numbers in, numbers out: no state, any context.
 */
#include "footprint.h"
#include "pfnset.h"
#include "table.h"

#define FOOTPRINT_SETS		4u
#define FOOTPRINT_POINTERS	((u32)(PAGE_SIZE / sizeof(void *)))	/* in a page */
/* Temporary page tables: a page for each GiB, and some for the levels above. */
#define FOOTPRINT_GIB_SHIFT	(30 - PAGE_SHIFT)
#define FOOTPRINT_TABLE_PAGES	64u

/* Pages for @nr things, @each of them in a page, and for a directory of these pages. */
static u64 footprint_paged(u64 nr, u32 each)
{
	u64 pages = div_u64(nr, each) + 1;

	return pages + div_u64(pages, FOOTPRINT_POINTERS) + 1;
}

/**
 * hib_footprint_spares() - Spare frames wanted in addition to those for pages that are moved.
 * @in: The image.
 *
 * Return: Their number.
 */
u64 hib_footprint_spares(const struct hib_footprint_input *in)
{
	return in->nr_digest_leaves + div_u64(in->nr_bounce, HIB_FOOTPRINT_MOVES) + 2 +
	       (in->end_pfn >> FOOTPRINT_GIB_SHIFT) + FOOTPRINT_TABLE_PAGES;
}

/**
 * hib_footprint_pages() - What loading an image takes in addition to its pages.
 * @in: The image.
 *
 * Return: Pages.
 */
u64 hib_footprint_pages(const struct hib_footprint_input *in)
{
	u64 sets = FOOTPRINT_SETS * footprint_paged(in->end_pfn, HIB_PFNSET_PAGE_PFNS);
	u32 each = 1u << hib_table_shift(in->end_pfn);
	u64 table = footprint_paged(in->nr_pages + in->nr_stale, each);

	return hib_footprint_spares(in) + sets + table + in->stream_pages;
}

/**
 * hib_footprint_loadable() - The largest image that finds room.
 * @in: An image, no smaller than the one that is going to be made.
 * @ram_pages: Memory of the machine.
 * @taken: Of it, what the boot kernel and its drivers use or keep.
 *
 * Return: Pages of the image; 0 when there is no room for any.
 */
u64 hib_footprint_loadable(const struct hib_footprint_input *in, u64 ram_pages, u64 taken)
{
	u64 sum;

	if (check_add_overflow(taken, hib_footprint_pages(in), &sum))
		return 0;
	return ram_pages > sum ? ram_pages - sum : 0;
}
