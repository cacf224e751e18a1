// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "blackbox.h"
#include "timeline.h"

static struct hib_disk_blackbox disk __aligned(4096), again __aligned(4096);
static struct hib_timeline t, reread;

/* What a boot may write over the block, and what the next one reads of that. */
static void write_again(void)
{
	u32 nr = min(t.nr, HIB_BLACKBOX_STEPS);

	hib_blackbox_build(&again, fuzz_id, &t);
	fuzz_must(hib_blackbox_is_of(&again, fuzz_id));
	fuzz_must(!hib_blackbox_read(&again, fuzz_id, &reread));
	fuzz_must(reread.nr == nr);
	fuzz_must(!memcmp(reread.steps, t.steps + t.nr - nr, nr * sizeof(*t.steps)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	char line[HIB_TIMELINE_LINE_BYTES];

	memset(&t, 0, sizeof(t));
	memset(&reread, 0, sizeof(reread));
	fuzz_fill(&disk, sizeof(disk), &data, &bytes);
	if (steer & FUZZ_CLOSE) {
		disk.magic = cpu_to_le64(HIB_BLACKBOX_MAGIC);
		memcpy(disk.image_id, fuzz_id, sizeof(fuzz_id));
		disk.tag = cpu_to_le64(hib_blackbox_tag(&disk, fuzz_id));
	}
	if (hib_blackbox_read(&disk, fuzz_id, &t)) {
		fuzz_must(!t.nr);
		return 0;
	}
	fuzz_must(hib_blackbox_is_of(&disk, fuzz_id) && t.nr <= HIB_BLACKBOX_STEPS);
	for (u32 i = 0; i < t.nr; i++) {
		fuzz_must(t.steps[i].kernel == HIB_TIMELINE_FAILED && !t.steps[i].leave);
		fuzz_must((size_t)hib_timeline_line(&t.steps[i], line) < sizeof(line));
	}
	write_again();
	return 0;
}
