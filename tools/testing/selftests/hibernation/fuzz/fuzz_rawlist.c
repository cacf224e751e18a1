// SPDX-License-Identifier: GPL-2.0
#include "fuzz_leaf.h"
#include "rawlist.h"

#define NR_LEAVES	3u
#define ROOM		(2 * HIB_LEAF_RAW_CHUNKS + 5)
#define NR_PAGES	(300 * HIB_CHUNK_PAGES - 7)
#define MARK		0x7777u

static struct hib_disk_leaf leaves[NR_LEAVES] __aligned(4096), again __aligned(4096);
static struct hib_raw_chunk chunks[ROOM + 1];

static void make_full(struct hib_disk_leaf *leaf)
{
	struct hib_disk_raw_chunk *entry = (struct hib_disk_raw_chunk *)leaf->data;

	memset(leaf, 0, sizeof(*leaf));
	for (u32 i = 0; i < HIB_LEAF_RAW_CHUNKS; i++)
		entry[i].index = cpu_to_le32(i);
	hib_leaf_close(leaf, fuzz_id, HIB_LEAF_RAW_CHUNK, 0, HIB_LEAF_RAW_CHUNKS, 0);
}

static u32 make_leaves(u8 steer, const u8 *data, size_t bytes)
{
	u32 nr = 0;

	if (steer & FUZZ_FULL_FIRST)
		make_full(&leaves[nr++]);
	return fuzz_fill_leaves(leaves, nr, NR_LEAVES, steer, data, bytes);
}

/* Blocks of a chunk, between 1 and those of a chunk. */
static u32 blocks_of(const struct hib_raw_chunk *c)
{
	return hib_raw_chunk_pages(c, NR_PAGES) - hweight32(c->zero_mask);
}

static void check_chunks(const struct hib_rawlist_reader *reader)
{
	const void *pages[HIB_CHUNK_PAGES];

	for (u32 i = 0; i < HIB_CHUNK_PAGES; i++)
		pages[i] = leaves;
	for (u32 i = 0; i < reader->nr; i++) {
		u32 nr = blocks_of(&chunks[i]);

		fuzz_must(nr && nr <= HIB_CHUNK_PAGES);
		if (i > 3)
			continue;
		fuzz_must(hib_raw_chunk_tag(&chunks[i], fuzz_id, pages, nr) !=
			  hib_raw_chunk_tag(&chunks[i], fuzz_id, pages, nr - 1));
	}
	for (u32 i = 0; i < reader->index; i++) {
		memset(&again, 0x5a, sizeof(again));
		hib_rawlist_encode(chunks, reader->nr, &again, fuzz_id, i);
		fuzz_must(!memcmp(&again, &leaves[i], sizeof(again)));
	}
}

/* As many as it says fill a segment of @nr_blocks, and no fewer do. */
static void check_fill(u32 nr_blocks, u32 nr)
{
	u32 taken = hib_rawlist_fill(chunks, nr, nr_blocks, NR_PAGES), blocks = 0;

	fuzz_must(taken <= nr);
	for (u32 i = 0; i < taken; i++) {
		fuzz_must(blocks < nr_blocks);
		blocks += blocks_of(&chunks[i]);
	}
	fuzz_must(!taken || blocks == nr_blocks);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct hib_rawlist_reader reader = { .chunks = chunks, .nr_pages_total = NR_PAGES };
	u8 steer = fuzz_take(&data, &bytes);
	struct hib_piece piece = {
		.nr_entries = fuzz_take(&data, &bytes) | (u32)fuzz_take(&data, &bytes) << 8,
		.nr_leaves = fuzz_take(&data, &bytes),
	};
	u32 nr_blocks = fuzz_take(&data, &bytes) + 1u, nr, i = 0;
	const char *why = NULL;
	int error;

	reader.capacity = min(ROOM, piece.nr_entries + (steer >> 6));
	chunks[reader.capacity].index = MARK;
	nr = make_leaves(steer, data, bytes);
	error = hib_rawlist_begin(&reader, &piece, &why);
	while (!error && i < min(nr, piece.nr_leaves))
		error = hib_rawlist_decode(&reader, &leaves[i++], fuzz_id);
	fuzz_must(reader.nr <= reader.capacity && chunks[reader.capacity].index == MARK);
	if (error)
		return 0;
	check_chunks(&reader);
	check_fill(nr_blocks, reader.nr);
	error = hib_rawlist_end(&reader, &piece, &why);
	fuzz_must(error || (reader.nr == piece.nr_entries && reader.index == piece.nr_leaves));
	fuzz_must(!error || (why && strlen(why)));
	return 0;
}
