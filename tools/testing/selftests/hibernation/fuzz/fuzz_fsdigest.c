// SPDX-License-Identifier: GPL-2.0
#include "fsdigest.h"
#include "fuzz.h"

#define DISK_BLOCKS	64u
#define READS_MAX	40u	/* but of FAT and exFAT */
#define FUZZ_LARGE	0x04u	/* the device is larger than what there is of it */
#define FUZZ_SMALL	0x08u

static u8 page[HIB_BLOCK_BYTES], other[HIB_BLOCK_BYTES];

/* The first block is the input's, and so is each other one, in an order of its own. */
static void read_block(u64 block, const u8 *data, size_t bytes)
{
	if (!block || block == 16) {
		memcpy(page, other, sizeof(page));
		return;
	}
	memset(page, 0, sizeof(page));
	for (unsigned int i = 0; bytes && i < 64; i++)
		page[i % 8 + 512 * (i / 8)] = data[(block * 8 + i) % bytes];
}

static void look(struct hib_fsdigest *f, u64 nr_blocks, const u8 *data, size_t bytes)
{
	unsigned int nr = 0;

	hib_fsdigest_begin(f, nr_blocks);
	while (hib_fsdigest_wants(f)) {
		fuzz_must(f->block < nr_blocks);
		fuzz_must(nr++ < (f->guard.kind >= HIB_GUARD_FAT ? HIB_FAT_READS_MAX + 2 : READS_MAX));
		read_block(f->block, data, bytes);
		hib_fsdigest_feed(f, page);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct hib_fsdigest f, again;
	u8 steer = fuzz_take(&data, &bytes);
	u64 nr_blocks = steer & FUZZ_LARGE ? U64_MAX >> (steer >> 4) : DISK_BLOCKS;

	if (steer & FUZZ_SMALL)
		nr_blocks = steer >> 4;
	fuzz_fill(other, sizeof(other), &data, &bytes);
	look(&f, nr_blocks, data, bytes);
	look(&again, nr_blocks, data, bytes);
	fuzz_must(f.step == again.step);
	if (f.step != HIB_FSDIGEST_DONE)
		return 0;
	fuzz_must(f.guard.kind && f.guard.kind < HIB_GUARD_KINDS && !f.guard.flags);
	fuzz_must(memchr_inv(f.guard.id, 0, HIB_ID_BYTES));
	fuzz_must(f.guard.digest == again.guard.digest);
	return 0;
}
