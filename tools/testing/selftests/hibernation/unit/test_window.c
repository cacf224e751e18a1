// SPDX-License-Identifier: GPL-2.0
#include "window.h"
#include "tap.h"

static struct hib_windows w;

static int parse(const char *text)
{
	w = (struct hib_windows){ .nr = 77 };
	return hib_windows_parse(text, &w);
}

/* Refused, and what was there before still is. */
static void check_refused(const char *text)
{
	check_number(parse(text), -EINVAL);
	check_number(w.nr, 77);
	if (w.nr != 77)
		printf("# taken: \"%s\"\n", text);
}

TEST(windows_are_read)
{
	check_number(parse("0x10000-0x9f000,0x4000000-0xa000000\n"), 0);
	check_number(w.nr, 2);
	check_number(w.range[0].start_pfn, 0x10);
	check_number(w.range[0].end_pfn, 0x9f);
	check_number(w.range[1].start_pfn, 0x4000);
	check_number(w.range[1].end_pfn, 0xa000);
}

TEST(windows_need_no_prefix_and_no_line_break)
{
	check_number(parse("aBc000-0xABD000"), 0);
	check_number(w.nr, 1);
	check_number(w.range[0].start_pfn, 0xabc);
	check_number(w.range[0].end_pfn, 0xabd);
}

TEST(windows_may_begin_at_frame_0)
{
	check_number(parse("0-1000"), 0);
	check_number(w.range[0].start_pfn, 0);
	check_number(w.range[0].end_pfn, 1);
}

TEST(windows_may_be_none)
{
	check_number(parse(""), 0);
	check_number(w.nr, 0);
	check_number(parse("\n"), 0);
	check_number(w.nr, 0);
	check(!hib_windows_are_sound(&w));
	check_number(hib_windows_pages(&w), 0);
	check_number(hib_windows_index(&w, 0), 0);
}

TEST(windows_have_an_end)
{
	check_number(parse("1000-2000,3000-4000,5000-6000,7000-8000"), 0);
	check_number(w.nr, HIB_WINDOWS_MAX);
	check_refused("1000-2000,3000-4000,5000-6000,7000-8000,9000-a000");
}

TEST(windows_refuse_parts_of_pages)
{
	check_refused("1001-3000");
	check_refused("1000-2fff");
	check_refused("1000-3000,4800-6000");
}

TEST(windows_refuse_what_is_not_ascending)
{
	check_refused("3000-2000");
	check_refused("2000-2000");
	check_refused("5000-6000,1000-2000");
}

TEST(windows_refuse_what_touches_or_overlaps)
{
	check_refused("1000-3000,3000-4000");
	check_refused("1000-3000,2000-4000");
	check_refused("1000-6000,2000-4000");
	check_number(parse("1000-3000,4000-5000"), 0);
}

TEST(windows_refuse_numbers_that_overflow)
{
	check_refused("1000-10000000000002000");
	check_refused("10000000000001000-2000");
	check_refused("1000-fffffffffffff000");
	check_refused("1000-400000000001000");
	check_number(parse("1000-400000000000"), 0);
	check_refused("1000-400000001000");
}

TEST(windows_refuse_what_is_no_number)
{
	static const char * const texts[] = {
		"1000", "1000-", "-1000", "1000-2000,", ",1000-2000", "1000-2000,,3000-4000",
		"1000-2000-3000", "1000 - 2000", " 1000-2000", "0x-2000", "0x1000-0x", "x1000-2000",
		"0X1000-2000", "g000-h000", "1000-2000;3000-4000",
		"\021000-2000", "1000-\022000",
		"/000-1000", ":000-b000", "@000-b000", "1000-G000", "`000-b000",
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(texts); i++)
		check_refused(texts[i]);
}

TEST(windows_refuse_what_follows_them)
{
	check_refused("1000-2000 ");
	check_refused("1000-2000\n\n");
	check_refused("1000-2000\n3000-4000");
	check_refused("\n1000-2000");
}

TEST(windows_of_another_kernel_are_looked_at)
{
	w = (struct hib_windows){ 2, { { 1, 2 }, { 3, HIB_WINDOWS_END_PFN } } };
	check(hib_windows_are_sound(&w));
	w.range[1].end_pfn++;
	check(!hib_windows_are_sound(&w));
	w.range[1].end_pfn = 3;
	check(!hib_windows_are_sound(&w));
	w.range[1].end_pfn = 2;
	check(!hib_windows_are_sound(&w));
	w.range[1] = (struct hib_window){ 2, 4 };
	check(!hib_windows_are_sound(&w));
	w.range[1] = (struct hib_window){ 0, 1 };
	check(!hib_windows_are_sound(&w));
	w = (struct hib_windows){ HIB_WINDOWS_MAX + 1, { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 } } };
	check(!hib_windows_are_sound(&w));
	w.nr = U64_MAX;
	check(!hib_windows_are_sound(&w));
	w.nr = 1;
	check(hib_windows_are_sound(&w));
}

TEST(windows_count_their_frames_through)
{
	w = (struct hib_windows){ 3, { { 0, 2 }, { 0x10, 0x11 }, { 0x20, 0x24 } } };
	check_number(hib_windows_pages(&w), 7);
	check_number(hib_windows_index(&w, 0), 0);
	check_number(hib_windows_index(&w, 1), 1);
	check_number(hib_windows_index(&w, 2), 7);
	check_number(hib_windows_index(&w, 0xf), 7);
	check_number(hib_windows_index(&w, 0x10), 2);
	check_number(hib_windows_index(&w, 0x11), 7);
	check_number(hib_windows_index(&w, 0x20), 3);
	check_number(hib_windows_index(&w, 0x23), 6);
	check_number(hib_windows_index(&w, 0x24), 7);
	check_number(hib_windows_index(&w, U64_MAX), 7);
}

TEST(windows_give_each_frame_by_its_place)
{
	w = (struct hib_windows){ 3, { { 0, 2 }, { 0x10, 0x11 }, { 0x20, 0x24 } } };
	for (u64 i = 0; i < hib_windows_pages(&w); i++)
		check_number(hib_windows_index(&w, hib_windows_frame(&w, i)), i);
	check_number(hib_windows_frame(&w, 2), 0x10);
	check_number(hib_windows_frame(&w, 6), 0x23);
}
