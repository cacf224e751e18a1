// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: outlook - will the image fit into the store?
 *
 * Only a guess, from a sample of memory: what an attempt writes in the end is counted then.
 * It is kept in &struct hib_next, like what an attempt before this one has seen.
 *
 * Context: process context, tasks and file systems frozen.
 */
#include "outlook.h"
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include "memory/census.h"
#include "memory/sample.h"
#include "stream/codec.h"
#include "down.h"
#include "emergency.h"

/**
 * hib_outlook_blocks() - How many blocks will pages take?
 * @n: What is known of the ratio.
 * @nr_pages: The pages.
 *
 * Return: Their number, by that ratio.
 */
u64 hib_outlook_blocks(const struct hib_next *n, u64 nr_pages)
{
	return mul_u64_u64_div_u64(nr_pages, n->blocks, max(n->pages, 1));
}

/* Code some pages from all of memory. Returns the number of pages that there are. */
static u64 outlook_try_codec(struct hib_down *d, struct hib_stream_sample *sample)
{
	struct hib_pfnset *frames = &d->snapshot.saved;
	u64 nr_pages = 0;

	if (!hib_sample_collect(&d->snapshot.nosave, frames, HIB_KINDS_ALL))
		nr_pages = frames->nr_set;
	d->s.stream.pages = (struct hib_pages) {
		.fetch = hib_sample_fetch, .priv = frames, .nr_pages = nr_pages,
	};
	hib_stream_take_sample(&d->s.stream, sample);
	hib_pfnset_clear(frames);
	return nr_pages;
}

/**
 * hib_outlook_take() - Look how well memory shrinks, if it matters.
 * @d: The way down; its snapshot was created, its stream is prepared.
 *
 * If the kernel chooses the codec and the image might not fit, a sample of the pages is coded.
 * It shows how much will fit. If that is not all, cache is dropped now, and not after an
 * attempt that fails.
 *
 * Context: Process context. Sleeps.
 */
void hib_outlook_take(struct hib_down *d)
{
	u64 most = hib_budget_worst_blocks(totalram_pages() - nr_free_pages(),
					   hib_settings.verify);
	struct hib_next seen = { .pages = 1, .blocks = 1 };
	struct hib_stream_sample sample;
	u64 nr_pages;

	if (d->writer != HIB_WRITER_SELF || hib_emergency_codec(&d->s) || d->next.blocks ||
	    most <= hib_store_room(&d->s.store))
		return;
	nr_pages = outlook_try_codec(d, &sample);
	if (hib_stream_sample_shrinks(&sample)) {
		seen.pages = sample.pages;
		seen.blocks = sample.least_bytes / HIB_BLOCK_BYTES;
	}
	if (hib_outlook_blocks(&seen, nr_pages) <= hib_store_room(&d->s.store))
		return;
	d->next.pages = seen.pages;
	d->next.blocks = seen.blocks;
}
