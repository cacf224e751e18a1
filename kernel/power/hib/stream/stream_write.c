// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_write - pages into segments
 *
 * Each worker takes the next chunk that nobody has, codes it into its current
 * segment right behind the last one, and goes on until another chunk might not
 * fit. Then the segment gets its offset in the image and is submitted to the
 * device, and the worker goes on with the next buffer of its ring. So chunks lie
 * in any order, and each says which pages it holds. Lengths and kinds of segments
 * must be kept, in image order, since a reader cannot guess them. A chunk that is not
 * coded goes to the worker's raw segment, see stream_raw.c.
 *
 * When a worker opens a coded segment, it checks which side is the bottleneck. If the
 * device has no segment to write, it is the codec, and speed matters. If the ring
 * is full of writes that have not ended, it is the device, and fewer bytes matter.
 *
 * The first error stops all workers. Each waits for its own I/O before it ends.
 *
 * Context: process context; the workers yield after each chunk.
 */
#include "stream.h"
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include "pure/chunk.h"
#include "codec.h"
#include "pipeline.h"
#include "stream_chunk.h"
#include "stream_mix.h"
#include "stream_raw.h"
#include "stream_ring.h"
#include "stream_segments.h"

/**
 * struct open_segment - A worker's coded segment that is being filled.
 * @buffer: Its memory; NULL: none is open.
 * @hurry: Use the faster way to encode.
 * @used: Bytes in it so far.
 * @nr_pages: Pages in it.
 * @nr_same: Of these, pages whose words are all equal.
 */
struct open_segment {
	struct hib_stream_buffer *buffer;
	bool hurry;
	u32 used;
	u64 nr_pages;
	u64 nr_same;
};

/**
 * struct open_segments - The segments that a worker has begun.
 * @coded: The coded one.
 * @raw: The raw one.
 */
struct open_segments {
	struct open_segment coded;
	struct hib_stream_open_raw raw;
};

/* Send the coded segment, if one has begun. */
static int segment_close(struct hib_stream *s, struct hib_stream_worker *w,
			 struct open_segment *seg)
{
	struct hib_stream_segment place = {
		.nr_blocks = DIV_ROUND_UP(seg->used, HIB_BLOCK_BYTES),
	};
	int ret;

	if (!seg->used)
		return 0;
	memset(seg->buffer->buf.data + seg->used, 0,
	       place.nr_blocks * HIB_BLOCK_BYTES - seg->used);
	ret = hib_stream_segment_claim(s, &place);
	if (!ret)
		ret = hib_stream_ring_write(w, &w->coded, seg->buffer->buf.pages, place.offset,
					    place.nr_blocks);
	if (!ret && s->progress) {
		atomic64_add(seg->nr_pages, &s->progress->pages);
		atomic64_add(seg->nr_same, &s->progress->same_pages);
	}
	memset(seg, 0, sizeof(*seg));
	return ret;
}

/* Have room for a chunk in a coded segment. */
static int segment_open(struct hib_stream *s, struct hib_stream_worker *w,
			struct open_segment *seg)
{
	int ret = 0;

	if (seg->used > HIB_SEGMENT_BYTES - HIB_STREAM_CHUNK_ROOM)
		ret = segment_close(s, w, seg);
	if (!seg->used)
		seg->hurry = !hib_stream_ring_is_behind(&w->coded) &&
			     !hib_stream_ring_is_behind(&w->raw);
	if (ret || seg->buffer)
		return ret;
	return hib_stream_ring_get(w, &w->coded, &seg->buffer);
}

/* Store a chunk by @codec, or raw if it does not shrink. */
static int chunk_store(struct hib_stream *s, struct hib_stream_worker *w,
		       struct open_segments *open, const struct hib_codec_ops *codec,
		       struct hib_stream_source *src)
{
	bool suits = hib_stream_raw_suits(s, src), coded;
	struct open_segment *seg = &open->coded;
	void *at;
	int ret;

	if (suits && codec == &hib_codec_none) {
		src->frame.codec = HIB_CODEC_NONE;
		src->frame.body_bytes = src->nr_packed * HIB_BLOCK_BYTES;
		return hib_stream_raw_add(s, w, &open->raw, src);
	}
	ret = segment_open(s, w, seg);
	if (ret)
		return ret;
	at = seg->buffer->buf.data + seg->used;
	coded = hib_stream_chunk_code(w, codec, src, at, seg->hurry);
	if (suits && !coded)
		return hib_stream_raw_add(s, w, &open->raw, src);
	seg->used += hib_stream_chunk_close(s, src, at);
	seg->nr_pages += src->frame.nr_pages;
	seg->nr_same += src->frame.nr_pages - src->nr_packed;
	return 0;
}

/*
 * One chunk in the way that is its turn. What it took is all of the worker's time but for
 * waiting: the scan, and sending segments, which is the more the longer chunks are.
 */
static int chunk_mixed(struct hib_stream *s, struct hib_stream_worker *w,
		       struct open_segments *open, struct hib_stream_source *src)
{
	enum hib_way way = hib_mix_way(&w->shares, src->frame.index);
	int ret = chunk_store(s, w, open, hib_stream_way_codec(way), src);
	u64 now = ktime_get_ns();
	const struct hib_mix_seen seen = {
		.in_bytes = (u64)src->nr_packed * HIB_BLOCK_BYTES,
		.out_bytes = src->frame.body_bytes,
		.pack_ns = now - w->begun_at - (w->work.wait_ns - w->begun_wait_ns),
	};

	if (!ret)
		hib_stream_mix_note(s, w, way, &src->frame, &seen);
	return ret;
}

static int write_chunk(struct hib_stream *s, struct hib_stream_worker *w,
		       struct open_segments *open, u64 index)
{
	struct hib_stream_source src;
	int ret;

	w->begun_at = ktime_get_ns();
	w->begun_wait_ns = w->work.wait_ns;
	hib_stream_chunk_scan(s, w, index, &src);
	ret = s->mixed ? chunk_mixed(s, w, open, &src) : chunk_store(s, w, open, s->codec, &src);
	w->work.nr_chunks[src.frame.codec] += !!src.nr_packed;
	return ret;
}

static int write_chunks(struct hib_pipeline *p, struct hib_stream *s, struct hib_stream_worker *w)
{
	u64 nr_chunks = hib_stream_chunks(s->pages.nr_pages);
	struct open_segments open = {};
	int ret = 0;

	while (!ret && !hib_pipeline_stopped(p)) {
		u64 index = atomic64_fetch_inc(&s->next_chunk);

		if (index >= nr_chunks)
			return segment_close(s, w, &open.coded) ?:
			       hib_stream_raw_write(s, w, &open.raw);
		if (hib_progress_stopped(s->progress))
			return -EINTR;
		ret = write_chunk(s, w, &open, index);
		cond_resched();
	}
	return ret;
}

static int write_worker(struct hib_pipeline *p, unsigned int worker)
{
	struct hib_stream *s = p->context;
	struct hib_stream_worker *w = &s->workers[worker];
	int ret, drained;

	ret = s->codec ? hib_stream_worker_setup(w, s->codec) : 0;
	if (s->mixed)
		hib_stream_mix_join(s, w);
	if (!ret)
		ret = write_chunks(p, s, w);
	/* The others need not wait for our I/O to learn that it is over. */
	if (ret)
		hib_pipeline_fail(p, ret);
	drained = hib_stream_ring_drain(w);
	return ret ?: drained;
}

/* Begin the image, or continue it after what an earlier call wrote. */
static void write_from(struct hib_stream *s, u64 first)
{
	atomic64_set(&s->next_chunk, first / HIB_CHUNK_PAGES);
	if (first)
		return;
	s->segments.nr = 0;
	s->segments.nr_raw = 0;
	atomic64_set(&s->next_offset, 0);
	memset(&s->work, 0, sizeof(s->work));
}

/* Nothing is under way: add up what the workers did. */
static void write_add_work(struct hib_stream *s)
{
	for (unsigned int i = 0; i < s->nr_workers; i++) {
		struct hib_stream_work *work = &s->workers[i].work;

		for (unsigned int codec = 0; codec < HIB_NR_CODECS; codec++)
			s->work.nr_chunks[codec] += work->nr_chunks[codec];
		s->work.wait_ns += work->wait_ns;
		memset(work, 0, sizeof(*work));
	}
}

/**
 * hib_stream_write_pages() - Write pages as segments.
 * @s: A prepared stream.
 * @first: Pages before this one were written by the calls before; whole
 *	chunks. 0 begins the image, at its offset 0.
 * @bytes: Receives the length of all segments so far, in bytes.
 *
 * Context: Process context. Sleeps. Allocates nothing but threads' stacks.
 * Return: 0; -EINTR when it was asked to stop; or the first errno of the device.
 * Nothing is under way.
 */
int hib_stream_write_pages(struct hib_stream *s, u64 first, u64 *bytes)
{
	struct hib_pipeline p = {
		.work = write_worker,
		.context = s,
	};
	int ret;

	if (WARN_ON_ONCE(s->pages.nr_pages > s->max_pages || first % HIB_CHUNK_PAGES))
		return -EINVAL;
	write_from(s, first);
	ret = hib_pipeline_run(&p, s->nr_workers, "hib-write");
	write_add_work(s);
	*bytes = atomic64_read(&s->next_offset);
	return ret;
}
