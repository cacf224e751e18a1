// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_kunit - test of the stream
 *
 * Pages of all kinds go into an image in memory and come back, by one and by
 * several workers, and so do the lists that go with them.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "pure/leaf.h"
#include "pure/timeline.h"
#include "stream/buffer.h"
#include "stream/codec.h"
#include "stream/stream_ring.h"
#include "stream_fixture.h"

#define NR_PAGES	1999	/* several segments, a short last chunk */

static void round_trip(struct kunit *test, struct stream_fixture *f,
		       const struct hib_codec_ops *codec, unsigned int writers,
		       unsigned int readers)
{
	struct hib_stream *s = stream_fixture_writer(test, f, codec, writers);
	const char *why = NULL;

	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	stream_fixture_expect_idle(test, f);
	hib_stream_release(s);
	s = stream_fixture_reader(test, f, readers);
	KUNIT_ASSERT_EQ_MSG(test, 0, stream_fixture_read(f, s, &why), "%s", why ?: "");
	stream_fixture_expect_idle(test, f);
	stream_fixture_expect_same(test, f);
	hib_stream_release(s);
}

static const void *codec_params(const void *prev, char *desc)
{
	unsigned int i = prev ? ((const struct hib_codec_ops *)prev)->id + 1 : 0;
	const struct hib_codec_ops *codec = hib_codec_at(i);

	if (codec)
		strscpy(desc, codec->name, KUNIT_PARAM_DESC_SIZE);
	return codec;
}

static void stream_comes_back(struct kunit *test)
{
	static const unsigned int workers[][2] = { { 1, 1 }, { 1, 4 }, { 2, 2 }, { 4, 1 } };
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);
	unsigned int i;

	stream_fixture_fill(f);
	for (i = 0; i < 2 * ARRAY_SIZE(workers); i++) {
		f->scattered = i & 1;
		round_trip(test, f, test->param_value, workers[i / 2][0], workers[i / 2][1]);
	}
}

static void stream_keeps_any_number_of_pages(struct kunit *test)
{
	static const u64 sizes[] = { 0, 1, 2, 31, 32, 33, 224, 225, 256 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct stream_fixture *f = stream_fixture_create(test, sizes[i]);

		stream_fixture_fill_random(f);
		round_trip(test, f, &hib_codec_lz4, 2, 2);
		KUNIT_EXPECT_EQ(test, f->data_bytes, f->data_bytes & PAGE_MASK);
	}
}

static void stream_counts_what_it_did(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 320);
	u64 list_bytes;

	stream_fixture_fill_random(f);
	memset(f->from + 7 * PAGE_SIZE, 0, 9 * PAGE_SIZE);
	round_trip(test, f, &hib_codec_none, 1, 2);
	list_bytes = (f->segments.nr_leaves + f->raw_chunks.nr_leaves) * (u64)HIB_BLOCK_BYTES;
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->progress.pages), 320);
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->progress.same_pages), 9);
	KUNIT_EXPECT_EQ(test, atomic64_read(&f->progress.bytes), f->data_bytes + list_bytes);
}

static atomic_t nr_thorough, nr_hurried;

static size_t thorough(const void *in, size_t in_bytes, void *out, size_t out_bytes,
		       void *workspace)
{
	atomic_inc(&nr_thorough);
	return 0;
}

static size_t hurried(const void *in, size_t in_bytes, void *out, size_t out_bytes,
		      void *workspace)
{
	atomic_inc(&nr_hurried);
	return 0;
}

/* Noise, so that eight chunks make a raw segment. It is sent when the ninth is there. */
static void stream_hurries_while_the_device_is_idle(struct kunit *test)
{
	static const struct hib_codec_ops codec = {
		.name = "counting", .id = HIB_CODEC_LZ4,
		.compress = thorough, .compress_fast = hurried,
	};
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);
	const int nr_chunks = DIV_ROUND_UP(NR_PAGES, HIB_CHUNK_PAGES);

	stream_fixture_fill_random(f);
	for (unsigned int quick = 0; quick < 2; quick++) {
		f->device.quick = quick;
		atomic_set(&nr_thorough, 0);
		atomic_set(&nr_hurried, 0);
		round_trip(test, f, &codec, 1, 1);
		KUNIT_EXPECT_EQ(test, nr_chunks,
				atomic_read(&nr_thorough) + atomic_read(&nr_hurried));
		/* A ring full of segments goes out before there is anything to wait for. */
		KUNIT_EXPECT_EQ(test, atomic_read(&nr_hurried),
				quick ? nr_chunks : 8 * HIB_STREAM_DEPTH + 1);
	}
}

/* Half of the pages are live and written early; of these every fifth does not count. */
#define NR_EARLY	(HIB_CHUNK_PAGES * 30)

static void fetch_early(void *priv, u64 first, unsigned int nr, void *to)
{
	struct stream_fixture *f = priv;

	memcpy(to, f->from + first * PAGE_SIZE, nr * PAGE_SIZE);
}

static bool is_stale(u64 index)
{
	return index < NR_EARLY && (index % 5 == 0 || index / HIB_CHUNK_PAGES == 7);
}

static void *to_unless_stale(void *priv, u64 index)
{
	struct stream_fixture *f = priv;

	return is_stale(index) ? NULL : stream_fixture_to(f, index);
}

static void stream_goes_on_behind_early_pages(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);
	struct hib_stream *s = stream_fixture_writer(test, f, test->param_value, 2);
	const struct hib_pages copies = s->pages;
	const char *why = NULL;

	stream_fixture_fill(f);
	s->pages = (struct hib_pages) { .fetch = fetch_early, .priv = f, .nr_pages = NR_EARLY };
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_pages(s, 0, &f->data_bytes));
	/* Nobody reads them a second time. */
	for (u64 i = 0; i < NR_EARLY; i++)
		if (is_stale(i))
			memset(f->from + i * PAGE_SIZE, 0xdd, PAGE_SIZE);
	s->pages = copies;
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_pages(s, NR_EARLY, &f->data_bytes));
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_segments(s, &f->segments, &f->raw_chunks));
	stream_fixture_expect_idle(test, f);
	hib_stream_release(s);

	s = stream_fixture_reader(test, f, 2);
	s->pages.address = to_unless_stale;
	KUNIT_ASSERT_EQ_MSG(test, 0, stream_fixture_read(f, s, &why), "%s", why ?: "");
	stream_fixture_expect_same(test, f);
}

/* Noise that does not shrink, and among it pages that hold one word. */
static void stream_fetches_noise_with_same_pages_in_it(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, NR_EARLY);
	struct hib_stream *s = stream_fixture_writer(test, f, test->param_value, 2);
	const char *why = NULL;

	stream_fixture_fill_random(f);
	for (u64 i = 0; i < NR_EARLY; i += 5)
		memset(f->from + i * PAGE_SIZE, i, PAGE_SIZE);
	s->pages = (struct hib_pages) { .fetch = fetch_early, .priv = f, .nr_pages = NR_EARLY };
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_pages(s, 0, &f->data_bytes));
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_segments(s, &f->segments, &f->raw_chunks));
	hib_stream_release(s);

	s = stream_fixture_reader(test, f, 2);
	KUNIT_ASSERT_EQ_MSG(test, 0, stream_fixture_read(f, s, &why), "%s", why ?: "");
	stream_fixture_expect_same(test, f);
}

/* What does not shrink takes its pages, and no byte more. */
static void stream_moves_noise_without_a_copy(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);
	const u32 nr_chunks = DIV_ROUND_UP(NR_PAGES, HIB_CHUNK_PAGES);

	stream_fixture_fill_random(f);
	for (u64 i = 0; i < NR_PAGES; i += 40)
		memset(f->from + i * PAGE_SIZE, 0, PAGE_SIZE);
	for (unsigned int scattered = 0; scattered < 2; scattered++) {
		f->scattered = scattered;
		round_trip(test, f, test->param_value, 2, 2);
		KUNIT_EXPECT_EQ(test, f->raw_chunks.nr_entries, nr_chunks);
		KUNIT_EXPECT_EQ(test, f->data_bytes,
				(NR_PAGES - DIV_ROUND_UP(NR_PAGES, 40)) * PAGE_SIZE);
	}
}

/* A page of one word other than zero, and one that is live, are not for raw segments. */
static void stream_copies_what_cannot_be_raw(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 4 * HIB_CHUNK_PAGES);
	struct hib_stream *s;

	stream_fixture_fill_random(f);
	memset(f->from + 35 * PAGE_SIZE, 1, PAGE_SIZE);
	memset(f->from + 64 * PAGE_SIZE, 0, 32 * PAGE_SIZE);
	round_trip(test, f, &hib_codec_none, 1, 1);
	KUNIT_EXPECT_EQ(test, f->raw_chunks.nr_entries, 2);

	s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	s->pages = (struct hib_pages) { .fetch = fetch_early, .priv = f, .nr_pages = f->nr_pages };
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	KUNIT_EXPECT_TRUE(test, hib_piece_is_absent(&f->raw_chunks));
}

/* The blocks of stale pages are read, as the tag covers them, but go nowhere. */
static void stream_passes_over_stale_pages_of_raw_segments(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);
	struct hib_stream *s = stream_fixture_writer(test, f, &hib_codec_none, 2);
	const char *why = NULL;

	stream_fixture_fill_random(f);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	for (u64 i = 0; i < NR_EARLY; i++)
		if (is_stale(i))
			memset(f->from + i * PAGE_SIZE, 0xdd, PAGE_SIZE);
	s = stream_fixture_reader(test, f, 2);
	s->pages.address = to_unless_stale;
	KUNIT_ASSERT_EQ_MSG(test, 0, stream_fixture_read(f, s, &why), "%s", why ?: "");
	stream_fixture_expect_same(test, f);
}

static bool shrinks(struct hib_stream *s)
{
	struct hib_stream_sample sample;

	hib_stream_take_sample(s, &sample);
	return hib_stream_sample_shrinks(&sample);
}

static void stream_sample_tells_text_from_noise(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 999);
	struct hib_stream *s = stream_fixture_writer(test, f, &hib_codec_lz4, 1);

	KUNIT_EXPECT_TRUE(test, shrinks(s));
	stream_fixture_fill_text(f);
	KUNIT_EXPECT_TRUE(test, shrinks(s));
	stream_fixture_fill_random(f);
	KUNIT_EXPECT_FALSE(test, shrinks(s));
	s->codec = &hib_codec_none;
	KUNIT_EXPECT_FALSE(test, shrinks(s));
	s->codec = &hib_codec_lz4;
	s->pages.nr_pages = 0;
	KUNIT_EXPECT_FALSE(test, shrinks(s));
}

static void count_page(void *arg, struct page *page)
{
	*(u64 *)arg += !!page_address(page);
}

static void stream_shows_all_its_pages(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 999);
	struct hib_stream *s = stream_fixture_writer(test, f, &hib_codec_zstd, 3);
	u64 nr = 0;

	hib_stream_walk_pages(s, count_page, &nr);
	KUNIT_EXPECT_EQ(test, nr, 3 * (HIB_STREAM_DEPTH * HIB_SEGMENT_BLOCKS + HIB_CHUNK_PAGES +
				       PFN_UP(hib_codec_zstd.workspace_bytes())));
	KUNIT_EXPECT_LE(test, nr, hib_stream_cost_pages(s, 3, 999));
}

static void buffer_is_one_range(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 32, 33, 256, 5000 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct hib_buffer buf;

		KUNIT_ASSERT_EQ(test, 0, hib_buffer_alloc(&buf, sizes[i], GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, buf.nr_pages, sizes[i]);
		for (j = 0; j < sizes[i]; j++)
			*(u32 *)page_address(buf.pages[j]) = j;
		for (j = 0; j < sizes[i]; j++)
			KUNIT_EXPECT_EQ(test, *(u32 *)(buf.data + j * PAGE_SIZE), j);
		hib_buffer_free(&buf);
		KUNIT_EXPECT_NULL(test, buf.data);
		hib_buffer_free(&buf);
	}
}

static void *leaf_at(void *priv, u32 index)
{
	return priv + (size_t)index * HIB_BLOCK_BYTES;
}

static void stream_keeps_leaves(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 1100);
	struct hib_stream *s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	const u32 nr_leaves = 1000;
	struct hib_piece piece;
	const char *why;
	u32 i;

	for (i = 0; i < nr_leaves; i++)
		hib_leaf_close(leaf_at(f->from, i), s->image_id, HIB_LEAF_DIGEST, i, 3, 0);
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_leaves(s, leaf_at, f->from, nr_leaves,
							 3 * nr_leaves, &piece));
	KUNIT_EXPECT_EQ(test, piece.nr_leaves, nr_leaves);
	KUNIT_EXPECT_EQ(test, 0, hib_stream_read_leaves(s, &piece, HIB_LEAF_DIGEST, leaf_at,
							f->to, &why));
	KUNIT_EXPECT_MEMEQ(test, f->to, f->from, nr_leaves * HIB_BLOCK_BYTES);
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_stream_read_leaves(s, &piece, HIB_LEAF_SEGMENT,
							       leaf_at, f->to, &why));
	stream_fixture_expect_idle(test, f);
}

static void stream_keeps_page_list(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 200);
	struct hib_stream *s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	struct hib_pfnset out, in;
	struct hib_piece piece;
	const char *why = NULL;
	unsigned long pfn;

	KUNIT_ASSERT_EQ(test, 0, hib_pfnset_init(&out, 200000));
	KUNIT_ASSERT_EQ(test, 0, hib_pfnset_init(&in, 200000));
	for (pfn = 1; pfn < 200000; pfn += 1 + pfn % 5)
		KUNIT_EXPECT_EQ(test, 0, hib_pfnset_add(&out, pfn));
	KUNIT_EXPECT_EQ(test, 0, hib_stream_write_pagemap(s, &out, &piece));
	KUNIT_EXPECT_EQ(test, 0, hib_stream_read_pagemap(s, &piece, &in, out.nr_set, &why));
	KUNIT_EXPECT_EQ(test, in.nr_set, out.nr_set);
	hib_pfnset_for_each(pfn, &out)
		KUNIT_ASSERT_TRUE(test, hib_pfnset_test(&in, pfn));
	hib_pfnset_clear(&in);
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			hib_stream_read_pagemap(s, &piece, &in, out.nr_set - 1, &why));
	hib_pfnset_exit(&in);
	hib_pfnset_exit(&out);
}

static void stream_keeps_log(struct kunit *test)
{
	struct stream_fixture *f = stream_fixture_create(test, 10);
	struct hib_stream *s = stream_fixture_writer(test, f, &hib_codec_none, 1);
	struct hib_timeline *out = kunit_kzalloc(test, 2 * sizeof(*out), GFP_KERNEL);
	struct hib_timeline *in = out + 1;
	struct hib_piece piece;
	const char *why;

	KUNIT_ASSERT_NOT_NULL(test, out);
	for (u32 i = 0; i < 130; i++)
		hib_timeline_begin(out, i ? "step" : "first", false, i);
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_log(s, out, &piece));
	KUNIT_EXPECT_EQ(test, piece.nr_leaves, 1);
	KUNIT_EXPECT_EQ(test, piece.nr_entries, 84);
	KUNIT_EXPECT_EQ(test, 0, hib_stream_read_log(s, &piece, in, &why));
	KUNIT_EXPECT_EQ(test, in->nr, 84);
	KUNIT_EXPECT_STREQ(test, in->steps[0].name, "step");
	piece.offset += HIB_BLOCK_BYTES;
	KUNIT_EXPECT_NE(test, 0, hib_stream_read_log(s, &piece, in, &why));
	KUNIT_EXPECT_EQ(test, in->nr, 84);
	stream_fixture_expect_idle(test, f);
}

static struct kunit_case stream_cases[] = {
	KUNIT_CASE_PARAM(stream_comes_back, codec_params),
	KUNIT_CASE_PARAM(stream_goes_on_behind_early_pages, codec_params),
	KUNIT_CASE_PARAM(stream_fetches_noise_with_same_pages_in_it, codec_params),
	KUNIT_CASE_PARAM(stream_moves_noise_without_a_copy, codec_params),
	KUNIT_CASE(stream_copies_what_cannot_be_raw),
	KUNIT_CASE(stream_passes_over_stale_pages_of_raw_segments),
	KUNIT_CASE(stream_keeps_any_number_of_pages),
	KUNIT_CASE(stream_counts_what_it_did),
	KUNIT_CASE(stream_hurries_while_the_device_is_idle),
	KUNIT_CASE(stream_sample_tells_text_from_noise),
	KUNIT_CASE(stream_shows_all_its_pages),
	KUNIT_CASE(buffer_is_one_range),
	KUNIT_CASE(stream_keeps_leaves),
	KUNIT_CASE(stream_keeps_page_list),
	KUNIT_CASE(stream_keeps_log),
	{}
};

static struct kunit_suite stream_suite = {
	.name = "hib_stream",
	.test_cases = stream_cases,
};

kunit_test_suite(stream_suite);

MODULE_DESCRIPTION("Test of pages into segments and back");
MODULE_LICENSE("GPL");
