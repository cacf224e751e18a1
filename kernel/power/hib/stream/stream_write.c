// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_write - pages into segments
 *
 * Each worker takes the next chunk that nobody has, codes it into its current
 * segment right behind the last one, and goes on until another chunk might not
 * fit. Then the segment gets its offset in the image and is submitted to the
 * device, and the worker goes on with the next buffer of its ring. So chunks lie
 * in any order, and each says which pages it holds. Only the lengths of segments
 * must be kept, in image order, since a reader cannot guess them.
 *
 * When a worker opens a segment, it checks which side is the bottleneck. If the
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
#include "stream_ring.h"

/**
 * struct open_segment - A worker's segment that is being filled.
 * @data: The segment.
 * @hurry: Use the faster way to encode.
 * @used: Bytes in @data so far.
 * @nr_pages: Pages in it.
 * @nr_same: Of these, pages whose words are all equal.
 */
struct open_segment {
	void *data;
	bool hurry;
	u32 used;
	u64 nr_pages;
	u64 nr_same;
};

/* The next free place in the image for a segment of @nr_blocks. */
static int segment_claim(struct hib_stream *s, u32 nr_blocks, u64 *offset)
{
	struct hib_stream_segments *segments = &s->segments;
	int ret = -EINVAL;

	spin_lock(&segments->lock);
	if (!WARN_ON_ONCE(segments->nr >= segments->capacity)) {
		segments->blocks[segments->nr++] = nr_blocks;
		*offset = atomic64_fetch_add((u64)nr_blocks * HIB_BLOCK_BYTES, &s->next_offset);
		ret = 0;
	}
	spin_unlock(&segments->lock);
	return ret;
}

static int segment_close(struct hib_stream *s, struct hib_stream_worker *w,
			 struct open_segment *seg)
{
	u32 nr_blocks = DIV_ROUND_UP(seg->used, HIB_BLOCK_BYTES);
	u64 offset;
	int ret;

	memset(seg->data + seg->used, 0, nr_blocks * HIB_BLOCK_BYTES - seg->used);
	ret = segment_claim(s, nr_blocks, &offset);
	if (!ret)
		ret = hib_stream_ring_write(w, offset, nr_blocks);
	if (!ret && s->progress) {
		atomic64_add(seg->nr_pages, &s->progress->pages);
		atomic64_add(seg->nr_same, &s->progress->same_pages);
	}
	memset(seg, 0, sizeof(*seg));
	return ret;
}

/*
 * One chunk in the way that is its turn. Returns its length. What it took is all of the worker's
 * time but for waiting: the scan, and sending segments, which is the more the longer chunks are.
 */
static u32 chunk_mixed(struct hib_stream *s, struct hib_stream_worker *w,
		       struct hib_stream_source *src, const struct open_segment *seg)
{
	enum hib_way way = hib_mix_way(&w->shares, src->frame.index);
	u32 bytes = hib_stream_chunk_encode(s, w, hib_stream_way_codec(way), src,
					    seg->data + seg->used, seg->hurry);
	u64 now = ktime_get_ns();
	const struct hib_mix_seen seen = {
		.in_bytes = (u64)src->nr_packed * HIB_BLOCK_BYTES,
		.out_bytes = src->frame.body_bytes,
		.pack_ns = now - w->begun_at - (w->work.wait_ns - w->begun_wait_ns),
	};

	hib_stream_mix_note(s, w, way, &src->frame, &seen);
	return bytes;
}

static int write_chunk(struct hib_stream *s, struct hib_stream_worker *w,
		       struct open_segment *seg, u64 index)
{
	struct hib_stream_source src;
	int ret = 0;

	w->begun_at = ktime_get_ns();
	w->begun_wait_ns = w->work.wait_ns;

	if (seg->used > HIB_SEGMENT_BYTES - HIB_STREAM_CHUNK_ROOM)
		ret = segment_close(s, w, seg);
	if (!ret && !seg->used) {
		seg->hurry = !hib_stream_ring_is_behind(w);
		ret = hib_stream_ring_get(w, &seg->data);
	}
	if (ret)
		return ret;

	hib_stream_chunk_scan(s, w, index, &src);
	seg->used += s->mixed ? chunk_mixed(s, w, &src, seg) :
		     hib_stream_chunk_encode(s, w, s->codec, &src, seg->data + seg->used,
					     seg->hurry);
	w->work.nr_chunks[src.frame.codec] += !!src.nr_packed;
	seg->nr_pages += src.frame.nr_pages;
	seg->nr_same += src.frame.nr_pages - src.nr_packed;
	return 0;
}

static int write_chunks(struct hib_pipeline *p, struct hib_stream *s, struct hib_stream_worker *w)
{
	u64 nr_chunks = hib_stream_chunks(s->pages.nr_pages);
	struct open_segment seg = {};
	int ret = 0;

	while (!ret && !hib_pipeline_stopped(p)) {
		u64 index = atomic64_fetch_inc(&s->next_chunk);

		if (index >= nr_chunks)
			return seg.used ? segment_close(s, w, &seg) : 0;
		if (hib_progress_stopped(s->progress))
			return -EINTR;
		ret = write_chunk(s, w, &seg, index);
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
