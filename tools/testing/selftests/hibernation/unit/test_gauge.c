// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "gauge.h"
#include "tap.h"

static struct hib_gauge read_at(u64 done, u64 nr_pages, u64 elapsed_ms)
{
	struct hib_gauge m;

	hib_gauge_read(&m, done, nr_pages, elapsed_ms);
	return m;
}

/* 25 600 pages are 104.8 MB. */
TEST(gauge_tells_share_rate_and_time_left)
{
	struct hib_gauge m = read_at(25600, 102400, 2000);

	check(m.known);
	check_number(m.percent, 25);
	check_number(m.mb_per_s, 52);
	check_number(m.left_s, 6);
}

TEST(gauge_rounds_the_share_down_and_the_time_up)
{
	check_number(read_at(999, 1000, 5000).percent, 99);
	check_number(read_at(999, 1000, 5000).left_s, 1);
	check_number(read_at(500, 1000, 1001).left_s, 2);
	check_number(read_at(1000, 1000, 5000).left_s, 0);
}

TEST(gauge_knows_no_rate_at_the_start)
{
	check(!read_at(0, 1000, 5000).known);
	check(!read_at(9, 1000, 5000).known);
	check(!read_at(500, 1000, 999).known);
	check_number(read_at(500, 1000, 999).percent, 50);
	check_number(read_at(500, 1000, 999).mb_per_s, 0);
	check_number(read_at(500, 1000, 999).left_s, 0);
	check(read_at(10, 1000, 1000).known);
}

TEST(gauge_of_nothing_is_full)
{
	check_number(read_at(0, 0, 0).percent, 100);
	check(!read_at(0, 0, 5000).known);
}

TEST(gauge_of_one_page_is_done_at_once)
{
	struct hib_gauge m = read_at(1, 1, 1000);

	check_number(m.percent, 100);
	check_number(m.left_s, 0);
	check_number(m.mb_per_s, 0);
	check(m.known);
}

/* Pages that were changed are read a second time. */
TEST(gauge_does_not_exceed_the_whole)
{
	struct hib_gauge m = read_at(1200, 1000, 5000);

	check_number(m.percent, 100);
	check_number(m.left_s, 0);
}

TEST(gauge_of_huge_numbers_does_not_overflow)
{
	struct hib_gauge m = read_at(1ull << 36, 1ull << 37, 1ull << 26);

	check_number(m.percent, 50);
	check_number(m.left_s, (1ull << 26) / 1000 + 1);
	m = read_at(~0ull, ~0ull, ~0ull);
	check_number(m.percent, 100);
	check_number(m.left_s, 0);
}

TEST(gauge_line_has_all_parts)
{
	const struct hib_gauge m = { .percent = 42, .mb_per_s = 118, .left_s = 13, .known = true };
	char text[HIB_GAUGE_TEXT_BYTES];

	hib_gauge_text(&m, "saving", "Esc: cancel", text);
	check(!strcmp(text, "Hibernation: saving  42 %  118 MB/s  13 s left  Esc: cancel"));
	hib_gauge_text(&m, "loading", NULL, text);
	check(!strcmp(text, "Hibernation: loading  42 %  118 MB/s  13 s left"));
}

TEST(gauge_line_leaves_out_what_is_not_known)
{
	const struct hib_gauge m = { .percent = 3 };
	char text[HIB_GAUGE_TEXT_BYTES];

	hib_gauge_text(&m, "saving", "Esc: cancel", text);
	check(!strcmp(text, "Hibernation: saving   3 %  Esc: cancel"));
	hib_gauge_text(&m, "saving", NULL, text);
	check(!strcmp(text, "Hibernation: saving   3 %"));
}

TEST(gauge_line_that_is_too_long_is_cut)
{
	const struct hib_gauge m = { .percent = 100, .mb_per_s = ~0ull, .left_s = ~0ull, .known = true };
	char text[HIB_GAUGE_TEXT_BYTES + 1];
	char what[2 * HIB_GAUGE_TEXT_BYTES];

	text[HIB_GAUGE_TEXT_BYTES] = '#';
	for (size_t length = 0; length < sizeof(what) - 1; length++) {
		memset(what, 'x', sizeof(what));
		what[length] = '\0';
		hib_gauge_text(&m, what, "Esc or power button: cancel", text);
		check(strlen(text) < HIB_GAUGE_TEXT_BYTES);
		check(text[HIB_GAUGE_TEXT_BYTES] == '#');
	}
}
