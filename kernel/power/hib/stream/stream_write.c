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
 * A page is read twice: once to see whether it is same-filled, once by the codec.
 * The codec writes into the segment, and what does not shrink is copied there.
 * Reading twice is correct for private copies that nobody else writes to. Pages
 * of live memory (precopy) are first fetched into the worker's plain buffer, once,
 * and are read there only.
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
#include "pure/chunk.h"
#include "codec.h"
#include "pipeline.h"
#include "stream_ring.h"

#define CHUNK_BODY_MAX	((size_t)HIB_CHUNK_PAGES * HIB_BLOCK_BYTES)
/* What coding one chunk may touch, at most. */
#define CHUNK_ROOM	(sizeof(struct hib_disk_chunk) + HIB_CHUNK_PAGES * sizeof(__le64) + \
			 hib_codec_room(CHUNK_BODY_MAX))
/* Chunks that are tried by hib_stream_take_sample(). */
#define SAMPLE_CHUNKS	16u

/**
 * struct chunk_source - One chunk's pages, looked through.
 * @frame: What its frame will say.
 * @fills: Fill words of the same-filled pages.
 * @packed: Addresses of the others.
 * @nr_packed: How many these are.
 * @contiguous: They lie side by side.
 */
struct chunk_source {
	struct hib_chunk frame;
	u64 fills[HIB_CHUNK_PAGES];
	const void *packed[HIB_CHUNK_PAGES];
	unsigned int nr_packed;
	bool contiguous;
};

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

/* Where page @i of a chunk lies: a private copy, or what was fetched. */
static const void *chunk_page(const struct hib_stream *s, const struct hib_stream_worker *w,
			      u64 first, unsigned int i)
{
	if (s->pages.fetch)
		return w->plain.data + (size_t)i * HIB_BLOCK_BYTES;
	return s->pages.address(s->pages.priv, first + i);
}

static void chunk_scan(struct hib_stream *s, struct hib_stream_worker *w, u64 index,
		       struct chunk_source *src)
{
	u64 first = index * HIB_CHUNK_PAGES;
	unsigned int i, nr_same = 0;

	memset(&src->frame, 0, sizeof(src->frame));
	src->frame.index = index;
	src->frame.nr_pages = min_t(u64, HIB_CHUNK_PAGES, s->pages.nr_pages - first);
	src->nr_packed = 0;
	src->contiguous = true;
	if (s->pages.fetch)
		s->pages.fetch(s->pages.priv, first, src->frame.nr_pages, w->plain.data);
	for (i = 0; i < src->frame.nr_pages; i++) {
		const void *page = chunk_page(s, w, first, i);

		if (hib_chunk_page_is_same(page, &src->fills[nr_same])) {
			src->frame.same_mask |= BIT(i);
			nr_same++;
			continue;
		}
		if (src->nr_packed && page != src->packed[src->nr_packed - 1] + HIB_BLOCK_BYTES)
			src->contiguous = false;
		src->packed[src->nr_packed++] = page;
	}
}

/* @out may be the buffer that the pages lie in: none moves towards its end. */
static void chunk_gather(const struct chunk_source *src, void *out)
{
	unsigned int i;

	if (src->contiguous) {
		memcpy(out, src->packed[0], (size_t)src->nr_packed * HIB_BLOCK_BYTES);
		return;
	}
	for (i = 0; i < src->nr_packed; i++)
		memmove(out + (size_t)i * HIB_BLOCK_BYTES, src->packed[i], HIB_BLOCK_BYTES);
}

/* Code the packed pages to @out; 0 when they do not shrink by a worthwhile part. */
static u32 chunk_compress(struct hib_stream *s, struct hib_stream_worker *w,
			  struct chunk_source *src, void *out, bool hurry)
{
	size_t bytes = (size_t)src->nr_packed * HIB_BLOCK_BYTES;
	const struct hib_codec_ops *codec = s->codec;

	if (!codec || codec == &hib_codec_none)
		return 0;
	/* They may have lain in that buffer: from now on they are where they went. */
	if (!src->contiguous) {
		chunk_gather(src, w->plain.data);
		src->packed[0] = w->plain.data;
		src->contiguous = true;
	}
	return (hurry && codec->compress_fast ? codec->compress_fast : codec->compress)
		(src->packed[0], bytes, out, bytes - bytes / 32, w->workspace.data);
}

/* One chunk to @at, with CHUNK_ROOM behind it. Returns its length. */
static u32 chunk_encode(struct hib_stream *s, struct hib_stream_worker *w,
			struct chunk_source *src, void *at, bool hurry)
{
	struct hib_chunk *frame = &src->frame;
	void *body = at + hib_chunk_body_offset(frame->same_mask);

	frame->codec = HIB_CODEC_NONE;
	frame->body_bytes = 0;
	if (src->nr_packed) {
		frame->body_bytes = chunk_compress(s, w, src, body, hurry);
		if (frame->body_bytes) {
			frame->codec = s->codec->id;
		} else {
			frame->body_bytes = src->nr_packed * HIB_BLOCK_BYTES;
			chunk_gather(src, body);
		}
	}
	return hib_chunk_close(at, s->image_id, frame, src->fills);
}

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

static int write_chunk(struct hib_stream *s, struct hib_stream_worker *w,
		       struct open_segment *seg, u64 index)
{
	struct chunk_source src;
	int ret = 0;

	if (seg->used > HIB_SEGMENT_BYTES - CHUNK_ROOM)
		ret = segment_close(s, w, seg);
	if (!ret && !seg->used) {
		seg->hurry = !hib_stream_ring_is_behind(w);
		ret = hib_stream_ring_get(w, &seg->data);
	}
	if (ret)
		return ret;

	chunk_scan(s, w, index, &src);
	seg->used += chunk_encode(s, w, &src, seg->data + seg->used, seg->hurry);
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
		if (s->progress && s->progress->stop && s->progress->stop())
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
	*bytes = atomic64_read(&s->next_offset);
	return ret;
}

/**
 * hib_stream_take_sample() - Code a few chunks from all over the image.
 * @s: A prepared stream with its pages and codec filled in, nothing under way.
 * @sample: What comes of it; all zero when that cannot be tried.
 *
 * The result is thrown away.
 *
 * Context: Process context. Sleeps.
 */
void hib_stream_take_sample(struct hib_stream *s, struct hib_stream_sample *sample)
{
	u64 nr_chunks = hib_stream_chunks(s->pages.nr_pages);
	u64 nr_samples = min_t(u64, nr_chunks, SAMPLE_CHUNKS);
	struct hib_stream_worker *w = &s->workers[0];
	struct chunk_source src;
	void *out;

	*sample = (struct hib_stream_sample) {};
	if (!s->codec || hib_stream_worker_setup(w, s->codec) || hib_stream_ring_get(w, &out))
		return;
	for (u64 i = 0; i < nr_samples; i++) {
		chunk_scan(s, w, div64_u64(i * nr_chunks, nr_samples), &src);
		chunk_encode(s, w, &src, out, false);
		sample->pages += src.frame.nr_pages;
		sample->in_bytes += (u64)src.nr_packed * HIB_BLOCK_BYTES;
		sample->out_bytes += src.frame.body_bytes;
		cond_resched();
	}
}

/**
 * hib_stream_sample_shrinks() - Is coding worth the while?
 * @sample: Of the pages.
 *
 * Context: Any.
 * Return: True when the sample shrinks to less than 7/8 of what is not
 * same-filled anyway, or when there is nothing else in it.
 */
bool hib_stream_sample_shrinks(const struct hib_stream_sample *sample)
{
	if (!sample->pages)
		return false;
	return sample->out_bytes * 8 < sample->in_bytes * 7 || !sample->in_bytes;
}
