// SPDX-License-Identifier: GPL-2.0
#include "fuzz_leaf.h"
#include "pagemap.h"

#define END		200000ul
#define NR_LEAVES	3u

static struct hib_disk_leaf leaves[NR_LEAVES] __aligned(4096), again __aligned(4096);

/* Runs of one frame, two apart: a leaf that leaves nothing to wish. */
static void make_full(struct hib_disk_leaf *leaf)
{
	struct hib_disk_run *run = (struct hib_disk_run *)leaf->data;
	u32 i;

	for (i = 0; i < HIB_LEAF_RUNS; i++) {
		run[i].pfn = cpu_to_le64(2 * i);
		run[i].nr_pages = cpu_to_le64(1);
	}
	hib_leaf_close(leaf, fuzz_id, HIB_LEAF_PAGEMAP, 0, HIB_LEAF_RUNS, 0);
}

static u32 make_leaves(u8 steer, const u8 *data, size_t bytes)
{
	u32 nr = 0;

	if (steer & FUZZ_FULL_FIRST)
		make_full(&leaves[nr++]);
	return fuzz_fill_leaves(leaves, nr, NR_LEAVES, steer, data, bytes);
}

static void check_same_again(const struct hib_pagemap_reader *reader, u32 nr_leaves)
{
	unsigned long pfn = 0;
	u32 i;

	fuzz_must(reader->nr_pages == reader->set->nr_set);
	fuzz_must(reader->nr_pages <= reader->max_pages);
	fuzz_must(hib_pagemap_count_runs(reader->set) == reader->nr_runs);
	fuzz_must(hib_pagemap_leaves(reader->nr_runs) == nr_leaves);
	for (i = 0; i < nr_leaves; i++) {
		hib_pagemap_encode(reader->set, &pfn, &again, fuzz_id, i);
		fuzz_must(!memcmp(&again, &leaves[i], sizeof(again)));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct hib_pfnset set;
	struct hib_pagemap_reader reader = { .set = &set, .max_pages = 150000 };
	u8 steer = fuzz_take(&data, &bytes);
	u32 nr = make_leaves(steer, data, bytes);
	u32 i;

	fuzz_must(!hib_pfnset_init(&set, END));
	if (steer & FUZZ_NO_MEMORY)
		allocator_fail_after(steer >> 6);
	for (i = 0; i < nr; i++) {
		if (hib_pagemap_decode(&reader, &leaves[i], fuzz_id))
			break;
	}
	allocator_fail_after(-1);
	if (i == nr)
		check_same_again(&reader, nr);
	hib_pfnset_exit(&set);
	fuzz_must(!allocator_nr_live());
	return 0;
}
