// SPDX-License-Identifier: GPL-2.0
/* Requests that begin and end, and the speed of the device that is made of them. */
#include "rate.h"
#include "tap.h"

#define MIB		(1ull << 20)
#define MS		1000000ull

/* So many requests of 1 MiB, each of @take_ns, @depth under way at all times. */
static u64 serve(struct hib_rate *r, u64 now, u64 take_ns, unsigned int depth, unsigned int nr)
{
	for (unsigned int i = 0; i < depth; i++)
		hib_rate_start(r, now);
	for (unsigned int i = 0; i < nr; i++) {
		now += take_ns;
		hib_rate_end(r, now, MIB);
		if (i + depth < nr)
			hib_rate_start(r, now);
	}
	return now;
}

TEST(rate_of_a_busy_device)
{
	struct hib_rate r = {};

	check_number(hib_rate_mib_ns(&r), 0);
	serve(&r, 5, 10 * MS, 4, 64);
	check_number(hib_rate_mib_ns(&r), 10 * MS);
	check_number(r.in_flight, 0);
}

TEST(rate_leaves_out_the_time_without_requests)
{
	struct hib_rate r = {};
	u64 now = 7;

	for (unsigned int i = 0; i < 16; i++)
		now = serve(&r, now + 1000 * MS, MS, 1, 1);
	check_number(hib_rate_mib_ns(&r), MS);
}

TEST(rate_needs_enough_bytes)
{
	struct hib_rate r = {};
	u64 now = serve(&r, 0, MS, 1, 3);

	check_number(hib_rate_mib_ns(&r), 0);
	serve(&r, now, MS, 1, 1);
	check_number(hib_rate_mib_ns(&r), MS);
}

/* Eight at once take as long as one: eight times as fast as the time of one says. */
TEST(rate_of_a_device_that_works_on_several_requests)
{
	struct hib_rate r = {};
	u64 now = 0;

	for (unsigned int round = 0; round < 8; round++) {
		for (unsigned int i = 0; i < 8; i++)
			hib_rate_start(&r, now);
		now += 8 * MS;
		for (unsigned int i = 0; i < 8; i++)
			hib_rate_end(&r, now, MIB);
	}
	check_number(hib_rate_mib_ns(&r), MS);
}

TEST(rate_of_a_device_that_is_given_one_at_a_time_is_no_news_if_it_is_slower)
{
	struct hib_rate r = {};
	u64 now = serve(&r, 0, MS, 8, 64);

	check_number(hib_rate_mib_ns(&r), MS);
	now = serve(&r, now, 3 * MS, 1, 64);
	check_number(hib_rate_mib_ns(&r), MS);
	/* But if it is faster, it is. */
	serve(&r, now, MS / 2, 1, 64);
	check_number(hib_rate_mib_ns(&r), MS * 3 / 4);
}

TEST(rate_follows_a_device_that_becomes_slow)
{
	struct hib_rate r = {};
	u64 now = 0, last = 0;

	now = serve(&r, now, MS, 6, 100);
	check_number(hib_rate_mib_ns(&r), MS);
	for (unsigned int i = 0; i < 8; i++) {
		now = serve(&r, now, 10 * MS, 6, 20);
		check(hib_rate_mib_ns(&r) > last);
		last = r.mib_ns;
	}
	check(last > 98 * MS / 10 && last <= 10 * MS);
}

/* A request that began while another was under way has not had the device for itself. */
TEST(rate_counts_no_time_twice)
{
	struct hib_rate r = {};

	hib_rate_start(&r, 10 * MS);
	hib_rate_start(&r, 40 * MS);
	hib_rate_end(&r, 60 * MS, 4 * MIB);
	hib_rate_start(&r, 70 * MS);
	hib_rate_end(&r, 80 * MS, 4 * MIB);
	hib_rate_end(&r, 90 * MS, 2 * MIB);
	check_number(hib_rate_mib_ns(&r), 8 * MS);
}

TEST(rate_of_requests_that_fail)
{
	struct hib_rate r = {};

	for (unsigned int i = 0; i < 64; i++) {
		hib_rate_start(&r, i * MS);
		hib_rate_end(&r, i * MS + MS, 0);
	}
	check_number(hib_rate_mib_ns(&r), 0);
}

TEST(rate_stands_a_clock_that_goes_back)
{
	struct hib_rate r = {};

	for (unsigned int i = 0; i < 64; i++) {
		hib_rate_start(&r, 100 * MS - i);
		hib_rate_start(&r, 100 * MS - i);
		hib_rate_end(&r, 100 * MS - 2 * i, MIB);
		hib_rate_end(&r, 99 * MS, MIB);
	}
	check_number(hib_rate_mib_ns(&r), 1);
	hib_rate_end(&r, 0, MIB);
	check_number(r.in_flight, 0);
}

/* Any order of anything: no undefined arithmetic, and a rate that a device can have. */
TEST(rate_of_random_requests)
{
	u64 state = 42;

	for (unsigned int run = 0; run < 2000; run++) {
		struct hib_rate r = {};

		for (unsigned int i = 0; i < 200; i++) {
			u64 now = tap_random(&state) >> (tap_random(&state) % 64);
			u64 bytes = tap_random(&state) >> (20 + tap_random(&state) % 44);

			if (tap_random(&state) & 1)
				hib_rate_start(&r, now);
			else
				hib_rate_end(&r, now, bytes);
			check(hib_rate_mib_ns(&r) <= 1ull << 60);
		}
	}
}
