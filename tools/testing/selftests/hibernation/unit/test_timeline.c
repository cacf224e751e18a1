// SPDX-License-Identifier: GPL-2.0
/* The steps of a transition: noted, given to another kernel, shown. */
#include "timeline.h"
#include "tap.h"

#define MS	1000000ull
#define START	(5000 * MS)

static struct hib_timeline t;

static const char *line_of(u32 index)
{
	static char line[HIB_TIMELINE_LINE_BYTES];

	int length = hib_timeline_line(&t.steps[index], line);

	check_number(length, strlen(line));
	return line;
}

static void set_up(void)
{
	memset(&t, 0, sizeof(t));
	hib_timeline_start(&t, HIB_TIMELINE_SAVING, START);
}

TEST(timeline_tells_when_and_how_long)
{
	set_up();
	hib_timeline_begin(&t, "sync", false, START + 3 * MS + 999000);
	check_text(line_of(0), "saving enter sync 3 - - 0\n");
	hib_timeline_end(&t, "sync", false, 0, START + 15 * MS + 1000);
	hib_timeline_begin(&t, "devices", false, START + 16 * MS);
	hib_timeline_end(&t, "devices", false, -5, START + 16 * MS);
	hib_timeline_begin(&t, "sync", true, START + 20 * MS);
	hib_timeline_end(&t, "sync", true, 0, START + 21 * MS);
	check_number(t.nr, 3);
	check_text(line_of(0), "saving enter sync 3 11002 0 0\n");
	check_text(line_of(1), "saving enter devices 16 0 -5 0\n");
	check_text(line_of(2), "saving leave sync 20 1000 0 0\n");
}

TEST(timeline_clock_starts_anew_with_each_kernel)
{
	set_up();
	hib_timeline_begin(&t, "devices", false, START + MS);
	hib_timeline_end(&t, "devices", false, 0, START + 2 * MS);
	hib_timeline_start(&t, HIB_TIMELINE_RESTORED, 2 * START);
	hib_timeline_begin(&t, "devices", true, 2 * START + 7 * MS);
	check_text(line_of(0), "saving enter devices 1 1000 0 0\n");
	check_text(line_of(1), "restored leave devices 7 - - 0\n");
	/* A clock that goes back, or a step that takes longer than can be told. */
	hib_timeline_end(&t, "devices", true, 0, START);
	check_text(line_of(1), "restored leave devices 7 0 0 0\n");
	hib_timeline_begin(&t, "early", false, START);
	hib_timeline_end(&t, "early", false, 0, UINT64_MAX);
	check_text(line_of(2), "restored enter early 0 4294967295 0 0\n");
}

TEST(timeline_end_is_that_of_the_last_begin)
{
	set_up();
	hib_timeline_begin(&t, "memory", false, START);
	hib_timeline_begin(&t, "memory", false, START + 4 * MS);
	hib_timeline_end(&t, "memory", true, 0, START + 5 * MS);
	hib_timeline_end(&t, "slots", false, 0, START + 5 * MS);
	hib_timeline_end(&t, "memory", false, 1, START + 6 * MS);
	check_text(line_of(0), "saving enter memory 0 - - 0\n");
	check_text(line_of(1), "saving enter memory 4 2000 1 0\n");
	check_number(t.nr, 2);
}

TEST(timeline_bytes_are_those_of_the_step_under_way)
{
	set_up();
	hib_timeline_moved(&t, 5000);
	hib_timeline_begin(&t, "precopy", false, START);
	hib_timeline_moved(&t, 7000);
	hib_timeline_end(&t, "precopy", false, 0, START + MS);
	hib_timeline_moved(&t, 7100);
	hib_timeline_begin(&t, "write", false, START + MS);
	hib_timeline_moved(&t, 7101);
	check_text(line_of(1), "saving enter write 1 - - 1\n");
	hib_timeline_moved(&t, 1ull << 40);
	hib_timeline_end(&t, "write", false, 0, START + 2 * MS);
	check_text(line_of(0), "saving enter precopy 0 1000 0 2000\n");
	check_text(line_of(1), "saving enter write 1 1000 0 1099511620676\n");
	/* Steps of others come between, and the counter begins anew. */
	hib_timeline_start(&t, HIB_TIMELINE_BOOT, 0);
	hib_timeline_begin(&t, "lists", false, MS);
	hib_timeline_take(&t, &(struct hib_timeline_step){ .name = "sync", .kernel = HIB_TIMELINE_SAVING }, 1);
	hib_timeline_moved(&t, 10);
	hib_timeline_moved(&t, 14);
	check_text(line_of(2), "boot enter lists 1 - - 4\n");
	check_text(line_of(3), "saving enter sync 0 - - 0\n");
}

TEST(timeline_line_that_is_longest_fits)
{
	set_up();
	t.steps[t.nr++] = (struct hib_timeline_step){
		.name = "a_name_of_23_characters", .begin_ms = U32_MAX, .took_us = U32_MAX, .ret = INT32_MIN,
		.kernel = HIB_TIMELINE_RESTORED, .ended = true, .bytes = U64_MAX,
	};
	check_text(line_of(0), "restored enter a_name_of_23_characters 4294967295 4294967295 -2147483648 18446744073709551615\n");
}

TEST(timeline_steps_of_boots_before_stay_as_they_were)
{
	struct hib_timeline_step before = { .name = "read", .kernel = HIB_TIMELINE_FAILED, .bytes = 3 };

	set_up();
	hib_timeline_start(&t, HIB_TIMELINE_BOOT, 0);
	hib_timeline_begin(&t, "read", false, MS);
	hib_timeline_take(&t, &before, 1);
	hib_timeline_end(&t, "read", false, 0, 2 * MS);
	check_text(line_of(0), "boot enter read 1 1000 0 0\n");
	check_text(line_of(1), "failed enter read 0 - - 3\n");
}

TEST(timeline_long_name_is_cut_off_and_still_ends)
{
	set_up();
	hib_timeline_begin(&t, "a_name_that_is_longer_than_any", false, START);
	hib_timeline_end(&t, "a_name_that_is_longer_than_any", false, 0, START + MS);
	check_text(line_of(0), "saving enter a_name_that_is_longer_t 0 1000 0 0\n");
}

TEST(timeline_forgets_the_oldest)
{
	char name[16];

	set_up();
	for (u32 i = 0; i < HIB_TIMELINE_STEPS + 5; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		hib_timeline_begin(&t, name, false, START + i * MS);
		hib_timeline_end(&t, name, false, 0, START + i * MS);
	}
	check_number(t.nr, HIB_TIMELINE_STEPS);
	check_number(t.nr_lost, 5);
	check_text(line_of(0), "saving enter s5 5 0 0 0\n");
	check_text(line_of(t.nr - 1), "saving enter s164 164 0 0 0\n");
}

TEST(timeline_of_the_boot_kernel_is_put_behind)
{
	static struct hib_timeline boot;
	struct hib_timeline_step handed[3];

	memset(&boot, 0, sizeof(boot));
	hib_timeline_start(&boot, HIB_TIMELINE_BOOT, 0);
	for (u32 i = 0; i < 5; i++)
		hib_timeline_begin(&boot, (const char *[]){ "check", "read", "memory", "jump", "mark" }[i], false, i * MS);
	check_number(hib_timeline_give(&boot, handed, 3), 3);
	check_number(hib_timeline_give(&boot, handed, 0), 0);
	set_up();
	hib_timeline_begin(&t, "sync", false, START);
	hib_timeline_take(&t, handed, 3);
	check_number(t.nr, 4);
	check_text(line_of(1), "boot enter memory 2 - - 0\n");
	check_text(line_of(3), "boot enter mark 4 - - 0\n");
}

TEST(timeline_takes_nothing_that_cannot_be_right)
{
	struct hib_timeline_step handed[5] = {
		{ .name = "good", .kernel = HIB_TIMELINE_BOOT },
		{ .name = "", .kernel = HIB_TIMELINE_BOOT },
		{ .name = "two words", .kernel = HIB_TIMELINE_BOOT },
		{ .name = "which", .kernel = HIB_TIMELINE_KERNELS },
		{ .kernel = HIB_TIMELINE_BOOT },
	};

	memset(handed[4].name, 'x', sizeof(handed[4].name));
	set_up();
	hib_timeline_take(&t, handed, 5);
	check_number(t.nr, 1);
	check_text(line_of(0), "boot enter good 0 - - 0\n");
}

TEST(timeline_gives_what_the_restored_kernel_does_not_have)
{
	struct hib_timeline_step handed[8];

	set_up();
	hib_timeline_begin(&t, "sync", false, START);
	hib_timeline_end(&t, "sync", false, 0, START + MS);
	t.kernel = HIB_TIMELINE_WRITING;
	hib_timeline_begin(&t, "write", false, START + 2 * MS);
	hib_timeline_start(&t, HIB_TIMELINE_BOOT, 0);
	hib_timeline_begin(&t, "check", false, 900 * MS);
	check_number(hib_timeline_give(&t, handed, 8), 2);
	check_text(handed[0].name, "write");
	check_text(handed[1].name, "check");
	check_number(hib_timeline_give(&t, handed, 1), 1);
	check_text(handed[0].name, "check");
}

TEST(timeline_goes_through_a_leaf)
{
	static struct hib_disk_leaf leaf;
	static struct hib_timeline back;
	u32 nr;

	set_up();
	hib_timeline_begin(&t, "sync", false, START + 3 * MS);
	hib_timeline_moved(&t, 0x123456789a);
	hib_timeline_end(&t, "sync", false, -5, START + 7 * MS);
	t.kernel = HIB_TIMELINE_WRITING;
	hib_timeline_begin(&t, "devices", true, START + 9 * MS);
	memset(&leaf, 0x5a, sizeof(leaf));
	memset(&back, 0, sizeof(back));
	nr = hib_timeline_build(&t, &leaf);
	check_number(nr, 2);
	hib_timeline_read(&leaf, nr, &back);
	check(!memcmp(back.steps, t.steps, 2 * sizeof(t.steps[0])));
	t = back;
	check_text(line_of(0), "saving enter sync 3 4000 -5 78187493530\n");
	check_text(line_of(1), "writing leave devices 9 - - 0\n");

	/* The last ones, as many as fit; and a leaf that says that there are more. */
	set_up();
	for (u32 i = 0; i < 110; i++)
		hib_timeline_begin(&t, i < 26 ? "early" : "late", false, START);
	check_number(hib_timeline_build(&t, &leaf), 84);
	memset(&back, 0, sizeof(back));
	hib_timeline_read(&leaf, U32_MAX, &back);
	check_number(back.nr, 84);
	check_text(back.steps[0].name, "late");
}

TEST(timeline_reads_no_steps_of_other_kernels)
{
	static struct hib_disk_leaf leaf;
	static struct hib_timeline back;

	set_up();
	for (u32 kernel = 0; kernel < HIB_TIMELINE_KERNELS; kernel++) {
		t.kernel = kernel;
		hib_timeline_begin(&t, "sync", false, START);
	}
	memset(&back, 0, sizeof(back));
	hib_timeline_read(&leaf, hib_timeline_build(&t, &leaf), &back);
	check_number(back.nr, 2);
	check_number(back.steps[1].kernel, HIB_TIMELINE_WRITING);
}
