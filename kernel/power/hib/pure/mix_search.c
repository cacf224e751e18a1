// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: mix_search - the shares of the ways for which the wait is least
 *
 * What a MiB takes is given: of the device, of the CPUs in each direction, and of the room.
 * The wait, which mix.c explains, is made of planes over the triangle of all shares. So
 * its minimum is where two lines meet: the sides of the triangle, the lines on which the
 * device takes as long as the CPUs do, and the line where the room ends. All of these
 * points are tried. Often the best is a mix, which keeps the device and the CPUs busy at
 * the same time. Shares that need more room than there is come last, whatever they cost.
 *
 * No state. Nothing here fails.
 */
#include "mix_search.h"

/* Numbers of a plane are at most this, so that no product of two overflows. */
#define MIX_PLANE_MAX		BIT_ULL(29)
/* A mix has to gain this share. */
#define MIX_GAIN		32u
/* A share that each way has at least, so that it is known what it would do, */
#define MIX_SPARE		16u
/* or less, so that this adds no more than this share to the wait. */
#define MIX_SPARE_COST		128u

/**
 * struct mix_wait - How good shares are; less is better.
 * @over: Bytes over the room. Counts first.
 * @ns: Sum of both waits.
 */
struct mix_wait {
	u64 over, ns;
};

static u64 mix_sum(const u64 each[HIB_NR_WAYS], const u32 share[HIB_NR_WAYS])
{
	u64 sum = 0;

	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++)
		sum += each[way] * share[way];
	return sum;
}

static struct mix_wait mix_wait(const struct hib_mix_costs *c, const u32 share[HIB_NR_WAYS])
{
	u64 device = mix_sum(c->device, share), size = mix_sum(c->size, share);
	u64 room = c->room * HIB_MIX_ONE, over = size > room ? size - room : 0;
	u64 down = max(device, mix_sum(c->pack, share));
	u64 up = max(device, mix_sum(c->unpack, share));

	return (struct mix_wait) { .over = over, .ns = down + (c->write_only ? 0 : up) };
}

static bool mix_is_better(const struct mix_wait *a, const struct mix_wait *b)
{
	return a->over < b->over || (a->over == b->over && a->ns < b->ns);
}

/**
 * struct mix_plane - Shares f with sum at * f = 0.
 * @at: Its three numbers, small enough that no product of two overflows.
 */
struct mix_plane {
	s64 at[HIB_NR_WAYS];
};

/* Where two sums of costs are equal. */
static struct mix_plane mix_plane(const u64 *a, const u64 *b)
{
	struct mix_plane plane;
	u64 most = 0;

	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++) {
		plane.at[way] = a[way] - b[way];
		most = max(most, max(a[way], b[way]));
	}
	for (; most > MIX_PLANE_MAX; most /= 2)
		for (enum hib_way way = 0; way < HIB_NR_WAYS; way++)
			plane.at[way] /= 2;
	return plane;
}

/* The shares that lie on both planes, which are their cross product; false: none do. */
static bool mix_meet(const struct mix_plane *a, const struct mix_plane *b, u32 *share)
{
	s64 at[HIB_NR_WAYS], sum = 0;

	for (unsigned int i = 0; i < HIB_NR_WAYS; i++) {
		unsigned int j = (i + 1) % HIB_NR_WAYS, k = (i + 2) % HIB_NR_WAYS;

		at[i] = a->at[j] * b->at[k] - a->at[k] * b->at[j];
		sum += at[i];
	}
	for (unsigned int i = 0; i < HIB_NR_WAYS; i++) {
		if (sum < 0)
			at[i] = -at[i];
		if (at[i] < 0 || !sum)
			return false;
		share[i] = mul_u64_u64_div_u64(at[i], HIB_MIX_ONE, sum < 0 ? -sum : sum);
	}
	return true;
}

/* Take whole shares near @share if they are better than the best so far. */
static void mix_try(const struct hib_mix_costs *c, const u32 *share,
		    struct mix_wait *best, u32 *chosen)
{
	for (unsigned int up = 0; up < 4; up++) {
		u32 quick = share[HIB_WAY_QUICK] + (up & 1);
		u32 dense = share[HIB_WAY_DENSE] + (up >> 1);
		u32 whole[HIB_NR_WAYS] = { HIB_MIX_ONE - quick - dense, quick, dense };
		struct mix_wait wait;

		if (quick + dense > HIB_MIX_ONE || (quick && !c->known[HIB_WAY_QUICK]) ||
		    (dense && !c->known[HIB_WAY_DENSE]))
			continue;
		wait = mix_wait(c, whole);
		if (!mix_is_better(&wait, best))
			continue;
		*best = wait;
		memcpy(chosen, whole, sizeof(whole));
	}
}

/* If a mix gains little, one way is better: chunks that take longer leave the device idle. */
static void mix_prefer_single(const struct hib_mix_costs *c,
			      struct mix_wait best, u32 *chosen)
{
	best.ns += best.ns / MIX_GAIN;
	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++) {
		u32 single[HIB_NR_WAYS] = {};
		struct mix_wait wait;

		single[way] = HIB_MIX_ONE;
		wait = mix_wait(c, single);
		if (!c->known[way] || !mix_is_better(&wait, &best))
			continue;
		best = wait;
		memcpy(chosen, single, sizeof(single));
	}
}

static void mix_search(const struct hib_mix_costs *c, u32 *chosen)
{
	const u64 room[HIB_NR_WAYS] = { c->room, c->room, c->room };
	const struct mix_plane planes[] = {
		mix_plane(c->device, c->pack), mix_plane(c->device, c->unpack),
		mix_plane(c->size, room), { { 1, 0, 0 } }, { { 0, 1, 0 } }, { { 0, 0, 1 } },
	};
	struct mix_wait best = { .over = U64_MAX };
	u32 share[HIB_NR_WAYS];

	for (unsigned int i = 0; i < ARRAY_SIZE(planes); i++)
		for (unsigned int j = 0; j < i; j++)
			if (mix_meet(&planes[i], &planes[j], share))
				mix_try(c, share, &best, chosen);
	mix_prefer_single(c, best, chosen);
}

static enum hib_way mix_largest(const u32 *share)
{
	enum hib_way largest = HIB_WAY_RAW;

	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++)
		if (share[way] > share[largest])
			largest = way;
	return largest;
}

/* Take a few chunks from the way that has most. Returns false if that makes the wait longer. */
static bool mix_spare_some(const struct hib_mix_costs *c, enum hib_way way, u32 few, u32 *share)
{
	struct mix_wait before = mix_wait(c, share), after;
	enum hib_way from = mix_largest(share);

	share[from] -= few;
	share[way] += few;
	after = mix_wait(c, share);
	/* A worker that codes for long leaves the device idle, even if CPUs have time for it. */
	if (after.over <= before.over &&
	    max(after.ns, before.ns + c->pack[way] * few) <= before.ns + before.ns / MIX_SPARE_COST)
		return true;
	share[way] -= few;
	share[from] += few;
	return false;
}

/* A few chunks for each way that has no share. */
static void mix_spare(const struct hib_mix_costs *c, u32 *share)
{
	for (enum hib_way way = HIB_WAY_QUICK; way < HIB_NR_WAYS; way++)
		for (u32 few = MIX_SPARE; c->known[way] && few > share[way]; few /= 2)
			if (mix_spare_some(c, way, few - share[way], share))
				break;
}

/**
 * hib_mix_search() - The shares for which the wait is least.
 * @c: What each way takes.
 * @share: Receives the shares, HIB_MIX_ONE in all.
 */
void hib_mix_search(const struct hib_mix_costs *c, u32 share[HIB_NR_WAYS])
{
	mix_search(c, share);
	mix_spare(c, share);
}
