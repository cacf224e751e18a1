// SPDX-License-Identifier: GPL-2.0
#include "fat.h"
#include "fuzz.h"

#define DISK_BLOCKS	1024u
#define FUZZ_REPEAT	0x01u	/* the input is repeated; else zeros follow it */
#define FUZZ_SMALL	0x02u	/* the device is smaller */

static u8 page[HIB_BLOCK_BYTES];

static void read_block(u64 block, bool repeat, const u8 *data, size_t bytes)
{
	u64 at = block * HIB_BLOCK_BYTES;

	memset(page, 0, sizeof(page));
	if (repeat && bytes)
		for (size_t i = 0; i < sizeof(page); i++)
			page[i] = data[(at + i) % bytes];
	else if (at < bytes)
		memcpy(page, data + at, min(sizeof(page), bytes - at));
}

static void look(struct hib_fat *fat, u64 nr_bytes, bool repeat, const u8 *data, size_t bytes)
{
	unsigned int nr = 0;

	while (hib_fat_wants(fat)) {
		fuzz_must(fat->at < fat->end && fat->end <= nr_bytes && nr++ <= HIB_FAT_READS_MAX);
		read_block(fat->at / HIB_BLOCK_BYTES, repeat, data, bytes);
		hib_fat_feed(fat, page);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 id[HIB_ID_BYTES], steer = fuzz_take(&data, &bytes);
	bool repeat = steer & FUZZ_REPEAT;
	u64 nr_bytes = (u64)(steer & FUZZ_SMALL ? steer >> 2 : DISK_BLOCKS) * HIB_BLOCK_BYTES;
	struct hib_fat fat, again;

	read_block(0, repeat, data, bytes);
	if (!hib_fat_begin(&fat, page, nr_bytes, id))
		return 0;
	again = fat;
	look(&fat, nr_bytes, repeat, data, bytes);
	look(&again, nr_bytes, repeat, data, bytes);
	fuzz_must(fat.part == again.part && fat.digest == again.digest);
	return 0;
}
