// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_read - segments into pages
 *
 * All segments and the chunks of raw ones are known first (hib_stream_read_segments()).
 * Each worker then takes the next segment that nobody has, keeps its ring full
 * of reads, and unpacks what has arrived, oldest first. A coded segment is read into the
 * ring's memory, a raw one into the frames of its pages.
 *
 * What is read is hostile. pure/unpack.c decides where each byte goes; it
 * asks here where a page lies, whether a chunk was seen before, and for a
 * codec. In the end no chunk may be missing. The first error is printed with
 * its place, stops all workers and is returned; the pages are garbage then.
 *
 * Context: process context; the workers yield after each chunk.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "stream.h"
#include <linux/bitmap.h>
#include <linux/container_of.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include "pure/unpack.h"
#include "codec.h"
#include "pipeline.h"
#include "stream_raw.h"
#include "stream_ring.h"
#include "stream_segments.h"

/**
 * struct read_job - The job of all workers.
 * @pipeline: The workers.
 * @s: The stream that is read.
 * @why: Goes with the pipeline's error.
 */
struct read_job {
	struct hib_pipeline pipeline;
	struct hib_stream *s;
	const char *why;
};

/**
 * struct read_segment - One segment that a worker unpacks.
 * @job: The job that it is part of.
 * @w: The worker.
 */
struct read_segment {
	struct read_job *job;
	struct hib_stream_worker *w;
};

static void *read_address(void *priv, u64 index)
{
	const struct hib_pages *pages = &((struct read_segment *)priv)->job->s->pages;

	return pages->address(pages->priv, index);
}

static bool read_claim(void *priv, u32 index)
{
	struct read_segment *seg = priv;

	return !test_and_set_bit(index, seg->job->s->seen);
}

static int read_decompress(void *priv, const struct hib_chunk *c, void *out, size_t bytes,
			   const char **why)
{
	const struct hib_codec_ops *codec = hib_codec_by_id(c->codec);
	struct hib_stream_worker *w = ((struct read_segment *)priv)->w;

	*why = "codec not known here";
	if (!codec || hib_stream_worker_setup(w, codec))
		return -EOPNOTSUPP;
	*why = "cannot be decoded";
	if (codec->decompress(c->body, c->body_bytes, out, bytes, w->workspace.data))
		return -EBADMSG;
	return 0;
}

static bool read_stopped(void *priv)
{
	struct read_segment *seg = priv;

	cond_resched();
	return hib_pipeline_stopped(&seg->job->pipeline);
}

static const struct hib_unpack_ops unpack_ops = {
	.address = read_address,
	.claim = read_claim,
	.decompress = read_decompress,
	.stopped = read_stopped,
};

static void read_failed(struct read_job *job, int error, const char *why)
{
	if (hib_pipeline_fail(&job->pipeline, error))
		job->why = why;
}

static void segment_failed(struct read_job *job, int error, u64 offset, u32 pos, const char *why)
{
	if (!hib_pipeline_fail(&job->pipeline, error))
		return;
	job->why = why;
	pr_err("segment at %llu: chunk at byte %u: %s\n", offset, pos, why);
}

static struct hib_unpack unpack_of(struct read_segment *seg)
{
	return (struct hib_unpack) {
		.ops = &unpack_ops,
		.priv = seg,
		.image_id = seg->job->s->image_id,
		.nr_pages_total = seg->job->s->pages.nr_pages,
		.plain = seg->w->plain.data,
	};
}

/* Unpack a segment that has arrived. */
static int segment_decode(struct read_job *job, struct hib_stream_worker *w,
			  const struct hib_stream_buffer *buffer)
{
	struct read_segment seg = { .job = job, .w = w };
	struct hib_unpack u = unpack_of(&seg);
	struct hib_stream *s = job->s;
	const char *why = "";
	int ret;

	if (buffer->nr_raw)
		ret = hib_unpack_raw_end(&u, buffer->raw_chunks, buffer->nr_raw, buffer->blocks,
					 &why);
	else
		ret = hib_unpack_segment(&u, buffer->buf.data,
					 buffer->nr_blocks * HIB_BLOCK_BYTES, &why);
	if (ret)
		segment_failed(job, ret, buffer->offset, u.pos, why);
	if (!ret && s->progress) {
		atomic64_add(u.nr_pages, &s->progress->pages);
		atomic64_add(u.nr_same, &s->progress->same_pages);
	}
	return ret;
}

static int read_raw(struct read_job *job, struct hib_stream_worker *w,
		    const struct hib_stream_segment *place)
{
	struct read_segment seg = { .job = job, .w = w };
	struct hib_unpack u = unpack_of(&seg);
	const char *why = "";
	int ret = hib_stream_raw_read(w, &u, place, &why);

	if (ret == -EBADMSG)
		segment_failed(job, ret, place->offset, u.pos, why);
	return ret;
}

static int read_coded(struct hib_stream_worker *w, const struct hib_stream_segment *place)
{
	struct hib_stream_buffer *buffer = hib_stream_ring_next(&w->coded);

	buffer->nr_raw = 0;
	return hib_stream_ring_read(w, &w->coded, buffer->buf.pages, place->offset,
				    place->nr_blocks);
}

/* Fill the ring with reads, as far as there are segments. */
static int read_ahead(struct read_job *job, struct hib_stream_worker *w)
{
	struct hib_stream_segment place;
	int ret = 0;

	while (!ret && !hib_stream_ring_is_full(&w->coded)) {
		ret = hib_stream_segment_take(job->s, &place);
		if (ret < 0)
			segment_failed(job, ret, place.offset, 0, "raw segment without chunks");
		if (ret <= 0)
			return ret;
		ret = place.nr_raw ? read_raw(job, w, &place) : read_coded(w, &place);
	}
	return ret;
}

static int read_segments(struct read_job *job, struct hib_stream_worker *w)
{
	struct hib_stream_buffer *buffer;
	int ret;

	while (!hib_pipeline_stopped(&job->pipeline)) {
		ret = read_ahead(job, w);
		if (!ret)
			ret = hib_stream_ring_wait(w, &w->coded, &buffer);
		if (ret) {
			read_failed(job, ret, "read error");
			return ret;
		}
		if (!buffer)
			return 0;
		if (hib_progress_stopped(job->s->progress)) {
			read_failed(job, -EINTR, "stopped");
			return -EINTR;
		}
		ret = segment_decode(job, w, buffer);
		if (ret)
			return ret;
	}
	return 0;
}

static int read_worker(struct hib_pipeline *p, unsigned int worker)
{
	struct read_job *job = container_of(p, struct read_job, pipeline);
	struct hib_stream_worker *w = &job->s->workers[worker];
	int ret = read_segments(job, w);

	/* Something is left only after an error, which is the one that counts. */
	hib_stream_ring_drain(w);
	return ret;
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
	int ret;

	*why = "more pages than prepared for";
	if (s->pages.nr_pages > s->max_pages)
		return -EINVAL;
	bitmap_zero(s->seen, nr_chunks);
	s->segments.next = 0;
	s->segments.next_offset = 0;
	s->segments.next_raw = 0;
	ret = hib_pipeline_run(&job.pipeline, s->nr_workers, "hib-read");
	*why = job.why;
	if (ret)
		return ret;

	if (s->segments.next_raw < s->segments.nr_raw) {
		*why = "raw chunk in no segment";
		return -EBADMSG;
	}
	missing = find_first_zero_bit(s->seen, nr_chunks);
	if (missing < nr_chunks) {
		*why = "chunk missing";
		pr_err("chunk %llu: in no segment\n", missing);
		return -EBADMSG;
	}
	return 0;
}
