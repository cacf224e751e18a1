// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_mix_kunit - test of the choice of a way for each chunk
 *
 * Pages go into an image in memory, whose device says how fast it is. What is looked at is
 * in which way they went, how much they took, and that they come back.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include "stream/codec.h"
#include "stream/stream_mix.h"
#include "stream_fixture.h"

#define NR_CHUNKS	100
#define NR_PAGES	(NR_CHUNKS * HIB_CHUNK_PAGES)
#define FAST_NS		1ull
#define SLOW_NS		(100ull * NSEC_PER_SEC)

static struct stream_fixture *text_create(struct kunit *test, u64 mib_ns)
{
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);

	stream_fixture_fill_text(f);
	f->device.mib_ns = mib_ns;
	return f;
}

static struct hib_stream *mixed_writer(struct kunit *test, struct stream_fixture *f,
				       unsigned int workers)
{
	struct hib_stream *s = stream_fixture_writer(test, f, &hib_codec_zstd, workers);

	s->mixed = true;
	s->room_bytes = U64_MAX;
	return s;
}

static u32 nr_stored(const struct hib_stream *s)
{
	u32 sum = 0;

	for (unsigned int codec = 0; codec < HIB_NR_CODECS; codec++)
		sum += s->work.nr_chunks[codec];
	return sum;
}

static void expect_back(struct kunit *test, struct stream_fixture *f, unsigned int workers)
{
	struct hib_stream *s = stream_fixture_reader(test, f, workers);
	const char *why = NULL;

	KUNIT_ASSERT_EQ_MSG(test, 0, stream_fixture_read(f, s, &why), "%s", why ?: "");
	stream_fixture_expect_idle(test, f);
	stream_fixture_expect_same(test, f);
	hib_stream_release(s);
}

/* Sample, write, read. Returns the stream, for its counts. */
static struct hib_stream *cycle(struct kunit *test, struct stream_fixture *f,
				struct hib_stream *s)
{
	struct hib_stream_sample sample;

	hib_stream_take_sample(s, &sample);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	stream_fixture_expect_idle(test, f);
	expect_back(test, f, 2);
	return s;
}

static void mix_leaves_pages_raw_on_a_fast_device(struct kunit *test)
{
	struct stream_fixture *f = text_create(test, FAST_NS);
	struct hib_stream *s = cycle(test, f, mixed_writer(test, f, 2));

	KUNIT_EXPECT_GE(test, s->work.nr_chunks[HIB_CODEC_NONE], NR_CHUNKS * 7 / 8);
	KUNIT_EXPECT_EQ(test, nr_stored(s), NR_CHUNKS);
}

static void mix_codes_for_a_slow_device(struct kunit *test)
{
	struct stream_fixture *f = text_create(test, SLOW_NS);
	struct hib_stream *s = cycle(test, f, mixed_writer(test, f, 2));

	KUNIT_EXPECT_EQ(test, s->work.nr_chunks[HIB_CODEC_NONE], 0);
	KUNIT_EXPECT_EQ(test, s->work.nr_chunks[HIB_CODEC_LZO], 0);
	KUNIT_EXPECT_GT(test, s->work.nr_chunks[HIB_CODEC_ZSTD], NR_CHUNKS * 3 / 4);
	KUNIT_EXPECT_EQ(test, nr_stored(s), NR_CHUNKS);
}

/* The first 64 chunks are raw; what each worker began before it heard of the device, too. */
static void mix_begins_raw_and_then_hears_of_the_device(struct kunit *test)
{
	struct stream_fixture *f = text_create(test, SLOW_NS);
	struct hib_stream *s;

	f->device.known_after = 4;
	s = cycle(test, f, mixed_writer(test, f, 1));
	KUNIT_EXPECT_GE(test, s->work.nr_chunks[HIB_CODEC_NONE], 64);
	KUNIT_EXPECT_LE(test, s->work.nr_chunks[HIB_CODEC_NONE], 64 + 16);
	KUNIT_EXPECT_EQ(test, nr_stored(s), NR_CHUNKS);
}

/* Text shrinks to less than half, by any codec. */
static void mix_keeps_to_the_room(struct kunit *test)
{
	struct stream_fixture *f = text_create(test, FAST_NS);
	const u64 half = NR_PAGES / 2 * PAGE_SIZE;
	struct hib_stream *s = mixed_writer(test, f, 2);

	s->room_bytes = half;
	cycle(test, f, s);
	KUNIT_EXPECT_LE(test, f->data_bytes, half);
	KUNIT_EXPECT_GT(test, s->work.nr_chunks[HIB_CODEC_NONE], 0);

	/* The image is expected to become twice as long: there is less for these pages. */
	s = mixed_writer(test, f, 2);
	s->room_bytes = half;
	s->expected_pages = 2 * NR_PAGES;
	cycle(test, f, s);
	KUNIT_EXPECT_LE(test, f->data_bytes, half / 2);

	/* No room at all: as little as can be. */
	s = mixed_writer(test, f, 2);
	s->room_bytes = 0;
	cycle(test, f, s);
	KUNIT_EXPECT_EQ(test, s->work.nr_chunks[HIB_CODEC_NONE], 0);
	KUNIT_EXPECT_EQ(test, s->work.nr_chunks[HIB_CODEC_ZSTD], NR_CHUNKS);
}

static void mix_leaves_a_wanted_codec_alone(struct kunit *test)
{
	struct stream_fixture *f = text_create(test, SLOW_NS);
	const struct hib_codec_ops *codec;

	for (unsigned int i = 0; (codec = hib_codec_at(i)); i++) {
		struct hib_stream *s = stream_fixture_writer(test, f, codec, 2);

		cycle(test, f, s);
		KUNIT_EXPECT_EQ(test, s->work.nr_chunks[codec->id], NR_CHUNKS);
		KUNIT_EXPECT_EQ(test, nr_stored(s), NR_CHUNKS);
	}
}

/* All shares there are, and pages of all kinds. Chunks of same-filled pages have no body. */
static void mix_comes_back(struct kunit *test)
{
	static const u32 shares[][HIB_NR_WAYS] = {
		{ 1024, 0, 0 }, { 0, 512, 512 }, { 342, 341, 341 }, { 1, 1022, 1 }, { 512, 0, 512 },
	};
	struct stream_fixture *f = stream_fixture_create(test, NR_PAGES);

	stream_fixture_fill(f);
	memset(f->from, 0, 5 * HIB_CHUNK_PAGES * PAGE_SIZE);
	for (unsigned int i = 0; i < ARRAY_SIZE(shares); i++) {
		struct hib_stream *s = mixed_writer(test, f, i % 3 + 1);

		f->scattered = i & 1;
		s->mix.mix.next = U64_MAX;
		memcpy(s->mix.mix.shares.of, shares[i], sizeof(shares[i]));
		KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
		KUNIT_EXPECT_EQ(test, nr_stored(s), f->scattered ? NR_CHUNKS : NR_CHUNKS - 5);
		expect_back(test, f, i % 4 + 1);
	}
}

/* Each chunk goes the way that its index and the shares say. */
static void mix_obeys_the_shares(struct kunit *test)
{
	static const struct hib_mix_shares shares = { .of = { 300, 500, 224 }, .nr_first = 10 };
	struct stream_fixture *f = text_create(test, FAST_NS);
	struct hib_stream *s = mixed_writer(test, f, 3);
	u32 nr[HIB_NR_WAYS] = {};

	for (u64 i = 0; i < NR_CHUNKS; i++)
		nr[hib_mix_way(&shares, i)]++;
	s->mix.mix.next = U64_MAX;
	s->mix.mix.shares = shares;
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	for (enum hib_way way = 0; way < HIB_NR_WAYS; way++)
		KUNIT_EXPECT_EQ(test, nr[way], s->work.nr_chunks[hib_stream_way_codec(way)->id]);
}

static void fetch_page(void *priv, u64 first, unsigned int nr, void *to)
{
	struct stream_fixture *f = priv;

	memcpy(to, f->from + first * PAGE_SIZE, nr * PAGE_SIZE);
}

/* Pages that are written early, then the copies: one choice, one count. */
static void mix_goes_on_behind_early_pages(struct kunit *test)
{
	struct stream_fixture *f = text_create(test, SLOW_NS);
	struct hib_stream *s = mixed_writer(test, f, 2);
	const struct hib_pages copies = s->pages;
	struct hib_stream_sample sample;
	u32 nr_early;

	for (u64 i = 0; i < NR_PAGES; i += 3)
		memset(f->from + i * PAGE_SIZE, i, PAGE_SIZE);
	s->pages = (struct hib_pages) { .fetch = fetch_page, .priv = f, .nr_pages = NR_PAGES / 2 };
	s->expected_pages = NR_PAGES;
	hib_stream_take_sample(s, &sample);
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_pages(s, 0, &f->data_bytes));
	nr_early = nr_stored(s);
	KUNIT_EXPECT_EQ(test, nr_early, NR_CHUNKS / 2);
	s->pages = copies;
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_pages(s, NR_PAGES / 2, &f->data_bytes));
	KUNIT_ASSERT_EQ(test, 0, hib_stream_write_segments(s, &f->segments, &f->raw_chunks));
	KUNIT_EXPECT_EQ(test, nr_stored(s), NR_CHUNKS);
	KUNIT_EXPECT_EQ(test, s->work.nr_chunks[HIB_CODEC_NONE], 0);
	expect_back(test, f, 2);
}

/* An estimate has one worker, and asks for what several would do. Frames come on top. */
static void mix_of_a_sample_is_what_then_happens(struct kunit *test)
{
	struct stream_fixture *f = text_create(test, SLOW_NS);
	struct hib_stream *s = mixed_writer(test, f, 1);
	struct hib_stream_sample sample;
	u64 bytes;

	s->expected_workers = 8;
	hib_stream_take_sample(s, &sample);
	KUNIT_EXPECT_EQ(test, s->mix.mix.nr_workers, 8);
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	bytes = div64_u64(sample.out_bytes * NR_PAGES, sample.pages);
	KUNIT_EXPECT_GE(test, f->data_bytes, bytes - bytes / 8);
	KUNIT_EXPECT_LE(test, f->data_bytes, bytes + bytes / 4);
	KUNIT_EXPECT_LE(test, sample.least_bytes, sample.out_bytes);
}

/* One worker waits for each segment, if nothing ends before it is waited for. */
static void stream_counts_what_it_waited_for(struct kunit *test)
{
	struct stream_fixture *f = text_create(test, FAST_NS);
	struct hib_stream *s = stream_fixture_writer(test, f, &hib_codec_none, 1);

	f->device.wait_us = 20000;
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	KUNIT_EXPECT_GE(test, s->work.wait_ns, f->segments.nr_entries * 20 * NSEC_PER_MSEC);
	/* The count begins again with an image. */
	f->device.wait_us = 0;
	KUNIT_ASSERT_EQ(test, 0, stream_fixture_write(f, s));
	KUNIT_EXPECT_LT(test, s->work.wait_ns, f->segments.nr_entries * 20 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, nr_stored(s), NR_CHUNKS);
}

static struct kunit_case stream_mix_cases[] = {
	KUNIT_CASE(mix_leaves_pages_raw_on_a_fast_device),
	KUNIT_CASE(mix_codes_for_a_slow_device),
	KUNIT_CASE(mix_begins_raw_and_then_hears_of_the_device),
	KUNIT_CASE(mix_keeps_to_the_room),
	KUNIT_CASE(mix_leaves_a_wanted_codec_alone),
	KUNIT_CASE(mix_comes_back),
	KUNIT_CASE(mix_obeys_the_shares),
	KUNIT_CASE(mix_goes_on_behind_early_pages),
	KUNIT_CASE(mix_of_a_sample_is_what_then_happens),
	KUNIT_CASE(stream_counts_what_it_waited_for),
	{}
};

static struct kunit_suite stream_mix_suite = {
	.name = "hib_stream_mix",
	.test_cases = stream_mix_cases,
};

kunit_test_suite(stream_mix_suite);

MODULE_DESCRIPTION("Test of the way of each chunk");
MODULE_LICENSE("GPL");
