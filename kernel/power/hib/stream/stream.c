// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream - the stream, its memory
 *
 * A stream turns the pages of an image into segments and back. It is embedded
 * in the transition that owns it and knows neither where the pages lie (struct
 * hib_pages) nor where the segments go (struct hib_io); order fills in both.
 *
 * Life: order fills the first members, hib_stream_prepare() takes the memory,
 * the write or the read calls follow one after the other, hib_stream_release()
 * gives the memory back. On the way down the same stream is found again by the
 * restored kernel, which may only release it: what lay in the pages that
 * hib_stream_walk_pages() shows is gone.
 *
 * Files: stream_ring.c the memory of one worker, stream_write.c pages into
 * segments, stream_read.c segments into pages, stream_raw.c raw segments both ways,
 * stream_segments.c which segments there are, stream_list.c the lists that go with them.
 *
 * Context: process context, one task; workers are started by the calls that
 * need them and have ended when these return.
 */
#include "stream.h"
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "pure/rawlist.h"
#include "buffer.h"
#include "codec.h"
#include "stream_ring.h"

/* At most this share of memory goes into workers when their number is ours. */
#define STREAM_RAM_SHARE	32

static size_t stream_workspace_bytes(const struct hib_stream *s)
{
	if (!s->codec)
		return hib_codec_workspace_max();
	return s->codec->workspace_bytes ? s->codec->workspace_bytes() : 0;
}

static u64 stream_worker_pages(const struct hib_stream *s)
{
	return HIB_STREAM_DEPTH * HIB_SEGMENT_BLOCKS + HIB_CHUNK_PAGES +
	       PFN_UP(stream_workspace_bytes(s)) + PFN_UP(HIB_STREAM_RAW_BYTES);
}

/* One each CPU, unless there is less to do or the machine is small. */
static unsigned int stream_choose_workers(const struct hib_stream *s, unsigned int wanted,
					  u64 max_chunks)
{
	u64 nr = wanted;

	if (!nr)
		nr = min_t(u64, num_online_cpus(), div64_u64(totalram_pages() / STREAM_RAM_SHARE,
							     stream_worker_pages(s)));
	nr = min3(nr, max_chunks, (u64)HIB_STREAM_WORKERS_MAX);
	return max(nr, 1);
}

/* The first worker is a must, each other one only a gain. */
static int stream_alloc_workers(struct hib_stream *s, unsigned int nr_workers)
{
	const gfp_t gfp = (GFP_KERNEL & ~__GFP_KSWAPD_RECLAIM) | __GFP_NOWARN;
	size_t bytes = stream_workspace_bytes(s);
	int ret = 0;

	s->workers = kcalloc(nr_workers, sizeof(*s->workers), GFP_KERNEL | __GFP_NOWARN);
	if (!s->workers)
		return -ENOMEM;
	while (s->nr_workers < nr_workers && !ret) {
		ret = hib_stream_worker_alloc(&s->workers[s->nr_workers], &s->io, s->progress,
					      bytes, gfp | (s->nr_workers ?
						__GFP_NORETRY : __GFP_RETRY_MAYFAIL));
		if (!ret)
			s->nr_workers++;
	}
	return s->nr_workers ? 0 : ret;
}

/**
 * hib_stream_prepare() - Take the memory that a stream works with.
 * @s: The stream, the members up to progress filled in.
 * @nr_workers: Workers wanted, 0: one each CPU, as far as the machine's size
 *	allows. At most HIB_STREAM_WORKERS_MAX.
 * @max_pages: Most pages that the image may have.
 *
 * When memory is short there are fewer workers, down to one.
 *
 * Context: Process context. Sleeps; may reclaim a little, kills nothing.
 * Return:
 * * 0		- s->nr_workers workers are ready
 * * -EINVAL	- @max_pages is more than the format can number
 * * -ENOMEM	- not enough for one worker; nothing is held
 */
int hib_stream_prepare(struct hib_stream *s, unsigned int nr_workers, u64 max_pages)
{
	u64 max_chunks = hib_stream_chunks(max_pages);
	struct hib_stream_segments *segments = &s->segments;
	int ret = -ENOMEM;

	s->nr_workers = 0;
	s->workers = NULL;
	s->max_pages = max_pages;
	atomic64_set(&s->next_chunk, 0);
	atomic64_set(&s->next_offset, 0);
	memset(segments, 0, sizeof(*segments));
	spin_lock_init(&segments->lock);
	memset(&s->mix, 0, sizeof(s->mix));
	spin_lock_init(&s->mix.lock);
	memset(&s->work, 0, sizeof(s->work));
	s->seen = NULL;
	if (max_chunks > U32_MAX)
		return -EINVAL;

	/* No segment holds less than one chunk. */
	segments->capacity = max_chunks;
	segments->list = kvcalloc(max(max_chunks, 1), sizeof(*segments->list),
				  GFP_KERNEL | __GFP_NOWARN);
	/* Of a large machine these are more than kvcalloc() gives. */
	segments->raw_chunks = __vcalloc(max(max_chunks, 1), sizeof(*segments->raw_chunks),
					 GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	s->seen = kvcalloc(BITS_TO_LONGS(max(max_chunks, 1)), sizeof(*s->seen),
			   GFP_KERNEL | __GFP_NOWARN);
	if (segments->list && segments->raw_chunks && s->seen)
		ret = stream_alloc_workers(s, stream_choose_workers(s, nr_workers, max_chunks));
	if (ret)
		hib_stream_release(s);
	return ret;
}

/**
 * hib_stream_release() - Give the memory back.
 * @s: The stream. Nothing is under way in it. Idempotent.
 *
 * Context: Process context. Sleeps.
 */
void hib_stream_release(struct hib_stream *s)
{
	while (s->nr_workers)
		hib_stream_worker_free(&s->workers[--s->nr_workers]);
	kfree(s->workers);
	s->workers = NULL;
	kvfree(s->seen);
	s->seen = NULL;
	vfree(s->segments.raw_chunks);
	s->segments.raw_chunks = NULL;
	kvfree(s->segments.list);
	s->segments.list = NULL;
	s->segments.capacity = 0;
}

/**
 * hib_stream_cost_pages() - What hib_stream_prepare() would take.
 * @s: The stream, its codec filled in.
 * @nr_workers: As for hib_stream_prepare().
 * @max_pages: As for hib_stream_prepare().
 *
 * Context: Any.
 * Return: Pages, rounded up.
 */
u64 hib_stream_cost_pages(const struct hib_stream *s, unsigned int nr_workers, u64 max_pages)
{
	u64 max_chunks = hib_stream_chunks(max_pages);
	unsigned int nr = stream_choose_workers(s, nr_workers, max_chunks);
	u64 arrays = max_chunks * (sizeof(*s->segments.list) + sizeof(*s->segments.raw_chunks)) +
		     max_chunks / BITS_PER_BYTE;

	/* Each buffer also has an array of its pages. */
	return nr * (stream_worker_pages(s) + HIB_STREAM_DEPTH + 2) + PFN_UP(arrays) + 3;
}

static void buffer_walk_pages(struct hib_buffer *buf, hib_stream_page_fn fn, void *arg)
{
	unsigned int i;

	for (i = 0; i < buf->nr_pages; i++)
		fn(arg, buf->pages[i]);
}

/**
 * hib_stream_walk_pages() - Show the pages whose content need not be saved.
 * @s: The stream.
 * @fn: Called for each page of segments, buffers and workspaces.
 * @arg: Passed to it.
 *
 * A kernel that is restored without the content of these pages may still
 * release the stream, but no longer use it.
 *
 * Context: As @fn needs; nothing here sleeps.
 */
void hib_stream_walk_pages(struct hib_stream *s, hib_stream_page_fn fn, void *arg)
{
	unsigned int i, j;

	for (i = 0; i < s->nr_workers; i++) {
		struct hib_stream_worker *w = &s->workers[i];

		for (j = 0; j < HIB_STREAM_DEPTH; j++)
			buffer_walk_pages(&w->coded.buffers[j].buf, fn, arg);
		buffer_walk_pages(&w->plain, fn, arg);
		buffer_walk_pages(&w->workspace, fn, arg);
	}
}
