// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_sample - what coding makes of a few chunks
 *
 * Chunks from all over the image are coded, and the result is thrown away. It shows how
 * large the image will be. If the way is chosen for each chunk, they are coded in each way,
 * and back, and the time of that is the beginning of what the choice follows from.
 *
 * Uses the memory of the first worker. Nothing is under way.
 *
 * Context: process context.
 */
#include "stream.h"
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include "pure/chunk.h"
#include "codec.h"
#include "stream_chunk.h"
#include "stream_mix.h"
#include "stream_raw.h"
#include "stream_ring.h"

#define SAMPLE_CHUNKS	16u

/* Did it not shrink, and can it go without a copy? */
static bool sample_is_raw(const struct hib_stream *s, const struct hib_stream_source *src)
{
	return src->frame.codec == HIB_CODEC_NONE && hib_stream_raw_suits(s, src);
}

static void sample_store(struct hib_stream *s, struct hib_stream_worker *w,
			 const struct hib_codec_ops *codec, struct hib_stream_source *src,
			 void *out)
{
	hib_stream_chunk_code(w, codec, src, out, false);
	if (sample_is_raw(s, src))
		hib_stream_raw_tag(s, src);
	else
		hib_stream_chunk_close(s, src, out);
}

/* Code a chunk in one way, and back. */
static void sample_try(struct hib_stream *s, struct hib_stream_worker *w, enum hib_way way,
		       struct hib_stream_source *src, void *out, struct hib_mix_seen *seen)
{
	const struct hib_codec_ops *codec = hib_stream_way_codec(way);
	size_t bytes = (size_t)src->nr_packed * HIB_BLOCK_BYTES;
	u64 start = ktime_get_ns(), packed;

	sample_store(s, w, codec, src, out);
	packed = ktime_get_ns();
	seen->in_bytes += bytes;
	seen->out_bytes += src->frame.body_bytes;
	seen->pack_ns += packed - start;
	/* The tag is computed again, as for a check. */
	if (sample_is_raw(s, src))
		hib_stream_raw_tag(s, src);
	else
		hib_chunk_close(out, s->image_id, &src->frame, src->fills);
	if (src->frame.codec != HIB_CODEC_NONE)
		codec->decompress(out + hib_chunk_body_offset(src->frame.same_mask),
				  src->frame.body_bytes, out + HIB_SEGMENT_BYTES / 2, bytes,
				  w->workspace.data);
	seen->unpack_ns += ktime_get_ns() - packed;
	/* Each way takes about as long as a worker does between two chunks. */
	cond_resched();
}

/**
 * struct sample_mix - What each way makes of a sample.
 * @raw: Of all of it, as it is.
 * @quick: Coded in the quick way.
 * @shrunk: The same, of those chunks that it made smaller.
 * @part: The same, of those chunks on which the dense way was tried.
 * @dense: In the dense way.
 */
struct sample_mix {
	struct hib_mix_seen raw, quick, shrunk, part, dense;
};

/* The dense way is slow, so it is tried on a quarter at most, of chunks that shrink. */
static void sample_chunk(struct hib_stream *s, struct hib_stream_worker *w, u64 number,
			 struct hib_stream_source *src, void *out, struct sample_mix *mix)
{
	struct hib_mix_seen one = {};

	if (!src->nr_packed)
		return;
	sample_try(s, w, HIB_WAY_RAW, src, out, &mix->raw);
	sample_try(s, w, HIB_WAY_QUICK, src, out, &one);
	hib_mix_sum(&mix->quick, &one);
	if (one.out_bytes == one.in_bytes)
		return;
	hib_mix_sum(&mix->shrunk, &one);
	if (mix->dense.in_bytes > number / 4 * HIB_STREAM_BODY_MAX)
		return;
	hib_mix_sum(&mix->part, &one);
	sample_try(s, w, HIB_WAY_DENSE, src, out, &mix->dense);
}

static void sample_done(struct hib_stream *s, const struct sample_mix *mix,
			struct hib_stream_sample *sample)
{
	hib_stream_mix_begin(s, sample->pages, &mix->raw, &mix->quick);
	hib_mix_compare(&s->mix.mix, &mix->dense, &mix->part, &mix->shrunk);
	hib_stream_mix_decide(s, 0);
	sample->in_bytes = mix->raw.in_bytes;
	sample->out_bytes = hib_mix_stored(&s->mix.mix, sample->in_bytes);
	sample->least_bytes = hib_mix_least(&s->mix.mix, sample->in_bytes);
}

/**
 * hib_stream_take_sample() - Code a few chunks from all over the image.
 * @s: A prepared stream with its pages and codec filled in, nothing under way.
 * @sample: What comes of it; all zero when that cannot be tried.
 *
 * The result is thrown away. If the way is chosen for each chunk, the first choice is made.
 *
 * Context: Process context. Sleeps.
 */
void hib_stream_take_sample(struct hib_stream *s, struct hib_stream_sample *sample)
{
	u64 nr_chunks = hib_stream_chunks(s->pages.nr_pages);
	u64 nr_samples = min_t(u64, nr_chunks, SAMPLE_CHUNKS);
	struct hib_stream_worker *w = &s->workers[0];
	struct sample_mix mix = {};
	struct hib_stream_source src;
	struct hib_stream_buffer *buffer;
	void *out;

	*sample = (struct hib_stream_sample) {};
	if (!s->codec || hib_stream_worker_setup(w, s->codec) ||
	    hib_stream_ring_get(w, &w->coded, &buffer))
		return;
	out = buffer->buf.data;
	for (u64 i = 0; i < nr_samples; i++) {
		hib_stream_chunk_scan(s, w, div64_u64(i * nr_chunks, nr_samples), &src);
		sample->pages += src.frame.nr_pages;
		if (s->mixed) {
			sample_chunk(s, w, i, &src, out, &mix);
		} else {
			hib_stream_chunk_code(w, s->codec, &src, out, false);
			sample->in_bytes += (u64)src.nr_packed * HIB_BLOCK_BYTES;
			sample->out_bytes += src.frame.body_bytes;
		}
		cond_resched();
	}
	sample->least_bytes = sample->out_bytes;
	if (s->mixed)
		sample_done(s, &mix, sample);
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
	return sample->least_bytes * 8 < sample->in_bytes * 7 || !sample->in_bytes;
}
