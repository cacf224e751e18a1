// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: volume_kunit - test of the guard on devices
 *
 * Two disks with the beginning of an ext4, which may have the same UUID. One is changed,
 * is claimed as a mount claims it, fails, or is late.
 */
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/ktime.h>
#include <linux/string.h>
#include "device/compare.h"
#include "device/member.h"
#include "device/volume.h"
#include "fake_disk.h"

#define DISK_BLOCKS	20u
#define LATE_MS		5000u
#define LATE_LIMIT_MS	4500

/**
 * struct volume_test - What each test has.
 * @d: The disks.
 * @guards: The file system on the first one.
 * @why: What is wrong.
 */
struct volume_test {
	struct fake_disk *d[2];
	struct hib_guards guards;
	char why[HIB_VOLUME_WHY_BYTES];
};

/* An ext4, as far as the guard looks at it. */
static void make_ext(struct fake_disk *d, u8 id)
{
	u8 *at = fake_disk_block(d, 0);

	memset(at, 0, HIB_BLOCK_BYTES);
	memcpy(at + 0x438, "\x53\xef", 2);
	memset(at + 0x468, id, HIB_ID_BYTES);
}

static void take(struct kunit *test, unsigned int nr)
{
	struct volume_test *t = test->priv;
	struct hib_volumes volumes = { .is_all = true };

	for (unsigned int i = 0; i < nr; i++)
		KUNIT_ASSERT_TRUE(test, hib_volumes_add(&volumes, t->d[i]->disk->part0));
	KUNIT_ASSERT_EQ(test, 0, hib_volumes_take(&volumes, &t->guards));
	KUNIT_ASSERT_EQ(test, nr, t->guards.nr);
	KUNIT_ASSERT_TRUE(test, volumes.is_all);
}

static int look(struct kunit *test, enum hib_volumes_rule rule)
{
	struct volume_test *t = test->priv;

	t->why[0] = 0;
	return hib_volumes_check(&t->guards, rule, 0, t->why);
}

static void change(struct fake_disk *d)
{
	((u8 *)fake_disk_block(d, 0))[0x434]++;
}

/* Claims the disk as a mount does. */
static struct file *mounted(struct kunit *test, struct fake_disk *d)
{
	struct file *file = bdev_file_open_by_dev(fake_disk_dev(d), BLK_OPEN_READ, test,
						  &fs_holder_ops);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	return file;
}

static int volume_init(struct kunit *test)
{
	struct volume_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	for (unsigned int i = 0; i < ARRAY_SIZE(t->d); i++) {
		t->d[i] = fake_disk_create(test, DISK_BLOCKS);
		make_ext(t->d[i], 1 + i);
	}
	return 0;
}

static void unchanged_disks_agree(struct kunit *test)
{
	take(test, 2);
	KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_MISSING));
}

static void changed_disk_is_named(struct kunit *test)
{
	struct volume_test *t = test->priv;
	char where[32];

	take(test, 2);
	change(t->d[1]);
	KUNIT_EXPECT_EQ(test, -ESTALE, look(test, HIB_VOLUMES_MOUNTED));
	snprintf(where, sizeof(where), " on %u:%u ", MAJOR(fake_disk_dev(t->d[1])),
		 MINOR(fake_disk_dev(t->d[1])));
	KUNIT_EXPECT_NOT_NULL(test, strstr(t->why, where));
	KUNIT_EXPECT_NOT_NULL(test, strstr(t->why, "was changed"));
}

static void mounted_disk_is_named(struct kunit *test)
{
	struct volume_test *t = test->priv;
	struct file *file;

	take(test, 1);
	file = mounted(test, t->d[0]);
	KUNIT_EXPECT_EQ(test, -ESTALE, look(test, HIB_VOLUMES_MISSING));
	KUNIT_EXPECT_NOT_NULL(test, strstr(t->why, "is mounted"));
	KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_MOUNTED));
	bdev_fput(file);
	KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_MISSING));
}

/* A btrfs, as far as the guard looks at it. */
static void make_btrfs(struct fake_disk *d, u8 id)
{
	u8 *at = fake_disk_block(d, 16);

	memset(fake_disk_block(d, 0), 0, HIB_BLOCK_BYTES);
	memset(at, 0, HIB_BLOCK_BYTES);
	memcpy(at + 64, "_BHRfS_M", 8);
	at[136] = 1;
	memset(at + 267, id, HIB_ID_BYTES);
}

/* An image lies in a file on a btrfs, whose device the way up has claimed. */
static void place_of_the_image_is_not_mounted(struct kunit *test)
{
	struct volume_test *t = test->priv;
	dev_t dev = fake_disk_dev(t->d[0]);
	struct file *file;

	make_btrfs(t->d[0], 5);
	take(test, 1);
	file = bdev_file_open_by_dev(dev, BLK_OPEN_READ, test, &hib_member_holder_ops);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_MISSING));
	bdev_fput(file);
	file = bdev_file_open_by_dev(dev, BLK_OPEN_READ, test, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, -ESTALE, look(test, HIB_VOLUMES_MISSING));
	bdev_fput(file);
}

/* Whichever disk comes first. */
static void one_of_two_is_enough(struct kunit *test)
{
	struct volume_test *t = test->priv;
	struct file *file;

	make_ext(t->d[1], 1);
	take(test, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(t->d); i++) {
		make_ext(t->d[0], 1);
		make_ext(t->d[1], 1);
		change(t->d[i]);
		KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_MISSING));
		file = mounted(test, t->d[i]);
		KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_MISSING));
		bdev_fput(file);
		file = mounted(test, t->d[!i]);
		KUNIT_EXPECT_EQ(test, -ESTALE, look(test, HIB_VOLUMES_MISSING));
		bdev_fput(file);
	}
	change(t->d[0]);
	KUNIT_EXPECT_EQ(test, -ESTALE, look(test, HIB_VOLUMES_MISSING));
}

static void absent_or_broken_disk_is_no_alarm(struct kunit *test)
{
	struct volume_test *t = test->priv;

	take(test, 2);
	make_ext(t->d[1], 9);
	KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_MISSING));
	fake_disk_arm(t->d[0], 0);
	KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_MISSING));
}

/* A change is worse than an absence, whichever is first in the list. */
static void absent_disk_is_one_too_few(struct kunit *test)
{
	struct volume_test *t = test->priv;

	take(test, 2);
	for (unsigned int i = 0; i < ARRAY_SIZE(t->d); i++) {
		make_ext(t->d[0], 1);
		make_ext(t->d[1], 2);
		KUNIT_EXPECT_EQ(test, 0, look(test, HIB_VOLUMES_ALL));
		make_ext(t->d[i], 9);
		KUNIT_EXPECT_EQ(test, -ENODEV, look(test, HIB_VOLUMES_ALL));
		KUNIT_EXPECT_NOT_NULL(test, strstr(t->why, "was not found"));
		change(t->d[!i]);
		KUNIT_EXPECT_EQ(test, -ESTALE, look(test, HIB_VOLUMES_ALL));
		KUNIT_EXPECT_NOT_NULL(test, strstr(t->why, "was changed"));
	}
}

/* It has no parent, as what device mapper makes has none. */
static void disk_of_user_space_is_not_waited_for(struct kunit *test)
{
	struct volume_test *t = test->priv;
	ktime_t begin = ktime_get();

	take(test, 1);
	KUNIT_EXPECT_EQ(test, HIB_GUARD_LATE, t->guards.guard[0].flags);
	make_ext(t->d[0], 9);
	KUNIT_EXPECT_EQ(test, 0, hib_volumes_check(&t->guards, HIB_VOLUMES_MISSING, 2, t->why));
	KUNIT_EXPECT_LT(test, ktime_ms_delta(ktime_get(), begin), 1000);
	t->guards.guard[0].flags = 0;
	KUNIT_EXPECT_EQ(test, 0, hib_volumes_check(&t->guards, HIB_VOLUMES_MISSING, 2, t->why));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 2000);
}

static void late_disk_is_not_waited_for(struct kunit *test)
{
	struct volume_test *t = test->priv;
	struct hib_volumes volumes = {};
	ktime_t begin = ktime_get();

	hib_volumes_add(&volumes, t->d[0]->disk->part0);
	hib_volumes_add(&volumes, t->d[1]->disk->part0);
	hib_volumes_add(&volumes, t->d[0]->disk->part0);
	fake_disk_arm(t->d[0], -1);
	t->d[1]->delay_ms = LATE_MS;
	KUNIT_EXPECT_EQ(test, -ETIME, hib_volumes_take(&volumes, &t->guards));
	KUNIT_EXPECT_LT(test, ktime_ms_delta(ktime_get(), begin), LATE_LIMIT_MS);
	KUNIT_EXPECT_EQ(test, 1, t->guards.nr);
	msleep(LATE_MS / 2);	/* until the thread has ended */
	/* It did not turn to the first disk again: that may be at rest by then. */
	KUNIT_EXPECT_EQ(test, 1, t->d[0]->nr_ops);
}

static void list_of_devices_has_an_end(struct kunit *test)
{
	struct volume_test *t = test->priv;
	struct hib_volumes volumes = {};

	for (unsigned int i = 0; i < HIB_GUARDS_MAX; i++)
		KUNIT_EXPECT_TRUE(test, hib_volumes_add(&volumes, t->d[0]->disk->part0));
	KUNIT_EXPECT_FALSE(test, hib_volumes_add(&volumes, t->d[0]->disk->part0));
	KUNIT_EXPECT_EQ(test, HIB_GUARDS_MAX, volumes.nr);
}

static struct kunit_case volume_cases[] = {
	KUNIT_CASE(unchanged_disks_agree),
	KUNIT_CASE(changed_disk_is_named),
	KUNIT_CASE(mounted_disk_is_named),
	KUNIT_CASE(place_of_the_image_is_not_mounted),
	KUNIT_CASE(one_of_two_is_enough),
	KUNIT_CASE(absent_or_broken_disk_is_no_alarm),
	KUNIT_CASE(absent_disk_is_one_too_few),
	KUNIT_CASE(disk_of_user_space_is_not_waited_for),
	KUNIT_CASE(late_disk_is_not_waited_for),
	KUNIT_CASE(list_of_devices_has_an_end),
	{}
};

static struct kunit_suite volume_suite = {
	.name = "hib_volume",
	.init = volume_init,
	.test_cases = volume_cases,
};

kunit_test_suite(volume_suite);

MODULE_DESCRIPTION("Test of the guard on devices");
MODULE_LICENSE("GPL");
