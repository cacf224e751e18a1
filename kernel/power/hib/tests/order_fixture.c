// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: order_fixture - a way down and a way up in memory, for the test of the order layer
 *
 * The image is one of a few pages that the test owns: all other frames are among
 * those that are never saved. The pages are copied while all CPUs stand still, written to
 * a place in memory, and loaded beside themselves, up to the record for the
 * restored kernel. No device and no task is stopped, and nothing is moved.
 */
#include "order_fixture.h"
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/hibernation_arch.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/stop_machine.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include "device/commit.h"
#include "order/arrange.h"
#include "order/read.h"
#include "order/recorder.h"
#include "order/up.h"
#include "order/usergive.h"
#include "order/usertake.h"
#include "order/write.h"
#include "stream/codec.h"

/* The first word of each page tells its frame. One that is no noise has this word alone. */
static void fill(unsigned long pfn, bool noise)
{
	u64 *words = pfn_to_kaddr(pfn);

	memset64(words, pfn, PAGE_SIZE / sizeof(*words));
	if (noise)
		get_random_bytes(words + 1, PAGE_SIZE - sizeof(*words));
}

static void take_pages(struct order_fixture *f)
{
	for (unsigned int i = 0; i < ORDER_PAGES; i++) {
		struct page *page = alloc_page(GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(f->test, page);
		fill(page_to_pfn(page), i % 3 == 0);
		if (hib_pfnset_add(&f->mine, page_to_pfn(page))) {
			__free_page(page);
			KUNIT_FAIL_AND_ABORT(f->test, "no memory for a set of page frames");
		}
	}
}

u8 *order_fixture_signature(struct order_fixture *f)
{
	return (u8 *)fake_disk_block(f->disk, 1) - HIB_SIGNATURE_BYTES;
}

void order_fixture_init(struct order_fixture *f, struct kunit *test, u64 nr_blocks)
{
	f->test = test;
	KUNIT_ASSERT_EQ(test, 0, hib_pfnset_init(&f->mine, max_pfn));
	f->disk = fake_disk_create(test, nr_blocks);
	f->ops = hib_place_memory;
	f->ops.signature = HIB_SWAP_SIGNATURE;
	memcpy(order_fixture_signature(f), HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	take_pages(f);
}

void order_fixture_exit(struct order_fixture *f)
{
	unsigned long pfn;

	order_fixture_unclaim(f);
	hib_pfnset_for_each(pfn, &f->mine)
		__free_page(pfn_to_page(pfn));
	hib_pfnset_exit(&f->mine);
}

void order_fixture_claim(struct order_fixture *f, u64 nr_blocks)
{
	struct file *file = bdev_file_open_by_dev(fake_disk_dev(f->disk),
						  BLK_OPEN_READ | BLK_OPEN_WRITE, f, NULL);

	KUNIT_ASSERT_FALSE(f->test, IS_ERR(file));
	f->file = file;
	memory_place_use(&f->place, file_bdev(file), nr_blocks);
}

void order_fixture_unclaim(struct order_fixture *f)
{
	if (f->file)
		bdev_fput(f->file);
	f->file = NULL;
}

static int down_open(struct order_fixture *f, struct hib_store *s)
{
	const struct hib_place_wanted any = {};
	int ret = hib_store_init(s);

	if (ret)
		return ret;
	s->place = &f->ops;
	ret = s->place->open(s, &any);
	if (ret)
		hib_store_exit(s);
	return ret;
}

static int down_spare_others(struct order_fixture *f, struct hib_pfnset *nosave)
{
	int ret = hib_pfnset_add_range(nosave, 0, max_pfn);
	unsigned long pfn;

	hib_pfnset_for_each(pfn, &f->mine)
		hib_pfnset_remove(nosave, pfn);
	return ret;
}

static int down_memory(struct order_fixture *f, struct hib_down *d)
{
	const struct hib_snapshot_need need = {
		.copy = ORDER_PAGES, .saved = ORDER_PAGES, .digests = true,
		.precopy = f->early ? ORDER_PAGES : 0,
	};
	struct hib_stream *s = &d->s.stream;

	get_random_bytes(d->s.image_id, sizeof(d->s.image_id));
	d->budget.level = HIB_LEVEL_ALL;
	s->io = (struct hib_io) { &hib_store_io_ops, &d->s.store };
	s->progress = &d->s.progress;
	s->codec = &hib_codec_lz4;
	memcpy(s->image_id, d->s.image_id, sizeof(s->image_id));
	return hib_snapshot_create(&d->snapshot, NULL) ?:
	       hib_stream_prepare(s, 0, 2 * ORDER_PAGES) ?:
	       down_spare_others(f, &d->snapshot.nosave) ?:
	       hib_snapshot_reserve(&d->snapshot, &need);
}

static int down_take(void *snapshot)
{
	return hib_snapshot_take(snapshot);
}

/* The header has to describe a kernel that could be entered again. */
static int down_copy(void *snapshot)
{
	return hib_arch_suspend(down_take, snapshot);
}

static int down_write_all(struct order_fixture *f, struct hib_down *d)
{
	int ret = f->early ? hib_write_early(d) : 0;

	if (!ret) {
		fill(hib_pfnset_next(&f->mine, 0), true);
		ret = stop_machine(down_copy, &d->snapshot, NULL);
		KUNIT_EXPECT_EQ(f->test, 0, ret);
	}
	d->step = "write";
	if (f->logged)
		hib_timeline_begin(d->s.timeline, d->step, false, ktime_get_mono_fast_ns());
	ret = ret ?: hib_write_image(d) ?: hib_write_commit(d);
	f->open = f->logged && !d->s.timeline->steps[0].ended;
	/* Whoever fails says why. */
	KUNIT_EXPECT_EQ(f->test, d->s.result.error, ret);
	KUNIT_EXPECT_EQ(f->test, !!d->s.result.reason[0], !!ret);
	return ret;
}

static int down_run(struct order_fixture *f, struct hib_down *d)
{
	int ret = down_open(f, &d->s.store);

	if (ret)
		return ret;
	ret = down_memory(f, d);
	KUNIT_EXPECT_EQ(f->test, 0, ret);
	ret = ret ?: hib_store_reserve(&d->s.store, 2 * ORDER_PAGES) ?: down_write_all(f, d);
	f->next = d->next;
	f->header = d->s.header;
	f->record = d->s.record;
	hib_stream_release(&d->s.stream);
	hib_snapshot_destroy(&d->snapshot);
	hib_store_give_back(&d->s.store);
	hib_store_close(&d->s.store);
	return ret;
}

int order_fixture_down(struct order_fixture *f)
{
	unsigned int flags = lock_system_sleep();
	struct hib_down *d;
	int ret;

	d = hib_down_begin(HIB_MODE_SHUTDOWN, &ret);
	if (d) {
		ret = down_run(f, d);
		hib_down_end(d);
	}
	unlock_system_sleep(flags);
	KUNIT_EXPECT_EQ(f->test, f->place.nr_taken, 0);
	return ret;
}

/* Each page was loaded once, and is what it is where it came from. */
static void up_compare(struct order_fixture *f, struct hib_up *u)
{
	u64 nr_loaded = 0, nr_stale = 0;
	struct hib_pfnset seen;

	KUNIT_ASSERT_EQ(f->test, 0, hib_pfnset_init(&seen, max_pfn));
	for (u64 i = 0; i < u->s.stream.pages.nr_pages; i++) {
		const u64 *page = hib_arrange_address(u, i);

		if (!page) {
			nr_stale++;
			continue;
		}
		if (!hib_pfnset_test(&f->mine, page[0]) || hib_pfnset_add(&seen, page[0]))
			break;
		KUNIT_EXPECT_PTR_NE(f->test, page, (const u64 *)pfn_to_kaddr(page[0]));
		KUNIT_EXPECT_MEMEQ(f->test, page, pfn_to_kaddr(page[0]), PAGE_SIZE);
		nr_loaded++;
	}
	KUNIT_EXPECT_EQ(f->test, nr_loaded, (u64)ORDER_PAGES);
	KUNIT_EXPECT_EQ(f->test, seen.nr_set, (unsigned long)ORDER_PAGES);
	KUNIT_EXPECT_EQ(f->test, nr_stale, u->s.header.nr_stale);
	hib_pfnset_exit(&seen);
}

static int up_read_all(struct order_fixture *f, struct hib_up *u)
{
	int ret = hib_read_check(u) ?: hib_read_lists(u) ?: hib_arrange(u) ?: hib_read_pages(u) ?:
		  hib_arrange_handover(u);

	/* Whoever refuses says why. */
	KUNIT_EXPECT_EQ(f->test, u->s.result.error, ret);
	KUNIT_EXPECT_EQ(f->test, !!u->s.result.reason[0], !!ret);
	if (!ret)
		up_compare(f, u);
	f->header = u->s.header;
	f->record = u->s.record;
	f->nr_moved = u->relocation.nr_pages;
	f->nr_steps = u->s.timeline->nr;
	return ret;
}

static void up_release(struct hib_up *u)
{
	hib_arrange_release(u);
	hib_stream_release(&u->s.stream);
	hib_pfnset_exit(&u->stale);
	hib_pfnset_exit(&u->early);
	hib_pfnset_exit(&u->image);
}

int order_fixture_up(struct order_fixture *f)
{
	unsigned int flags = lock_system_sleep();
	struct hib_up *u;
	int ret;

	u = hib_up_begin(HIB_MODE_SHUTDOWN, &ret);
	if (u) {
		ret = hib_store_open_device(&u->s.store, fake_disk_dev(f->disk), 0);
		if (!ret) {
			ret = up_read_all(f, u);
			up_release(u);
			hib_store_close_device(&u->s.store);
		}
		hib_up_end(u);
	}
	unlock_system_sleep(flags);
	return ret;
}

static int up_record(struct order_fixture *f, struct hib_up *u, const char *step)
{
	int ret = hib_read_check(u);

	if (ret)
		return ret;
	hib_recorder_open(u);
	f->nr_steps = u->s.timeline->nr;
	u->counted = true;
	hib_recorder_mark(&u->s, step, HIB_STEP_ENTERS, 0);
	return 0;
}

int order_fixture_record(struct order_fixture *f, const char *step)
{
	unsigned int flags = lock_system_sleep();
	struct hib_up *u;
	int ret;

	u = hib_up_begin(HIB_MODE_SHUTDOWN, &ret);
	if (u) {
		ret = hib_store_open_device(&u->s.store, fake_disk_dev(f->disk), 0);
		if (!ret) {
			ret = up_record(f, u, step);
			hib_store_close_device(&u->s.store);
		}
		hib_up_end(u);
	}
	unlock_system_sleep(flags);
	return ret;
}

#ifdef CONFIG_HIBERNATION_SNAPSHOT_DEV
static void *give_blocks(struct order_fixture *f, struct hib_usergive *g, u64 *nr)
{
	u64 bytes = hib_usergive_bytes(g);
	const void *block;
	void *blocks;

	blocks = vmalloc(bytes);
	KUNIT_EXPECT_NOT_NULL(f->test, blocks);
	if (!blocks)
		return NULL;
	for (*nr = 0; (block = hib_usergive_next(g)); (*nr)++) {
		if (*nr == bytes >> HIB_BLOCK_SHIFT)
			break;
		memcpy(blocks + (*nr << HIB_BLOCK_SHIFT), block, HIB_BLOCK_BYTES);
	}
	KUNIT_EXPECT_EQ(f->test, *nr << HIB_BLOCK_SHIFT, bytes);
	KUNIT_EXPECT_NULL(f->test, hib_usergive_next(g));
	return blocks;
}

static void *give_all(struct order_fixture *f, struct hib_down *d, u64 *nr)
{
	struct hib_usergive g;
	void *blocks = NULL;
	int ret = hib_usergive_init(&g, d);

	KUNIT_EXPECT_EQ(f->test, 0, ret);
	if (ret)
		return NULL;
	ret = down_memory(f, d) ?: stop_machine(down_copy, &d->snapshot, NULL) ?:
	      hib_usergive_begin(&g);
	KUNIT_EXPECT_EQ(f->test, 0, ret);
	if (!ret)
		blocks = give_blocks(f, &g, nr);
	hib_usergive_exit(&g);
	hib_stream_release(&d->s.stream);
	hib_snapshot_destroy(&d->snapshot);
	return blocks;
}

void *order_fixture_give(struct order_fixture *f, u64 *nr)
{
	unsigned int flags = lock_system_sleep();
	void *blocks = NULL;
	struct hib_down *d;
	int ret;

	d = hib_down_begin(HIB_MODE_SHUTDOWN, &ret);
	if (d) {
		d->writer = HIB_WRITER_USER;
		blocks = give_all(f, d, nr);
		hib_down_end(d);
	}
	unlock_system_sleep(flags);
	return blocks;
}

static int take_all(struct order_fixture *f, struct hib_up *u, const void *blocks, u64 nr)
{
	struct hib_usertake t;
	int ret = hib_usertake_init(&t, u);

	if (ret)
		return ret;
	for (u64 i = 0; i < nr && !ret; i++)
		ret = hib_usertake_block(&t, blocks + (i << HIB_BLOCK_SHIFT));
	/* Whoever refuses says why, and goes on to refuse. */
	KUNIT_EXPECT_EQ(f->test, u->s.result.error != 0, ret != 0);
	KUNIT_EXPECT_EQ(f->test, !!u->s.result.reason[0], !!ret);
	if (ret) {
		KUNIT_EXPECT_EQ(f->test, ret, hib_usertake_block(&t, blocks));
		KUNIT_EXPECT_EQ(f->test, u->pool.frames.nr_set, 0ul);
	}
	if (!ret && !hib_usertake_is_complete(&t))
		ret = -EAGAIN;
	if (!ret) {
		u->s.stream.pages.nr_pages = t.plan.nr_pages;
		up_compare(f, u);
	}
	hib_usertake_forget(&t);
	hib_usertake_exit(&t);
	return ret;
}

int order_fixture_take(struct order_fixture *f, const void *blocks, u64 nr)
{
	unsigned int flags = lock_system_sleep();
	struct hib_up *u;
	int ret;

	u = hib_up_begin(HIB_MODE_SHUTDOWN, &ret);
	if (u) {
		u->by_user = true;
		ret = take_all(f, u, blocks, nr);
		hib_up_end(u);
	}
	unlock_system_sleep(flags);
	return ret;
}
#endif

int order_fixture_retire(struct order_fixture *f)
{
	struct hib_store *s = &f->store;
	int ret = hib_store_open_device(s, fake_disk_dev(f->disk), 0);

	if (ret)
		return ret;
	ret = hib_commit_retire(s, f->record.image_id);
	hib_store_close_device(s);
	return ret;
}
