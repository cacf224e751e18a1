// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_mix - the choice of a way for each chunk, by several workers
 *
 * If no codec is wanted, each chunk is stored raw, by lz4 or by zstd. Which share of the
 * chunks goes each way is decided by pure/mix.c, from what the device takes, what the CPUs
 * take, and the room.
 *
 * Each worker has its own copy of the shares and counts by itself what its chunks took.
 * Every eight chunks, about a MiB of pages, it adds that to what all know, takes the shares
 * that count by then, and once in a while has them chosen again. So there is one lock a MiB,
 * and no line that is shared by chunk.
 *
 * The figures are part of the stream, and begin with a sample.
 *
 * Context: process context.
 */
#include "stream_mix.h"
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include "pure/chunk.h"
#include "codec.h"
#include "stream.h"
#include "stream_ring.h"

#define MIX_TELL_CHUNKS	8u

/**
 * hib_stream_way_codec() - What a way is.
 * @way: The way.
 *
 * Context: Any.
 * Return: Its codec.
 */
const struct hib_codec_ops *hib_stream_way_codec(enum hib_way way)
{
	static const struct hib_codec_ops * const codecs[HIB_NR_WAYS] = {
		[HIB_WAY_RAW] = &hib_codec_none,
		[HIB_WAY_QUICK] = &hib_codec_lz4,
		[HIB_WAY_DENSE] = &hib_codec_zstd,
	};

	return codecs[way];
}

/**
 * hib_stream_mix_begin() - Take in a sample.
 * @s: The stream. What was known is forgotten.
 * @nr_pages: Pages of the sample.
 * @raw: What it takes to store those that are not same-filled as they are.
 * @quick: The same in the quick way.
 *
 * Context: Nothing is under way.
 */
void hib_stream_mix_begin(struct hib_stream *s, u64 nr_pages, const struct hib_mix_seen *raw,
			  const struct hib_mix_seen *quick)
{
	struct hib_stream_mix *m = &s->mix;

	m->in_bytes = raw->in_bytes;
	m->all_bytes = nr_pages * HIB_BLOCK_BYTES;
	hib_mix_begin(&m->mix, s->expected_workers ?: s->nr_workers);
	m->mix.write_only = s->write_only;
	hib_mix_sample(&m->mix, HIB_WAY_RAW, raw);
	hib_mix_sample(&m->mix, HIB_WAY_QUICK, quick);
}

static struct hib_mix_left mix_left(const struct hib_stream *s, u64 index)
{
	u64 nr_pages = max(s->expected_pages, s->pages.nr_pages), used;
	u64 left = nr_pages - min(nr_pages, index * HIB_CHUNK_PAGES);

	used = min_t(u64, atomic64_read(&s->next_offset), s->room_bytes);
	return (struct hib_mix_left) {
		.page_bytes = s->mix.all_bytes ?
			      mul_u64_u64_div_u64(left * HIB_BLOCK_BYTES, s->mix.in_bytes,
						  s->mix.all_bytes) : 0,
		.room_bytes = s->room_bytes - used,
	};
}

/**
 * hib_stream_mix_decide() - Choose the shares.
 * @s: The stream.
 * @index: A chunk that is stored about now; 0: none yet.
 *
 * Context: The lock is held, or nothing is under way.
 */
void hib_stream_mix_decide(struct hib_stream *s, u64 index)
{
	const struct hib_mix_left left = mix_left(s, index);
	u64 mib_ns = 0;

	if (s->io.ops && s->io.ops->mib_ns)
		mib_ns = s->io.ops->mib_ns(s->io.device);
	hib_mix_decide(&s->mix.mix, index, mib_ns, &left);
}

/* All know what this worker has seen. */
static void mix_forget(struct hib_stream_worker *w, u64 now)
{
	memset(w->seen, 0, sizeof(w->seen));
	w->nr_seen = 0;
	w->told_at = now;
	w->told_wait_ns = w->work.wait_ns;
}

/**
 * hib_stream_mix_join() - A worker begins.
 * @s: The stream.
 * @w: The worker.
 *
 * Context: Process context.
 */
void hib_stream_mix_join(struct hib_stream *s, struct hib_stream_worker *w)
{
	mix_forget(w, ktime_get_ns());
	spin_lock(&s->mix.lock);
	w->shares = s->mix.mix.shares;
	spin_unlock(&s->mix.lock);
}

static void mix_tell(struct hib_stream *s, struct hib_stream_worker *w, u64 index)
{
	struct hib_stream_mix *m = &s->mix;
	u64 now = ktime_get_ns();

	spin_lock(&m->lock);
	hib_mix_waited(&m->mix, w->work.wait_ns - w->told_wait_ns, now - w->told_at);
	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++) {
		hib_mix_note(&m->mix, way, &w->seen[way]);
		m->in_bytes += w->seen[way].in_bytes;
	}
	m->all_bytes += (u64)w->nr_seen * HIB_CHUNK_PAGES * HIB_BLOCK_BYTES;
	if (hib_mix_is_due(&m->mix, index))
		hib_stream_mix_decide(s, index);
	w->shares = m->mix.shares;
	spin_unlock(&m->lock);
	mix_forget(w, now);
}

/**
 * hib_stream_mix_note() - A chunk was stored.
 * @s: The stream.
 * @w: The worker.
 * @way: In which way it was to be stored.
 * @frame: The chunk.
 * @seen: What it took.
 *
 * Context: Process context.
 */
void hib_stream_mix_note(struct hib_stream *s, struct hib_stream_worker *w, enum hib_way way,
			 const struct hib_chunk *frame, const struct hib_mix_seen *seen)
{
	hib_mix_sum(&w->seen[way], seen);
	if (++w->nr_seen == MIX_TELL_CHUNKS)
		mix_tell(s, w, frame->index);
}
