// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_faults_kunit - test of the stream against damage and errors
 *
 * An image in memory is damaged, told wrong, and its device fails, at each
 * place in turn: there is an errno and a reason, nothing is left under way, and
 * the next attempt succeeds.
 */
#include <kunit/test.h>
#include "pure/rawlist.h"
#include "stream/codec.h"
#include "stream_fixture.h"

#define NR_PAGES	1999	/* several segments, a short last chunk */

/* Every 61st byte, so that all fields, fills, bodies, paddings and leaves are met. */
static void stream_refuses_damage_anywhere(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 40);
	struct hib_stream *s;
	u64 at, end, step = 61;

	stream_fixture_fill(f);
	s = stream_fixture_writer(test, f, &hib_codec_lz4, 1);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	end = f->data_bytes + (u64)f->segments.nr_leaves * HIB_BLOCK_BYTES;
	s = stream_fixture_reader(test, f, 1);
	for (at = 0; at < end; at += at < 80 || at > f->data_bytes - 3 ? 1 : step) {
		u8 *byte = f->device.image + at;
		const char *why = NULL;

		/* The whole list leaf has one tag; flipping a few bytes suffices. */
		if (at == f->data_bytes + 64)
			break;
		*byte ^= 1 << at % 8;
		KUNIT_ASSERT_EQ_MSG(test, -EBADMSG, stream_fixture_read(f, s, &why),
				    "byte %llu of %llu", at, end);
		KUNIT_EXPECT_NOT_NULL(test, why);
		*byte ^= 1 << at % 8;
	}
	stream_fixture_expect_idle(test, f);
	KUNIT_EXPECT_EQ(test, 0, stream_fixture_read(f, s, &(const char *){ NULL }));
	stream_fixture_expect_same(test, f);
}

/* Each page of raw segments, and each part of the list of their chunks. */
static void stream_refuses_damage_of_raw_segments(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 40);
	struct hib_stream *s;
	u64 at, list;

	stream_fixture_fill_random(f);
	memset(f->from + 7 * PAGE_SIZE, 0, PAGE_SIZE);
	s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	list = f->raw_chunks.offset;
	KUNIT_ASSERT_EQ(test, 2, f->raw_chunks.nr_entries);
	s = stream_fixture_reader(test, f, 1);
	for (at = 0; at < list + 80; at += at < f->data_bytes ? 1021 : 1) {
		u8 *byte = f->device.image + at;
		const char *why = NULL;

		*byte ^= 1 << at % 8;
		KUNIT_ASSERT_EQ_MSG(test, -EBADMSG, stream_fixture_read(f, s, &why),
				    "byte %llu of %llu", at, list + 80);
		KUNIT_EXPECT_NOT_NULL(test, why);
		*byte ^= 1 << at % 8;
		at = at >= f->data_bytes && at < list ? list - 1 : at;
	}
	stream_fixture_expect_idle(test, f);
	KUNIT_EXPECT_EQ(test, 0, stream_fixture_read(f, s, &(const char *){ NULL }));
	stream_fixture_expect_same(test, f);
}

static void stream_refuses_another_image(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 300);
	const char *why = NULL;
	struct hib_stream *s;

	stream_fixture_fill(f);
	s = stream_fixture_writer(test, f, &hib_codec_lz4, 1);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	s = stream_fixture_reader(test, f, 2);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_read(f, s, &why));
	s->image_id[15] ^= 1;
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_stream_read_pages(s, &why));
	KUNIT_EXPECT_EQ(test, -EBADMSG, stream_fixture_read(f, s, &why));
}

/* A chunk with such a page is coded. */
static void keep_from_raw(struct stream_fixture *f)
{
	for (u64 i = 0; i < f->nr_pages; i += HIB_CHUNK_PAGES)
		memset(f->from + i * PAGE_SIZE, 1, PAGE_SIZE);
}

static void chunk_seen_twice(struct kunit *test, bool raw)
{
	struct stream_fixture *f = stream_fixture_create(test, 64);
	const char *why = NULL;
	struct hib_stream *s;

	stream_fixture_fill_random(f);
	if (!raw)
		keep_from_raw(f);
	s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	KUNIT_ASSERT_EQ(test, s->segments.nr_raw, raw ? 2 : 0);
	s = stream_fixture_reader(test, f, 1);
	/* Room in the lists for the segment a second time. */
	hib_stream_release(s);
	KUNIT_ASSERT_EQ(test, 0, hib_stream_prepare(s, 1, 2 * f->nr_pages));
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_read(f, s, &why));
	memcpy(f->device.image + f->data_bytes, f->device.image, f->data_bytes);
	s->segments.list[s->segments.nr++] = s->segments.list[0];
	memcpy(s->segments.raw_chunks + s->segments.nr_raw, s->segments.raw_chunks,
	       s->segments.nr_raw * sizeof(*s->segments.raw_chunks));
	s->segments.nr_raw *= 2;
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_stream_read_pages(s, &why));
	KUNIT_EXPECT_STREQ(test, why, "chunk seen twice");
	stream_fixture_expect_idle(test, f);
}

static void stream_refuses_chunk_seen_twice(struct kunit *test)
{
	chunk_seen_twice(test, false);
	chunk_seen_twice(test, true);
}

static void stream_refuses_raw_segments_and_chunks_that_do_not_match(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 500);
	const char *why = NULL;
	struct hib_stream *s;

	stream_fixture_fill_random(f);
	s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	s = stream_fixture_reader(test, f, 2);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_read(f, s, &why));
	s->segments.raw_chunks[3].zero_mask = 1;
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_stream_read_pages(s, &why));
	KUNIT_EXPECT_STREQ(test, why, "raw segment without chunks");
	s->segments.raw_chunks[3].zero_mask = 0;
	s->segments.nr_raw--;
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_stream_read_pages(s, &why));
	KUNIT_EXPECT_STREQ(test, why, "raw segment without chunks");
	s->segments.nr_raw++;
	s->segments.nr--;
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_stream_read_pages(s, &why));
	KUNIT_EXPECT_STREQ(test, why, "raw chunk in no segment");
	s->segments.nr++;
	KUNIT_EXPECT_EQ(test, 0, hib_stream_read_pages(s, &why));
	stream_fixture_expect_idle(test, f);
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			hib_stream_read_segments(s, &f->segments, &(struct hib_piece){},
						 f->data_bytes, &why));
}

static void stream_refuses_missing_chunk(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 500);
	const char *why = NULL;
	struct hib_stream *s;

	stream_fixture_fill_random(f);
	keep_from_raw(f);
	s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	s = stream_fixture_reader(test, f, 1);
	KUNIT_ASSERT_EQ(test, 0, hib_stream_read_segments(s, &f->segments, &f->raw_chunks,
							  f->data_bytes, &why));
	s->segments.nr--;
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_stream_read_pages(s, &why));
	KUNIT_EXPECT_STREQ(test, why, "chunk missing");
}

static void stream_refuses_codec_without_workspace(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 64);
	const char *why = NULL;
	struct hib_stream *s;

	stream_fixture_fill_text(f);
	s = stream_fixture_writer(test, f, &hib_codec_zstd, 1);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	s = stream_fixture_reader(test, f, 1);
	hib_stream_release(s);
	s->codec = &hib_codec_lz4;
	KUNIT_ASSERT_EQ(test, 0, hib_stream_prepare(s, 1, f->nr_pages));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, stream_fixture_read(f, s, &why));
	KUNIT_EXPECT_STREQ(test, why, "codec not known here");
}

#define BAD_PIECES	9

/* Places of a list that cannot be right; @good is. */
static void make_bad_pieces(struct hib_piece bad[BAD_PIECES], const struct hib_piece *good)
{
	for (unsigned int i = 0; i < BAD_PIECES; i++)
		bad[i] = *good;
	bad[0].offset += 1;
	bad[1].offset -= HIB_BLOCK_BYTES;
	bad[2].offset = ~0ULL << HIB_BLOCK_SHIFT;
	bad[3].nr_entries++;
	bad[4].nr_entries--;
	bad[5].nr_entries = ~0ULL;
	bad[6].nr_leaves = 0;
	bad[7].nr_leaves = U32_MAX;
	bad[8] = (struct hib_piece) {};
}

static void stream_refuses_wrong_pieces(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 500);
	struct hib_piece bad[BAD_PIECES], raw[BAD_PIECES];
	const char *why = NULL;
	struct hib_stream *s;

	stream_fixture_fill_random(f);
	s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	s = stream_fixture_reader(test, f, 1);
	make_bad_pieces(bad, &f->segments);
	make_bad_pieces(raw, &f->raw_chunks);
	for (unsigned int i = 0; i < BAD_PIECES; i++) {
		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
				    hib_stream_read_segments(s, &bad[i], &f->raw_chunks,
							     f->data_bytes, &why),
				    "piece %u", i);
		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
				    hib_stream_read_segments(s, &f->segments, &raw[i],
							     f->data_bytes, &why),
				    "raw piece %u", i);
		stream_fixture_expect_idle(test, f);
	}
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			hib_stream_read_segments(s, &f->segments, &f->raw_chunks,
						 f->data_bytes + HIB_BLOCK_BYTES, &why));
	KUNIT_EXPECT_EQ(test, 0, hib_stream_read_segments(s, &f->segments, &f->raw_chunks,
							  f->data_bytes, &why));
}

/* Fail each I/O in turn, then go on as if nothing had been. */
static void stream_unwinds_write_errors(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);
	struct hib_stream *s;
	const char *why;
	int i;

	stream_fixture_fill_random(f);
	s = stream_fixture_writer(test, f, &hib_codec_lz4, 2);
	for (i = 0; i < 18; i++) {
		atomic_set(&f->device.nr_started, 0);
		f->device.fail_start = i & 1 ? i / 2 : -1;
		f->device.fail_wait = i & 1 ? -1 : i / 2;
		f->device.error = i & 1 ? -ENOSPC : -EIO;
		KUNIT_EXPECT_EQ_MSG(test, f->device.error, stream_fixture_write(f, s), "I/O %d", i);
		stream_fixture_expect_idle(test, f);
	}
	f->device.fail_start = -1;
	f->device.fail_wait = -1;
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	s = stream_fixture_reader(test, f, 2);
	KUNIT_EXPECT_EQ(test, 0, stream_fixture_read(f, s, &why));
	stream_fixture_expect_same(test, f);
}

static void stream_unwinds_read_errors(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);
	struct hib_stream *s;
	const char *why;
	int i;

	stream_fixture_fill_random(f);
	s = stream_fixture_writer(test, f, &hib_codec_none, 2);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	s = stream_fixture_reader(test, f, 2);
	f->device.error = -EIO;
	for (i = 0; i < 18; i++) {
		atomic_set(&f->device.nr_started, 0);
		f->device.fail_start = i & 1 ? i / 2 : -1;
		f->device.fail_wait = i & 1 ? -1 : i / 2;
		why = NULL;
		KUNIT_EXPECT_EQ_MSG(test, -EIO, stream_fixture_read(f, s, &why), "I/O %d", i);
		KUNIT_ASSERT_NOT_NULL(test, why);
		KUNIT_EXPECT_STREQ(test, why, "read error");
		stream_fixture_expect_idle(test, f);
	}
	f->device.fail_start = -1;
	f->device.fail_wait = -1;
	KUNIT_EXPECT_EQ(test, 0, stream_fixture_read(f, s, &why));
	stream_fixture_expect_same(test, f);
}

static struct kunit_case stream_fault_cases[] = {
	KUNIT_CASE(stream_refuses_damage_anywhere),
	KUNIT_CASE(stream_refuses_damage_of_raw_segments),
	KUNIT_CASE(stream_refuses_another_image),
	KUNIT_CASE(stream_refuses_chunk_seen_twice),
	KUNIT_CASE(stream_refuses_raw_segments_and_chunks_that_do_not_match),
	KUNIT_CASE(stream_refuses_missing_chunk),
	KUNIT_CASE(stream_refuses_codec_without_workspace),
	KUNIT_CASE(stream_refuses_wrong_pieces),
	KUNIT_CASE(stream_unwinds_write_errors),
	KUNIT_CASE(stream_unwinds_read_errors),
	{}
};

static struct kunit_suite stream_fault_suite = {
	.name = "hib_stream_faults",
	.test_cases = stream_fault_cases,
};

kunit_test_suite(stream_fault_suite);

MODULE_DESCRIPTION("Test of the hibernation stream against damage and errors");
MODULE_LICENSE("GPL");
