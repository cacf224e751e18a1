// SPDX-License-Identifier: GPL-2.0
/* How long a transition in a hurry waits. */
#include "patience.h"
#include "tap.h"

TEST(patience_is_what_is_left_of_the_limit)
{
	check_number(hib_patience_left_ms(10, 0), 10000);
	check_number(hib_patience_left_ms(10, 2500), 7500);
	check_number(hib_patience_left_ms(10, 9999), 1);
	check_number(hib_patience_left_ms(10, 10000), 0);
	check_number(hib_patience_left_ms(10, U64_MAX), 0);
	check_number(hib_patience_left_ms(0, 0), 0);
	check_number(hib_patience_left_ms(U32_MAX, 0), U32_MAX);
}

TEST(patience_leaves_half_to_the_waits_that_follow)
{
	check_number(hib_patience_wait_ms(20000, 10000), 5000);
	check_number(hib_patience_wait_ms(20000, 0), 0);
	check_number(hib_patience_wait_ms(20000, 1), 0);
}

TEST(patience_is_never_longer_than_without_a_hurry)
{
	check_number(hib_patience_wait_ms(1000, 10000), 1000);
	check_number(hib_patience_wait_ms(0, 10000), 0);
}

/* However many waits there are, and each is in vain. */
TEST(patience_never_exceeds_the_limit)
{
	for (u32 limit_s = 1; limit_s <= 600; limit_s++) {
		u64 spent_ms = 0;

		for (unsigned int i = 0; i < 40; i++)
			spent_ms += hib_patience_wait_ms(U32_MAX,
							 hib_patience_left_ms(limit_s, spent_ms));
		check(spent_ms < limit_s * 1000ull && spent_ms > limit_s * 900ull);
	}
}
