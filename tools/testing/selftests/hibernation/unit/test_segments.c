// SPDX-License-Identifier: GPL-2.0
#include "segments.h"
#include "leaf.h"
#include "tap.h"

#define ROOM	1200u

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static const u8 other_id[HIB_ID_BYTES] = "another one's id";
static struct hib_disk_leaf leaf __aligned(4096);
static struct hib_disk_segment *const entry = (struct hib_disk_segment *)leaf.data;
static u16 lengths[ROOM], back[ROOM + 1];
static struct hib_segments_reader reader;
static const char *why;

/* A reader with room for @capacity, and a mark behind that room. */
static void make(u32 capacity)
{
	reader = (struct hib_segments_reader){ .segments = back, .capacity = capacity };
	memset(back, 0, sizeof(back));
	back[capacity] = 0x7777;
	why = "not set";
}

static struct hib_piece piece(u64 nr_entries, u32 nr_leaves)
{
	return (struct hib_piece){ .nr_entries = nr_entries, .nr_leaves = nr_leaves };
}

static int begin(u64 nr_entries, u32 nr_leaves)
{
	struct hib_piece p = piece(nr_entries, nr_leaves);

	return hib_segments_begin(&reader, &p, &why);
}

static int end(u64 nr_entries, u64 data_bytes)
{
	struct hib_piece p = piece(nr_entries, hib_segments_leaves(nr_entries));

	return hib_segments_end(&reader, &p, data_bytes, &why);
}

static int decode(u32 index, u32 nr)
{
	hib_leaf_close(&leaf, id, HIB_LEAF_SEGMENT, index, nr, 0);
	return hib_segments_decode(&reader, &leaf, id);
}

static void put_all(u32 nr_blocks)
{
	u32 i;

	memset(&leaf, 0, sizeof(leaf));
	for (i = 0; i < HIB_LEAF_SEGMENTS; i++)
		entry[i].nr_blocks = cpu_to_le32(nr_blocks);
}

/* @nr lengths out and in again; each leaf the same when written again. */
static void check_round_trip(u32 nr)
{
	struct hib_disk_leaf first;
	u64 bytes = 0;
	u32 i;

	make(nr);
	for (i = 0; i < nr; i++) {
		lengths[i] = 1 + i * 7 % HIB_SEGMENT_BLOCKS;
		bytes += lengths[i] * HIB_BLOCK_BYTES;
	}
	check_number(begin(nr, hib_segments_leaves(nr)), 0);
	for (i = 0; i < hib_segments_leaves(nr); i++) {
		memset(&leaf, 0x5a, sizeof(leaf));
		hib_segments_encode(lengths, nr, &leaf, id, i);
		check_number(hib_segments_decode(&reader, &leaf, id), 0);
		first = leaf;
		hib_segments_encode(back, nr, &leaf, id, i);
		check(!memcmp(&first, &leaf, sizeof(leaf)));
	}
	check_number(end(nr, bytes), 0);
	check(!memcmp(back, lengths, nr * sizeof(*back)));
	check_number(back[nr], 0x7777);
}

TEST(segments_come_back_as_they_were_written)
{
	static const u32 numbers[] = { 1, 507, 508, 509, 1016, 1017, ROOM };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		check_round_trip(numbers[i]);
}

TEST(segments_need_a_leaf_for_508)
{
	check_number(hib_segments_leaves(0), 0);
	check_number(hib_segments_leaves(1), 1);
	check_number(hib_segments_leaves(508), 1);
	check_number(hib_segments_leaves(509), 2);
	check_number(hib_segments_leaves(U32_MAX), 8454661);
}

TEST(segments_refuse_a_list_longer_than_the_room)
{
	make(10);
	check_number(begin(11, 1), -EBADMSG);
	check_text(why, "number of segments");
	check_number(begin(U64_MAX, 1), -EBADMSG);
	check_number(begin((1ull << 32) + 5, 1), -EBADMSG);
	check_number(begin(10, 1), 0);
}

TEST(segments_refuse_a_list_with_other_leaves_than_it_needs)
{
	make(600);
	check_number(begin(508, 2), -EBADMSG);
	check_number(begin(509, 1), -EBADMSG);
	check_number(begin(1, 0), -EBADMSG);
	check_number(begin(600, U32_MAX), -EBADMSG);
	check_number(begin(600, 2), 0);
}

/* The list said ten, its leaf says 508: no byte past the room is written. */
TEST(segments_refuse_a_leaf_longer_than_the_room)
{
	make(10);
	check_number(begin(10, 1), 0);
	put_all(1);
	check_number(decode(0, 508), -EBADMSG);
	check_number(reader.nr, 0);
	check_number(back[10], 0x7777);
	put_all(1);
	check_number(decode(0, 11), -EBADMSG);
	check_number(back[10], 0x7777);
	put_all(1);
	check_number(decode(0, 10), 0);
	check_number(back[10], 0x7777);
}

TEST(segments_refuse_a_second_leaf_past_the_room)
{
	make(600);
	check_number(begin(600, 2), 0);
	put_all(1);
	check_number(decode(0, 508), 0);
	put_all(1);
	check_number(decode(1, 93), -EBADMSG);
	check_number(back[600], 0x7777);
	put_all(1);
	check_number(decode(1, 92), 0);
}

TEST(segments_refuse_lengths_that_cannot_be)
{
	static const u32 wrong[] = { 0, 257, 65536 + 5, U32_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		make(10);
		begin(2, 1);
		put_all(5);
		entry[1].nr_blocks = cpu_to_le32(wrong[i]);
		check_number(decode(0, 2), -EBADMSG);
	}
	make(10);
	begin(2, 1);
	put_all(256);
	check_number(decode(0, 2), 0);
	check_number(back[1], 256);
	check_number(reader.bytes, 2 * HIB_SEGMENT_BYTES);
}

TEST(segments_refuse_raw_ones_where_there_are_none)
{
	make(10);
	begin(2, 1);
	put_all(5);
	entry[1].kind = cpu_to_le32(HIB_SEGMENT_RAW);
	check_number(decode(0, 2), -EBADMSG);
}

TEST(segments_refuse_kinds_that_are_not_known)
{
	static const u32 wrong[] = { 2, 65536 + 1, U32_MAX };

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		make(10);
		reader.raw = true;
		begin(2, 1);
		put_all(5);
		entry[1].kind = cpu_to_le32(wrong[i]);
		check_number(decode(0, 2), -EBADMSG);
	}
}

TEST(segments_tell_raw_ones)
{
	const u16 out[] = { 7, 256 | HIB_SEGMENT_RAW_BIT, 256 };

	make(3);
	reader.raw = true;
	begin(3, 1);
	hib_segments_encode(out, 3, &leaf, id, 0);
	check_number(le32_to_cpu(entry[1].nr_blocks), 256);
	check_number(hib_segments_decode(&reader, &leaf, id), 0);
	check(!memcmp(out, back, sizeof(out)));
	check_number(hib_segment_blocks(back[1]), 256);
	check(hib_segment_is_raw(back[1]) && !hib_segment_is_raw(back[2]));
	check_number(end(3, 519 * HIB_BLOCK_BYTES), 0);
}

TEST(segments_refuse_a_leaf_out_of_its_place)
{
	make(ROOM);
	begin(ROOM, 3);
	put_all(1);
	check_number(decode(1, 508), -EBADMSG);
	check_number(decode(0, 508), 0);
	check_number(decode(0, 508), -EBADMSG);
	check_number(decode(2, 184), -EBADMSG);
}

TEST(segments_refuse_a_leaf_behind_one_with_room_left)
{
	make(ROOM);
	begin(ROOM, 3);
	put_all(1);
	check_number(decode(0, 507), 0);
	put_all(1);
	check_number(decode(1, 508), -EBADMSG);
}

TEST(segments_refuse_another_image_or_kind)
{
	make(10);
	begin(2, 1);
	put_all(5);
	hib_leaf_close(&leaf, other_id, HIB_LEAF_SEGMENT, 0, 2, 0);
	check_number(hib_segments_decode(&reader, &leaf, id), -EBADMSG);
	hib_leaf_close(&leaf, id, HIB_LEAF_DIGEST, 0, 2, 0);
	check_number(hib_segments_decode(&reader, &leaf, id), -EBADMSG);
}

TEST(segments_must_be_as_many_and_as_long_as_was_said)
{
	make(10);
	begin(2, 1);
	put_all(3);
	check_number(decode(0, 2), 0);
	check_number(end(2, 6 * HIB_BLOCK_BYTES), 0);
	check_number(end(2, 6 * HIB_BLOCK_BYTES + 1), -EBADMSG);
	check_text(why, "length of the segments");
	check_number(end(2, 5 * HIB_BLOCK_BYTES), -EBADMSG);
	check_number(end(3, 6 * HIB_BLOCK_BYTES), -EBADMSG);
	check_text(why, "count of a list");
	check_number(end(1, 6 * HIB_BLOCK_BYTES), -EBADMSG);
}

TEST(segments_must_fill_all_leaves)
{
	make(600);
	begin(508, 1);
	check_number(end(508, 508 * HIB_BLOCK_BYTES), -EBADMSG);
	check_text(why, "count of a list");
}
