// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Segments into pages
 *
 * The lengths of all segments are known first (hib_stream_read_segments()).
 * Each worker then takes the next segment that nobody has, keeps its ring full
 * of reads, and decodes what has arrived, oldest first. A chunk's pages are
 * decoded straight into their frames where these lie side by side, else
 * through the worker's plain buffer.
 *
 * What is read is hostile. hib_chunk_parse() vouches for a chunk's frame and
 * its tag; here each chunk is let through once, before anything of it is
 * written to a page, a codec that is not known is refused, what follows the
 * last chunk must be zero, and in the end no chunk may be missing. The first
 * error is printed with its place, stops all workers and is returned; the
 * pages are garbage then.
 *
 * Context: process context; the workers yield after each chunk.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "stream.h"

#include "chunk.h"
#include "codec.h"
#include "pipeline.h"
#include "stream_ring.h"

#include <linux/bitmap.h>
#include <linux/container_of.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

/* All workers' job; @why goes with the pipeline's error. */
struct read_job {
	struct hib_pipeline pipeline;
	struct hib_stream *s;
	const char *why;
};

/* Where the packed pages of a chunk go; NULL: it is stale and goes nowhere. */
struct chunk_target {
	void *packed[HIB_CHUNK_PAGES];
	unsigned int nr_packed;
	bool contiguous;
};

static void page_fill(void *page, u64 fill)
{
	u64 *word = page, *end = page + HIB_BLOCK_BYTES;

	if (!fill) {
		clear_page(page);
		return;
	}
	while (word < end)
		*word++ = fill;
}

/* Fill the same-filled pages, and list where the others go. */
static void chunk_place(struct hib_stream *s, const struct hib_chunk *c,
			struct chunk_target *target)
{
	u64 first = (u64)c->index * HIB_CHUNK_PAGES;
	const __le64 *fill = c->fills;
	unsigned int i;

	target->nr_packed = 0;
	target->contiguous = true;
	for (i = 0; i < c->nr_pages; i++) {
		void *page = s->pages.address(s->pages.priv, first + i);

		if (c->same_mask & BIT(i)) {
			u64 word = get_unaligned_le64(fill++);

			if (page)
				page_fill(page, word);
			continue;
		}
		if (!page || (target->nr_packed &&
			      page != target->packed[target->nr_packed - 1] + HIB_BLOCK_BYTES))
			target->contiguous = false;
		target->packed[target->nr_packed++] = page;
	}
}

static void chunk_scatter(const struct chunk_target *target, const void *in)
{
	unsigned int i;

	if (target->contiguous) {
		memcpy(target->packed[0], in, (size_t)target->nr_packed * HIB_BLOCK_BYTES);
		return;
	}
	for (i = 0; i < target->nr_packed; i++)
		if (target->packed[i])
			memcpy(target->packed[i], in + (size_t)i * HIB_BLOCK_BYTES,
			       HIB_BLOCK_BYTES);
}

static int chunk_decompress(struct hib_stream_worker *w, const struct hib_chunk *c,
			    const struct chunk_target *target, const char **why)
{
	const struct hib_codec_ops *codec = hib_codec_by_id(c->codec);
	void *out = target->contiguous ? target->packed[0] : w->plain.data;

	*why = "codec not known here";
	if (!codec || hib_stream_worker_setup(w, codec))
		return -EOPNOTSUPP;
	*why = "cannot be decoded";
	if (codec->decompress(c->body, c->body_bytes, out,
			      (size_t)target->nr_packed * HIB_BLOCK_BYTES, w->workspace.data))
		return -EBADMSG;
	if (!target->contiguous)
		chunk_scatter(target, out);
	return 0;
}

/* A chunk that hib_chunk_parse() let through, into its pages. */
static int chunk_decode(struct hib_stream *s, struct hib_stream_worker *w,
			const struct hib_chunk *c, const char **why)
{
	struct chunk_target target;

	*why = "chunk out of range";
	if (c->index >= hib_stream_chunks(s->pages.nr_pages))
		return -EBADMSG;
	*why = "chunk seen twice";
	if (test_and_set_bit(c->index, s->seen))
		return -EBADMSG;

	chunk_place(s, c, &target);
	if (target.nr_packed && c->codec != HIB_CODEC_NONE)
		return chunk_decompress(w, c, &target, why);
	*why = "length of raw pages is wrong";
	if (c->body_bytes != target.nr_packed * HIB_BLOCK_BYTES)
		return -EBADMSG;
	if (target.nr_packed)
		chunk_scatter(&target, c->body);
	return 0;
}

static void read_failed(struct read_job *job, int error, const char *why)
{
	if (hib_pipeline_fail(&job->pipeline, error))
		job->why = why;
}

static int segment_failed(struct read_job *job, const struct hib_stream_slot *slot, u32 pos,
			  int error, const char *why)
{
	if (hib_pipeline_fail(&job->pipeline, error)) {
		job->why = why;
		pr_err("segment at %llu: chunk at byte %u: %s\n", slot->offset, pos, why);
	}
	return error;
}

/* Decode all chunks of a segment that has arrived. */
static int segment_decode(struct read_job *job, struct hib_stream_worker *w,
			  const struct hib_stream_slot *slot)
{
	u32 pos = 0, length = slot->nr_blocks * HIB_BLOCK_BYTES;
	struct hib_stream *s = job->s;
	struct hib_chunk c = {};
	u64 nr_pages = 0, nr_same = 0;
	const char *why = "";
	int error;

	while ((error = hib_chunk_parse(slot->buf.data + pos, length - pos, s->image_id,
					s->pages.nr_pages, &c, &why)) > 0) {
		error = chunk_decode(s, w, &c, &why);
		if (error)
			return segment_failed(job, slot, pos, error, why);
		pos += c.total_bytes;
		nr_pages += c.nr_pages;
		nr_same += hweight32(c.same_mask);
		cond_resched();
		if (hib_pipeline_stopped(&job->pipeline))
			return 0;
	}
	if (error)
		return segment_failed(job, slot, pos, error, why);
	if (length - pos >= HIB_BLOCK_BYTES || memchr_inv(slot->buf.data + pos, 0, length - pos))
		return segment_failed(job, slot, pos, -EBADMSG, "garbage behind the chunks");
	if (s->progress) {
		atomic64_add(nr_pages, &s->progress->pages);
		atomic64_add(nr_same, &s->progress->same_pages);
	}
	return 0;
}

/* The next segment that no worker has; false when there is none left. */
static bool segment_take(struct hib_stream *s, u64 *offset, u32 *nr_blocks)
{
	struct hib_stream_segments *segments = &s->segments;
	bool taken = false;

	spin_lock(&segments->lock);
	if (segments->next < segments->nr) {
		*nr_blocks = segments->blocks[segments->next++];
		*offset = segments->next_offset;
		segments->next_offset += (u64)*nr_blocks * HIB_BLOCK_BYTES;
		taken = true;
	}
	spin_unlock(&segments->lock);
	return taken;
}

/* Fill the ring with reads, as far as there are segments. */
static int read_ahead(struct hib_stream *s, struct hib_stream_worker *w)
{
	u32 nr_blocks;
	u64 offset;
	int error = 0;

	while (!error && !hib_stream_ring_is_full(w) && segment_take(s, &offset, &nr_blocks))
		error = hib_stream_ring_read(s, w, offset, nr_blocks);
	return error;
}

static int read_segments(struct read_job *job, struct hib_stream_worker *w)
{
	struct hib_stream_slot *slot;
	int error;

	while (!hib_pipeline_stopped(&job->pipeline)) {
		error = read_ahead(job->s, w);
		if (!error)
			error = hib_stream_ring_wait(job->s, w, &slot);
		if (error) {
			read_failed(job, error, "read error");
			return error;
		}
		if (!slot)
			return 0;
		error = segment_decode(job, w, slot);
		if (error)
			return error;
	}
	return 0;
}

static int read_worker(struct hib_pipeline *p, unsigned int worker)
{
	struct read_job *job = container_of(p, struct read_job, pipeline);
	struct hib_stream_worker *w = &job->s->workers[worker];
	int error = read_segments(job, w);

	/* Something is left only after an error, which is the one that counts. */
	hib_stream_ring_drain(job->s, w);
	return error;
}

/**
 * hib_stream_read_pages() - Read every chunk, each into its pages.
 * @s: A stream whose segments were read; its pages are filled in.
 * @why: Says what was wrong, in a few words, when an errno is returned.
 *
 * Context: Process context. Sleeps. Allocates nothing but threads' stacks.
 * Return:
 * * 0		- each page has its content
 * * -EBADMSG	- damaged, a chunk twice or not at all
 * * -EOPNOTSUPP - sound, but coded as is not known here
 * * other	- of the device
 */
int hib_stream_read_pages(struct hib_stream *s, const char **why)
{
	u64 missing, nr_chunks = hib_stream_chunks(s->pages.nr_pages);
	struct read_job job = {
		.pipeline.work = read_worker,
		.s = s,
	};
	int error;

	*why = "more pages than prepared for";
	if (s->pages.nr_pages > s->max_pages)
		return -EINVAL;
	bitmap_zero(s->seen, nr_chunks);
	s->segments.next = 0;
	s->segments.next_offset = 0;
	error = hib_pipeline_run(&job.pipeline, s->nr_workers, "hib-read");
	*why = job.why;
	if (error)
		return error;

	missing = find_first_zero_bit(s->seen, nr_chunks);
	if (missing < nr_chunks) {
		*why = "chunk missing";
		pr_err("chunk %llu: in no segment\n", missing);
		return -EBADMSG;
	}
	return 0;
}
