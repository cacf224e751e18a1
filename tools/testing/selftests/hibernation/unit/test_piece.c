// SPDX-License-Identifier: GPL-2.0
#include "piece.h"
#include "tap.h"

static bool inside(u64 offset, u32 nr_leaves, u64 end)
{
	struct hib_piece p = { .offset = offset, .nr_leaves = nr_leaves, .nr_entries = 1 };

	return hib_piece_is_inside(&p, end);
}

TEST(piece_ends_where_the_image_does)
{
	check(inside(0, 1, 4096));
	check(inside(8192, 3, 5 * 4096));
	check(!inside(8192, 4, 5 * 4096));
	check(!inside(6 * 4096, 0, 5 * 4096));
}

TEST(piece_lies_in_whole_blocks)
{
	check(!inside(1, 1, 8192));
	check(!inside(4095, 1, 8192));
	check(inside(4096, 1, 8192));
}

TEST(piece_does_not_wrap_around)
{
	check(!inside(~0ull << 12, 1, ~0ull >> 1));
	check(!inside(~0ull << 12, U32_MAX, ~0ull));
	check(!inside((~0ull >> 1) - 4095, U32_MAX, ~0ull >> 1));
}
