// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: erase_kunit - test of erasing an image's blocks
 *
 * On two disks in memory, full of a pattern: what is erased is exactly the list but for a
 * block that somebody else has, and nothing at all if the second disk is another one.
 */
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swap.h>
#include "device/erase.h"
#include "device/root.h"
#include "device/store.h"
#include "fake_disk.h"
#include "memory_place.h"

#define DISK_BLOCKS	1000u
#define BUSY_BLOCK	203u
#define PATTERN		0x5a

static const u8 member_id[HIB_ID_BYTES] = "the second disk.";

/**
 * struct erase_test - What each test has.
 * @d: The root disk and another one.
 * @place: On both.
 * @s: A store there.
 * @blocks: The image's: three runs, in no order, the last on the second disk.
 */
struct erase_test {
	struct fake_disk *d[2];
	struct memory_place place;
	struct hib_store s;
	struct hib_extents blocks;
};

static void set_up(struct kunit *test, struct fake_disk *first, struct fake_disk *second)
{
	static const struct hib_place_wanted any;
	union swap_header *header = fake_disk_block(second, 0);
	struct erase_test *t = test->priv;

	t->d[0] = first;
	t->d[1] = second;
	for (int i = 0; i < 2; i++)
		memset(t->d[i]->bytes, PATTERN, DISK_BLOCKS * HIB_BLOCK_BYTES);
	memory_place_use(&t->place, first->disk->part0, DISK_BLOCKS);
	t->place.other = second->disk->part0;
	t->place.other_id = member_id;
	t->place.busy = BUSY_BLOCK;
	hib_root_fill(header, DISK_BLOCKS);
	memcpy(header->info.sws_uuid, member_id, HIB_ID_BYTES);
	KUNIT_ASSERT_EQ(test, 0, hib_store_init(&t->s));
	t->s.place = &hib_place_memory;
	KUNIT_ASSERT_EQ(test, 0, hib_place_memory.open(&t->s, &any));
	KUNIT_ASSERT_EQ(test, 0, hib_extents_append(&t->blocks, 200, 7));
	KUNIT_ASSERT_EQ(test, 0, hib_extents_append(&t->blocks, 50, 1));
	KUNIT_ASSERT_EQ(test, 0, hib_extents_append(&t->blocks, hib_block_on(1, 50), 20));
	fake_disk_arm(first, -1);
	fake_disk_arm(second, -1);
}

static int erase_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct erase_test), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static void erase_exit(struct kunit *test)
{
	struct erase_test *t = test->priv;

	if (!t)
		return;
	hib_extents_exit(&t->blocks);
	hib_store_exit(&t->s);
}

/* How many blocks of a disk hold zeros; the others must have the pattern. */
static u64 erased(struct kunit *test, struct fake_disk *d)
{
	u64 nr = 0;

	for (u64 block = 1; block < DISK_BLOCKS; block++) {
		const u8 *bytes = fake_disk_block(d, block);

		if (!memchr_inv(bytes, 0, HIB_BLOCK_BYTES))
			nr++;
		else
			KUNIT_EXPECT_NULL(test, memchr_inv(bytes, PATTERN, HIB_BLOCK_BYTES));
	}
	return nr;
}

static bool is_erased(struct fake_disk *d, u64 block)
{
	return !memchr_inv(fake_disk_block(d, block), 0, HIB_BLOCK_BYTES);
}

static void expect_first_erased(struct kunit *test)
{
	struct fake_disk *d = ((struct erase_test *)test->priv)->d[0];

	KUNIT_EXPECT_EQ(test, 7, erased(test, d));
	KUNIT_EXPECT_TRUE(test, is_erased(d, 50) && is_erased(d, 200) && is_erased(d, 206));
	KUNIT_EXPECT_FALSE(test, is_erased(d, BUSY_BLOCK));
}

static struct hib_erase how(enum hib_erase_how how)
{
	return (struct hib_erase) { .how = how, .limit_ms = 60000 };
}

static void discard_spares_what_is_busy(struct kunit *test)
{
	struct hib_erase e = how(HIB_ERASE_DISCARD);
	struct erase_test *t = test->priv;

	set_up(test, fake_disk_create_discarding(test, DISK_BLOCKS),
	       fake_disk_create_discarding(test, DISK_BLOCKS));
	KUNIT_EXPECT_EQ(test, 0, hib_erase_blocks(&t->s, &t->blocks, &e));
	KUNIT_EXPECT_EQ(test, 28, e.nr_blocks);
	KUNIT_EXPECT_EQ(test, 27, e.nr_done);
	expect_first_erased(test);
	KUNIT_EXPECT_EQ(test, 20, erased(test, t->d[1]));
	KUNIT_EXPECT_TRUE(test, is_erased(t->d[1], 50) && is_erased(t->d[1], 69));
	KUNIT_EXPECT_EQ(test, t->d[0]->ops[0].opf & REQ_OP_MASK, (__force u32)REQ_OP_DISCARD);
}

static void zeros_are_flushed(struct kunit *test)
{
	struct hib_erase e = how(HIB_ERASE_ZERO);
	struct erase_test *t = test->priv;

	set_up(test, fake_disk_create(test, DISK_BLOCKS), fake_disk_create(test, DISK_BLOCKS));
	KUNIT_EXPECT_EQ(test, 0, hib_erase_blocks(&t->s, &t->blocks, &e));
	KUNIT_EXPECT_EQ(test, 27, e.nr_done);
	expect_first_erased(test);
	KUNIT_EXPECT_EQ(test, 20, erased(test, t->d[1]));
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, t->d[i]->ops[t->d[i]->nr_ops - 1].opf & REQ_PREFLUSH);
}

static void disk_that_cannot_discard_is_skipped(struct kunit *test)
{
	struct hib_erase e = how(HIB_ERASE_DISCARD);
	struct erase_test *t = test->priv;

	set_up(test, fake_disk_create(test, DISK_BLOCKS),
	       fake_disk_create_discarding(test, DISK_BLOCKS));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, hib_erase_blocks(&t->s, &t->blocks, &e));
	KUNIT_EXPECT_EQ(test, 20, e.nr_done);
	KUNIT_EXPECT_EQ(test, 0, erased(test, t->d[0]));
	KUNIT_EXPECT_EQ(test, 20, erased(test, t->d[1]));
}

/* The first request that fails is the last; and so is the moment when time is up. */
static void erasing_ends(struct kunit *test)
{
	struct hib_erase e = how(HIB_ERASE_DISCARD);
	struct erase_test *t = test->priv;

	set_up(test, fake_disk_create_discarding(test, DISK_BLOCKS),
	       fake_disk_create_discarding(test, DISK_BLOCKS));
	for (int fail = 0; fail < 3; fail++) {
		fake_disk_arm(t->d[0], fail);
		fake_disk_arm(t->d[1], -1);
		KUNIT_EXPECT_EQ(test, -EIO, hib_erase_blocks(&t->s, &t->blocks, &e));
		KUNIT_EXPECT_EQ(test, fail + 1, t->d[0]->nr_ops);
		KUNIT_EXPECT_EQ(test, 0, erased(test, t->d[1]));
	}
	memory_place_arm(&t->place, 0);
	KUNIT_EXPECT_EQ(test, -ENOMEM, hib_erase_blocks(&t->s, &t->blocks, &e));
	fake_disk_arm(t->d[0], -1);
	e.limit_ms = 0;
	t->d[0]->delay_ms = 20;
	KUNIT_EXPECT_EQ(test, -ETIME, hib_erase_blocks(&t->s, &t->blocks, &e));
	KUNIT_EXPECT_EQ(test, 1, t->d[0]->nr_ops);
}

static void another_disk_is_left_alone(struct kunit *test)
{
	struct hib_erase e = how(HIB_ERASE_ZERO);
	struct erase_test *t = test->priv;
	u8 *header;

	set_up(test, fake_disk_create(test, DISK_BLOCKS), fake_disk_create(test, DISK_BLOCKS));
	header = fake_disk_block(t->d[1], 0);
	((union swap_header *)header)->info.sws_uuid[15] ^= 1;
	KUNIT_EXPECT_EQ(test, -ESTALE, hib_erase_blocks(&t->s, &t->blocks, &e));
	memset(header, PATTERN, HIB_BLOCK_BYTES);
	KUNIT_EXPECT_EQ(test, -ESTALE, hib_erase_blocks(&t->s, &t->blocks, &e));
	fake_disk_arm(t->d[1], 0);
	KUNIT_EXPECT_EQ(test, -EIO, hib_erase_blocks(&t->s, &t->blocks, &e));
	KUNIT_EXPECT_EQ(test, 0, erased(test, t->d[0]) + erased(test, t->d[1]));
}

static struct kunit_case erase_cases[] = {
	KUNIT_CASE(discard_spares_what_is_busy),
	KUNIT_CASE(zeros_are_flushed),
	KUNIT_CASE(disk_that_cannot_discard_is_skipped),
	KUNIT_CASE(erasing_ends),
	KUNIT_CASE(another_disk_is_left_alone),
	{}
};

static struct kunit_suite erase_suite = {
	.name = "hib_erase",
	.init = erase_init,
	.exit = erase_exit,
	.test_cases = erase_cases,
};

kunit_test_suite(erase_suite);

MODULE_DESCRIPTION("Test of erasing the blocks of an image");
MODULE_LICENSE("GPL");
