// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: image_kunit - test of an image's way to its place and back
 *
 * Opening, taking blocks, data, chain, header and record, and all of it read
 * again, on a place in memory. Each answer of the place, and of its disk, fails
 * once: whatever fails, nothing stays taken, and the root block says either
 * that there is no image or that there is a whole one.
 */
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include "device/commit.h"
#include "device/member.h"
#include "device/store.h"
#include "stream/buffer.h"
#include "fake_disk.h"
#include "memory_place.h"

#define DISK_BLOCKS	2000u
#define NR_PAGES	40u
#define MOST_ANSWERS	200

static const u8 image_id[HIB_ID_BYTES] = "this image's id.";
static const u8 other_id[HIB_ID_BYTES] = "the other disk's";
static const struct hib_place_wanted any;

/**
 * struct image_test - What each test has.
 * @d: The disk.
 * @place: The place on it.
 * @file: Keeps the disk open on the way down, as swapon does.
 * @buf: NR_PAGES pages.
 * @nr_leaves: Of the chain,
 * @first_leaf: and where it starts,
 * @nr_extents: and how many runs are in it,
 * @members: and on which disks they lie: what the header would say.
 * @s: The place, open either way: too large for a stack.
 */
struct image_test {
	struct fake_disk *d;
	struct memory_place place;
	struct file *file;
	struct hib_buffer buf;
	u32 nr_leaves;
	u64 first_leaf;
	u32 nr_extents;
	struct hib_members members;
	struct hib_store s;
};

static u8 *signature(struct image_test *t)
{
	return (u8 *)fake_disk_block(t->d, 1) - HIB_SIGNATURE_BYTES;
}

static void fill(struct image_test *t, u8 with)
{
	for (unsigned int i = 0; i < NR_PAGES; i++)
		memset(t->buf.data + i * HIB_BLOCK_BYTES, i + with, HIB_BLOCK_BYTES);
}

static void claim(struct kunit *test)
{
	struct image_test *t = test->priv;

	t->file = bdev_file_open_by_dev(fake_disk_dev(t->d), BLK_OPEN_READ | BLK_OPEN_WRITE, t,
					NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->file));
	memory_place_use(&t->place, file_bdev(t->file), DISK_BLOCKS);
}

static void unclaim(struct image_test *t)
{
	if (t->file)
		bdev_fput(t->file);
	t->file = NULL;
}

static int image_init(struct kunit *test)
{
	struct image_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	t->d = fake_disk_create(test, DISK_BLOCKS);
	memcpy(signature(t), MEMORY_SIGNATURE, HIB_SIGNATURE_BYTES);
	KUNIT_ASSERT_EQ(test, 0, hib_buffer_alloc(&t->buf, NR_PAGES, GFP_KERNEL));
	return 0;
}

static void image_exit(struct kunit *test)
{
	struct image_test *t = test->priv;

	if (!t)
		return;
	unclaim(t);
	hib_buffer_free(&t->buf);
}

/* In two halves, so that the place grows while the image is written. */
static int write_data(struct image_test *t, struct hib_store *s)
{
	struct hib_io_done done;
	int ret = 0;

	for (unsigned int i = 0; i < 2 && !ret; i++) {
		ret = hib_store_io_ops.write(s, i * NR_PAGES / 2 * HIB_BLOCK_BYTES,
					     t->buf.pages + i * NR_PAGES / 2, NR_PAGES / 2, &done);
		ret = ret ?: hib_store_io_ops.wait(s, &done);
	}
	return ret;
}

static int write_image(struct image_test *t, struct hib_store *s, bool *begun)
{
	struct hib_commit_record r = { .state = HIB_STATE_READY };
	int ret;

	memcpy(r.image_id, image_id, HIB_ID_BYTES);
	ret = hib_store_reserve(s, NR_PAGES) ?: write_data(t, s) ?:
		hib_store_write_extents(s, image_id, &t->first_leaf, &t->nr_leaves);
	if (ret)
		return ret;
	t->nr_extents = s->extents.nr;
	hib_store_members(s, &t->members);
	hib_store_header(s);
	r.header_block = s->header_block;
	return hib_store_write_header(s) ?: hib_commit_make(s, &r, begun);
}

/* The way down as order goes it: open, write, give back, close. */
static int go_down(struct image_test *t)
{
	struct hib_store *s = &t->s;
	bool begun = false;
	int ret;

	ret = hib_store_init(s);
	if (ret)
		return ret;
	s->place = &hib_place_memory;
	ret = s->place->open(s, &any);
	if (ret) {
		hib_store_exit(s);
		return ret;
	}
	ret = write_image(t, s, &begun);
	hib_store_give_back(s);
	hib_store_close(s);
	return ret;
}

static int read_data(struct image_test *t, struct hib_store *s)
{
	struct hib_io_done done;

	return hib_store_io_ops.read(s, 0, t->buf.pages, NR_PAGES, &done) ?:
	       hib_store_io_ops.wait(s, &done);
}

static void places_know_each_other_by_signature(struct kunit *test)
{
	const u8 *swap = HIB_SWAP_SIGNATURE, *none = "SOMEBODY'S";

	KUNIT_EXPECT_PTR_EQ(test, hib_place_by_signature(swap), &hib_place_swap);
	KUNIT_EXPECT_NULL(test, hib_place_by_signature(none));
	KUNIT_EXPECT_NULL(test, hib_place_by_signature((const u8 *)MEMORY_SIGNATURE));
}

static void image_comes_back_from_its_place(struct kunit *test)
{
	struct hib_disk_header *header = kunit_kzalloc(test, sizeof(*header), GFP_KERNEL);
	struct image_test *t = test->priv;
	struct hib_store *s = &t->s;
	struct hib_disk_commit *disk;
	char reason[HIB_MEMBER_WHY_BYTES];
	const char *why = NULL;

	KUNIT_ASSERT_NOT_NULL(test, header);
	claim(test);
	fill(t, 1);
	KUNIT_ASSERT_EQ(test, 0, go_down(t));
	KUNIT_EXPECT_GT(test, t->nr_extents, 10);
	KUNIT_EXPECT_EQ(test, t->place.nr_taken, 0);
	unclaim(t);
	KUNIT_EXPECT_MEMEQ(test, signature(t), HIB_SIGNATURE, HIB_SIGNATURE_BYTES);
	disk = fake_disk_block(t->d, 0) + HIB_COMMIT_OFFSET;
	KUNIT_EXPECT_MEMEQ(test, disk->saved_signature, MEMORY_SIGNATURE, HIB_SIGNATURE_BYTES);

	fill(t, 101);
	KUNIT_ASSERT_EQ(test, 0, hib_store_open_device(s, fake_disk_dev(t->d), 0));
	KUNIT_EXPECT_EQ(test, 0, hib_member_open_all(s, &t->members, BLK_OPEN_READ, 0, reason));
	KUNIT_EXPECT_EQ(test, 0, hib_store_read_header(s, le64_to_cpu(disk->header_block),
						       header));
	KUNIT_EXPECT_EQ(test, 0, hib_store_read_extents(s, image_id, t->first_leaf, t->nr_leaves,
							t->nr_extents, NR_PAGES, &why));
	KUNIT_EXPECT_EQ(test, 0, read_data(t, s));
	for (unsigned int i = 0; i < NR_PAGES; i++)
		KUNIT_EXPECT_EQ(test, ((u8 *)t->buf.data)[i * HIB_BLOCK_BYTES], i + 1);
	hib_store_close_device(s);
}

/* A header page with @other_id, on another disk. */
static void add_header(struct fake_disk *other)
{
	u8 *page = fake_disk_block(other, 0);

	memcpy(page + HIB_BLOCK_BYTES - HIB_SIGNATURE_BYTES, HIB_SWAP_SIGNATURE,
	       HIB_SIGNATURE_BYTES);
	memcpy(((union swap_header *)page)->info.sws_uuid, other_id, HIB_ID_BYTES);
}

static void open_both(struct kunit *test, int error)
{
	const char *missing =
		"swap area with UUID 74686520-6f74-6865-7220-6469736b2773 is missing";
	struct image_test *t = test->priv;
	struct hib_store *s = &t->s;
	char reason[HIB_MEMBER_WHY_BYTES];
	const char *why = NULL;

	fill(t, 101);
	KUNIT_ASSERT_EQ(test, 0, hib_store_open_device(s, fake_disk_dev(t->d), 0));
	KUNIT_EXPECT_EQ(test, error, hib_member_open_all(s, &t->members, BLK_OPEN_READ, 0, reason));
	if (error) {
		KUNIT_EXPECT_STREQ(test, reason, missing);
	} else {
		KUNIT_EXPECT_EQ(test, 0, hib_store_read_extents(s, image_id, t->first_leaf,
								t->nr_leaves, t->nr_extents,
								NR_PAGES, &why));
		KUNIT_EXPECT_EQ(test, 0, read_data(t, s));
	}
	for (unsigned int i = 0; i < NR_PAGES; i++)
		KUNIT_EXPECT_EQ(test, ((u8 *)t->buf.data)[i * HIB_BLOCK_BYTES],
				i + (error ? 101 : 1));
	hib_store_close_device(s);
}

static int nr_flushes(struct fake_disk *d)
{
	int nr = 0;

	for (int i = 0; i < min_t(int, d->nr_ops, FAKE_DISK_OPS); i++)
		nr += d->ops[i].opf & REQ_PREFLUSH && !d->ops[i].nr_blocks;
	return nr;
}

/* Every other run on a disk of its own, which is flushed, and found or missed by its id. */
static void image_on_two_disks_comes_back(struct kunit *test)
{
	struct fake_disk *other = fake_disk_create(test, DISK_BLOCKS);
	struct image_test *t = test->priv;
	struct file *file;

	add_header(other);
	file = bdev_file_open_by_dev(fake_disk_dev(other), BLK_OPEN_READ | BLK_OPEN_WRITE, t, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	claim(test);
	t->place.other = file_bdev(file);
	t->place.other_id = other_id;
	fill(t, 1);
	fake_disk_arm(other, -1);
	KUNIT_EXPECT_EQ(test, 0, go_down(t));
	KUNIT_EXPECT_EQ(test, 1, nr_flushes(other));
	KUNIT_EXPECT_MEMEQ(test, t->members.member[1].id, other_id, HIB_ID_BYTES);
	unclaim(t);
	open_both(test, -ENODEV);	/* claimed by somebody else */
	bdev_fput(file);
	open_both(test, 0);
	memset(fake_disk_block(other, 0), 0, HIB_BLOCK_BYTES);
	open_both(test, -ENODEV);
}

/* The kernel has no row for a place in memory: its images are nobody's, and stay as they are. */
static void image_of_an_unknown_place_is_refused(struct kunit *test)
{
	struct image_test *t = test->priv;
	struct hib_store *s = &t->s;
	struct hib_commit_record r;
	const char *why = NULL;

	claim(test);
	KUNIT_ASSERT_EQ(test, 0, go_down(t));
	unclaim(t);
	KUNIT_ASSERT_EQ(test, 0, hib_store_open_device(s, fake_disk_dev(t->d), 0));
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_commit_read(s, &r, &why));
	KUNIT_EXPECT_STREQ(test, why, "commit saved_signature");
	KUNIT_EXPECT_EQ(test, -ESTALE, hib_commit_retire(s, image_id));
	KUNIT_EXPECT_MEMEQ(test, signature(t), HIB_SIGNATURE, HIB_SIGNATURE_BYTES);
	hib_store_close_device(s);
}

/* Another image was put there meanwhile: the store keeps its kind and gives back what it took. */
static void place_stays_what_it_is(struct kunit *test)
{
	struct hib_commit_record r = { .state = HIB_STATE_READY, .header_block = 1 };
	struct image_test *t = test->priv;
	struct hib_store *s = &t->s;

	claim(test);
	KUNIT_ASSERT_EQ(test, 0, hib_store_init(s));
	s->place = &hib_place_memory;
	KUNIT_ASSERT_EQ(test, 0, s->place->open(s, &any));
	KUNIT_EXPECT_EQ(test, 0, hib_store_reserve(s, NR_PAGES));
	memcpy(r.image_id, image_id, HIB_ID_BYTES);
	memcpy(r.saved_signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	hib_commit_build(fake_disk_block(t->d, 0) + HIB_COMMIT_OFFSET, &r);
	KUNIT_EXPECT_EQ(test, -ESTALE, hib_commit_retire(s, image_id));
	KUNIT_EXPECT_PTR_EQ(test, s->place, &hib_place_memory);
	hib_store_give_back(s);
	KUNIT_EXPECT_EQ(test, t->place.nr_taken, 0);
	hib_store_close(s);
}

static void nothing_stays_taken(struct kunit *test, int error)
{
	struct image_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->place.nr_taken, 0);
	if (error)
		KUNIT_EXPECT_MEMEQ(test, signature(t), MEMORY_SIGNATURE, HIB_SIGNATURE_BYTES);
	else
		KUNIT_EXPECT_MEMEQ(test, signature(t), HIB_SIGNATURE, HIB_SIGNATURE_BYTES);
}

static void each_answer_of_the_place_fails_once(struct kunit *test)
{
	struct image_test *t = test->priv;
	int ret = -EIO, fail;

	claim(test);
	for (fail = 0; ret && fail < MOST_ANSWERS; fail++) {
		memory_place_arm(&t->place, fail);
		ret = go_down(t);
		KUNIT_EXPECT_EQ(test, !!ret, t->place.nr_answers > fail);
		nothing_stays_taken(test, ret);
	}
	/* Opening, reserving, the header's block, and a run of blocks for each three pages. */
	KUNIT_EXPECT_GT(test, fail, 3 + NR_PAGES / 3);
	KUNIT_EXPECT_EQ(test, 0, ret);
}

static void each_answer_of_the_disk_fails_once(struct kunit *test)
{
	struct image_test *t = test->priv;
	int ret = -EIO, fail;

	claim(test);
	for (fail = 0; ret && fail < MOST_ANSWERS; fail++) {
		fake_disk_arm(t->d, fail);
		ret = go_down(t);
		KUNIT_EXPECT_EQ(test, !!ret, t->d->nr_ops > fail);
		nothing_stays_taken(test, ret);
	}
	/* Data, chain, header, a flush, and the root block read and written. */
	KUNIT_EXPECT_GT(test, fail, 6);
	KUNIT_EXPECT_EQ(test, 0, ret);
}

static void each_answer_of_the_other_disk_fails_once(struct kunit *test)
{
	struct fake_disk *other = fake_disk_create(test, DISK_BLOCKS);
	struct image_test *t = test->priv;
	int ret = -EIO, fail;
	struct file *file;

	file = bdev_file_open_by_dev(fake_disk_dev(other), BLK_OPEN_READ | BLK_OPEN_WRITE, t, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	claim(test);
	t->place.other = file_bdev(file);
	t->place.other_id = other_id;
	for (fail = 0; ret && fail < MOST_ANSWERS; fail++) {
		fake_disk_arm(other, fail);
		ret = go_down(t);
		KUNIT_EXPECT_EQ(test, !!ret, other->nr_ops > fail);
		nothing_stays_taken(test, ret);
	}
	/* A run for each six pages, and a flush. */
	KUNIT_EXPECT_GT(test, fail, NR_PAGES / 6);
	KUNIT_EXPECT_EQ(test, 0, ret);
	bdev_fput(file);
}

static struct kunit_case image_cases[] = {
	KUNIT_CASE(places_know_each_other_by_signature),
	KUNIT_CASE(image_comes_back_from_its_place),
	KUNIT_CASE(image_of_an_unknown_place_is_refused),
	KUNIT_CASE(image_on_two_disks_comes_back),
	KUNIT_CASE(place_stays_what_it_is),
	KUNIT_CASE(each_answer_of_the_place_fails_once),
	KUNIT_CASE(each_answer_of_the_disk_fails_once),
	KUNIT_CASE(each_answer_of_the_other_disk_fails_once),
	{}
};

static struct kunit_suite image_suite = {
	.name = "hib_image",
	.init = image_init,
	.exit = image_exit,
	.test_cases = image_cases,
};

kunit_test_suite(image_suite);

MODULE_DESCRIPTION("Test of an image's place");
MODULE_LICENSE("GPL");
