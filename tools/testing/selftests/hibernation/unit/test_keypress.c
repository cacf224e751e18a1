// SPDX-License-Identifier: GPL-2.0
#include "keypress.h"
#include "tap.h"

#define SINCE	1000u
#define SETTLED	(SINCE + HIB_KEYPRESS_SETTLE_MS)

TEST(keypress_fresh_press_counts)
{
	check(hib_keypress_counts(HIB_KEY_DOWN, SINCE, SETTLED));
	check(hib_keypress_counts(HIB_KEY_DOWN, SINCE, SETTLED + 600000));
}

TEST(keypress_release_and_repetition_do_not_count)
{
	check(!hib_keypress_counts(HIB_KEY_UP, SINCE, SETTLED));
	check(!hib_keypress_counts(HIB_KEY_REPEATED, SINCE, SETTLED));
}

TEST(keypress_of_a_key_that_shows_itself_anew_does_not_count)
{
	check(!hib_keypress_counts(HIB_KEY_DOWN, SINCE, SINCE));
	check(!hib_keypress_counts(HIB_KEY_DOWN, SINCE, SETTLED - 1));
}

TEST(keypress_before_its_time_does_not_count)
{
	check(!hib_keypress_counts(HIB_KEY_DOWN, SINCE, 0));
	check(!hib_keypress_counts(HIB_KEY_DOWN, SINCE, SINCE - 1));
}

TEST(keypress_while_nobody_listens_does_not_count)
{
	check(!hib_keypress_counts(HIB_KEY_DOWN, 0, SETTLED));
	check(!hib_keypress_counts(HIB_KEY_DOWN, 0, ~0ull));
}
