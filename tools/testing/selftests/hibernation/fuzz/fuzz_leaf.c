// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "leaf.h"

static struct hib_disk_leaf leaf __aligned(4096), again __aligned(4096);

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	u32 kind = steer >> 4;
	u64 next;
	u32 nr = 0;

	fuzz_fill(&leaf, sizeof(leaf), &data, &bytes);
	if (steer & FUZZ_CLOSE)
		leaf.tag = cpu_to_le64(hib_leaf_tag(&leaf, fuzz_id));
	if (hib_leaf_check(&leaf, fuzz_id, kind, 3, &nr))
		return 0;
	fuzz_must(nr && nr <= hib_leaf_capacity(kind));
	memset(&again, 0x5a, sizeof(again));
	memcpy(again.data, leaf.data, nr * (HIB_LEAF_BYTES / hib_leaf_capacity(kind)));
	next = kind == HIB_LEAF_EXTENT ? le64_to_cpu(leaf.next) : 0;
	hib_leaf_close(&again, fuzz_id, kind, 3, nr, next);
	fuzz_must(!memcmp(&again, &leaf, sizeof(leaf)));
	return 0;
}
