// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: rate - how fast a device is
 *
 * A device that has nothing to do moves no bytes, and is not slow for that. So only the
 * time counts during which a request is under way, once for all requests together.
 *
 * A device that works on several requests at once is faster than it shows while it is
 * given one at a time. So if there was only one during most of the time, the result counts
 * only if it is faster than what was known: the device may have become faster while it
 * was given little.
 *
 * &struct hib_rate belongs to the caller, who keeps several CPUs from changing it at once.
 * It begins all zero. Nothing here fails.
 */
#include "rate.h"

#define MIB		BIT_ULL(20)
/* Fewer bytes are no answer. */
#define RATE_ENOUGH	(4 * MIB)
/* So that no sum overflows. */
#define RATE_NS_MAX	BIT_ULL(40)

static void rate_add(u64 *sum, u64 more)
{
	*sum = min(*sum + min(more, RATE_NS_MAX), RATE_NS_MAX);
}

/* The clocks of two CPUs may differ by a little. */
static void rate_pass(struct hib_rate *r, u64 now_ns)
{
	u64 ns = now_ns > r->last_ns ? now_ns - r->last_ns : 0;

	if (r->in_flight)
		rate_add(&r->busy_ns, ns);
	if (r->in_flight > 1)
		rate_add(&r->deep_ns, ns);
	r->last_ns = max(r->last_ns, now_ns);
}

/**
 * hib_rate_start() - A request is sent to the device.
 * @r: The rate.
 * @now_ns: The time.
 */
void hib_rate_start(struct hib_rate *r, u64 now_ns)
{
	rate_pass(r, now_ns);
	r->in_flight++;
}

/**
 * hib_rate_end() - A request has ended.
 * @r: The rate.
 * @now_ns: The time.
 * @bytes: What it moved; 0: it failed.
 */
void hib_rate_end(struct hib_rate *r, u64 now_ns, u64 bytes)
{
	rate_pass(r, now_ns);
	rate_add(&r->bytes, bytes);
	if (r->in_flight)
		r->in_flight--;
}

/**
 * hib_rate_mib_ns() - What does the device take for a MiB?
 * @r: The rate. What was seen since the last answer is taken in, if it is enough.
 *
 * Return: Nanoseconds, half of what was known and half of what was seen since; 0: not known.
 */
u64 hib_rate_mib_ns(struct hib_rate *r)
{
	bool deep = r->deep_ns > r->busy_ns / 2;
	u64 seen;

	if (r->bytes < RATE_ENOUGH)
		return r->mib_ns;
	seen = max(mul_u64_u64_div_u64(r->busy_ns, MIB, r->bytes), 1ull);
	if (!r->mib_ns)
		r->mib_ns = seen;
	else if (deep || seen < r->mib_ns)
		r->mib_ns = (r->mib_ns + seen) / 2;
	r->bytes = 0;
	r->busy_ns = 0;
	r->deep_ns = 0;
	return r->mib_ns;
}
