// SPDX-License-Identifier: GPL-2.0
#include "extent.h"
#include "fuzz_leaf.h"

#define DEVICE_BLOCKS	100000u
#define OTHER_BLOCKS	300u
#define NR_LEAVES	3u

static const struct hib_members members = {
	.member[0].nr_blocks = DEVICE_BLOCKS,
	.member[1].nr_blocks = OTHER_BLOCKS,
};
static struct hib_disk_leaf leaves[NR_LEAVES] __aligned(4096), again __aligned(4096);

/* Runs of one block, two apart: a leaf that leaves nothing to wish. */
static void make_full(struct hib_disk_leaf *leaf)
{
	struct hib_disk_extent *extent = (struct hib_disk_extent *)leaf->data;
	u32 i;

	for (i = 0; i < HIB_LEAF_EXTENTS; i++) {
		extent[i].block = cpu_to_le64(10 + 2 * i);
		extent[i].nr_blocks = cpu_to_le64(1);
	}
	hib_leaf_close(leaf, fuzz_id, HIB_LEAF_EXTENT, 0, HIB_LEAF_EXTENTS, 7);
}

static u32 make_leaves(u8 steer, const u8 *data, size_t bytes)
{
	u32 nr = 0;

	if (steer & FUZZ_FULL_FIRST)
		make_full(&leaves[nr++]);
	return fuzz_fill_leaves(leaves, nr, NR_LEAVES, steer, data, bytes);
}

static bool is_on_a_device(u64 block, u64 nr_blocks)
{
	u64 number = block & 0xffffffffffff, end = block >> 48 ? OTHER_BLOCKS : DEVICE_BLOCKS;

	return block >> 48 < 2 && number && number + nr_blocks <= end;
}

/* Each end of each run is found where it is; past the last there is nothing. */
static void check_lookup(const struct hib_extents *e)
{
	u64 block, nr_blocks;
	u32 i;

	for (i = 0; i < e->nr; i++) {
		const struct hib_extent *run = &e->array[i];

		fuzz_must(hib_extents_lookup(e, run->first, &block, &nr_blocks));
		fuzz_must(block == run->block && nr_blocks == run->nr_blocks);
		fuzz_must(is_on_a_device(block, nr_blocks));
		fuzz_must(hib_extents_lookup(e, run->first + nr_blocks - 1, &block, &nr_blocks));
		fuzz_must(block == run->block + run->nr_blocks - 1 && nr_blocks == 1);
	}
	fuzz_must(!hib_extents_lookup(e, e->nr_blocks, &block, &nr_blocks));
}

/* @e again from the start, run by run, as the writer makes it. */
static void check_append(const struct hib_extents *e)
{
	struct hib_extents copy;
	u32 i;

	hib_extents_init(&copy);
	fuzz_must(!hib_extents_reserve(&copy, e->nr));
	for (i = 0; i < e->nr; i++) {
		u64 block = e->array[i].block, nr_blocks = e->array[i].nr_blocks;

		fuzz_must(!hib_extents_append(&copy, block, 1));
		if (nr_blocks > 1)
			fuzz_must(!hib_extents_append(&copy, block + 1, nr_blocks - 1));
	}
	fuzz_must(hib_extents_append(&copy, 1, 0) == -EINVAL);
	fuzz_must(copy.nr == e->nr && copy.nr_blocks == e->nr_blocks);
	fuzz_must(!e->nr || !memcmp(copy.array, e->array, e->nr * sizeof(*e->array)));
	hib_extents_exit(&copy);
}

static int by_block(const void *a, const void *b)
{
	const struct hib_extent *left = a, *right = b;

	return left->block < right->block ? -1 : left->block > right->block;
}

/* In the order of blocks, what a range and the runs have in common is found piece by piece. */
static void check_overlap(struct hib_extents *e)
{
	u64 block = 1, end = 2000, nr;

	if (e->nr)
		qsort(e->array, e->nr, sizeof(*e->array), by_block);
	while ((nr = hib_extents_overlap(e, &block, end))) {
		fuzz_must(block < end && nr <= end - block);
		fuzz_must(is_on_a_device(block, nr));
		block += nr;
	}
}

/* Of blocks that a map is about, exactly those that it calls free are listed. */
static void check_free(const u8 *data, size_t bytes)
{
	struct hib_extents list;
	u64 nr_free = 0;
	u8 map[128];

	fuzz_fill(map, sizeof(map), &data, &bytes);
	hib_extents_init(&list);
	fuzz_must(!hib_extents_append_free(&list, 10, map, sizeof(map)));
	for (size_t i = 0; i < sizeof(map); i++)
		nr_free += !map[i];
	fuzz_must(list.nr_blocks == nr_free);
	for (u32 i = 0; i < list.nr; i++)
		for (u64 j = 0; j < list.array[i].nr_blocks; j++)
			fuzz_must(!map[list.array[i].block - 10 + j]);
	hib_extents_exit(&list);
}

static void check_same_again(const struct hib_extents *e, u32 nr_leaves)
{
	u32 i;

	fuzz_must(hib_extents_leaves(e) == nr_leaves);
	for (i = 0; i < nr_leaves; i++) {
		hib_extents_encode(e, &again, fuzz_id, i, le64_to_cpu(leaves[i].next));
		fuzz_must(!memcmp(&again, &leaves[i], sizeof(again)));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct hib_extents e;
	u8 steer = fuzz_take(&data, &bytes);
	u32 nr = make_leaves(steer, data, bytes);
	u64 next = 0;
	u32 i;

	hib_extents_init(&e);
	if (steer & FUZZ_NO_MEMORY)
		allocator_fail_after(steer >> 6);
	for (i = 0; i < nr; i++) {
		if (hib_extents_decode(&e, &leaves[i], fuzz_id, i, &members, &next))
			break;
		fuzz_must(!next || is_on_a_device(next, 1));
	}
	allocator_fail_after(-1);
	check_lookup(&e);
	check_append(&e);
	if (i == nr)
		check_same_again(&e, nr);
	check_overlap(&e);
	check_free(data, bytes);
	hib_extents_exit(&e);
	fuzz_must(!allocator_nr_live());
	return 0;
}
