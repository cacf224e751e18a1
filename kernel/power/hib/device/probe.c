// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: probe - how fast a place is, before anything is written to it
 *
 * Some MiB are read from the beginning of the root device, three requests at a time, and
 * forgotten. They count in the meter of the store as all other requests do. If there is no
 * memory for that, or the device is too small, nothing is read.
 *
 * No state.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include "bio.h"
#include "meter.h"
#include "store.h"

#define PROBE_REQUESTS	12u
#define PROBE_DEPTH	3u
#define PROBE_ORDER	8u
#define PROBE_RUN	32u	/* pages that are sent at once */

static_assert(HIB_SEGMENT_BLOCKS == 1u << PROBE_ORDER);

/**
 * struct probe_request - One request.
 * @pages: Where to; HIB_SEGMENT_BLOCKS of them, one behind the other.
 * @done: The request.
 * @busy: It is under way.
 */
struct probe_request {
	struct page *pages;
	struct hib_io_done done;
	bool busy;
};

static int probe_start(struct hib_store *s, struct probe_request *r, u64 block)
{
	struct page *pages[PROBE_RUN];
	int ret = 0;

	hib_bio_begin(&r->done);
	hib_meter_start(&r->done, &s->meter, HIB_SEGMENT_BYTES);
	for (unsigned int at = 0; at < HIB_SEGMENT_BLOCKS && !ret; at += PROBE_RUN) {
		for (unsigned int i = 0; i < PROBE_RUN; i++)
			pages[i] = nth_page(r->pages, at + i);
		ret = hib_bio_submit(s->bdev, REQ_OP_READ, block + at, pages, PROBE_RUN, &r->done);
	}
	if (ret)
		r->done.bytes = 0;
	hib_bio_end(&r->done);
	r->busy = true;
	return ret;
}

static int probe_wait(struct probe_request *r)
{
	if (!r->busy)
		return 0;
	r->busy = false;
	return hib_bio_wait(&r->done);
}

/**
 * hib_store_probe() - See how fast a place is.
 * @s: An open store.
 *
 * Context: Process context. Sleeps.
 */
void hib_store_probe(struct hib_store *s)
{
	struct probe_request requests[PROBE_DEPTH] = {};
	const gfp_t gfp = GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN;
	int ret = 0;

	if (hib_bio_device_blocks(s->bdev) < PROBE_REQUESTS * HIB_SEGMENT_BLOCKS)
		return;
	for (unsigned int i = 0; i < PROBE_DEPTH && !ret; i++) {
		requests[i].pages = alloc_pages(gfp, PROBE_ORDER);
		ret = requests[i].pages ? 0 : -ENOMEM;
	}
	for (unsigned int i = 0; i < PROBE_REQUESTS && !ret; i++) {
		struct probe_request *r = &requests[i % PROBE_DEPTH];

		ret = probe_wait(r) ?: probe_start(s, r, (u64)i * HIB_SEGMENT_BLOCKS);
	}
	for (unsigned int i = 0; i < PROBE_DEPTH; i++) {
		probe_wait(&requests[i]);
		if (requests[i].pages)
			__free_pages(requests[i].pages, PROBE_ORDER);
	}
}
