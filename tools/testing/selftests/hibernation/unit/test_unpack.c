// SPDX-License-Identifier: GPL-2.0
#include "unpack.h"
#include "tap.h"

#define NR_PAGES	70u	/* three chunks, the last has six pages */
#define NR_CHUNKS	3u

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static u8 segment[HIB_SEGMENT_BYTES] __aligned(4096);
static u8 pages[2 * NR_PAGES][HIB_BLOCK_BYTES] __aligned(4096);
static u8 plain[HIB_CHUNK_PAGES][HIB_BLOCK_BYTES] __aligned(4096);
static u32 used;
static const char *why;

/* What the owner of the pages answers. */
static bool seen[NR_CHUNKS], apart, stop;
static u64 hole = U64_MAX;
static int decompress_error;

static void *page_at(u64 index)
{
	return pages[apart ? 2 * index : index];
}

static void *address(void *priv, u64 index)
{
	check(priv == seen && index < NR_PAGES);
	return index == hole ? NULL : page_at(index);
}

static bool claim(void *priv, u32 index)
{
	check(priv == seen && index < NR_CHUNKS);
	if (seen[index])
		return false;
	seen[index] = true;
	return true;
}

/* The body's one byte on all of each page, plus the page's number. */
static int decompress(void *priv, const struct hib_chunk *c, void *out, size_t bytes,
		      const char **reason)
{
	u32 i;

	check(priv == seen && c->body_bytes == 1);
	for (i = 0; i < bytes / HIB_BLOCK_BYTES; i++)
		memset(out + i * HIB_BLOCK_BYTES, *(const u8 *)c->body + i, HIB_BLOCK_BYTES);
	if (decompress_error)
		*reason = "cannot be decoded";
	return decompress_error;
}

static bool stopped(void *priv)
{
	return stop && priv == seen;
}

static const struct hib_unpack_ops ops = {
	.address = address, .claim = claim, .decompress = decompress, .stopped = stopped,
};

static void make(void)
{
	memset(segment, 0, sizeof(segment));
	memset(pages, 0xcc, sizeof(pages));
	memset(plain, 0xdd, sizeof(plain));
	memset(seen, 0, sizeof(seen));
	used = 0;
	apart = stop = false;
	hole = U64_MAX;
	decompress_error = 0;
	why = "not set";
}

/* Fill word of page @i, and byte of a page that is packed. */
static u64 fill_of(u32 i)
{
	return i % 5 ? 0x0101010101010101ull * (i + 1) : 0;
}

/* Append chunk @index; bits of @mask are same-filled; packed pages raw or coded to one byte. */
static void put(u32 index, u32 mask, u32 codec)
{
	u32 i, nr = min(NR_PAGES - index * HIB_CHUNK_PAGES, HIB_CHUNK_PAGES), nr_fills = 0;
	u8 *body = segment + used + hib_chunk_body_offset(mask);
	struct hib_chunk c = { .index = index, .nr_pages = nr, .same_mask = mask, .codec = codec };
	u64 fills[HIB_CHUNK_PAGES];

	for (i = 0; i < nr; i++) {
		if (mask >> i & 1) {
			fills[nr_fills++] = fill_of(index * HIB_CHUNK_PAGES + i);
		} else if (codec == HIB_CODEC_NONE) {
			memset(body + c.body_bytes, 100 + i, HIB_BLOCK_BYTES);
			c.body_bytes += HIB_BLOCK_BYTES;
		} else {
			*body = 100;
			c.body_bytes = 1;
		}
	}
	used += hib_chunk_close(segment + used, id, &c, fills);
}

static struct hib_unpack u;

static int unpack_bytes(u32 bytes)
{
	u = (struct hib_unpack){ .ops = &ops, .priv = seen, .image_id = id,
				 .nr_pages_total = NR_PAGES, .plain = plain };
	return hib_unpack_segment(&u, segment, bytes, &why);
}

static int unpack(void)
{
	return unpack_bytes(DIV_ROUND_UP(used, HIB_BLOCK_BYTES) * HIB_BLOCK_BYTES);
}

static bool page_is(u64 index, u64 word)
{
	u64 at[HIB_BLOCK_BYTES / 8];
	u32 i;

	memcpy(at, page_at(index), sizeof(at));
	for (i = 0; i < ARRAY_SIZE(at); i++)
		if (at[i] != word)
			return false;
	return true;
}

static void check_page(u64 index, u64 word)
{
	if (!page_is(index, word))
		check_number(index, -1);
}

#define UNTOUCHED	0xccccccccccccccccull
#define BYTES(b)	(0x0101010101010101ull * (b))

/* All of chunk 0 with pages 3 and 9 packed. */
static void check_chunk_0(u32 codec)
{
	u32 i;

	put(0, ~(1u << 3 | 1u << 9), codec);
	check_number(unpack(), 0);
	for (i = 0; i < HIB_CHUNK_PAGES; i++) {
		if (i == 3)
			check_page(i, BYTES(codec ? 100 : 103));
		else if (i == 9)
			check_page(i, BYTES(codec ? 101 : 109));
		else
			check_page(i, fill_of(i));
	}
	check_page(32, UNTOUCHED);
	check_number(u.nr_pages, 32);
	check_number(u.nr_same, 30);
	check_number(u.pos, used);
}

TEST(unpack_fills_same_filled_pages_and_puts_others_between)
{
	make();
	check_chunk_0(HIB_CODEC_NONE);
	make();
	check_chunk_0(HIB_CODEC_LZ4);
}

TEST(unpack_decodes_into_pages_side_by_side)
{
	u32 i;

	make();
	put(1, 0, HIB_CODEC_LZ4);
	check_number(unpack(), 0);
	for (i = 0; i < 32; i++)
		check_page(32 + i, BYTES(100 + i));
	check_page(31, UNTOUCHED);
	check_page(64, UNTOUCHED);
	check_number(plain[0][0], 0xdd);
}

TEST(unpack_decodes_into_pages_apart)
{
	static const u32 codecs[] = { HIB_CODEC_NONE, HIB_CODEC_ZSTD };
	u32 c, i;

	for (c = 0; c < ARRAY_SIZE(codecs); c++) {
		make();
		apart = true;
		put(1, 0, codecs[c]);
		check_number(unpack(), 0);
		for (i = 0; i < 32; i++)
			check_page(32 + i, BYTES(100 + i));
		for (i = 0; i < 2 * NR_PAGES; i += 2)
			check_number(pages[i + 1][77], 0xcc);
	}
}

TEST(unpack_takes_a_short_last_chunk)
{
	u32 i;

	make();
	put(2, 0x3, HIB_CODEC_NONE);
	check_number(unpack(), 0);
	check_page(64, fill_of(64));
	check_page(65, fill_of(65));
	for (i = 2; i < 6; i++)
		check_page(64 + i, BYTES(100 + i));
	check_number(pages[70][0], 0xcc);
	check_number(u.nr_pages, 6);
}

/* A stale page's fill and bytes are passed over, and those behind keep their place. */
TEST(unpack_writes_nothing_for_a_page_without_a_place)
{
	static const u32 codecs[] = { HIB_CODEC_NONE, HIB_CODEC_LZO };
	u32 c;

	for (c = 0; c < ARRAY_SIZE(codecs); c++) {
		make();
		hole = 2;
		put(0, 0xfffffff0, codecs[c]);
		check_number(unpack(), 0);
		check_page(1, BYTES(101));
		check_page(2, UNTOUCHED);
		check_page(3, BYTES(103));
		make();
		hole = 5;
		put(0, 0xfffffff0, codecs[c]);
		check_number(unpack(), 0);
		check_page(4, fill_of(4));
		check_page(5, UNTOUCHED);
		check_page(6, fill_of(6));
	}
}

TEST(unpack_takes_a_chunk_without_a_body)
{
	make();
	put(0, ~0u, HIB_CODEC_NONE);
	put(2, 0x3f, HIB_CODEC_NONE);
	check_number(unpack(), 0);
	check_page(31, fill_of(31));
	check_page(32, UNTOUCHED);
	check_page(69, fill_of(69));
	check_number(u.nr_pages, 38);
	check_number(u.nr_same, 38);
}

TEST(unpack_refuses_a_chunk_seen_twice_before_it_writes)
{
	make();
	put(0, ~0u, HIB_CODEC_NONE);
	seen[0] = true;
	check_number(unpack(), -EBADMSG);
	check_text(why, "chunk seen twice");
	check_page(0, UNTOUCHED);
	make();
	put(0, ~0u, HIB_CODEC_NONE);
	put(0, ~0u, HIB_CODEC_NONE);
	check_number(unpack(), -EBADMSG);
	check_number(u.pos, used / 2);
}

TEST(unpack_refuses_a_damaged_chunk_before_it_writes)
{
	make();
	put(0, ~0u, HIB_CODEC_NONE);
	segment[40] ^= 1;
	check_number(unpack(), -EBADMSG);
	check_text(why, "chunk tag");
	check_page(0, UNTOUCHED);
	check(!seen[0]);
}

TEST(unpack_refuses_a_chunk_past_the_image)
{
	struct hib_chunk c = { .index = 3, .nr_pages = 32, .same_mask = ~0u };
	u64 fills[HIB_CHUNK_PAGES] = {};

	make();
	used += hib_chunk_close(segment, id, &c, fills);
	check_number(unpack(), -EBADMSG);
	check_text(why, "chunk index");
	c.index = U32_MAX;
	hib_chunk_close(segment, id, &c, fills);
	check_number(unpack(), -EBADMSG);
}

TEST(unpack_passes_on_what_the_codec_says)
{
	make();
	decompress_error = -EBADMSG;
	put(0, 0, HIB_CODEC_LZ4);
	check_number(unpack(), -EBADMSG);
	check_text(why, "cannot be decoded");
	make();
	apart = true;
	decompress_error = -EOPNOTSUPP;
	put(0, 0, HIB_CODEC_LZ4);
	check_number(unpack(), -EOPNOTSUPP);
	check_page(0, UNTOUCHED);
}

TEST(unpack_refuses_bytes_behind_the_last_chunk)
{
	make();
	put(0, ~0u, HIB_CODEC_NONE);
	segment[HIB_BLOCK_BYTES - 1] = 1;
	check_number(unpack(), -EBADMSG);
	check_text(why, "garbage behind the chunks");
	make();
	put(0, ~0u, HIB_CODEC_NONE);
	segment[used + 4] = 1;
	check_number(unpack(), -EBADMSG);
}

TEST(unpack_refuses_a_whole_block_behind_the_last_chunk)
{
	make();
	put(0, ~0u, HIB_CODEC_NONE);
	check_number(unpack_bytes(2 * HIB_BLOCK_BYTES), -EBADMSG);
	check_text(why, "garbage behind the chunks");
	make();
	check_number(unpack_bytes(HIB_BLOCK_BYTES), -EBADMSG);
}

/* A frame that would just not fit is no frame; less than one is padding. */
TEST(unpack_takes_a_segment_that_ends_with_its_chunk)
{
	u32 i;

	for (i = 0; i < 40; i++) {
		make();
		put(0, ~0u, HIB_CODEC_NONE);
		check_number(unpack_bytes(used + i), 0);
	}
	make();
	put(0, ~0u, HIB_CODEC_NONE);
	check_number(unpack_bytes(used - 1), -EBADMSG);
}

TEST(unpack_stops_after_a_chunk)
{
	make();
	stop = true;
	put(0, ~0u, HIB_CODEC_NONE);
	put(1, ~0u, HIB_CODEC_NONE);
	check_number(unpack(), 0);
	check_page(31, fill_of(31));
	check_page(32, UNTOUCHED);
}

static u8 spare[4][HIB_BLOCK_BYTES] __aligned(4096);

/*
 * Two chunks of a raw segment: 0 with pages 3 and 9, and the short one with 65 and 66. What
 * is read into each block is its number.
 */
static struct hib_raw_chunk raw[2];
static void *blocks[4];

static void make_raw(void)
{
	const void *pieces[2];

	make();
	memset(spare, 0xee, sizeof(spare));
	raw[0] = (struct hib_raw_chunk){ .index = 0, .zero_mask = ~(1u << 3 | 1u << 9) };
	raw[1] = (struct hib_raw_chunk){ .index = 2, .zero_mask = 0x39 };
	for (u32 i = 0; i < 4; i++)
		memset(segment + i * HIB_BLOCK_BYTES, 200 + i, HIB_BLOCK_BYTES);
	for (u32 i = 0; i < 2; i++) {
		pieces[0] = segment + 2 * i * HIB_BLOCK_BYTES;
		pieces[1] = segment + (2 * i + 1) * HIB_BLOCK_BYTES;
		raw[i].tag = hib_raw_chunk_tag(&raw[i], id, pieces, 2);
	}
	u = (struct hib_unpack){ .ops = &ops, .priv = seen, .image_id = id,
				 .nr_pages_total = NR_PAGES };
}

static int raw_begin(void)
{
	return hib_unpack_raw_begin(&u, raw, 2, spare, blocks, &why);
}

static void raw_read(void)
{
	for (u32 i = 0; i < 4; i++)
		memcpy(blocks[i], segment + i * HIB_BLOCK_BYTES, HIB_BLOCK_BYTES);
}

static int raw_end(void)
{
	return hib_unpack_raw_end(&u, raw, 2, blocks, &why);
}

TEST(unpack_raw_reads_into_pages_and_clears_the_others)
{
	make_raw();
	check_number(raw_begin(), 0);
	check(blocks[0] == page_at(3) && blocks[1] == page_at(9));
	check(blocks[2] == page_at(65) && blocks[3] == page_at(66));
	check_page(0, UNTOUCHED);
	raw_read();
	check_number(raw_end(), 0);
	check_page(3, BYTES(200));
	check_page(9, BYTES(201));
	check_page(65, BYTES(202));
	check_page(66, BYTES(203));
	check_page(0, 0);
	check_page(31, 0);
	check_page(32, UNTOUCHED);
	check_page(64, 0);
	check_page(69, 0);
	check_number(u.nr_pages, 38);
	check_number(u.nr_same, 34);
}

TEST(unpack_raw_refuses_a_chunk_seen_twice_before_it_is_read)
{
	make_raw();
	seen[2] = true;
	check_number(raw_begin(), -EBADMSG);
	check_text(why, "chunk seen twice");
	check_number(u.pos, 2 * HIB_BLOCK_BYTES);
	make_raw();
	raw[1].index = 0;
	check_number(raw_begin(), -EBADMSG);
}

TEST(unpack_raw_refuses_damage_of_either_chunk)
{
	for (u32 i = 0; i < 4; i++) {
		make_raw();
		check_number(raw_begin(), 0);
		raw_read();
		((u8 *)blocks[i])[4095] ^= 1;
		check_number(raw_end(), -EBADMSG);
		check_text(why, "chunk tag");
		check_number(u.pos, i / 2 * 2 * HIB_BLOCK_BYTES);
		check_page(64, UNTOUCHED);
	}
}

/* A stale page's block goes to spare memory, at its own place there, and is checked. */
TEST(unpack_raw_reads_a_page_without_a_place_aside)
{
	make_raw();
	hole = 9;
	check_number(raw_begin(), 0);
	check(blocks[1] == spare[1]);
	raw_read();
	check_number(raw_end(), 0);
	check_page(9, UNTOUCHED);
	make_raw();
	hole = 9;
	check_number(raw_begin(), 0);
	raw_read();
	spare[1][0] ^= 1;
	check_number(raw_end(), -EBADMSG);
	make_raw();
	hole = 5;
	check_number(raw_begin(), 0);
	raw_read();
	check_number(raw_end(), 0);
	check_page(4, 0);
	check_page(5, UNTOUCHED);
}

TEST(unpack_raw_stops_after_a_chunk)
{
	make_raw();
	check_number(raw_begin(), 0);
	raw_read();
	stop = true;
	check_number(raw_end(), 0);
	check_page(0, 0);
	check_page(64, UNTOUCHED);
}
