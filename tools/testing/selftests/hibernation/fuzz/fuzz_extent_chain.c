// SPDX-License-Identifier: GPL-2.0
#include "extent_chain.h"
#include "fuzz.h"
#include "leaf.h"

#define DEVICE_BLOCKS	100000u
#define OTHER_BLOCKS	300u
#define NR_LEAVES	4u
#define FUZZ_FULL_FIRST	0x04u	/* a full leaf comes before those of the input */
#define FUZZ_COUNT	0x08u	/* the header counts leaves as its extents need them */

static const struct hib_members members = {
	.member[0].nr_blocks = DEVICE_BLOCKS,
	.member[1].nr_blocks = OTHER_BLOCKS,
};
static struct hib_disk_leaf leaves[NR_LEAVES] __aligned(4096);

/* Runs of one block, two apart; leads to block 1, where the next leaf lies. */
static void make_full(struct hib_disk_leaf *leaf)
{
	struct hib_disk_extent *extent = (struct hib_disk_extent *)leaf->data;
	u32 i;

	for (i = 0; i < HIB_LEAF_EXTENTS; i++) {
		extent[i].block = cpu_to_le64(10 + 2 * i);
		extent[i].nr_blocks = cpu_to_le64(1);
	}
	hib_leaf_close(leaf, fuzz_id, HIB_LEAF_EXTENT, 0, HIB_LEAF_EXTENTS, 1);
}

static void make_leaves(u8 steer, const u8 *data, size_t bytes)
{
	u32 nr = 0;

	memset(leaves, 0, sizeof(leaves));
	if (steer & FUZZ_FULL_FIRST)
		make_full(&leaves[nr++]);
	for (; nr < NR_LEAVES && bytes; nr++) {
		fuzz_fill(&leaves[nr], sizeof(leaves[nr]), &data, &bytes);
		if (steer & FUZZ_CLOSE)
			leaves[nr].tag = cpu_to_le64(hib_leaf_tag(&leaves[nr], fuzz_id));
	}
}

static bool is_on_a_device(u64 block, u64 nr_blocks)
{
	u64 number = block & 0xffffffffffff, end = block >> 48 ? OTHER_BLOCKS : DEVICE_BLOCKS;

	return block >> 48 < 2 && number && number < end && nr_blocks <= end - number;
}

/* Block b of the device holds leaf b modulo NR_LEAVES. */
static int follow(struct hib_extent_chain *chain, const char **why)
{
	u32 nr_read = 0;
	int ret;

	while ((ret = hib_extent_chain_step(chain, why)) > 0) {
		fuzz_must(is_on_a_device(chain->next, 1));
		fuzz_must(nr_read++ < chain->nr_leaves);
		ret = hib_extent_chain_take(chain, &leaves[chain->next % NR_LEAVES], fuzz_id, why);
		if (ret)
			return ret;
	}
	return ret;
}

static void check_whole(const struct hib_extent_chain *chain)
{
	const struct hib_extents *e = chain->extents;
	u32 i;

	fuzz_must(e->nr == chain->nr_extents && e->nr_blocks >= chain->image_blocks);
	fuzz_must(hib_extents_leaves(e) == chain->nr_leaves && !chain->next);
	for (i = 0; i < e->nr; i++)
		fuzz_must(is_on_a_device(e->array[i].block, e->array[i].nr_blocks));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	u8 first_block = fuzz_take(&data, &bytes), nr_leaves = fuzz_take(&data, &bytes);
	struct hib_extents e;
	struct hib_extent_chain chain = {
		.extents = &e,
		.members = &members,
		.nr_extents = fuzz_take(&data, &bytes) | (u64)fuzz_take(&data, &bytes) << 8,
		.image_blocks = fuzz_take(&data, &bytes) | (u64)fuzz_take(&data, &bytes) << 8,
	};
	const char *why = NULL;
	int error;

	hib_extents_init(&e);
	make_leaves(steer, data, bytes);
	if (steer & FUZZ_NO_MEMORY)
		allocator_fail_after(steer >> 6);
	if (steer & FUZZ_COUNT)
		nr_leaves = DIV_ROUND_UP(chain.nr_extents, HIB_LEAF_EXTENTS);
	error = hib_extent_chain_begin(&chain, first_block, nr_leaves, &why);
	if (!error)
		error = follow(&chain, &why);
	allocator_fail_after(-1);
	if (!error)
		check_whole(&chain);
	else
		fuzz_must(error < 0 && why && strlen(why));
	hib_extents_exit(&e);
	fuzz_must(!allocator_nr_live());
	return 0;
}
