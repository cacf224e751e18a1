// SPDX-License-Identifier: GPL-2.0
/*
 * The choice of a way for each chunk: over simulated devices and CPUs it must be about as
 * good as the best single way, and better where a mix is best.
 */
#include "mix_world.h"

#define GIB_CHUNKS	(8192ull)

/* What bench/limits measures here, in the emulator, and what a fast CPU does. */
static const struct mix_machine machines[] = {
	{ "emulator", { 4369, 208, 64 }, { 4369, 725, 320 } },
	{ "machine", { 12000, 700, 350 }, { 12000, 3500, 1200 } },
};
static const u32 devices[] = { 100, 300, 1000, 7000 }, cpus[] = { 1, 2, 8, 64 };
/* Shrink to 30, 60 and 100 %; the last shrinks to 60 % as a third of it is noise. */
static const struct { u32 shrink, noise; } memories[] = {
	{ 30, 0 }, { 60, 0 }, { 100, 100 }, { 40, 33 },
};

/* The sum of both waits, ns, of the best fixed way and of the choice. */
struct outcome {
	u64 fixed[HIB_NR_WAYS], best, chosen;
};

static struct outcome try_all(const struct mix_world *w, struct mix_run *r)
{
	struct outcome o = { .best = U64_MAX };

	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++) {
		o.fixed[way] = mix_run(r, w, way);
		o.best = min(o.best, o.fixed[way]);
	}
	o.chosen = mix_run(r, w, AUTO);
	return o;
}

static void show(const struct mix_world *w, const struct mix_run *r, const struct outcome *o)
{
	printf("# %-8s %2u CPUs, %4u MB/s, %3u%%, %3u%% noise: raw %6llu quick %6llu dense %6llu ms; "
	       "chosen %6llu (%3llu%%), %2llu%% raw %2llu%% quick\n", w->machine->name,
	       w->nr_workers, w->device, w->shrink, w->noise, o->fixed[0] / 1000000,
	       o->fixed[1] / 1000000, o->fixed[2] / 1000000, o->chosen / 1000000,
	       o->chosen * 100 / o->best, r->nr[0] * 100 / w->nr_chunks,
	       r->nr[1] * 100 / w->nr_chunks);
}

/* What each way takes for the whole image: the device, the CPUs that write, those that read. */
static void true_costs(const struct mix_world *w, u64 costs[3][HIB_NR_WAYS])
{
	memset(costs, 0, 3 * sizeof(costs[0]));
	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++) {
		for (u64 chunk = 0; chunk < w->nr_chunks; chunk++) {
			costs[0][way] += mix_time(mix_out(w, way, chunk), w->device);
			costs[1][way] += mix_pack(w, way, chunk);
			costs[2][way] += mix_unpack(w, way, chunk);
		}
		costs[1][way] /= w->nr_workers;
		costs[2][way] /= w->nr_workers;
	}
}

static u64 true_wait(u64 costs[3][HIB_NR_WAYS], u64 raw, u64 quick, u64 dense)
{
	u64 sum[3];

	for (unsigned int i = 0; i < 3; i++)
		sum[i] = costs[i][0] * raw + costs[i][1] * quick + costs[i][2] * dense;
	return max(sum[0], sum[1]) + max(sum[0], sum[2]);
}

/* The least wait of all mixes in steps of a 64th. */
static u64 best_mix(const struct mix_world *w)
{
	u64 costs[3][HIB_NR_WAYS], best = U64_MAX;

	true_costs(w, costs);
	for (u64 quick = 0; quick <= 64; quick++)
		for (u64 dense = 0; dense <= 64 - quick; dense++)
			best = min(best, true_wait(costs, 64 - quick - dense, quick, dense));
	return best / 64;
}

/* No more than 5 % worse than the best way; and if a mix can gain a tenth, then half of it. */
static void check_near(const struct mix_world *w, bool *mixed)
{
	static struct mix_run r;
	struct outcome o = try_all(w, &r);
	u64 least = best_mix(w);

	show(w, &r, &o);
	check(o.chosen * 100 <= o.best * 105);
	*mixed = least * 100 <= o.best * 90;
	if (*mixed)
		check(o.chosen <= (o.best + least) / 2);
}

TEST(mix_is_near_the_best_way_and_better_where_a_mix_is)
{
	struct mix_world w = {};
	unsigned int nr_mixed = 0;
	bool mixed;

	for (unsigned int i = 0; i < 2 * 4 * 4 * 4; i++) {
		w.machine = &machines[i / 64];
		w.nr_workers = cpus[i / 16 % 4];
		w.nr_chunks = GIB_CHUNKS * (w.nr_workers > 8 ? 8 : 1);
		w.device = devices[i / 4 % 4];
		w.shrink = memories[i % 4].shrink;
		w.noise = memories[i % 4].noise;
		check_near(&w, &mixed);
		nr_mixed += mixed;
	}
	printf("# a mix gains a tenth or more in %u of 128 cells\n", nr_mixed);
	check(nr_mixed >= 12);
}

/* The sample shows twice or half of times and sizes. To find that out costs a little. */
TEST(mix_outlives_a_wrong_sample)
{
	static const struct { u32 time, shrink; } wrong[] = {
		{ 50, 100 }, { 200, 100 }, { 100, 50 }, { 100, 200 }, { 200, 200 },
	};
	struct mix_world w = { .nr_chunks = 4 * GIB_CHUNKS, .shrink = 40, .noise = 20 };
	static struct mix_run r;

	for (unsigned int i = 0; i < 2 * 4 * 5; i++) {
		struct outcome o;

		w.machine = &machines[i / 20];
		w.nr_workers = 2;
		w.device = devices[i / 5 % 4];
		w.sample_time = wrong[i % 5].time;
		w.sample_shrink = wrong[i % 5].shrink;
		o = try_all(&w, &r);
		show(&w, &r, &o);
		check(o.chosen * 100 <= o.best * 106);
	}
}

TEST(mix_follows_a_device_that_changes)
{
	struct mix_world w = { .nr_chunks = 2 * GIB_CHUNKS, .shrink = 40, .noise = 20 };
	static struct mix_run r;

	for (unsigned int i = 0; i < 4 * 4 * 4; i++) {
		struct outcome o;

		w.machine = &machines[i % 2];
		w.nr_workers = i / 2 % 2 ? 8 : 2;
		w.device = devices[i / 4 % 4];
		w.device_later = devices[i / 16];
		o = try_all(&w, &r);
		check(o.chosen * 100 <= o.best * 105);
		if (o.chosen * 100 > o.best * 105)
			show(&w, &r, &o);
	}
}

/*
 * Requests that are under way for long although the device is fast, as where a hypervisor has
 * no CPU for it: there is always one, so the device seems to be as slow as the CPUs.
 */
TEST(mix_is_not_misled_by_requests_that_linger)
{
	struct mix_world w = {
		.machine = &machines[0], .device = 7000, .nr_chunks = 2 * GIB_CHUNKS,
	};
	static struct mix_run r;

	for (unsigned int i = 0; i < 2 * 2 * 4; i++) {
		struct outcome o;

		w.linger_ns = i / 8 ? 1000000 : 500000;
		w.nr_workers = i / 4 % 2 + 1;
		w.shrink = memories[i % 4].shrink;
		w.noise = memories[i % 4].noise;
		o = try_all(&w, &r);
		show(&w, &r, &o);
		check(o.chosen * 100 <= o.best * 105);
	}
}

/* A fast device, for which nearly all would be raw; but there is not the room. */
TEST(mix_keeps_to_the_room)
{
	struct mix_world w = {
		.machine = &machines[0], .nr_workers = 2, .device = 7000, .nr_chunks = GIB_CHUNKS,
		.shrink = 40, .noise = 33,
	};
	static struct mix_run r;
	u64 last = 0;

	for (u64 percent = 56; percent <= 130; percent += 2) {
		w.room = GIB_CHUNKS * CHUNK / 100 * percent;
		mix_run(&r, &w, AUTO);
		check(r.stored <= w.room);
		/* The more room, the more is raw. */
		check(r.nr[HIB_WAY_RAW] + 64 >= last);
		last = r.nr[HIB_WAY_RAW];
	}
	check(last * 100 >= GIB_CHUNKS * 95);
	/* Not enough whatever is done: then as little as can be. */
	w.room = GIB_CHUNKS * CHUNK / 100 * 30;
	mix_run(&r, &w, AUTO);
	check_number(r.nr[HIB_WAY_DENSE], GIB_CHUNKS);
}

static const struct hib_mix_left no_limit = { .page_bytes = 1ull << 40, .room_bytes = U64_MAX };

static void sample(struct hib_mix *m, enum hib_way way, u64 out, u64 pack, u64 unpack)
{
	const struct hib_mix_seen seen = { MIB, out, pack, unpack };

	hib_mix_sample(m, way, &seen);
}

TEST(mix_leaves_out_what_was_not_tried)
{
	struct hib_mix m;

	for (u64 device_ns = 0; device_ns < 1ull << 40; device_ns = 3 * device_ns + 100) {
		hib_mix_begin(&m, 4);
		hib_mix_decide(&m, 0, device_ns, &no_limit);
		check_number(m.shares.of[HIB_WAY_RAW], HIB_MIX_ONE);
		hib_mix_sample(&m, HIB_WAY_DENSE, &(struct hib_mix_seen) {});
		sample(&m, HIB_WAY_QUICK, MIB / 2, 1000, 1000);
		hib_mix_decide(&m, 0, device_ns, &no_limit);
		check_number(m.shares.of[HIB_WAY_DENSE], 0);
		check_number(m.shares.of[HIB_WAY_RAW] + m.shares.of[HIB_WAY_QUICK], HIB_MIX_ONE);
	}
}

/* No sample could be taken. */
TEST(mix_of_nothing_is_raw)
{
	struct hib_mix m = {};

	check_number(hib_mix_way(&m.shares, 7), HIB_WAY_RAW);
	hib_mix_decide(&m, 100, MIB, &no_limit);
	check_number(m.shares.of[HIB_WAY_RAW], HIB_MIX_ONE);
}

TEST(mix_begins_raw_to_see_the_device)
{
	const struct hib_mix_left tight = { .page_bytes = 100 * MIB, .room_bytes = 60 * MIB };
	struct hib_mix m;

	hib_mix_begin(&m, 1);
	sample(&m, HIB_WAY_QUICK, MIB / 2, 1000, 1000);
	hib_mix_decide(&m, 0, 0, &no_limit);
	check_number(hib_mix_way(&m.shares, 0), HIB_WAY_RAW);
	check_number(hib_mix_way(&m.shares, m.shares.nr_first - 1), HIB_WAY_RAW);
	check(m.shares.nr_first > 8 && !hib_mix_is_due(&m, m.shares.nr_first - 1));
	check(hib_mix_is_due(&m, m.shares.nr_first));
	/* Soon again as long as nothing is known, and then for longer. */
	hib_mix_decide(&m, 100, 0, &no_limit);
	check(hib_mix_is_due(&m, 120));
	hib_mix_decide(&m, 120, MIB, &no_limit);
	check(!hib_mix_is_due(&m, 240) && hib_mix_is_due(&m, 250));
	check_number(m.shares.nr_first, 0);
	/* Not if there is no room for it. */
	hib_mix_decide(&m, 0, 0, &tight);
	check_number(m.shares.nr_first, 0);
}

static u64 off_by(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

/* Each share is met over any HIB_MIX_ONE chunks, and nearly so over any few. */
TEST(mix_spreads_the_ways_evenly)
{
	u64 state = 7, most = 0;

	for (unsigned int run = 0; run < 200; run++) {
		struct hib_mix m = {};
		u64 first = tap_random(&state);
		u64 nr[HIB_NR_WAYS] = {};

		m.shares.of[1] = tap_random(&state) % (HIB_MIX_ONE + 1);
		m.shares.of[2] = tap_random(&state) % (HIB_MIX_ONE + 1 - m.shares.of[1]);
		m.shares.of[0] = HIB_MIX_ONE - m.shares.of[1] - m.shares.of[2];
		for (u64 i = 1; i <= HIB_MIX_ONE; i++) {
			nr[hib_mix_way(&m.shares, first + i)]++;
			for (enum hib_way way = 0; way < HIB_NR_WAYS; way++)
				most = max(most, off_by(nr[way] * HIB_MIX_ONE, m.shares.of[way] * i));
		}
		for (enum hib_way way = 0; way < HIB_NR_WAYS; way++)
			check_number(nr[way], m.shares.of[way]);
	}
	printf("# at most %llu chunks off\n", most / HIB_MIX_ONE);
	check(most <= 6 * HIB_MIX_ONE);
}

/*
 * Reading takes so long in the quick way that the sum of both waits is least if all is raw. For
 * writing alone a mix is better, as the device is slow.
 */
TEST(mix_in_a_hurry_counts_only_writing)
{
	struct hib_mix m;

	hib_mix_begin(&m, 1);
	sample(&m, HIB_WAY_QUICK, MIB / 2, 400000, 9000000);
	hib_mix_decide(&m, 1, 1000000, &no_limit);
	check(m.shares.of[HIB_WAY_QUICK] < HIB_MIX_ONE / 8);
	hib_mix_begin(&m, 1);
	m.write_only = true;
	sample(&m, HIB_WAY_QUICK, MIB / 2, 400000, 9000000);
	hib_mix_decide(&m, 1, 1000000, &no_limit);
	check(m.shares.of[HIB_WAY_QUICK] > HIB_MIX_ONE * 7 / 8);
}

TEST(mix_tells_what_pages_will_take)
{
	struct hib_mix m;

	hib_mix_begin(&m, 1);
	check_number(hib_mix_stored(&m, 100 * MIB), 100 * MIB);
	check_number(hib_mix_least(&m, 100 * MIB), 100 * MIB);
	sample(&m, HIB_WAY_QUICK, MIB / 2, 1000, 1000);
	sample(&m, HIB_WAY_DENSE, MIB / 4, 2000, 1000);
	check_number(hib_mix_stored(&m, 100 * MIB), 100 * MIB);
	check_number(hib_mix_least(&m, 100 * MIB), 25 * MIB);
	m.shares.of[0] = m.shares.of[1] = HIB_MIX_ONE / 4;
	m.shares.of[2] = HIB_MIX_ONE / 2;
	check_number(hib_mix_stored(&m, 1ull << 44), (1ull << 44) / 2);
	check_number(hib_mix_least(&m, 1ull << 44), (1ull << 44) / 4);
}

/* The part of the sample on which the dense way was tried shrinks better than the rest. */
TEST(mix_compares_ways_on_the_same_pages)
{
	const struct hib_mix_seen quick = { MIB / 4, MIB / 16, 250, 50 };
	const struct hib_mix_seen dense = { MIB / 4, MIB / 32, 1000, 100 };
	struct hib_mix m;

	hib_mix_begin(&m, 1);
	sample(&m, HIB_WAY_QUICK, MIB / 2, 2000, 400);
	/* Half of a MiB was stored, of this an eighth in chunks that shrink, which now halve. */
	hib_mix_compare(&m, &dense, &quick, &quick);
	check_number(hib_mix_least(&m, 128 * MIB), 60 * MIB);
	check_number(m.seen[HIB_WAY_DENSE].pack_ns, 4 * m.seen[HIB_WAY_QUICK].pack_ns);
	check_number(m.seen[HIB_WAY_DENSE].unpack_ns, 2 * m.seen[HIB_WAY_QUICK].unpack_ns);
}

TEST(mix_takes_decoding_to_change_as_coding_does)
{
	const struct hib_mix_seen seen = { 64 * MIB, 32 * MIB, 64 * 3000, 0 };
	struct hib_mix m;

	hib_mix_begin(&m, 1);
	sample(&m, HIB_WAY_QUICK, MIB / 2, 1000, 250);
	for (unsigned int i = 0; i < 16; i++)
		hib_mix_note(&m, HIB_WAY_QUICK, &seen);
	check(m.seen[HIB_WAY_QUICK].pack_ns >= 2990 * (m.seen[HIB_WAY_QUICK].in_bytes / MIB));
	check(m.seen[HIB_WAY_QUICK].unpack_ns >= 740 * (m.seen[HIB_WAY_QUICK].in_bytes / MIB));
	check(m.seen[HIB_WAY_QUICK].unpack_ns <= 751 * (m.seen[HIB_WAY_QUICK].in_bytes / MIB));
}

/* From 16 TiB at 20 GB/s down to nothing at all. */
static u64 any(u64 *state)
{
	return tap_random(state) >> tap_random(state) % 64;
}

/* Whatever is seen, in whatever order: no arithmetic overflows, and the shares are shares. */
TEST(mix_of_random_figures)
{
	u64 state = 99;

	for (unsigned int run = 0; run < 20000; run++) {
		struct hib_mix m;
		struct hib_mix_left left = { any(&state), any(&state) };

		hib_mix_begin(&m, any(&state) % 100);
		for (unsigned int i = 0; i < 12; i++) {
			struct hib_mix_seen a = { any(&state), any(&state), any(&state), any(&state) };
			struct hib_mix_seen b = { any(&state), any(&state), any(&state), any(&state) };

			if (i % 4 == 0)
				hib_mix_sample(&m, any(&state) % HIB_NR_WAYS, &a);
			else if (i % 4 == 1)
				hib_mix_compare(&m, &a, &b, &a);
			else
				hib_mix_note(&m, any(&state) % HIB_NR_WAYS, &a);
			hib_mix_decide(&m, any(&state), any(&state), &left);
			check_number((u64)m.shares.of[0] + m.shares.of[1] + m.shares.of[2], HIB_MIX_ONE);
			check(hib_mix_way(&m.shares, any(&state)) < HIB_NR_WAYS);
			check(hib_mix_least(&m, 1ull << 44) <= 1ull << 44);
			check(hib_mix_stored(&m, 1ull << 44) >= hib_mix_least(&m, 1ull << 44));
		}
	}
}

/* Against all mixes in steps of a 64th, with figures that devices and CPUs can have. */
TEST(mix_of_random_figures_is_the_best)
{
	u64 state = 5, worst = 0, chosen;

	for (unsigned int run = 0; run < 3000; run++) {
		u64 costs[3][HIB_NR_WAYS] = {}, device_ns = 50000 + any(&state) % 20000000;
		u64 best = U64_MAX;
		struct hib_mix m;

		hib_mix_begin(&m, 1);
		for (enum hib_way way = 0; way < HIB_NR_WAYS; way++) {
			u64 out = way ? tap_random(&state) % MIB + 1 : MIB;

			costs[0][way] = device_ns * out / MIB;
			costs[1][way] = any(&state) % 40000000;
			costs[2][way] = any(&state) % 10000000;
			sample(&m, way, out, costs[1][way], costs[2][way]);
		}
		hib_mix_decide(&m, 0, device_ns, &no_limit);
		for (u64 quick = 0; quick <= 64; quick++)
			for (u64 dense = 0; dense <= 64 - quick; dense++)
				best = min(best, true_wait(costs, 64 - quick - dense, quick, dense) * 16);
		chosen = true_wait(costs, m.shares.of[0], m.shares.of[1], m.shares.of[2]);
		worst = max(worst, chosen * 1000 / best);
	}	/* A mix that gains too little, and the few chunks that only show what a way does. */
	printf("# at worst %llu.%llu%% of the best mix\n", worst / 10, worst % 10);
	check(worst <= 1040);
}
