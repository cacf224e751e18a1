// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: order_kunit - test of the order layer's way to a place and back
 *
 * Write, commit, check, read, arrange: whole, over a place in memory. Each answer of
 * the place and of its disk fails once. Whatever fails, the way ends with an errno and a
 * reason, nothing stays taken, and the root block says either that there is no image
 * or that there is a whole one.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/suspend.h>
#include "order/cancel.h"
#include "order/filesystems.h"
#include "order_fixture.h"

#define DISK_BLOCKS	2000u
#define MOST_ANSWERS	600
#define CHANGED_PAGES	1u

static int order_init(struct kunit *test)
{
	struct order_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	order_fixture_init(f, test, DISK_BLOCKS);
	return 0;
}

static void order_exit(struct kunit *test)
{
	if (test->priv)
		order_fixture_exit(test->priv);
}

static void expect_signature(struct order_fixture *f, const char *signature)
{
	KUNIT_EXPECT_MEMEQ(f->test, order_fixture_signature(f), signature, HIB_SIGNATURE_BYTES);
}

static void make_image(struct order_fixture *f)
{
	order_fixture_claim(f, DISK_BLOCKS);
	KUNIT_ASSERT_EQ(f->test, 0, order_fixture_down(f));
	expect_signature(f, HIB_SIGNATURE);
	order_fixture_unclaim(f);
}

static void image_comes_back(struct kunit *test)
{
	struct order_fixture *f = test->priv;

	make_image(f);
	KUNIT_EXPECT_EQ(test, f->header.nr_precopied, 0);
	KUNIT_ASSERT_EQ(test, 0, order_fixture_up(f));
	KUNIT_EXPECT_EQ(test, f->record.state, HIB_STATE_READY);
	KUNIT_EXPECT_EQ(test, f->header.nr_pages, (u64)ORDER_PAGES);
	KUNIT_EXPECT_EQ(test, f->header.digests.nr_leaves, 1u);
	/* All frames are in use here; the last move is that of the handover record. */
	KUNIT_EXPECT_EQ(test, f->nr_moved, (u64)ORDER_PAGES + 1);
	KUNIT_EXPECT_EQ(test, 0, order_fixture_retire(f));
	expect_signature(f, HIB_SWAP_SIGNATURE);
}

static void image_written_early_comes_back(struct kunit *test)
{
	struct order_fixture *f = test->priv;

	f->early = true;
	make_image(f);
	KUNIT_EXPECT_GT(test, f->header.nr_precopied, 0);
	KUNIT_EXPECT_EQ(test, f->header.nr_stale, (u64)CHANGED_PAGES);
	KUNIT_ASSERT_EQ(test, 0, order_fixture_up(f));
	KUNIT_EXPECT_EQ(test, f->header.nr_pages, (u64)ORDER_PAGES);
	KUNIT_EXPECT_EQ(test, f->nr_moved, (u64)ORDER_PAGES + 1);
}

/* In the image the step of writing has ended. In the kernel it has not: it may fail yet. */
static void image_with_a_log_comes_back(struct kunit *test)
{
	struct order_fixture *f = test->priv;

	f->logged = true;
	make_image(f);
	KUNIT_EXPECT_EQ(test, f->header.log.nr_entries, 1u);
	KUNIT_EXPECT_TRUE(test, f->header.may_ignore & HIB_MAY_LOG);
	KUNIT_EXPECT_TRUE(test, f->open);
	KUNIT_ASSERT_EQ(test, 0, order_fixture_up(f));
	KUNIT_EXPECT_EQ(test, f->nr_steps, 1);
}

/* A log that cannot be written ends the attempt. One that cannot be read ends nothing. */
static void each_answer_of_the_disk_fails_once_with_a_log(struct kunit *test)
{
	struct order_fixture *f = test->priv;
	int ret = -EIO, fail, nr_without = 0;

	f->logged = true;
	order_fixture_claim(f, DISK_BLOCKS);
	for (fail = 0; ret && fail < MOST_ANSWERS; fail++) {
		fake_disk_arm(f->disk, fail);
		ret = order_fixture_down(f);
		KUNIT_EXPECT_EQ(test, !!ret, f->disk->nr_ops > fail);
		expect_signature(f, ret ? HIB_SWAP_SIGNATURE : HIB_SIGNATURE);
	}
	KUNIT_EXPECT_EQ(test, 0, ret);
	fake_disk_arm(f->disk, -1);
	order_fixture_unclaim(f);
	for (fail = 0; fail < MOST_ANSWERS; fail++) {
		fake_disk_arm(f->disk, fail);
		ret = order_fixture_up(f);
		if (f->disk->nr_ops <= fail)
			break;
		nr_without += !ret && !f->nr_steps;
	}
	KUNIT_EXPECT_EQ(test, 0, ret);
	KUNIT_EXPECT_EQ(test, f->nr_steps, 1);
	KUNIT_EXPECT_EQ(test, nr_without, 1);
}

/* Each boot that died is told of by the next one. A block that is none of it is left alone. */
static void boots_that_die_are_told_of(struct kunit *test)
{
	struct order_fixture *f = test->priv;
	u8 *box;

	make_image(f);
	for (u32 i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, 0, order_fixture_record(f, "read"));
		KUNIT_EXPECT_EQ(test, f->nr_steps, i);
	}
	box = fake_disk_block(f->disk, f->header.blackbox_block);
	/* Torn: it is not read, and written again. */
	box[HIB_BLOCK_BYTES - 1] ^= 1;
	KUNIT_EXPECT_EQ(test, 0, order_fixture_record(f, "read"));
	KUNIT_EXPECT_EQ(test, f->nr_steps, 0);
	KUNIT_EXPECT_EQ(test, 0, order_fixture_record(f, "read"));
	KUNIT_EXPECT_EQ(test, f->nr_steps, 1);
	memset(box, 0x5a, HIB_BLOCK_BYTES);
	KUNIT_EXPECT_EQ(test, 0, order_fixture_record(f, "read"));
	KUNIT_EXPECT_NULL(test, memchr_inv(box, 0x5a, HIB_BLOCK_BYTES));
	KUNIT_EXPECT_EQ(test, 0, order_fixture_up(f));
}

/* The black box cannot be read or written: that is no harm. */
static void each_answer_of_the_disk_fails_once_while_recording(struct kunit *test)
{
	struct order_fixture *f = test->priv;
	int fail, nr_failed = 0;

	make_image(f);
	for (fail = 0; fail < MOST_ANSWERS; fail++) {
		fake_disk_arm(f->disk, fail);
		nr_failed += !!order_fixture_record(f, "read");
		if (f->disk->nr_ops <= fail)
			break;
	}
	/* Record and header; black box read and written. */
	KUNIT_EXPECT_EQ(test, nr_failed, 2);
	KUNIT_EXPECT_EQ(test, fail, 4);
	fake_disk_arm(f->disk, -1);
	KUNIT_EXPECT_EQ(test, 0, order_fixture_up(f));
}

/* The place fails or has no room: the next attempt is asked for in the latter case alone. */
static void place_fails_once(struct order_fixture *f)
{
	int ret = -EIO, fail;

	order_fixture_claim(f, DISK_BLOCKS);
	for (fail = 0; ret && fail < MOST_ANSWERS; fail++) {
		memory_place_arm(&f->place, fail);
		ret = order_fixture_down(f);
		KUNIT_EXPECT_EQ(f->test, !!ret, f->place.nr_answers > fail);
		/* Opening, reserving, the header's block and the black box's; then blocks. */
		KUNIT_EXPECT_EQ(f->test, f->next.again, ret && fail > 3);
		expect_signature(f, ret ? HIB_SWAP_SIGNATURE : HIB_SIGNATURE);
	}
	KUNIT_EXPECT_EQ(f->test, 0, ret);
	/* A third of the pages is noise, and a run is three blocks. */
	KUNIT_EXPECT_GT(f->test, fail, 4 + (int)ORDER_PAGES / 9);
	order_fixture_unclaim(f);
	KUNIT_EXPECT_EQ(f->test, 0, order_fixture_up(f));
}

static void each_answer_of_the_place_fails_once(struct kunit *test)
{
	place_fails_once(test->priv);
}

static void each_answer_of_the_place_fails_once_when_written_early(struct kunit *test)
{
	struct order_fixture *f = test->priv;

	f->early = true;
	place_fails_once(f);
}

static void place_without_room_asks_for_a_smaller_image(struct kunit *test)
{
	struct order_fixture *f = test->priv;

	order_fixture_claim(f, ORDER_PAGES / 4);
	KUNIT_EXPECT_EQ(test, -ENOSPC, order_fixture_down(f));
	KUNIT_EXPECT_TRUE(test, f->next.again);
	KUNIT_EXPECT_TRUE(test, f->next.full);
	KUNIT_EXPECT_GT(test, f->next.blocks, 0);
	expect_signature(f, HIB_SWAP_SIGNATURE);
}

static void each_answer_of_the_disk_fails_once_down(struct kunit *test)
{
	struct order_fixture *f = test->priv;
	int ret = -EIO, fail;

	f->early = true;
	order_fixture_claim(f, DISK_BLOCKS);
	for (fail = 0; ret && fail < MOST_ANSWERS; fail++) {
		fake_disk_arm(f->disk, fail);
		ret = order_fixture_down(f);
		KUNIT_EXPECT_EQ(test, !!ret, f->disk->nr_ops > fail);
		KUNIT_EXPECT_FALSE(test, f->next.again);
		expect_signature(f, ret ? HIB_SWAP_SIGNATURE : HIB_SIGNATURE);
	}
	KUNIT_EXPECT_EQ(test, 0, ret);
	KUNIT_EXPECT_GT(test, fail, (int)ORDER_PAGES / 9);
	fake_disk_arm(f->disk, -1);
	order_fixture_unclaim(f);
	KUNIT_EXPECT_EQ(test, 0, order_fixture_up(f));
}

/* Nothing of it is written: the image stays as it is, to the byte. */
static void each_answer_of_the_disk_fails_once_up(struct kunit *test)
{
	struct order_fixture *f = test->priv;
	int ret = -EIO, fail;
	u8 *record;

	f->early = true;
	make_image(f);
	record = kunit_kmalloc(test, HIB_BLOCK_BYTES, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, record);
	memcpy(record, fake_disk_block(f->disk, 0), HIB_BLOCK_BYTES);
	for (fail = 0; ret && fail < MOST_ANSWERS; fail++) {
		fake_disk_arm(f->disk, fail);
		ret = order_fixture_up(f);
		KUNIT_EXPECT_EQ(test, !!ret, f->disk->nr_ops > fail);
		KUNIT_EXPECT_MEMEQ(test, record, fake_disk_block(f->disk, 0), HIB_BLOCK_BYTES);
	}
	KUNIT_EXPECT_EQ(test, 0, ret);
	/* Record, header, chain, five lists and the data. */
	KUNIT_EXPECT_GT(test, fail, 8 + (int)ORDER_PAGES / 9);
}

/* Either a request is refused, or the image is not made valid. */
static void request_to_cancel_comes_in_time_or_is_refused(struct kunit *test)
{
	struct hib_session *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_EXPECT_EQ(test, -ENODATA, hib_cancel_ask());
	hib_cancel_open();
	KUNIT_EXPECT_TRUE(test, hib_cancel_close());
	KUNIT_EXPECT_EQ(test, -ENODATA, hib_cancel_ask());
	KUNIT_EXPECT_FALSE(test, pm_wakeup_pending());

	hib_cancel_open();
	KUNIT_EXPECT_EQ(test, 0, hib_cancel_ask());
	KUNIT_EXPECT_TRUE(test, pm_wakeup_pending());
	KUNIT_EXPECT_FALSE(test, hib_cancel_close());
	KUNIT_EXPECT_TRUE(test, hib_cancel_asked());
	KUNIT_EXPECT_EQ(test, -EBUSY, hib_session_fail(s, -EBUSY, "devices"));
	KUNIT_EXPECT_EQ(test, -ECANCELED, s->result.error);
	hib_cancel_end();
	KUNIT_EXPECT_FALSE(test, hib_cancel_asked());
	KUNIT_EXPECT_FALSE(test, pm_wakeup_pending());
}

static int never_freezes(struct super_block *sb)
{
	return 0;
}

static int never_freezes_super(struct super_block *sb, enum freeze_holder who)
{
	return 0;
}

static bool may_hold(const char *name, const struct super_operations *operations,
		     unsigned long flags)
{
	struct file_system_type type = { .name = name };
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);
	bool may;

	if (!sb)
		return false;
	sb->s_type = &type;
	sb->s_op = operations;
	sb->s_flags = flags;
	may = hib_filesystems_may_hold(sb);
	kfree(sb);
	return may;
}

static void operations_tell_what_may_be_held(struct kunit *test)
{
	static const struct super_operations none;
	static const struct super_operations fs = { .freeze_fs = never_freezes };
	static const struct super_operations super = { .freeze_super = never_freezes_super };

	KUNIT_EXPECT_TRUE(test, may_hold("ext4", &fs, 0));
	KUNIT_EXPECT_TRUE(test, may_hold("bcachefs", &super, 0));
	KUNIT_EXPECT_FALSE(test, may_hold("ext4", &fs, SB_RDONLY));
	KUNIT_EXPECT_FALSE(test, may_hold("fuse", &none, 0));
	KUNIT_EXPECT_TRUE(test, may_hold("vfat", &none, 0));
	KUNIT_EXPECT_TRUE(test, may_hold("exfat", &none, 0));
	KUNIT_EXPECT_FALSE(test, may_hold("vfat", &none, SB_RDONLY));
	KUNIT_EXPECT_FALSE(test, may_hold("gfs2", &super, 0));
	KUNIT_EXPECT_FALSE(test, may_hold("ocfs2", &fs, 0));
}

static struct kunit_case order_cases[] = {
	KUNIT_CASE(request_to_cancel_comes_in_time_or_is_refused),
	KUNIT_CASE(operations_tell_what_may_be_held),
	KUNIT_CASE(image_comes_back),
	KUNIT_CASE(image_written_early_comes_back),
	KUNIT_CASE(image_with_a_log_comes_back),
	KUNIT_CASE(boots_that_die_are_told_of),
	KUNIT_CASE(each_answer_of_the_disk_fails_once_while_recording),
	KUNIT_CASE_SLOW(each_answer_of_the_place_fails_once),
	KUNIT_CASE_SLOW(each_answer_of_the_place_fails_once_when_written_early),
	KUNIT_CASE(place_without_room_asks_for_a_smaller_image),
	KUNIT_CASE_SLOW(each_answer_of_the_disk_fails_once_down),
	KUNIT_CASE_SLOW(each_answer_of_the_disk_fails_once_up),
	KUNIT_CASE_SLOW(each_answer_of_the_disk_fails_once_with_a_log),
	{}
};

static struct kunit_suite order_suite = {
	.name = "hib_order",
	.init = order_init,
	.exit = order_exit,
	.test_cases = order_cases,
};

kunit_test_suite(order_suite);

MODULE_DESCRIPTION("Test of the order layer of hibernation");
MODULE_LICENSE("GPL");
