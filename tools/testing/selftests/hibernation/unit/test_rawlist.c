// SPDX-License-Identifier: GPL-2.0
#include "rawlist.h"
#include "leaf.h"
#include "tap.h"

#define ROOM		600u
#define NR_PAGES	(ROOM * HIB_CHUNK_PAGES - 10)	/* the last chunk has 22 pages */
#define LAST		(ROOM - 1)

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static const u8 other_id[HIB_ID_BYTES] = "another one's id";
static struct hib_disk_leaf leaf __aligned(4096);
static struct hib_disk_raw_chunk *const entry = (struct hib_disk_raw_chunk *)leaf.data;
static struct hib_raw_chunk out[ROOM], back[ROOM + 1];
static struct hib_rawlist_reader reader;
static const char *why;

/* A reader with room for @capacity, and a mark behind that room. */
static void make(u32 capacity)
{
	reader = (struct hib_rawlist_reader){
		.chunks = back, .capacity = capacity, .nr_pages_total = NR_PAGES,
	};
	memset(back, 0, sizeof(back));
	back[capacity].index = 0x7777;
	why = "not set";
}

static struct hib_piece piece(u64 nr_entries, u32 nr_leaves)
{
	return (struct hib_piece){ .nr_entries = nr_entries, .nr_leaves = nr_leaves };
}

static int begin(u64 nr_entries, u32 nr_leaves)
{
	struct hib_piece p = piece(nr_entries, nr_leaves);

	return hib_rawlist_begin(&reader, &p, &why);
}

static int end(u64 nr_entries)
{
	struct hib_piece p = piece(nr_entries, hib_rawlist_leaves(nr_entries));

	return hib_rawlist_end(&reader, &p, &why);
}

/* A list of one leaf that has @nr of the chunks in @entry. */
static int decode(u32 index, u32 nr)
{
	hib_leaf_close(&leaf, id, HIB_LEAF_RAW_CHUNK, index, nr, 0);
	return hib_rawlist_decode(&reader, &leaf, id);
}

static void put_all(void)
{
	memset(&leaf, 0, sizeof(leaf));
	for (u32 i = 0; i < HIB_LEAF_RAW_CHUNKS; i++)
		entry[i].index = cpu_to_le32(i);
}

static int decode_one(u32 index, u32 zero_mask)
{
	make(10);
	begin(1, 1);
	put_all();
	entry[0].index = cpu_to_le32(index);
	entry[0].zero_mask = cpu_to_le32(zero_mask);
	return decode(0, 1);
}

static void check_round_trip(u32 nr)
{
	struct hib_disk_leaf first;

	make(nr);
	for (u32 i = 0; i < nr; i++)
		out[i] = (struct hib_raw_chunk){ LAST - i, i % 3 ? 0 : 5, i * 0x123456789ull };
	check_number(begin(nr, hib_rawlist_leaves(nr)), 0);
	for (u32 i = 0; i < hib_rawlist_leaves(nr); i++) {
		memset(&leaf, 0x5a, sizeof(leaf));
		hib_rawlist_encode(out, nr, &leaf, id, i);
		check_number(hib_rawlist_decode(&reader, &leaf, id), 0);
		first = leaf;
		hib_rawlist_encode(back, nr, &leaf, id, i);
		check(!memcmp(&first, &leaf, sizeof(leaf)));
	}
	check_number(end(nr), 0);
	check(!memcmp(back, out, nr * sizeof(*back)));
	check_number(back[nr].index, 0x7777);
}

TEST(rawlist_comes_back_as_it_was_written)
{
	static const u32 numbers[] = { 1, 253, 254, 255, 508, 509, ROOM };

	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++)
		check_round_trip(numbers[i]);
}

TEST(rawlist_needs_as_many_leaves_as_its_chunks_fill)
{
	check_number(hib_rawlist_leaves(0), 0);
	check_number(hib_rawlist_leaves(1), 1);
	check_number(hib_rawlist_leaves(254), 1);
	check_number(hib_rawlist_leaves(255), 2);
	check_number(hib_rawlist_leaves(U32_MAX), 16909321);
}

TEST(rawlist_refuses_more_than_the_room)
{
	make(10);
	check_number(begin(11, 1), -EBADMSG);
	check_text(why, "number of raw chunks");
	check_number(begin(U64_MAX, 1), -EBADMSG);
	check_number(begin((1ull << 32) + 5, 1), -EBADMSG);
	check_number(begin(10, 2), -EBADMSG);
	check_number(begin(10, 0), -EBADMSG);
	check_number(begin(10, 1), 0);
}

/* The list said ten, its leaf says 254: nothing past the room is written. */
TEST(rawlist_refuses_a_leaf_longer_than_the_room)
{
	make(10);
	check_number(begin(10, 1), 0);
	put_all();
	check_number(decode(0, 254), -EBADMSG);
	check_number(reader.nr, 0);
	put_all();
	check_number(decode(0, 11), -EBADMSG);
	check_number(back[10].index, 0x7777);
	put_all();
	check_number(decode(0, 10), 0);
}

TEST(rawlist_refuses_chunks_that_the_image_does_not_have)
{
	check_number(decode_one(LAST, 0), 0);
	check_number(decode_one(LAST + 1, 0), -EBADMSG);
	check_number(decode_one(U32_MAX, 0), -EBADMSG);
}

TEST(rawlist_refuses_zero_pages_behind_the_last)
{
	check_number(decode_one(0, 0x80000001), 0);
	check_number(decode_one(LAST, 1u << 21), 0);
	check_number(decode_one(LAST, 1u << 22), -EBADMSG);
	check_number(decode_one(LAST, 1u << 31), -EBADMSG);
}

TEST(rawlist_refuses_a_chunk_without_a_block)
{
	check_number(decode_one(0, ~0u), -EBADMSG);
	check_number(decode_one(0, ~1u), 0);
	check_number(decode_one(LAST, (1u << 22) - 1), -EBADMSG);
	check_number(decode_one(LAST, (1u << 22) - 2), 0);
}

TEST(rawlist_refuses_a_leaf_out_of_its_place)
{
	make(ROOM);
	begin(ROOM, 3);
	put_all();
	check_number(decode(1, 254), -EBADMSG);
	check_number(decode(0, 253), 0);
	check_number(decode(1, 254), -EBADMSG);
}

TEST(rawlist_refuses_another_image_or_kind)
{
	make(10);
	begin(2, 1);
	put_all();
	hib_leaf_close(&leaf, other_id, HIB_LEAF_RAW_CHUNK, 0, 2, 0);
	check_number(hib_rawlist_decode(&reader, &leaf, id), -EBADMSG);
	hib_leaf_close(&leaf, id, HIB_LEAF_SEGMENT, 0, 2, 0);
	check_number(hib_rawlist_decode(&reader, &leaf, id), -EBADMSG);
}

TEST(rawlist_must_have_as_many_as_was_said)
{
	make(10);
	begin(2, 1);
	put_all();
	check_number(decode(0, 2), 0);
	check_number(end(2), 0);
	check_number(end(3), -EBADMSG);
	check_text(why, "count of a list");
	check_number(end(1), -EBADMSG);
	check_number(end(300), -EBADMSG);
}

/* Chunks of 32, 30, 1 and 22 blocks. */
TEST(rawlist_fills_a_segment_exactly_or_not)
{
	const struct hib_raw_chunk chunks[] = {
		{ .index = 3 }, { .index = 1, .zero_mask = 3 }, { .index = 7, .zero_mask = ~1u },
		{ .index = LAST },
	};

	check_number(hib_rawlist_fill(chunks, 4, 32, NR_PAGES), 1);
	check_number(hib_rawlist_fill(chunks, 4, 62, NR_PAGES), 2);
	check_number(hib_rawlist_fill(chunks, 4, 63, NR_PAGES), 3);
	check_number(hib_rawlist_fill(chunks, 4, 85, NR_PAGES), 4);
	check_number(hib_rawlist_fill(chunks, 4, 86, NR_PAGES), 0);
	check_number(hib_rawlist_fill(chunks, 4, 31, NR_PAGES), 0);
	check_number(hib_rawlist_fill(chunks, 4, 33, NR_PAGES), 0);
	check_number(hib_rawlist_fill(chunks, 3, 85, NR_PAGES), 0);
	check_number(hib_rawlist_fill(chunks, 0, 1, NR_PAGES), 0);
}

TEST(rawlist_tag_covers_pages_their_order_and_place)
{
	static u8 page[3][HIB_BLOCK_BYTES] __aligned(4096);
	const void *pages[] = { page[0], page[1], page[2] }, *other[] = { page[1], page[0] };
	struct hib_raw_chunk c = { .index = 5, .zero_mask = 1 };
	u64 tag;

	page[0][0] = 1;
	tag = hib_raw_chunk_tag(&c, id, pages, 2);
	check(tag == hib_raw_chunk_tag(&c, id, pages, 2));
	check(tag != hib_raw_chunk_tag(&c, id, other, 2));
	check(tag != hib_raw_chunk_tag(&c, id, pages, 3));
	check(tag != hib_raw_chunk_tag(&c, other_id, pages, 2));
	c.tag = 1;
	check(tag == hib_raw_chunk_tag(&c, id, pages, 2));
	c.index = 6;
	check(tag != hib_raw_chunk_tag(&c, id, pages, 2));
	c.index = 5;
	c.zero_mask = 2;
	check(tag != hib_raw_chunk_tag(&c, id, pages, 2));
	c.zero_mask = 1;
	page[1][HIB_BLOCK_BYTES - 1] = 1;
	check(tag != hib_raw_chunk_tag(&c, id, pages, 2));
}
