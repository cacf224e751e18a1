// SPDX-License-Identifier: GPL-2.0
#include "fsid.h"
#include "format.h"
#include "tap.h"

static u8 page[HIB_BLOCK_BYTES];

static void put(size_t at, const char *what, size_t bytes)
{
	memset(page, 0, sizeof(page));
	memcpy(page + at, what, bytes);
}

TEST(fsid_knows_each_kind)
{
	put(1080, "\x53\xef", 2);
	check(hib_fsid_find(page, 0) == page + 1024 + 0x68);
	put(0, "XFSB", 4);
	check(hib_fsid_find(page, 0) == page + 32);
	put(1024, "\x10\x20\xf5\xf2", 4);
	check(hib_fsid_find(page, 0) == page + 1024 + 108);
	put(0x40, "_BHRfS_M", 8);
	check(hib_fsid_find(page, 16) == page + 0x20);
}

TEST(fsid_looks_at_the_right_block_alone)
{
	static const u64 blocks[] = HIB_FSID_BLOCKS;

	put(0x40, "_BHRfS_M", 8);
	check(!hib_fsid_find(page, 0));
	put(1080, "\x53\xef", 2);
	check(!hib_fsid_find(page, 16));
	check(!hib_fsid_find(page, 1));
	check_number(blocks[0], 0);
	check_number(blocks[1] * HIB_BLOCK_BYTES, 65536);
}

TEST(fsid_finds_none_elsewhere)
{
	put(0, "", 0);
	check(!hib_fsid_find(page, 0));
	check(!hib_fsid_find(page, 16));
	put(4086, "SWAPSPACE2", 10);
	check(!hib_fsid_find(page, 0));
	memset(page, 0xff, sizeof(page));
	check(!hib_fsid_find(page, 0));
}
