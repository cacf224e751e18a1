// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: device_kunit - test of the device layer
 *
 * Requests, image blocks and the commit record, on a disk in memory whose n-th
 * answer is an error, for each n.
 */
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "device/bio.h"
#include "device/commit.h"
#include "device/store.h"
#include "stream/buffer.h"
#include "fake_disk.h"

#define DISK_BLOCKS	1000u
#define NR_PAGES	24u

static const u8 image_id[HIB_ID_BYTES] = "an image for now";
static const u8 other_id[HIB_ID_BYTES] = "another one's id";

/**
 * struct device_test - What each test has.
 * @d: The disk, its first block a swap header.
 * @s: A store on it, open.
 * @other: Another one.
 * @buf: NR_PAGES pages, each filled with its number.
 */
struct device_test {
	struct fake_disk *d;
	struct hib_store s;
	struct hib_store other;
	struct hib_buffer buf;
};

static struct hib_disk_commit *record_on(struct device_test *t)
{
	return fake_disk_block(t->d, 0) + HIB_COMMIT_OFFSET;
}

static bool is_swap(struct device_test *t)
{
	return !memcmp(record_on(t)->signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
}

static void fill(struct device_test *t)
{
	for (unsigned int i = 0; i < NR_PAGES; i++)
		memset(t->buf.data + i * HIB_BLOCK_BYTES, i + 1, HIB_BLOCK_BYTES);
}

static int device_init(struct kunit *test)
{
	struct device_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->d = fake_disk_create(test, DISK_BLOCKS);
	memset(fake_disk_block(t->d, 0), 0x5a, HIB_COMMIT_OFFSET);
	memcpy(record_on(t)->signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	KUNIT_ASSERT_EQ(test, 0, hib_buffer_alloc(&t->buf, NR_PAGES, GFP_KERNEL));
	fill(t);
	KUNIT_ASSERT_EQ(test, 0, hib_store_open_device(&t->s, fake_disk_dev(t->d), 0));
	t->s.place = &hib_place_swap;
	fake_disk_arm(t->d, -1);
	test->priv = t;
	return 0;
}

static void device_exit(struct kunit *test)
{
	struct device_test *t = test->priv;

	if (!t)
		return;
	if (t->s.bdev)
		hib_store_close_device(&t->s);
	hib_buffer_free(&t->buf);
}

/* A request of three runs: two of one page, one that lies scattered in memory. */
static int three_runs(struct device_test *t, enum req_op op)
{
	struct page *mixed[4] = { t->buf.pages[9], t->buf.pages[4], t->buf.pages[5],
				  t->buf.pages[2] };
	struct hib_io_done done;
	int ret;

	hib_bio_begin(&done);
	ret = hib_bio_submit(t->s.bdev, op, 10, &t->buf.pages[0], 1, &done);
	ret = ret ?: hib_bio_submit(t->s.bdev, op, 20, &t->buf.pages[1], 1, &done);
	ret = ret ?: hib_bio_submit(t->s.bdev, op, 30, mixed, 4, &done);
	hib_bio_end(&done);
	return hib_bio_wait(&done) ?: ret;
}

static void bio_brings_back_what_it_took(struct kunit *test)
{
	struct device_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, 0, three_runs(t, REQ_OP_WRITE));
	KUNIT_EXPECT_EQ(test, *(u8 *)fake_disk_block(t->d, 20), 2);
	KUNIT_EXPECT_EQ(test, *(u8 *)fake_disk_block(t->d, 30), 10);
	KUNIT_EXPECT_EQ(test, *(u8 *)fake_disk_block(t->d, 32), 6);
	memset(t->buf.data, 0, NR_PAGES * HIB_BLOCK_BYTES);
	KUNIT_EXPECT_EQ(test, 0, three_runs(t, REQ_OP_READ));
	KUNIT_EXPECT_EQ(test, *(u8 *)t->buf.data, 1);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(t->buf.pages[9]), 10);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(t->buf.pages[2]), 3);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(t->buf.pages[3]), 0);
}

static void bio_error_is_the_requests(struct kunit *test)
{
	static const enum req_op ops[] = { REQ_OP_WRITE, REQ_OP_READ };
	struct device_test *t = test->priv;
	int all;

	three_runs(t, REQ_OP_WRITE);
	all = t->d->nr_ops;
	KUNIT_EXPECT_GE(test, all, 3);
	for (int i = 0; i < 2 * all; i++) {
		fake_disk_arm(t->d, i / 2);
		KUNIT_EXPECT_EQ(test, -EIO, three_runs(t, ops[i & 1]));
		KUNIT_EXPECT_EQ(test, all, t->d->nr_ops);
	}
}

static void bio_stays_on_the_device(struct kunit *test)
{
	static const u64 wrong[][2] = {
		{ DISK_BLOCKS, 1 }, { DISK_BLOCKS - 1, 2 }, { U64_MAX, 1 }, { U64_MAX - 1, 4 },
	};
	struct device_test *t = test->priv;

	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct hib_io_done done;

		hib_bio_begin(&done);
		KUNIT_EXPECT_EQ(test, -EIO, hib_bio_submit(t->s.bdev, REQ_OP_WRITE, wrong[i][0],
							   t->buf.pages, wrong[i][1], &done));
		hib_bio_end(&done);
		KUNIT_EXPECT_EQ(test, 0, hib_bio_wait(&done));
	}
	KUNIT_EXPECT_EQ(test, 0, t->d->nr_ops);
}

/* Extents in no order, two of them adjacent in the image and apart on the disk. */
static void append_extents(struct kunit *test, struct device_test *t)
{
	KUNIT_ASSERT_EQ(test, 0, hib_extents_append(&t->s.extents, 50, 5));
	KUNIT_ASSERT_EQ(test, 0, hib_extents_append(&t->s.extents, 11, 1));
	KUNIT_ASSERT_EQ(test, 0, hib_extents_append(&t->s.extents, 100, 30));
}

static int transfer(struct device_test *t, enum req_op op, u64 image_block, unsigned int nr)
{
	struct hib_io_done done;
	int ret = hib_store_transfer(&t->s, op, image_block * HIB_BLOCK_BYTES, t->buf.pages,
				     nr, &done);

	return ret ?: hib_bio_wait(&done);
}

static void store_finds_its_blocks(struct kunit *test)
{
	struct device_test *t = test->priv;

	append_extents(test, t);
	KUNIT_EXPECT_EQ(test, 0, transfer(t, REQ_OP_WRITE, 0, NR_PAGES));
	KUNIT_EXPECT_EQ(test, *(u8 *)fake_disk_block(t->d, 50), 1);
	KUNIT_EXPECT_EQ(test, *(u8 *)fake_disk_block(t->d, 54), 5);
	KUNIT_EXPECT_EQ(test, *(u8 *)fake_disk_block(t->d, 11), 6);
	KUNIT_EXPECT_EQ(test, *(u8 *)fake_disk_block(t->d, 100), 7);
	KUNIT_EXPECT_EQ(test, *(u8 *)fake_disk_block(t->d, 117), 24);
	KUNIT_EXPECT_EQ(test, 0, transfer(t, REQ_OP_READ, 4, 3));
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(t->buf.pages[0]), 5);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(t->buf.pages[2]), 7);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(t->buf.pages[3]), 4);
}

static void store_passes_errors_on(struct kunit *test)
{
	struct device_test *t = test->priv;

	append_extents(test, t);
	for (int i = 0; i < 3; i++) {
		fake_disk_arm(t->d, i);
		KUNIT_EXPECT_EQ(test, -EIO, transfer(t, REQ_OP_WRITE, 0, NR_PAGES));
	}
	fake_disk_arm(t->d, -1);
	KUNIT_EXPECT_EQ(test, -EBADMSG, transfer(t, REQ_OP_READ, 36 - NR_PAGES + 1, NR_PAGES));
	KUNIT_EXPECT_EQ(test, 0, transfer(t, REQ_OP_READ, 36 - NR_PAGES, NR_PAGES));
}

static void store_claims_its_device(struct kunit *test)
{
	struct device_test *t = test->priv;
	dev_t dev = fake_disk_dev(t->d);

	KUNIT_EXPECT_EQ(test, -EBUSY, hib_store_open_device(&t->other, dev, 0));
	hib_store_close_device(&t->s);
	KUNIT_EXPECT_EQ(test, -ENXIO, hib_store_open_device(&t->other, dev, DISK_BLOCKS));
	set_disk_ro(t->d->disk, true);
	KUNIT_EXPECT_EQ(test, -EACCES, hib_store_open_device(&t->other, dev, 0));
	set_disk_ro(t->d->disk, false);
	KUNIT_EXPECT_EQ(test, 0, hib_store_open_device(&t->s, dev, DISK_BLOCKS - 1));
}

static void store_header_stays_on_the_device(struct kunit *test)
{
	static struct hib_disk_header header, back;
	struct device_test *t = test->priv;

	memset(&header, 7, sizeof(header));
	t->s.header_block = 77;
	memcpy(hib_store_header(&t->s), &header, sizeof(header));
	KUNIT_EXPECT_EQ(test, 0, hib_store_write_header(&t->s));
	KUNIT_EXPECT_EQ(test, 0, hib_store_read_header(&t->s, 77, &back));
	KUNIT_EXPECT_MEMEQ(test, &back, &header, sizeof(back));
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_store_read_header(&t->s, 0, &back));
	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_store_read_header(&t->s, DISK_BLOCKS, &back));
	fake_disk_arm(t->d, 0);
	KUNIT_EXPECT_EQ(test, -EIO, hib_store_read_header(&t->s, 77, &back));
}

/* Runs that do not merge, more than a leaf holds; two leaves in reserved blocks behind. */
static void chain_comes_back(struct kunit *test)
{
	const u32 nr_runs = HIB_LEAF_EXTENTS + 9;
	struct device_test *t = test->priv;
	const char *why = NULL;
	u32 nr_leaves;
	u64 first;

	t->s.members.member[0].nr_blocks = DISK_BLOCKS;
	for (u32 i = 0; i < nr_runs - 1; i++)
		KUNIT_ASSERT_EQ(test, 0, hib_extents_append(&t->s.extents, 200 + 2 * i, 1));
	KUNIT_ASSERT_EQ(test, 0, hib_extents_append(&t->s.extents, 150, 8));
	t->s.image_blocks = nr_runs - 1;
	for (int fail = 0; fail < 2; fail++) {
		fake_disk_arm(t->d, fail);
		KUNIT_EXPECT_EQ(test, -EIO, hib_store_write_extents(&t->s, image_id, &first,
								    &nr_leaves));
	}
	fake_disk_arm(t->d, -1);
	KUNIT_ASSERT_EQ(test, 0, hib_store_write_extents(&t->s, image_id, &first, &nr_leaves));
	KUNIT_EXPECT_EQ(test, first, 150);
	KUNIT_EXPECT_EQ(test, nr_leaves, 2);

	for (int fail = 0; fail < 2; fail++) {
		fake_disk_arm(t->d, fail);
		hib_extents_exit(&t->s.extents);
		KUNIT_EXPECT_EQ(test, -EIO,
				hib_store_read_extents(&t->s, image_id, first, nr_leaves,
						       nr_runs, nr_runs, &why));
		KUNIT_EXPECT_EQ(test, t->s.extents.nr, 0);
	}
	fake_disk_arm(t->d, -1);
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			hib_store_read_extents(&t->s, other_id, first, nr_leaves, nr_runs,
					       nr_runs, &why));
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			hib_store_read_extents(&t->s, image_id, first + 1, nr_leaves, nr_runs,
					       nr_runs, &why));
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			hib_store_read_extents(&t->s, image_id, first, nr_leaves, nr_runs,
					       nr_runs + 8, &why));
	KUNIT_EXPECT_EQ(test, 0, hib_store_read_extents(&t->s, image_id, first, nr_leaves,
							nr_runs, nr_runs + 7, &why));
	KUNIT_EXPECT_EQ(test, t->s.extents.nr, nr_runs);
}

static struct hib_commit_record record_of(const u8 *id)
{
	struct hib_commit_record r = { .state = HIB_STATE_READY, .header_block = 77,
				       .header_tag = 0x1234 };

	memcpy(r.image_id, id, HIB_ID_BYTES);
	memcpy(r.saved_signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	return r;
}

static void commit_comes_after_all_else(struct kunit *test)
{
	struct hib_commit_record r = record_of(image_id), found;
	struct device_test *t = test->priv;
	bool begun = false;
	const struct fake_disk_op *ops = t->d->ops;
	const char *why = NULL;

	KUNIT_EXPECT_EQ(test, -ENODATA, hib_commit_read(&t->s, &found, &why));
	fake_disk_arm(t->d, -1);
	KUNIT_ASSERT_EQ(test, 0, hib_commit_make(&t->s, &r, &begun));
	KUNIT_ASSERT_EQ(test, 3, t->d->nr_ops);
	KUNIT_EXPECT_EQ(test, ops[0].nr_blocks, 0);
	KUNIT_EXPECT_TRUE(test, ops[0].opf & REQ_PREFLUSH);
	KUNIT_EXPECT_EQ(test, ops[1].opf & REQ_OP_MASK, (__force u32)REQ_OP_READ);
	KUNIT_EXPECT_EQ(test, ops[2].opf & REQ_OP_MASK, (__force u32)REQ_OP_WRITE);
	KUNIT_EXPECT_TRUE(test, ops[2].opf & REQ_PREFLUSH && ops[2].opf & REQ_FUA);
	KUNIT_EXPECT_EQ(test, ops[2].block, 0);
	KUNIT_EXPECT_EQ(test, ops[2].nr_blocks, 1);

	KUNIT_ASSERT_EQ(test, 0, hib_commit_read(&t->s, &found, &why));
	KUNIT_EXPECT_EQ(test, found.header_block, 77);
	KUNIT_EXPECT_MEMEQ(test, found.image_id, image_id, HIB_ID_BYTES);
	KUNIT_EXPECT_EQ(test, 0x5a, ((u8 *)fake_disk_block(t->d, 0))[HIB_COMMIT_OFFSET - 1]);
}

/* Also when the write that failed has reached the disk. */
static void commit_that_fails_leaves_swap(struct kunit *test)
{
	struct hib_commit_record r = record_of(image_id);
	struct device_test *t = test->priv;
	bool begun = false;

	for (int i = 0; i < 6; i++) {
		t->d->torn = i & 1;
		fake_disk_arm(t->d, i / 2);
		begun = false;
		KUNIT_EXPECT_EQ(test, -EIO, hib_commit_make(&t->s, &r, &begun));
		/* Flush and read come first: until then the system can go on. */
		KUNIT_EXPECT_EQ(test, begun, i / 2 == 2);
		KUNIT_EXPECT_TRUE_MSG(test, is_swap(t), "operation %d failed", i / 2);
	}
	memcpy(record_on(t)->signature, "SOMEBODY'S", HIB_SIGNATURE_BYTES);
	fake_disk_arm(t->d, -1);
	begun = false;
	KUNIT_EXPECT_EQ(test, -ESTALE, hib_commit_make(&t->s, &r, &begun));
	KUNIT_EXPECT_FALSE(test, begun);
	KUNIT_EXPECT_EQ(test, 2, t->d->nr_ops);
}

static void commit_changes_only_its_own_record(struct kunit *test)
{
	struct hib_commit_record r = record_of(image_id), other = record_of(other_id), found;
	struct device_test *t = test->priv;
	bool begun = false;
	const char *why = NULL;

	KUNIT_EXPECT_EQ(test, -ESTALE, hib_commit_set_state(&t->s, &r));
	KUNIT_ASSERT_EQ(test, 0, hib_commit_make(&t->s, &r, &begun));
	other.state = HIB_STATE_LOADING;
	r.state = HIB_STATE_LOADING;
	fake_disk_arm(t->d, -1);
	KUNIT_EXPECT_EQ(test, -ESTALE, hib_commit_set_state(&t->s, &other));
	KUNIT_EXPECT_EQ(test, -ESTALE, hib_commit_retire(&t->s, other_id));
	KUNIT_EXPECT_EQ(test, 2, t->d->nr_ops);
	for (int fail = 0; fail < 2; fail++) {
		fake_disk_arm(t->d, fail);
		KUNIT_EXPECT_EQ(test, -EIO, hib_commit_set_state(&t->s, &r));
	}
	fake_disk_arm(t->d, -1);
	KUNIT_EXPECT_EQ(test, 0, hib_commit_set_state(&t->s, &r));
	KUNIT_EXPECT_TRUE(test, t->d->ops[1].opf & REQ_FUA);
	KUNIT_EXPECT_EQ(test, 0, hib_commit_read(&t->s, &found, &why));
	KUNIT_EXPECT_EQ(test, found.state, HIB_STATE_LOADING);
}

static void commit_retires_what_there_is(struct kunit *test)
{
	struct hib_commit_record r = record_of(image_id);
	struct device_test *t = test->priv;
	bool begun = false;

	KUNIT_EXPECT_EQ(test, -ESTALE, hib_commit_retire(&t->s, NULL));
	KUNIT_ASSERT_EQ(test, 0, hib_commit_make(&t->s, &r, &begun));
	for (int fail = 0; fail < 2; fail++) {
		fake_disk_arm(t->d, fail);
		KUNIT_EXPECT_EQ(test, -EIO, hib_commit_retire(&t->s, image_id));
		KUNIT_EXPECT_FALSE(test, is_swap(t));
	}
	fake_disk_arm(t->d, -1);
	KUNIT_EXPECT_EQ(test, 0, hib_commit_retire(&t->s, image_id));
	KUNIT_EXPECT_TRUE(test, t->d->ops[1].opf & REQ_FUA);
	KUNIT_EXPECT_TRUE(test, is_swap(t));
	KUNIT_EXPECT_NULL(test, memchr_inv(record_on(t), 0, sizeof(*record_on(t)) -
					   HIB_SIGNATURE_BYTES));

	/* A damaged record: whoever retires it names no id. */
	KUNIT_ASSERT_EQ(test, 0, hib_commit_make(&t->s, &r, &begun));
	memset(record_on(t), 0xff, 64);
	KUNIT_EXPECT_EQ(test, -ESTALE, hib_commit_retire(&t->s, image_id));
	KUNIT_EXPECT_EQ(test, 0, hib_commit_retire(&t->s, NULL));
	KUNIT_EXPECT_TRUE(test, is_swap(t));
	KUNIT_ASSERT_EQ(test, 0, hib_commit_make(&t->s, &r, &begun));
	memset(record_on(t), 0xff, sizeof(*record_on(t)) - HIB_SIGNATURE_BYTES);
	KUNIT_EXPECT_EQ(test, 0, hib_commit_retire(&t->s, NULL));
	KUNIT_EXPECT_TRUE(test, is_swap(t));
}

static struct kunit_case device_cases[] = {
	KUNIT_CASE(bio_brings_back_what_it_took),
	KUNIT_CASE(bio_error_is_the_requests),
	KUNIT_CASE(bio_stays_on_the_device),
	KUNIT_CASE(store_finds_its_blocks),
	KUNIT_CASE(store_passes_errors_on),
	KUNIT_CASE(store_claims_its_device),
	KUNIT_CASE(store_header_stays_on_the_device),
	KUNIT_CASE(chain_comes_back),
	KUNIT_CASE(commit_comes_after_all_else),
	KUNIT_CASE(commit_that_fails_leaves_swap),
	KUNIT_CASE(commit_changes_only_its_own_record),
	KUNIT_CASE(commit_retires_what_there_is),
	{}
};

static struct kunit_suite device_suite = {
	.name = "hib_device",
	.init = device_init,
	.exit = device_exit,
	.test_cases = device_cases,
};

kunit_test_suite(device_suite);

MODULE_DESCRIPTION("Test of blocks and the commit record");
MODULE_LICENSE("GPL");
