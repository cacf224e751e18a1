// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "leaf.h"
#include "timeline.h"

#define NAMES	4u

static struct hib_disk_leaf leaf __aligned(4096), again __aligned(4096);
static struct hib_timeline t, taken;

/* What a device holds: a leaf with steps. Those that are believed are written and read the same again. */
static void read_leaf(u32 nr, const u8 *data, size_t bytes)
{
	u32 nr_again;

	fuzz_fill(&leaf, sizeof(leaf), &data, &bytes);
	hib_timeline_read(&leaf, nr, &t);
	nr_again = hib_timeline_build(&t, &again);
	fuzz_must(nr_again <= hib_leaf_capacity(HIB_LEAF_LOG));
	hib_timeline_read(&again, nr_again, &taken);
	fuzz_must(taken.nr == nr_again);
	fuzz_must(!memcmp(taken.steps, t.steps + t.nr - nr_again, nr_again * sizeof(*t.steps)));
}

/* What another kernel hands over. */
static void take(const u8 *data, size_t bytes)
{
	static struct hib_timeline_step steps[HIB_TIMELINE_STEPS + 1];

	fuzz_fill(steps, sizeof(steps), &data, &bytes);
	hib_timeline_take(&t, steps, ARRAY_SIZE(steps));
	fuzz_must(hib_timeline_give(&t, steps, NAMES) <= NAMES);
}

/* What a transition notes, in any order. */
static void note(const u8 *data, size_t bytes)
{
	static const char * const names[NAMES] = { "sync", "tasks", "memory", "a_name_longer_than_any_other" };
	u64 now = 0;

	while (bytes) {
		u8 what = fuzz_take(&data, &bytes);
		bool leave = what & 4;

		now += (u64)fuzz_take(&data, &bytes) << (what >> 3);
		hib_timeline_moved(&t, now);
		if (fuzz_take(&data, &bytes) & 1)
			hib_timeline_end(&t, names[what % NAMES], leave, (signed char)what, now);
		else
			hib_timeline_begin(&t, names[what % NAMES], leave, now);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	char line[HIB_TIMELINE_LINE_BYTES];

	memset(&t, 0, sizeof(t));
	memset(&taken, 0, sizeof(taken));
	hib_timeline_start(&t, steer % HIB_TIMELINE_KERNELS, steer);
	if (steer >> 6 == 0)
		read_leaf(steer, data, bytes);
	else if (steer >> 6 == 1)
		take(data, bytes);
	else
		note(data, bytes);
	fuzz_must(t.nr <= HIB_TIMELINE_STEPS);
	for (u32 i = 0; i < t.nr; i++) {
		int length = hib_timeline_line(&t.steps[i], line);

		fuzz_must(length > 0 && (size_t)length < sizeof(line) && line[length - 1] == '\n');
	}
	return 0;
}
