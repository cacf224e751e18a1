// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: How many pages to copy, to keep free and to reclaim
 *
 * At the atomic point each saved page needs a free frame for its copy, beside
 * the buffers and what drivers take. Reclaiming a page helps twice: there is
 * one less to copy and one more frame to copy into. With r pages reclaimed an
 * image fits when
 *
 *	saveable - r + slack + buffers + reserved <= free + r
 *
 * and r is the least number for which that holds. Only if the image is wanted
 * smaller (image_size), or is larger than the store surely holds, more is
 * asked for; these two are wishes, met as far as reclaim can.
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

/* Frames that are wanted when nothing is reclaimed. */
static u64 budget_need(const struct hib_budget_input *in)
{
	u64 need = add_saturated(in->saveable, in->slack);

	return add_saturated(add_saturated(need, in->buffers), in->reserved);
}

/* Pages to reclaim so that the image is as small as it is wished. */
static u64 budget_wish(const struct hib_budget_input *in)
{
	u64 wish = subtract_to_zero(in->saveable, in->image_limit);

	if (in->room)
		wish = max(wish, subtract_to_zero(in->saveable, in->room));
	return wish;
}

/**
 * hib_budget_compute() - Decide what a transition may take and must give up.
 * @in: What there is and what is wanted, in pages.
 * @out: The decision. When -ENOMEM is returned only @out->short_pages counts.
 *
 * Reclaims nothing as long as everything fits. The wish for a smaller image
 * never makes it fail.
 *
 * Context: Any.
 * Return: 0, or -ENOMEM when even all that is reclaimable does not suffice;
 * @out->short_pages frames are missing then.
 */
int hib_budget_compute(const struct hib_budget_input *in, struct hib_budget *out)
{
	u64 most = min(in->reclaimable, in->saveable);
	u64 missing = subtract_to_zero(budget_need(in), in->free);
	u64 must = missing / 2 + missing % 2;

	memset(out, 0, sizeof(*out));
	if (must > most) {
		out->short_pages = missing - 2 * most;
		return -ENOMEM;
	}
	out->reclaim = max(must, min(budget_wish(in), most));
	out->copy = add_saturated(in->saveable - out->reclaim, in->slack);
	out->keep_free = in->reserved;
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
 * Return: The number, for segments, lists, extents and header. The swap
 * header's own page is not counted.
 */
u64 hib_budget_worst_blocks(u64 nr_pages, bool digests)
{
	u64 nr_chunks = blocks_of(nr_pages, HIB_CHUNK_PAGES);
	u64 nr_segments = blocks_of(nr_chunks, WORST_SEGMENT_CHUNKS) + WORST_LAST_SEGMENTS;
	u64 blocks = nr_segments - WORST_LAST_SEGMENTS;

	/* Each last segment may round up once more. */
	blocks = blocks * WORST_SEGMENT_BLOCKS + WORST_LAST_SEGMENTS;
	blocks += blocks_of(nr_segments, HIB_LEAF_SEGMENTS);
	blocks += blocks_of(nr_pages / 2 + 1, HIB_LEAF_RUNS);
	if (digests)
		blocks += blocks_of(nr_pages, HIB_LEAF_DIGESTS);
	blocks += blocks_of(blocks / WORST_EXTENT_BLOCKS + 1, HIB_LEAF_EXTENTS);
	return blocks + 1;
}
