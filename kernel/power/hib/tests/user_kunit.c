// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: user_kunit - test of images that a program reads and writes
 *
 * The blocks of an image are read as /dev/snapshot gives them out, and written to the kernel
 * as it takes them: whole, damaged in each block, exchanged, cut off. What is refused leaves
 * nothing behind, and the next image is taken.
 */
#include <kunit/test.h>
#include <linux/vmalloc.h>
#include "pure/userimage.h"
#include "order_fixture.h"

#define DISK_BLOCKS	64u
/* Info, header, extents, a leaf of runs, of segments, of digests; the pages in one segment. */
#define LIST_BLOCKS	6u
#define ALL_BLOCKS	(LIST_BLOCKS + ORDER_PAGES + 1)

struct user_test {
	struct order_fixture f;
	u8 *blocks;
	u64 nr;
};

static int user_init(struct kunit *test)
{
	struct user_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	order_fixture_init(&t->f, test, DISK_BLOCKS);
	t->blocks = order_fixture_give(&t->f, &t->nr);
	KUNIT_ASSERT_NOT_NULL(test, t->blocks);
	return 0;
}

static void user_exit(struct kunit *test)
{
	struct user_test *t = test->priv;

	if (!t)
		return;
	vfree(t->blocks);
	order_fixture_exit(&t->f);
}

static u8 *block_of(struct user_test *t, u64 nr)
{
	return t->blocks + nr * HIB_BLOCK_BYTES;
}

static void image_of_a_program_comes_back(struct kunit *test)
{
	struct user_test *t = test->priv;
	const struct hib_disk_user_info *info = (void *)t->blocks;

	KUNIT_EXPECT_EQ(test, t->nr, (u64)ALL_BLOCKS);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(info->nr_pages), t->nr);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(info->bytes), t->nr * HIB_BLOCK_BYTES);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(info->nr_image_pages), (u64)ORDER_PAGES);
	KUNIT_EXPECT_EQ(test, 0, order_fixture_take(&t->f, t->blocks, t->nr));
}

/* The errno tells an image of another kind from a damaged one, as it always has. */
static void each_damaged_block_is_refused(struct kunit *test)
{
	struct user_test *t = test->priv;

	for (u64 i = 0; i < t->nr; i++) {
		u8 *byte = block_of(t, i) + (i ? 100 + i : HIB_COMMIT_OFFSET + 24);

		*byte ^= 0x10;
		KUNIT_EXPECT_EQ_MSG(test, i < 2 ? -EPERM : -EFAULT,
				    order_fixture_take(&t->f, t->blocks, t->nr),
				    "block %llu", i);
		*byte ^= 0x10;
	}
	KUNIT_EXPECT_EQ(test, 0, order_fixture_take(&t->f, t->blocks, t->nr));
}

static void exchange(struct user_test *t, u64 a, u64 b)
{
	for (unsigned int i = 0; i < HIB_BLOCK_BYTES; i++)
		swap(block_of(t, a)[i], block_of(t, b)[i]);
}

static void blocks_in_another_order_are_refused(struct kunit *test)
{
	struct user_test *t = test->priv;

	for (u64 i = 0; i + 1 < t->nr; i++) {
		exchange(t, i, i + 1);
		KUNIT_EXPECT_EQ_MSG(test, i < 2 ? -EPERM : -EFAULT,
				    order_fixture_take(&t->f, t->blocks, t->nr),
				    "block %llu", i);
		exchange(t, i, i + 1);
	}
}

/* Wherever a program ends, all is given back; no part passes for the whole. */
static void part_of_an_image_is_not_complete(struct kunit *test)
{
	struct user_test *t = test->priv;

	for (u64 nr = 0; nr < t->nr; nr++)
		KUNIT_EXPECT_EQ_MSG(test, -EAGAIN, order_fixture_take(&t->f, t->blocks, nr),
				    "%llu blocks", nr);
	KUNIT_EXPECT_EQ(test, 0, order_fixture_take(&t->f, t->blocks, t->nr));
}

/* Two images of the same pages: a block of one is none of the other. */
static void blocks_of_two_images_are_not_one(struct kunit *test)
{
	struct user_test *t = test->priv;
	u8 *other;
	u64 nr = 0;

	other = order_fixture_give(&t->f, &nr);
	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_EQ(test, nr, t->nr);
	for (u64 i = 1; i < LIST_BLOCKS; i++) {
		u8 *block = block_of(t, i);

		for (unsigned int j = 0; j < HIB_BLOCK_BYTES; j++)
			swap(block[j], other[i * HIB_BLOCK_BYTES + j]);
		KUNIT_EXPECT_NE_MSG(test, 0, order_fixture_take(&t->f, t->blocks, t->nr),
				    "block %llu", i);
		for (unsigned int j = 0; j < HIB_BLOCK_BYTES; j++)
			swap(block[j], other[i * HIB_BLOCK_BYTES + j]);
	}
	memcpy(block_of(t, LIST_BLOCKS), other + LIST_BLOCKS * HIB_BLOCK_BYTES,
	       (t->nr - LIST_BLOCKS) * HIB_BLOCK_BYTES);
	KUNIT_EXPECT_EQ(test, -EFAULT, order_fixture_take(&t->f, t->blocks, t->nr));
	vfree(other);
}

static struct kunit_case user_cases[] = {
	KUNIT_CASE(image_of_a_program_comes_back),
	KUNIT_CASE_SLOW(each_damaged_block_is_refused),
	KUNIT_CASE_SLOW(blocks_in_another_order_are_refused),
	KUNIT_CASE_SLOW(part_of_an_image_is_not_complete),
	KUNIT_CASE_SLOW(blocks_of_two_images_are_not_one),
	{}
};

static struct kunit_suite user_suite = {
	.name = "hib_user",
	.init = user_init,
	.exit = user_exit,
	.test_cases = user_cases,
};

kunit_test_suite(user_suite);

MODULE_DESCRIPTION("Test of images that a program reads and writes");
MODULE_LICENSE("GPL");
