// SPDX-License-Identifier: GPL-2.0
#include "anchor.h"
#include "fuzz.h"

#define FUZZ_TEXT	0x02u	/* systemd's text, not our variable */
#define FUZZ_WIDEN	0x04u	/* the input is bytes, make UTF-16 of it */

/* What is read from a text does not depend on what follows it. */
static void text(const u8 *data, size_t bytes, bool widen)
{
	size_t nr = widen ? 2 * bytes : bytes;
	u8 *exact = calloc(nr + 2, 1);
	u64 block = 0, again = 1;

	for (size_t i = 0; i < bytes; i++)
		exact[widen ? 2 * i : i] = data[i];
	if (!hib_anchor_parse_text(exact, nr, &block) && nr + 2 <= HIB_ANCHOR_TEXT_BYTES) {
		fuzz_must(!hib_anchor_parse_text(exact, nr + 2, &again));
		fuzz_must(block == again);
	}
	free(exact);
	exact = malloc(nr ?: 1);
	for (size_t i = 0; i < bytes; i++)
		if (widen)
			memcpy(exact + 2 * i, (u8[]){ data[i], 0 }, 2);
		else
			exact[i] = data[i];
	hib_anchor_parse_text(exact, nr, &block);
	free(exact);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	struct hib_disk_anchor disk, again;
	u64 block;

	if (steer & FUZZ_TEXT) {
		text(data, bytes, steer & FUZZ_WIDEN);
		return 0;
	}
	fuzz_fill(&disk, sizeof(disk), &data, &bytes);
	if (steer & FUZZ_CLOSE) {
		disk.tag = 0;
		disk.tag = cpu_to_le64(xxh64(&disk, sizeof(disk), 0));
	}
	if (hib_anchor_parse(&disk, sizeof(disk), &block))
		return 0;
	hib_anchor_build(&again, block);
	fuzz_must(!memcmp(&disk, &again, sizeof(disk)));
	return 0;
}
