/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A machine that writes an image to a device, as far as time goes: workers that code
 * chunks and fill segments, three of each kind under way for each, and a device that does
 * one after the other. What is chosen is what hib_mix and hib_rate make of it, or always
 * the same way. Reading is taken to be the larger of the device's time and the CPUs'.
 */
#ifndef MIX_WORLD_H
#define MIX_WORLD_H

#include <stdlib.h>
#include "mix.h"
#include "rate.h"
#include "tap.h"

#define MIB		(1ull << 20)
#define CHUNK		(128ull << 10)
#define SEGMENT		MIB
#define DEPTH		3u
#define WORKERS_MAX	64u
#define AUTO		HIB_NR_WAYS	/* in place of a way */
#define SAMPLES		16u
#define NOTE_CHUNKS	8u

/* MB/s of one CPU. */
struct mix_machine {
	const char *name;
	u32 pack[HIB_NR_WAYS], unpack[HIB_NR_WAYS];
};

/**
 * struct mix_world - What is done on what.
 * @machine: Its CPUs.
 * @nr_workers: So many of them.
 * @device: MB/s of the device, until half of the chunks are stored.
 * @device_later: And from then on; 0: the same.
 * @linger_ns: So long a request stays under way when the device has done it.
 * @shrink: To how many percent the pages shrink by the quick way. The dense one makes three
 *	quarters of that.
 * @noise: Of a hundred chunks, so many do not shrink.
 * @nr_chunks: Chunks there are.
 * @room: Bytes that they may take; 0: any number.
 * @sample_time: Percent of the truth that the sample shows of times,
 * @sample_shrink: and of the size; 0: the truth.
 */
struct mix_world {
	const struct mix_machine *machine;
	unsigned int nr_workers;
	u32 device, device_later;
	u64 linger_ns;
	u32 shrink, noise;
	u64 nr_chunks, room;
	u32 sample_time, sample_shrink;
};

struct mix_worker {
	u64 now;
	u64 open[2];			/* bytes of its open segments: coded, raw */
	u64 ends[2][DEPTH];		/* of its requests */
	unsigned int next[2];
	u64 chunk;			/* what it codes until @now; U64_MAX: nothing */
	enum hib_way way;
	struct hib_mix_seen seen[HIB_NR_WAYS];
	unsigned int nr_seen;
	u64 waited, told_at;
	bool begun;			/* it has sent something */
};

struct mix_request {
	u64 end, bytes;
};

/**
 * struct mix_run - The run of a world.
 * @w: The world.
 * @mix: What is chosen.
 * @rate: What is seen of the device.
 * @workers: Its workers.
 * @requests: What the device has still to do, in order.
 * @first: The first of them that has not ended.
 * @nr_requests: Behind the last.
 * @next_chunk: The next chunk that nobody has.
 * @device_free: When the device has nothing more to do.
 * @stored: Bytes that were stored, and are going to be.
 * @unpack_ns: What the CPUs take for reading them.
 * @read_ns: What the device takes.
 * @nr: Chunks that went each way.
 * @write_ns: When all was written.
 */
struct mix_run {
	const struct mix_world *w;
	struct hib_mix mix;
	struct hib_rate rate;
	struct mix_worker workers[WORKERS_MAX];
	struct mix_request *requests;
	u64 first, nr_requests;
	u64 next_chunk;
	u64 device_free;
	u64 stored, unpack_ns, read_ns;
	u64 nr[HIB_NR_WAYS];
	u64 write_ns;
};

/* @bytes at MB/s, ns. */
static inline u64 mix_time(u64 bytes, u32 speed)
{
	return bytes * 1000 / speed;
}

static inline bool mix_is_noise(const struct mix_world *w, u64 chunk)
{
	return chunk * 2654435761u % 4294967296u * 100 / 4294967296u < w->noise;
}

/* Chunks differ by an eighth. */
static inline u64 mix_out(const struct mix_world *w, enum hib_way way, u64 chunk)
{
	u64 out = CHUNK * w->shrink / 100;

	if (way == HIB_WAY_RAW || mix_is_noise(w, chunk))
		return CHUNK;
	if (way == HIB_WAY_DENSE)
		out = out * 3 / 4;
	out = out * (120 + chunk * 40503 % 17) / 128;
	return min(out, CHUNK);
}

/* What does not shrink is given up four times as fast. */
static inline u64 mix_pack(const struct mix_world *w, enum hib_way way, u64 chunk)
{
	u64 ns = mix_time(CHUNK, w->machine->pack[way]);

	return way != HIB_WAY_RAW && mix_out(w, way, chunk) == CHUNK ? ns / 4 : ns;
}

static inline u64 mix_unpack(const struct mix_world *w, enum hib_way way, u64 chunk)
{
	return mix_time(CHUNK, w->machine->unpack[mix_out(w, way, chunk) == CHUNK ?
						  HIB_WAY_RAW : way]);
}

static inline u32 mix_device(const struct mix_run *r)
{
	if (r->w->device_later && r->next_chunk > r->w->nr_chunks / 2)
		return r->w->device_later;
	return r->w->device;
}

/* Requests that have ended until @now, in the order in which they did. */
static inline void mix_pass(struct mix_run *r, u64 now)
{
	for (; r->first < r->nr_requests && r->requests[r->first].end <= now; r->first++)
		hib_rate_end(&r->rate, r->requests[r->first].end, r->requests[r->first].bytes);
}

static inline struct hib_mix_left mix_left(const struct mix_run *r)
{
	u64 begun = min(r->next_chunk, r->w->nr_chunks), stored = min(r->stored, r->w->room);

	return (struct hib_mix_left) {
		.page_bytes = (r->w->nr_chunks - begun) * CHUNK,
		.room_bytes = r->w->room ? r->w->room - stored : U64_MAX,
	};
}

/* What a way makes of a chunk, as the world says that the sample shows it. */
static inline void mix_try(const struct mix_world *w, enum hib_way way, u64 chunk,
			   struct hib_mix_seen *seen)
{
	u32 time = w->sample_time ?: 100, shrink = w->sample_shrink ?: 100;

	seen->in_bytes += CHUNK;
	seen->out_bytes += min(mix_out(w, way, chunk) * shrink / 100, CHUNK);
	seen->pack_ns += mix_pack(w, way, chunk) * time / 100;
	seen->unpack_ns += mix_unpack(w, way, chunk) * time / 100;
}

/* The dense way is tried on a quarter of the chunks, of those that shrink. */
static inline void mix_take_sample(struct mix_run *r)
{
	struct hib_mix_seen raw = {}, quick = {}, shrunk = {}, part = {}, dense = {};
	const struct hib_mix_left left = mix_left(r);

	for (u64 i = 0; i < SAMPLES; i++) {
		u64 chunk = i * r->w->nr_chunks / SAMPLES;

		mix_try(r->w, HIB_WAY_RAW, chunk, &raw);
		mix_try(r->w, HIB_WAY_QUICK, chunk, &quick);
		if (mix_is_noise(r->w, chunk))
			continue;
		mix_try(r->w, HIB_WAY_QUICK, chunk, &shrunk);
		if (dense.in_bytes > i / 4 * CHUNK)
			continue;
		mix_try(r->w, HIB_WAY_QUICK, chunk, &part);
		mix_try(r->w, HIB_WAY_DENSE, chunk, &dense);
	}
	hib_mix_begin(&r->mix, r->w->nr_workers);
	hib_mix_sample(&r->mix, HIB_WAY_RAW, &raw);
	hib_mix_sample(&r->mix, HIB_WAY_QUICK, &quick);
	hib_mix_compare(&r->mix, &dense, &part, &shrunk);
	hib_mix_decide(&r->mix, 0, 0, &left);
}

/* Send a segment at @me->now; false: first another one has to end, and @me waits. */
static inline bool mix_send(struct mix_run *r, struct mix_worker *me, bool raw)
{
	u64 *slot = &me->ends[raw][me->next[raw] % DEPTH], took;

	if (*slot > me->now) {
		me->waited += *slot - me->now;
		me->now = *slot;
		return false;
	}
	took = mix_time(me->open[raw], mix_device(r));
	hib_rate_start(&r->rate, me->now);
	r->device_free = max(r->device_free, me->now) + took;
	r->read_ns += took;
	*slot = r->device_free + r->w->linger_ns;
	me->next[raw]++;
	r->requests[r->nr_requests++] = (struct mix_request) { *slot, me->open[raw] };
	me->open[raw] = 0;
	me->begun = true;
	return true;
}

/* What a worker knows goes to all. */
static inline void mix_tell(struct mix_run *r, struct mix_worker *me, u64 chunk)
{
	const struct hib_mix_left left = mix_left(r);

	for (enum hib_way way = HIB_WAY_QUICK; way < HIB_NR_WAYS; way++) {
		hib_mix_note(&r->mix, way, &me->seen[way]);
		me->seen[way] = (struct hib_mix_seen) {};
	}
	me->nr_seen = 0;
	hib_mix_waited(&r->mix, me->waited, me->now - me->told_at);
	me->waited = 0;
	me->told_at = me->now;
	if (hib_mix_is_due(&r->mix, chunk))
		hib_mix_decide(&r->mix, chunk, hib_rate_mib_ns(&r->rate), &left);
}

static inline void mix_finish(struct mix_run *r, struct mix_worker *me)
{
	u64 out = mix_out(r->w, me->way, me->chunk);
	struct hib_mix_seen *seen = &me->seen[me->way];

	seen->in_bytes += CHUNK;
	seen->out_bytes += out;
	seen->pack_ns += mix_pack(r->w, me->way, me->chunk);
	me->open[out == CHUNK] += out;
	r->stored += out;
	r->unpack_ns += mix_unpack(r->w, me->way, me->chunk);
	r->nr[me->way]++;
	if (++me->nr_seen == NOTE_CHUNKS)
		mix_tell(r, me, me->chunk);
	me->chunk = U64_MAX;
}

/* One step of a worker; false: it has nothing more to do. */
static inline bool mix_step(struct mix_run *r, struct mix_worker *me, enum hib_way always)
{
	bool over, first;

	mix_pass(r, me->now);
	if (me->chunk != U64_MAX)
		mix_finish(r, me);
	over = r->next_chunk == r->w->nr_chunks;
	first = !me->begun && r->next_chunk >= r->mix.shares.nr_first;
	for (unsigned int raw = 0; raw < 2; raw++)
		if (me->open[raw] &&
		    (over || me->open[raw] > SEGMENT - CHUNK || (raw && first)) &&
		    !mix_send(r, me, raw))
			return true;
	if (over)
		return false;
	me->chunk = r->next_chunk++;
	me->way = always == AUTO ? hib_mix_way(&r->mix.shares, me->chunk) : always;
	me->now += mix_pack(r->w, me->way, me->chunk);
	return true;
}

static inline struct mix_worker *mix_first(struct mix_run *r)
{
	struct mix_worker *first = &r->workers[0];

	for (unsigned int i = 1; i < r->w->nr_workers; i++)
		if (r->workers[i].now < first->now)
			first = &r->workers[i];
	return first;
}

/* Write the whole image. Returns the sum of both waits, in ns. */
static inline u64 mix_run(struct mix_run *r, const struct mix_world *w, enum hib_way always)
{
	unsigned int nr_busy = w->nr_workers;

	*r = (struct mix_run) { .w = w };
	r->requests = malloc((w->nr_chunks + 2 * w->nr_workers) * sizeof(*r->requests));
	for (unsigned int i = 0; i < w->nr_workers; i++)
		r->workers[i].chunk = U64_MAX;
	mix_take_sample(r);
	while (nr_busy) {
		struct mix_worker *me = mix_first(r);

		if (!mix_step(r, me, always)) {
			me->now = U64_MAX;
			nr_busy--;
		}
	}
	r->write_ns = r->device_free;
	free(r->requests);
	return r->write_ns + max(r->read_ns, r->unpack_ns / w->nr_workers);
}

#endif
