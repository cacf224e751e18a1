// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: codec_kunit - test of the codecs
 *
 * Each codec runs forward and back over memory that ends where a mapping ends,
 * so that one byte too much is a fault and not a guess.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>
#include "stream/codec.h"

#define CHUNK_BYTES	((size_t)HIB_CHUNK_PAGES * HIB_BLOCK_BYTES)

enum content { CONTENT_TEXT, CONTENT_RANDOM, CONTENT_MIXED, NR_CONTENTS };

static void free_action(void *p)
{
	vfree(p);
}

/* @bytes whose end is the end of a mapping: what follows cannot be touched. */
static void *alloc_at_end(struct kunit *test, size_t bytes)
{
	size_t whole = PAGE_ALIGN(bytes);
	void *p = vzalloc(whole);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_action, p));
	return p + whole - bytes;
}

static void *alloc_workspace(struct kunit *test, const struct hib_codec_ops *codec)
{
	size_t bytes = codec->workspace_bytes ? codec->workspace_bytes() : 0;
	void *workspace;

	if (!bytes)
		return NULL;
	workspace = alloc_at_end(test, ALIGN(bytes, 8));
	memset(workspace, 0xa5, bytes);
	if (codec->workspace_init)
		KUNIT_ASSERT_EQ(test, 0, codec->workspace_init(workspace));
	return workspace;
}

static void fill(void *out, size_t bytes, enum content content)
{
	static const char text[] = "a page of text that looks like any other page of text, ";
	struct rnd_state rnd;
	u8 *byte = out;
	size_t i;

	prandom_seed_state(&rnd, 42 + content);
	for (i = 0; i < bytes; i++) {
		bool random = content == CONTENT_RANDOM ||
			      (content == CONTENT_MIXED && i % 512 < 128);

		byte[i] = random ? prandom_u32_state(&rnd) : text[i % (sizeof(text) - 1)];
	}
}

static const void *codec_params(const void *prev, char *desc)
{
	const struct hib_codec_ops *codec = NULL;
	unsigned int i = prev ? ((const struct hib_codec_ops *)prev)->id + 1 : 0;

	codec = hib_codec_at(i);
	if (codec)
		strscpy(desc, codec->name, KUNIT_PARAM_DESC_SIZE);
	return codec;
}

static void codec_gives_back_what_it_got(struct kunit *test)
{
	static const size_t sizes[] = { SZ_4K, 3 * SZ_4K, CHUNK_BYTES };
	const struct hib_codec_ops *codec = test->param_value;
	void *workspace = alloc_workspace(test, codec);
	unsigned int i, content;

	for (i = 0; i < 2 * ARRAY_SIZE(sizes) * NR_CONTENTS; i++) {
		bool fast = i & 1 && codec->compress_fast;
		size_t got, bytes = sizes[i / 2 / NR_CONTENTS];
		void *in = alloc_at_end(test, bytes), *back = alloc_at_end(test, bytes);
		void *out = alloc_at_end(test, hib_codec_room(bytes));
		void *coded;

		content = i / 2 % NR_CONTENTS;
		fill(in, bytes, content);
		got = (fast ? codec->compress_fast : codec->compress)
			(in, bytes, out, bytes, workspace);
		KUNIT_ASSERT_LE(test, got, bytes);
		if (content == CONTENT_TEXT && codec->id != HIB_CODEC_NONE)
			KUNIT_EXPECT_LT(test, got, bytes / 2);
		if (!got) {
			KUNIT_EXPECT_EQ(test, content, CONTENT_RANDOM);
			continue;
		}
		coded = alloc_at_end(test, got);
		memcpy(coded, out, got);
		KUNIT_EXPECT_EQ(test, 0, codec->decompress(coded, got, back, bytes, workspace));
		KUNIT_EXPECT_MEMEQ(test, back, in, bytes);
	}
}

static void codec_obeys_output_limit(struct kunit *test)
{
	const struct hib_codec_ops *codec = test->param_value;
	void *workspace = alloc_workspace(test, codec);
	void *in = alloc_at_end(test, CHUNK_BYTES);
	void *out = alloc_at_end(test, hib_codec_room(CHUNK_BYTES));
	size_t got, limit;

	fill(in, CHUNK_BYTES, CONTENT_RANDOM);
	KUNIT_EXPECT_EQ(test, 0, codec->compress(in, CHUNK_BYTES, out, CHUNK_BYTES - 1, workspace));
	fill(in, CHUNK_BYTES, CONTENT_MIXED);
	got = codec->compress(in, CHUNK_BYTES, out, CHUNK_BYTES, workspace);
	KUNIT_EXPECT_GT(test, got, 0);
	for (limit = 1; limit < got; limit += got / 7)
		KUNIT_EXPECT_EQ(test, 0, codec->compress(in, CHUNK_BYTES, out, limit, workspace));
}

static void codec_refuses_wrong_lengths(struct kunit *test)
{
	const struct hib_codec_ops *codec = test->param_value;
	void *workspace = alloc_workspace(test, codec);
	void *in = alloc_at_end(test, CHUNK_BYTES), *back = alloc_at_end(test, CHUNK_BYTES);
	void *out = alloc_at_end(test, hib_codec_room(CHUNK_BYTES));
	void *less = alloc_at_end(test, CHUNK_BYTES - SZ_4K);
	void *more = alloc_at_end(test, CHUNK_BYTES + SZ_4K);
	size_t got, cut;

	fill(in, CHUNK_BYTES, CONTENT_MIXED);
	got = codec->compress(in, CHUNK_BYTES, out, CHUNK_BYTES, workspace);
	KUNIT_ASSERT_GT(test, got, 0);
	for (cut = 0; cut < got; cut += 1 + got / 50) {
		void *coded = alloc_at_end(test, cut ?: 1);

		memcpy(coded, out, cut);
		KUNIT_EXPECT_EQ(test, -EBADMSG,
				codec->decompress(coded, cut, back, CHUNK_BYTES, workspace));
	}
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			codec->decompress(out, got, less, CHUNK_BYTES - SZ_4K, workspace));
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			codec->decompress(out, got, more, CHUNK_BYTES + SZ_4K, workspace));
	/* A refusal leaves the workspace usable. */
	KUNIT_EXPECT_EQ(test, 0, codec->decompress(out, got, back, CHUNK_BYTES, workspace));
	KUNIT_EXPECT_MEMEQ(test, back, in, CHUNK_BYTES);
}

/* Damage may go unnoticed here, the tag is for that; it must not do damage. */
static void codec_survives_damage(struct kunit *test)
{
	const struct hib_codec_ops *codec = test->param_value;
	void *workspace = alloc_workspace(test, codec);
	void *in = alloc_at_end(test, CHUNK_BYTES), *back = alloc_at_end(test, CHUNK_BYTES);
	void *out = alloc_at_end(test, hib_codec_room(CHUNK_BYTES));
	struct rnd_state rnd;
	unsigned int i;
	size_t got;
	u8 *coded;

	prandom_seed_state(&rnd, 7);
	fill(in, CHUNK_BYTES, CONTENT_MIXED);
	got = codec->compress(in, CHUNK_BYTES, out, CHUNK_BYTES, workspace);
	KUNIT_ASSERT_GT(test, got, 0);
	coded = alloc_at_end(test, got);
	for (i = 0; i < 200; i++) {
		int ret;

		memcpy(coded, out, got);
		coded[prandom_u32_state(&rnd) % got] ^= 1 << i % 8;
		if (i % 4 == 3)
			prandom_bytes_state(&rnd, coded, min(got, 64u << i % 11));
		ret = codec->decompress(coded, got, back, CHUNK_BYTES, workspace);
		KUNIT_EXPECT_TRUE(test, !ret || ret == -EBADMSG);
		cond_resched();
	}
}

static void codec_is_found_by_name_and_number(struct kunit *test)
{
	const struct hib_codec_ops *codec;
	unsigned int i;

	for (i = 0; (codec = hib_codec_at(i)); i++) {
		KUNIT_EXPECT_EQ(test, codec->id, i);
		KUNIT_EXPECT_PTR_EQ(test, codec, hib_codec_by_id(i));
		KUNIT_EXPECT_PTR_EQ(test, codec, hib_codec_by_name(codec->name));
		if (codec->workspace_bytes)
			KUNIT_EXPECT_LE(test, codec->workspace_bytes(), hib_codec_workspace_max());
	}
	KUNIT_EXPECT_EQ(test, i, 4);
	KUNIT_EXPECT_NULL(test, hib_codec_by_id(i));
	KUNIT_EXPECT_NULL(test, hib_codec_by_id(U32_MAX));
	KUNIT_EXPECT_NULL(test, hib_codec_by_name("lz"));
	KUNIT_EXPECT_NULL(test, hib_codec_by_name(""));
}

static struct kunit_case codec_cases[] = {
	KUNIT_CASE_PARAM(codec_gives_back_what_it_got, codec_params),
	KUNIT_CASE_PARAM(codec_obeys_output_limit, codec_params),
	KUNIT_CASE_PARAM(codec_refuses_wrong_lengths, codec_params),
	KUNIT_CASE_PARAM(codec_survives_damage, codec_params),
	KUNIT_CASE(codec_is_found_by_name_and_number),
	{}
};

static struct kunit_suite codec_suite = {
	.name = "hib_codec",
	.test_cases = codec_cases,
};

kunit_test_suite(codec_suite);

MODULE_DESCRIPTION("Test of the codecs of hibernation images");
MODULE_LICENSE("GPL");
