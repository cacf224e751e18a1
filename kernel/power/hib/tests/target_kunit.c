// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: target_kunit - test of a disk that is set aside
 *
 * Opened by its number: what it holds is kept unless told otherwise, a blank one gets a
 * header page, and nobody else may claim it. Then as a place: blocks are given in order,
 * each once, up to the end, and all of them again after they were given back. And which
 * kinds of disks are none.
 */
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/major.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/swap.h>
#include "device/area.h"
#include "device/store.h"
#include "device/target.h"
#include "fake_disk.h"

#define DISK_BLOCKS	1000u

/**
 * struct target_test - What each test has.
 * @d: The disk, blank.
 * @target: It, set aside; NULL: it is not.
 * @s: A store on it.
 * @spec: Its number.
 */
struct target_test {
	struct fake_disk *d;
	struct hib_target *target;
	struct hib_store s;
	char spec[16];
};

static int target_init(struct kunit *test)
{
	struct target_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->d = fake_disk_create(test, DISK_BLOCKS);
	snprintf(t->spec, sizeof(t->spec), "%u:%u", MAJOR(fake_disk_dev(t->d)),
		 MINOR(fake_disk_dev(t->d)));
	return 0;
}

static void target_exit(struct kunit *test)
{
	struct target_test *t = test->priv;

	if (t && t->target)
		hib_target_close(t->target);
}

static void blank_disk_gets_a_header(struct kunit *test)
{
	static const u8 none[HIB_ID_BYTES];
	struct target_test *t = test->priv;
	const union swap_header *header = fake_disk_block(t->d, 0);
	struct file *file;

	KUNIT_ASSERT_EQ(test, 0, hib_target_open(t->spec, false, &t->target));
	KUNIT_EXPECT_MEMEQ(test, header->magic.magic, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	KUNIT_EXPECT_EQ(test, header->info.last_page, DISK_BLOCKS - 1);
	KUNIT_EXPECT_NE(test, 0, memcmp(header->info.sws_uuid, none, HIB_ID_BYTES));
	KUNIT_EXPECT_MEMEQ(test, header->info.sws_uuid, t->target->member.id, HIB_ID_BYTES);
	file = bdev_file_open_by_dev(fake_disk_dev(t->d), BLK_OPEN_READ, t, NULL);
	KUNIT_EXPECT_EQ(test, -EBUSY, PTR_ERR_OR_ZERO(file));
	KUNIT_EXPECT_TRUE(test, hib_place_raw.is_active(fake_disk_dev(t->d), 0));
	hib_target_close(t->target);
	t->target = NULL;
	KUNIT_EXPECT_FALSE(test, hib_place_raw.is_active(fake_disk_dev(t->d), 0));
}

static void full_disk_is_kept(struct kunit *test)
{
	struct target_test *t = test->priv;
	u8 *at = fake_disk_block(t->d, 31);

	at[5] = 1;
	KUNIT_EXPECT_EQ(test, -EEXIST, hib_target_open(t->spec, false, &t->target));
	KUNIT_EXPECT_NULL(test, memchr_inv(fake_disk_block(t->d, 0), 0, HIB_BLOCK_BYTES));
	KUNIT_EXPECT_EQ(test, 0, hib_target_open(t->spec, true, &t->target));
	hib_target_close(t->target);
	t->target = NULL;
	/* Now it is a swap area, whatever lies behind its header. */
	KUNIT_EXPECT_EQ(test, 0, hib_target_open(t->spec, false, &t->target));
	KUNIT_EXPECT_EQ(test, at[5], 1);
}

static void target_in_use_is_refused(struct kunit *test)
{
	struct target_test *t = test->priv;
	struct file *file = bdev_file_open_by_dev(fake_disk_dev(t->d), BLK_OPEN_READ, t, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, -EBUSY, hib_target_open(t->spec, true, &t->target));
	bdev_fput(file);
	KUNIT_EXPECT_EQ(test, -EINVAL, hib_target_open("nonsense", false, &t->target));
	KUNIT_EXPECT_NULL(test, t->target);
}

/* The blocks of header and black box, then data, then blocks for leaves: each block once. */
static void blocks_are_given_in_order(struct kunit *test)
{
	struct hib_place_wanted wanted = {};
	struct target_test *t = test->priv;
	struct hib_store *s = &t->s;
	u64 block = 0;

	KUNIT_ASSERT_EQ(test, 0, hib_target_open(t->spec, false, &t->target));
	wanted.target = t->target;
	KUNIT_ASSERT_EQ(test, 0, hib_store_open(s, &wanted));
	KUNIT_EXPECT_PTR_EQ(test, s->place, &hib_place_raw);
	KUNIT_EXPECT_EQ(test, hib_store_room(s), DISK_BLOCKS - 1);
	for (unsigned int i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, 0, hib_store_reserve(s, 100));
		KUNIT_EXPECT_EQ(test, s->header_block, 1);
		KUNIT_EXPECT_EQ(test, s->blackbox_block, 2);
		mutex_lock(&s->lock);
		KUNIT_EXPECT_EQ(test, 0, s->place->grow(s, 300));
		KUNIT_EXPECT_EQ(test, 0, s->place->take_block(s, &block));
		KUNIT_EXPECT_EQ(test, block, 303);
		KUNIT_EXPECT_EQ(test, -ENOSPC, s->place->grow(s, DISK_BLOCKS));
		KUNIT_EXPECT_EQ(test, -ENOSPC, s->place->take_block(s, &block));
		mutex_unlock(&s->lock);
		KUNIT_EXPECT_EQ(test, s->extents.nr_blocks, DISK_BLOCKS - 4);
		KUNIT_EXPECT_EQ(test, s->extents.array[1].block, 304);
		KUNIT_EXPECT_EQ(test, hib_store_room(s), 0);
		hib_store_give_back(s);
		KUNIT_EXPECT_EQ(test, hib_store_room(s), DISK_BLOCKS - 1);
	}
	hib_store_close(s);
}

/* Kinds of disks that the test bed has no server for, or only at some cost: by major and name. */
static void disks_that_are_no_place_are_named(struct kunit *test)
{
	static const struct {
		int major;
		const char *name, *why;
	} no_place[] = {
		/* These stand still. */
		{ LOOP_MAJOR, "loop3", "loop3 stands still while tasks are frozen" },
		{ NBD_MAJOR, "nbd3", "nbd3 stands still while tasks are frozen" },
		{ 0, "ublkb3", "ublkb3 stands still while tasks are frozen" },
		/* These do not. */
		{ RAMDISK_MAJOR, "ram3", "ram3 is memory, lost when the power goes off" },
		{ 0, "zram3", "zram3 is memory, lost when the power goes off" },
		{ 0, "bcache3", "bcache3 is bcache, whose metadata an image would change" },
	};
	struct target_test *t = test->priv;
	struct gendisk *disk = kunit_kmalloc(test, sizeof(*disk), GFP_KERNEL);
	char why[HIB_AREA_WHY_BYTES] = "";

	KUNIT_ASSERT_NOT_NULL(test, disk);
	memcpy(disk, t->d->disk, sizeof(*disk));
	KUNIT_EXPECT_FALSE(test, hib_area_disk_refuses(disk, HIB_AREA_ALONE, why));
	for (unsigned int i = 0; i < ARRAY_SIZE(no_place); i++) {
		disk->major = no_place[i].major;
		strscpy(disk->disk_name, no_place[i].name);
		KUNIT_EXPECT_TRUE(test, hib_area_disk_refuses(disk, HIB_AREA_ALONE, why));
		KUNIT_EXPECT_STREQ(test, no_place[i].why, why);
		KUNIT_EXPECT_EQ(test, hib_area_disk_stands(disk, why), i < 3);
	}
}

static struct kunit_case target_cases[] = {
	KUNIT_CASE(disks_that_are_no_place_are_named),
	KUNIT_CASE(blank_disk_gets_a_header),
	KUNIT_CASE(full_disk_is_kept),
	KUNIT_CASE(target_in_use_is_refused),
	KUNIT_CASE(blocks_are_given_in_order),
	{}
};

static struct kunit_suite target_suite = {
	.name = "hib_target",
	.init = target_init,
	.exit = target_exit,
	.test_cases = target_cases,
};

kunit_test_suite(target_suite);

MODULE_DESCRIPTION("Test of a disk that is set aside for images");
MODULE_LICENSE("GPL");
