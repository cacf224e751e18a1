// SPDX-License-Identifier: GPL-2.0
#include "chunk.h"
#include "tag.h"
#include "tap.h"

#define TOTAL_PAGES	100u		/* four chunks, the last has four pages */

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static const u8 other_id[HIB_ID_BYTES] = "0123456789abcdeF";
static u8 segment[3 * HIB_CHUNK_BYTES_MAX];
static u64 page[512] __aligned(4096);
static u64 fills[32];
static struct hib_chunk parsed;
static const char *why;

static const struct hib_chunk coded = {
	.index = 2,
	.nr_pages = 32,
	.same_mask = 0x80000101,
	.codec = HIB_CODEC_LZ4,
	.body_bytes = 5001,
};

/* Close @c at @at, which need not be aligned, with a body that looks random. */
static u32 close_chunk(u8 *at, const struct hib_chunk *c)
{
	u64 seed = 77;
	u32 i;

	for (i = 0; i < c->body_bytes; i++)
		at[hib_chunk_body_offset(c->same_mask) + i] = tap_random(&seed);
	for (i = 0; i < 32; i++)
		fills[i] = i * 0x0101010101010101ULL;
	return hib_chunk_close(at, id, c, fills);
}

static int parse_at(const u8 *at, u32 bytes)
{
	why = "not set";
	return hib_chunk_parse(at, bytes, id, TOTAL_PAGES, &parsed, &why);
}

static struct hib_chunk c;

/* The chunk must be refused once @change was made to it, for that reason. */
static void check_refused(void (*change)(void), const char *reason)
{
	c = coded;
	change();
	check_number(parse_at(segment, close_chunk(segment, &c)), -EBADMSG);
	check_text(why, reason);
}

#define REFUSES(name, change, reason)			\
	static void name##_change(void)			\
	{						\
		change;					\
	}						\
	TEST(name)					\
	{						\
		check_refused(name##_change, reason);	\
	}

TEST(chunk_page_of_equal_words_is_same)
{
	static const u64 words[] = { 0, ~0ULL, 0x1122334455667788ULL };
	u64 fill;
	unsigned int i, n;

	for (n = 0; n < ARRAY_SIZE(words); n++) {
		for (i = 0; i < 512; i++)
			page[i] = words[n];
		fill = ~words[n];
		check(hib_chunk_page_is_same(page, &fill));
		check(fill == words[n]);
	}
}

TEST(chunk_page_with_one_other_bit_is_not_same)
{
	u64 fill = 99;
	unsigned int bit;

	memset(page, 0, sizeof(page));
	for (bit = 0; bit < 8 * 4096; bit++) {
		((u8 *)page)[bit / 8] ^= 1 << bit % 8;
		if (hib_chunk_page_is_same(page, &fill))
			check_number(bit, -1);
		((u8 *)page)[bit / 8] ^= 1 << bit % 8;
	}
	check(fill == 99);
}

TEST(chunk_comes_back_as_it_was_closed)
{
	u8 *at = segment + 3;
	u32 bytes = close_chunk(at, &coded);

	check_number(bytes, 32 + 3 * 8 + 5001);
	check_number(parse_at(at, bytes), 1);
	check(parsed.index == 2 && parsed.nr_pages == 32 && parsed.same_mask == 0x80000101);
	check(parsed.codec == HIB_CODEC_LZ4 && parsed.body_bytes == 5001);
	check_number(parsed.total_bytes, bytes);
	check((const u8 *)parsed.fills == at + 32);
	check((const u8 *)parsed.body == at + 56);
	check(get_unaligned_le64(parsed.fills) == 0);
	check(get_unaligned_le64(parsed.fills + 16) == 0x0202020202020202ULL);
}

TEST(chunk_raw_coded_and_same_filled_are_accepted)
{
	struct hib_chunk raw = { .index = 0, .nr_pages = 32, .body_bytes = 32 * 4096 };
	struct hib_chunk same = { .index = 1, .nr_pages = 32, .same_mask = ~0u };
	struct hib_chunk last = { .index = 3, .nr_pages = 4, .same_mask = 9,
				  .codec = HIB_CODEC_ZSTD, .body_bytes = 1 };

	check_number(parse_at(segment, close_chunk(segment, &raw)), 1);
	check_number(parsed.total_bytes, HIB_CHUNK_BYTES_MAX);
	check_number(parse_at(segment, close_chunk(segment, &same)), 1);
	check_number(parsed.total_bytes, 32 + 256);
	check_number(parse_at(segment, close_chunk(segment, &last)), 1);
	last.same_mask = 0;
	last.body_bytes = 4 * 4096;
	check_number(parse_at(segment, close_chunk(segment, &last)), 1);
}

TEST(chunk_close_needs_no_fills_when_no_page_is_same)
{
	struct hib_chunk raw = { .index = 3, .nr_pages = 4, .body_bytes = 4 * 4096 };
	u32 bytes = hib_chunk_close(segment, id, &raw, NULL);

	check_number(parse_at(segment, bytes), 1);
}

TEST(chunk_follows_chunk_until_the_segment_ends)
{
	struct hib_chunk same = { .index = 1, .nr_pages = 32, .same_mask = ~0u };
	u32 first = close_chunk(segment, &coded);
	u32 bytes = first + close_chunk(segment + first, &same);

	check_number(parse_at(segment, bytes), 1);
	check_number(parse_at(segment + parsed.total_bytes, bytes - first), 1);
	check_number(parsed.index, 1);
	check_number(parse_at(segment + bytes, 0), 0);
	check_number(parse_at(segment + bytes, 31), 0);
	memset(segment + bytes, 0, 100);
	check_number(parse_at(segment + bytes, 100), 0);
}

TEST(chunk_refuses_every_flipped_bit)
{
	u32 bytes = close_chunk(segment, &coded);
	u32 bit;

	for (bit = 0; bit < 8 * bytes; bit++) {
		segment[bit / 8] ^= 1 << bit % 8;
		if (parse_at(segment, bytes) != -EBADMSG)
			check_number(bit, -1);
		segment[bit / 8] ^= 1 << bit % 8;
	}
	check_number(parse_at(segment, bytes), 1);
}

TEST(chunk_refuses_another_image)
{
	u32 bytes = close_chunk(segment, &coded);

	check_number(hib_chunk_parse(segment, bytes, other_id, TOTAL_PAGES, &parsed, &why),
		     -EBADMSG);
	check_text(why, "chunk tag");
}

TEST(chunk_refuses_every_cut)
{
	u32 bytes = close_chunk(segment, &coded);
	u32 left;

	for (left = 32; left < bytes; left++)
		check_number(parse_at(segment, left), -EBADMSG);
	check_text(why, "chunk length");
}

TEST(chunk_names_unknown_codec)
{
	c = coded;
	c.codec = 4;
	check_number(parse_at(segment, close_chunk(segment, &c)), -EOPNOTSUPP);
	check_text(why, "chunk codec");
}

TEST(chunk_refuses_other_magic)
{
	u32 bytes = close_chunk(segment, &coded);

	segment[0] ^= 1;
	check_number(parse_at(segment, bytes), -EBADMSG);
	check_text(why, "chunk magic");
}

REFUSES(chunk_refuses_index_past_the_image, c.index = 4, "chunk index")
REFUSES(chunk_refuses_index_that_overflows, c.index = U32_MAX, "chunk index")
REFUSES(chunk_refuses_short_chunk_in_the_middle, (c.same_mask = 1, c.nr_pages = 31),
	"chunk nr_pages")
REFUSES(chunk_refuses_last_chunk_that_is_too_long, c.index = 3, "chunk nr_pages")
REFUSES(chunk_refuses_no_pages, c.nr_pages = 0, "chunk nr_pages")
REFUSES(chunk_refuses_same_page_past_its_pages,
	(c.index = 3, c.nr_pages = 4, c.same_mask = 0x10), "chunk same_mask")
REFUSES(chunk_refuses_body_larger_than_its_pages, c.body_bytes = 29 * 4096 + 1,
	"chunk body_bytes")
REFUSES(chunk_refuses_empty_body, c.body_bytes = 0, "chunk body_bytes")
REFUSES(chunk_refuses_raw_body_of_other_length, c.codec = HIB_CODEC_NONE, "chunk body_bytes")
REFUSES(chunk_refuses_body_without_pages, c.same_mask = ~0u, "chunk body_bytes")
REFUSES(chunk_refuses_codec_without_body, (c.same_mask = ~0u, c.body_bytes = 0),
	"chunk codec")

TEST(chunk_refuses_body_length_that_overflows)
{
	u32 bytes = close_chunk(segment, &coded);

	memset(segment + 20, 0xff, 4);
	check_number(parse_at(segment, bytes), -EBADMSG);
	check_text(why, "chunk body_bytes");
}

TEST(chunk_bytes_stay_as_they_are_on_disk)
{
	close_chunk(segment, &coded);
	check_number(get_unaligned_le64(segment + 24), -4771547219107928764);
}
