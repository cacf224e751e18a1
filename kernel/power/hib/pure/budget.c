// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: budget - how many pages to copy, to write early, to keep free and to reclaim
 *
 * At the copy each saved page needs a free frame, in addition to the buffers
 * and what drivers take. Reclaiming a page helps twice: there is one page less
 * to copy and one more frame to copy into. With r pages reclaimed an image fits
 * when::
 *
 *	saveable - r + slack + buffers + reserved <= free + r
 *
 * and r is the least number for which that holds. A page that is written early
 * needs no frame, only a digest. Then reclaiming it helps once::
 *
 *	saveable - early + slack + buffers + digests + reserved <= free + r
 *
 * Pages that stand still are written early first. If that does not suffice, all
 * pages are; some of those that do not stand still are then expected to change
 * and to be copied after all. Writing early is preferred to reclaiming, because
 * it takes memory from nobody.
 *
 * An image must also be loadable: a boot kernel as large as the one that ran
 * here has to fit beside it. More is asked for, as best effort, in three cases:
 * image_size asks for a smaller image; the image is larger than the store has
 * room for; an earlier attempt ran out of frames. For room in the store only
 * clean cache is dropped: a page that is swapped out takes the room that it
 * makes. If there is a hurry, clean cache goes in any case: it need not be
 * written.
 *
 * Numbers in, numbers out: no state, any context. Pool and census act on it.
 */
#include "budget.h"
#include "format.h"

static u64 add_saturated(u64 a, u64 b)
{
	u64 sum;

	return check_add_overflow(a, b, &sum) ? U64_MAX : sum;
}

static u64 subtract_to_zero(u64 a, u64 b)
{
	return a > b ? a - b : 0;
}

#define BUDGET_DIGESTS_PER_PAGE	512u
/* One in this many of the pages that do not stand still is expected to change. */
#define BUDGET_CHANGING		4u
/* What is copied may grow by this share until it is. */
#define BUDGET_GROWTH_SHIFT	6

static u64 budget_early(const struct hib_budget_input *in, enum hib_budget_level level)
{
	switch (level) {
	case HIB_LEVEL_STILL:
		return min(in->still, in->saveable);
	case HIB_LEVEL_ALL:
		return in->saveable;
	default:
		return 0;
	}
}

/* Copies that will be made, room for growth included. */
static u64 budget_copies(const struct hib_budget_input *in, enum hib_budget_level level)
{
	u64 copies = in->saveable - budget_early(in, HIB_LEVEL_STILL);

	if (level == HIB_LEVEL_NONE)
		copies = in->saveable;
	else if (level == HIB_LEVEL_ALL)
		copies = copies / BUDGET_CHANGING;
	return add_saturated(add_saturated(copies, copies >> BUDGET_GROWTH_SHIFT), in->slack);
}

/* Frames for all but the copies. */
static u64 budget_besides(const struct hib_budget_input *in, enum hib_budget_level level)
{
	u64 digests = budget_early(in, level) / BUDGET_DIGESTS_PER_PAGE;

	return add_saturated(add_saturated(in->buffers, digests), in->reserved);
}

/* Frames that are missing if nothing is reclaimed; @more: additional copies that are wanted. */
static u64 budget_missing(const struct hib_budget_input *in, enum hib_budget_level level, u64 more)
{
	u64 need = add_saturated(budget_copies(in, level), budget_besides(in, level));

	return subtract_to_zero(add_saturated(need, more), in->free);
}

/* Pages to reclaim to make up for @missing frames. */
static u64 budget_must(u64 missing, enum hib_budget_level level)
{
	return level == HIB_LEVEL_NONE ? missing / 2 + missing % 2 : missing;
}

/* Copies that are wished for beyond those that are expected. */
static u64 budget_more(const struct hib_budget_input *in, const struct hib_budget *out)
{
	u64 all = budget_copies(in, HIB_LEVEL_STILL);

	if (out->level != HIB_LEVEL_ALL)
		return in->missed;
	return max(in->missed, subtract_to_zero(all, out->copy));
}

/* What is left for copies beyond those that are expected, once @total was reclaimed. */
static u64 budget_spare(const struct hib_budget_input *in, const struct hib_budget *out, u64 total)
{
	u64 took = add_saturated(out->copy, budget_besides(in, out->level));

	return subtract_to_zero(add_saturated(in->free, total), took);
}

static enum hib_budget_level budget_level(const struct hib_budget_input *in)
{
	if (in->mode == HIB_PRECOPY_NEVER ||
	    (in->mode == HIB_PRECOPY_AUTO && !budget_missing(in, HIB_LEVEL_NONE, 0)))
		return HIB_LEVEL_NONE;
	if (in->mode == HIB_PRECOPY_ALWAYS || budget_missing(in, HIB_LEVEL_STILL, 0))
		return HIB_LEVEL_ALL;
	return HIB_LEVEL_STILL;
}

/* Pages to reclaim so that the image is as small as it is wished. */
static u64 budget_wish(const struct hib_budget_input *in)
{
	u64 wish = subtract_to_zero(in->saveable, in->image_limit);
	u64 cache = in->room ? min(subtract_to_zero(in->saveable, in->room), in->clean) : 0;

	return max3(wish, cache, min(in->shed, in->clean));
}

/**
 * hib_budget_compute() - Decide what a transition may take and must reclaim.
 * @in: What there is and what is wanted, in pages.
 * @out: The decision. When -ENOMEM is returned, only @out->short_pages and
 *	@out->too_large are valid.
 *
 * If everything fits, nothing is reclaimed. Clean cache comes before all else.
 * The wish for a smaller image never makes it fail.
 *
 * Context: Any.
 * Return: 0, or -ENOMEM when reclaiming all that is reclaimable does not suffice;
 * @out->short_pages frames are missing then.
 */
int hib_budget_compute(const struct hib_budget_input *in, struct hib_budget *out)
{
	u64 most = min(in->reclaimable, in->saveable);
	u64 too_much = subtract_to_zero(in->saveable, in->loadable);
	u64 missing, must, total;

	memset(out, 0, sizeof(*out));
	out->level = budget_level(in);
	missing = budget_missing(in, out->level, 0);
	must = budget_must(missing, out->level);
	if (must > most) {
		out->short_pages = missing - (out->level == HIB_LEVEL_NONE ? 2 * most : most);
		return -ENOMEM;
	}
	if (too_much > most) {
		out->too_large = true;
		out->short_pages = too_much - most;
		return -ENOMEM;
	}
	out->must = max(must, too_much);
	missing = budget_missing(in, out->level, in->missed);
	must = min(budget_must(missing, out->level), most);
	total = max3(must, too_much, min(budget_wish(in), most));
	out->drop = min(total, in->clean);
	out->reclaim = total - out->drop;
	out->copy = budget_copies(in, out->level);
	if (out->level == HIB_LEVEL_NONE)
		out->copy -= total;
	out->extra = min(budget_more(in, out), budget_spare(in, out, total));
	out->copy += out->extra;
	out->precopy = budget_early(in, out->level);
	return 0;
}

/*
 * Raw chunks fill a segment worst: seven fit, what is left of it is lost. A
 * segment that ends a worker's share may hold a single one.
 */
#define WORST_CHUNK_BYTES	((u32)HIB_CHUNK_BYTES_MAX)
#define WORST_SEGMENT_CHUNKS	(HIB_SEGMENT_BYTES / WORST_CHUNK_BYTES)
#define WORST_SEGMENT_BLOCKS	DIV_ROUND_UP(WORST_SEGMENT_CHUNKS * WORST_CHUNK_BYTES, \
					     HIB_BLOCK_BYTES)
#define WORST_LAST_SEGMENTS	64u
/* The header and the black box. */
#define WORST_SINGLE_BLOCKS	2u
/* A device so scattered that runs of slots are shorter than this is not met. */
#define WORST_EXTENT_BLOCKS	8u

static_assert(WORST_SEGMENT_CHUNKS == 7);

static u64 blocks_of(u64 nr, u32 each)
{
	return div_u64(nr + each - 1, each);
}

/**
 * hib_budget_worst_blocks() - Blocks that an image may need at worst.
 * @nr_pages: Pages saved.
 * @digests: Whether their digests are stored too.
 *
 * Takes no page to be same-filled or to shrink, runs of saved frames to be two
 * pages long on average, and runs of slots eight blocks. An image that is
 * worse still finds out when the store has no room left for it.
 *
 * Context: Any.
 * Return: The number, for segments, lists, extents, header and black box. The
 * swap header's own page is not counted.
 */
u64 hib_budget_worst_blocks(u64 nr_pages, bool digests)
{
	u64 nr_chunks = blocks_of(nr_pages, HIB_CHUNK_PAGES);
	u64 nr_segments = blocks_of(nr_chunks, WORST_SEGMENT_CHUNKS) + WORST_LAST_SEGMENTS;
	u64 blocks = nr_segments - WORST_LAST_SEGMENTS;

	/* Each last segment may round up once more. */
	blocks = blocks * WORST_SEGMENT_BLOCKS + WORST_LAST_SEGMENTS;
	blocks += blocks_of(nr_segments, HIB_LEAF_SEGMENTS);
	blocks += blocks_of(nr_chunks, HIB_LEAF_RAW_CHUNKS);
	blocks += blocks_of(nr_pages / 2 + 1, HIB_LEAF_RUNS);
	if (digests)
		blocks += blocks_of(nr_pages, HIB_LEAF_DIGESTS);
	blocks += blocks_of(blocks / WORST_EXTENT_BLOCKS + 1, HIB_LEAF_EXTENTS);
	return blocks + WORST_SINGLE_BLOCKS;
}

/* The most pages of which an image surely fits into @room blocks. */
static u64 budget_sure_pages(u64 room, bool digests)
{
	u64 low = 0, high = room;

	/* @low fits or is 0; what is above @high does not fit. */
	while (low < high) {
		u64 middle = high - (high - low) / 2;

		if (hib_budget_worst_blocks(middle, digests) <= room)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Say that this share less fits: the pages that are left may compress worse. */
#define FITTING_MARGIN		16u
/* Ratios are worked out in this fraction, and better ones not believed. */
#define FITTING_SHIFT		10
#define FITTING_RATIO_MAX	64u

/**
 * hib_budget_fitting_pages() - How many pages an image may have for its room.
 * @room: Free blocks of the store.
 * @pages: Pages that were written before, or coded to see.
 * @blocks: Blocks that these took; 0, or as many as @pages: nothing shrinks.
 * @digests: Whether digests are stored too.
 *
 * A sixteenth less than the ratio says, but never less than what surely fits.
 *
 * Context: Any.
 * Return: The number.
 */
u64 hib_budget_fitting_pages(u64 room, u64 pages, u64 blocks, bool digests)
{
	u64 sure = budget_sure_pages(room, digests), fit;

	if (!blocks || blocks >= pages)
		return sure;
	blocks = max(blocks, pages / FITTING_RATIO_MAX);
	fit = (sure * div64_u64(pages << FITTING_SHIFT, blocks)) >> FITTING_SHIFT;
	return max(sure, fit - fit / FITTING_MARGIN);
}
