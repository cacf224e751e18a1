// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_read - segments into pages
 *
 * The lengths of all segments are known first (hib_stream_read_segments()).
 * Each worker then takes the next segment that nobody has, keeps its ring full
 * of reads, and unpacks what has arrived, oldest first.
 *
 * What is read is hostile. hib_unpack_segment() decides where each byte goes; it
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
#include "stream_ring.h"

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

/* Unpack a segment that has arrived. */
static int segment_decode(struct read_job *job, struct hib_stream_worker *w,
			  const struct hib_stream_buffer *buffer)
{
	struct read_segment seg = { .job = job, .w = w };
	struct hib_stream *s = job->s;
	struct hib_unpack u = {
		.ops = &unpack_ops,
		.priv = &seg,
		.image_id = s->image_id,
		.nr_pages_total = s->pages.nr_pages,
		.plain = w->plain.data,
	};
	const char *why = "";
	int ret;

	ret = hib_unpack_segment(&u, buffer->buf.data, buffer->nr_blocks * HIB_BLOCK_BYTES, &why);
	if (ret && hib_pipeline_fail(&job->pipeline, ret)) {
		job->why = why;
		pr_err("segment at %llu: chunk at byte %u: %s\n", buffer->offset, u.pos, why);
	}
	if (!ret && s->progress) {
		atomic64_add(u.nr_pages, &s->progress->pages);
		atomic64_add(u.nr_same, &s->progress->same_pages);
	}
	return ret;
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
	int ret = 0;

	while (!ret && !hib_stream_ring_is_full(w) && segment_take(s, &offset, &nr_blocks))
		ret = hib_stream_ring_read(w, offset, nr_blocks);
	return ret;
}

static int read_segments(struct read_job *job, struct hib_stream_worker *w)
{
	struct hib_stream_buffer *buffer;
	int ret;

	while (!hib_pipeline_stopped(&job->pipeline)) {
		ret = read_ahead(job->s, w);
		if (!ret)
			ret = hib_stream_ring_wait(w, &buffer);
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
	ret = hib_pipeline_run(&job.pipeline, s->nr_workers, "hib-read");
	*why = job.why;
	if (ret)
		return ret;

	missing = find_first_zero_bit(s->seen, nr_chunks);
	if (missing < nr_chunks) {
		*why = "chunk missing";
		pr_err("chunk %llu: in no segment\n", missing);
		return -EBADMSG;
	}
	return 0;
}
