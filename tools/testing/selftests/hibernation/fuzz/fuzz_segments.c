// SPDX-License-Identifier: GPL-2.0
#include "fuzz_leaf.h"
#include "segments.h"

#define NR_LEAVES	3u
#define ROOM		(2 * HIB_LEAF_SEGMENTS + 5)
#define MARK		0x7777u
#define FUZZ_SUM	0x08u	/* the header has the right sum */
#define FUZZ_RAW	0x10u	/* the image has raw segments */

static struct hib_disk_leaf leaves[NR_LEAVES] __aligned(4096), again __aligned(4096);
static u16 blocks[ROOM + 1];

static void make_full(struct hib_disk_leaf *leaf)
{
	struct hib_disk_segment *entry = (struct hib_disk_segment *)leaf->data;
	u32 i;

	memset(leaf, 0, sizeof(*leaf));
	for (i = 0; i < HIB_LEAF_SEGMENTS; i++)
		entry[i].nr_blocks = cpu_to_le32(1 + i % HIB_SEGMENT_BLOCKS);
	hib_leaf_close(leaf, fuzz_id, HIB_LEAF_SEGMENT, 0, HIB_LEAF_SEGMENTS, 0);
}

static u32 make_leaves(u8 steer, const u8 *data, size_t bytes)
{
	u32 nr = 0;

	if (steer & FUZZ_FULL_FIRST)
		make_full(&leaves[nr++]);
	return fuzz_fill_leaves(leaves, nr, NR_LEAVES, steer, data, bytes);
}

static void check_same_again(const struct hib_segments_reader *reader)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < reader->nr; i++) {
		u32 nr = hib_segment_blocks(blocks[i]);

		fuzz_must(nr && nr <= HIB_SEGMENT_BLOCKS);
		fuzz_must(reader->raw || !hib_segment_is_raw(blocks[i]));
		sum += nr * HIB_BLOCK_BYTES;
	}
	fuzz_must(sum == reader->bytes);
	fuzz_must(hib_segments_leaves(reader->nr) == reader->index);
	for (i = 0; i < reader->index; i++) {
		memset(&again, 0x5a, sizeof(again));
		hib_segments_encode(blocks, reader->nr, &again, fuzz_id, i);
		fuzz_must(!memcmp(&again, &leaves[i], sizeof(again)));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct hib_segments_reader reader = { .segments = blocks };
	u8 steer = fuzz_take(&data, &bytes);
	struct hib_piece piece = {
		.nr_entries = fuzz_take(&data, &bytes) | (u32)fuzz_take(&data, &bytes) << 8,
		.nr_leaves = fuzz_take(&data, &bytes),
	};
	const char *why = NULL;
	u32 nr, i = 0;
	int error;

	reader.raw = steer & FUZZ_RAW;
	reader.capacity = min(ROOM, piece.nr_entries + (steer >> 6));
	blocks[reader.capacity] = MARK;
	nr = make_leaves(steer, data, bytes);
	error = hib_segments_begin(&reader, &piece, &why);
	while (!error && i < min(nr, piece.nr_leaves))
		error = hib_segments_decode(&reader, &leaves[i++], fuzz_id);
	fuzz_must(reader.nr <= reader.capacity && blocks[reader.capacity] == MARK);
	if (error)
		return 0;
	check_same_again(&reader);
	error = hib_segments_end(&reader, &piece, steer & FUZZ_SUM ? reader.bytes : steer, &why);
	fuzz_must(error || (reader.nr == piece.nr_entries && reader.index == piece.nr_leaves));
	fuzz_must(!error || (why && strlen(why)));
	return 0;
}
