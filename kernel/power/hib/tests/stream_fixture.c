// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_fixture - pages and an image in memory, for the test of the stream
 *
 * The device moves no byte when a read or write is started, only when it is
 * waited for: a stream that looks at a segment too early, or uses it again too
 * soon, so gets or writes the wrong bytes.
 *
 * Pages come in blocks of a chunk each, which the stream sees by their addresses in the
 * kernel's own mapping. For the tests they have one range of addresses.
 */
#include "stream_fixture.h"
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

struct device_op {
	struct list_head entry;
	struct hib_io_done *done;
	bool write;
	void *image;
	struct page **pages;
	unsigned int nr_pages;
	int error;
};

static void op_free(struct device_op *op)
{
	kfree(op->pages);
	kfree(op);
}

static int device_start(struct stream_device *device, u64 offset, struct page **pages,
			unsigned int nr_pages, struct hib_io_done *done, bool write)
{
	int number = atomic_fetch_inc(&device->nr_started);
	u64 bytes = (u64)nr_pages * HIB_BLOCK_BYTES;
	struct device_op *op;

	if (number == device->fail_start)
		return device->error;
	if (!nr_pages || offset % HIB_BLOCK_BYTES || offset > device->bytes ||
	    bytes > device->bytes - offset)
		return -ENOSPC;
	op = kzalloc(sizeof(*op), GFP_KERNEL);
	if (!op)
		return -ENOMEM;
	op->done = done;
	op->write = write;
	op->image = device->image + offset;
	op->nr_pages = nr_pages;
	op->pages = kmemdup(pages, nr_pages * sizeof(*pages), GFP_KERNEL);
	if (!op->pages) {
		op_free(op);
		return -ENOMEM;
	}
	op->error = number == device->fail_wait ? device->error : 0;
	init_completion(&op->done->done);
	if (device->quick)
		complete(&op->done->done);
	spin_lock(&device->lock);
	list_add_tail(&op->entry, &device->ops);
	spin_unlock(&device->lock);
	return 0;
}

static int device_write(void *priv, u64 offset, struct page **pages, unsigned int nr_pages,
			struct hib_io_done *done)
{
	return device_start(priv, offset, pages, nr_pages, done, true);
}

static int device_read(void *priv, u64 offset, struct page **pages, unsigned int nr_pages,
		       struct hib_io_done *done)
{
	return device_start(priv, offset, pages, nr_pages, done, false);
}

static void device_move(const struct device_op *op)
{
	for (unsigned int i = 0; i < op->nr_pages; i++) {
		void *page = page_address(op->pages[i]), *block = op->image + i * HIB_BLOCK_BYTES;

		memcpy(op->write ? block : page, op->write ? page : block, HIB_BLOCK_BYTES);
	}
}

static int device_wait(void *priv, struct hib_io_done *done)
{
	struct stream_device *device = priv;
	struct device_op *op;
	int ret = -ENOENT;

	fsleep(device->wait_us);
	spin_lock(&device->lock);
	list_for_each_entry(op, &device->ops, entry) {
		if (op->done != done)
			continue;
		list_del(&op->entry);
		ret = op->error;
		break;
	}
	spin_unlock(&device->lock);
	if (ret == -ENOENT)
		return ret;
	if (!ret)
		device_move(op);
	op_free(op);
	return ret;
}

static u64 device_mib_ns(void *priv)
{
	struct stream_device *device = priv;

	return atomic_read(&device->nr_started) < device->known_after ? 0 : device->mib_ns;
}

static const struct hib_io_ops device_ops = {
	.write = device_write,
	.read = device_read,
	.wait = device_wait,
	.mib_ns = device_mib_ns,
};

static void free_action(void *p)
{
	vfree(p);
}

static void *alloc(struct kunit *test, u64 bytes)
{
	void *p = vzalloc(bytes ?: 1);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_action, p));
	return p;
}

static void free_pages_action(void *p)
{
	struct stream_pages *pages = p;

	vunmap(pages->data);
	for (u64 i = 0; i < pages->nr; i++)
		__free_page(pages->page[i]);
	kvfree(pages->page);
}

static void alloc_pages_of(struct kunit *test, struct stream_pages *pages, u64 nr_pages)
{
	u64 nr = max(round_up(nr_pages, HIB_CHUNK_PAGES), HIB_CHUNK_PAGES);

	pages->page = kvcalloc(nr, sizeof(*pages->page), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pages->page);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, free_pages_action, pages));
	while (pages->nr < nr) {
		struct page *block = alloc_pages(GFP_KERNEL | __GFP_ZERO,
						 get_order(HIB_CHUNK_PAGES * PAGE_SIZE));

		KUNIT_ASSERT_NOT_NULL(test, block);
		split_page(block, get_order(HIB_CHUNK_PAGES * PAGE_SIZE));
		for (unsigned int i = 0; i < HIB_CHUNK_PAGES; i++)
			pages->page[pages->nr++] = block + i;
	}
	pages->data = vmap(pages->page, nr, VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pages->data);
}

struct stream_fixture *stream_fixture_create(struct kunit *test, u64 nr_pages)
{
	struct stream_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->nr_pages = nr_pages;
	alloc_pages_of(test, &f->from_pages, nr_pages);
	alloc_pages_of(test, &f->to_pages, nr_pages);
	f->from = f->from_pages.data;
	f->to = f->to_pages.data;
	f->device.bytes = (nr_pages + nr_pages / 8 + 64) * HIB_BLOCK_BYTES;
	f->device.image = alloc(test, f->device.bytes);
	spin_lock_init(&f->device.lock);
	INIT_LIST_HEAD(&f->device.ops);
	f->device.fail_start = -1;
	f->device.fail_wait = -1;
	return f;
}

static void fill_text(char *page, u32 seed)
{
	size_t at = 0;

	while (at < PAGE_SIZE - 32)
		at += scnprintf(page + at, PAGE_SIZE - at, "line %u of page %u\n", (u32)at, seed);
}

void stream_fixture_fill(struct stream_fixture *f)
{
	struct rnd_state rnd;
	u64 i;

	prandom_seed_state(&rnd, f->nr_pages);
	for (i = 0; i < f->nr_pages; i++) {
		void *page = f->from + i * PAGE_SIZE;

		/* Runs of four, so that each chunk has some of each kind. */
		switch (prandom_u32_state(&rnd) % 8 * (i % 4 != 3)) {
		case 0:
			memset(page, 0, PAGE_SIZE);
			break;
		case 1:
			memset64(page, 0x0123456789abcdefULL + i, PAGE_SIZE / 8);
			break;
		case 2: case 3:
			prandom_bytes_state(&rnd, page, PAGE_SIZE);
			break;
		default:
			fill_text(page, i);
		}
	}
}

void stream_fixture_fill_random(struct stream_fixture *f)
{
	struct rnd_state rnd;

	prandom_seed_state(&rnd, f->nr_pages);
	prandom_bytes_state(&rnd, f->from, f->nr_pages * PAGE_SIZE);
}

void stream_fixture_fill_text(struct stream_fixture *f)
{
	u64 i;

	for (i = 0; i < f->nr_pages; i++)
		fill_text(f->from + i * PAGE_SIZE, i);
}

/* Scattered: pages from both ends in turn, never two side by side. */
static void *page_of(const struct stream_fixture *f, const struct stream_pages *pages, u64 index)
{
	if (f->scattered)
		index = index & 1 ? f->nr_pages - 1 - index / 2 : index / 2;
	return page_address(pages->page[index]);
}

static void *from_address(void *priv, u64 index)
{
	struct stream_fixture *f = priv;

	return page_of(f, &f->from_pages, index);
}

void *stream_fixture_to(void *priv, u64 index)
{
	struct stream_fixture *f = priv;

	return page_of(f, &f->to_pages, index);
}

static void release_action(void *s)
{
	hib_stream_release(s);
}

static struct hib_stream *stream_create(struct kunit *test, struct stream_fixture *f,
					const struct hib_codec_ops *codec, unsigned int workers,
					void *(*address)(void *priv, u64 index))
{
	struct hib_stream *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	memset(&f->progress, 0, sizeof(f->progress));
	s->io = (struct hib_io) { &device_ops, &f->device };
	s->pages = (struct hib_pages) {
		.address = address, .priv = f, .nr_pages = f->nr_pages,
	};
	s->codec = codec;
	s->progress = &f->progress;
	memcpy(s->image_id, "0123456789abcdef", HIB_ID_BYTES);
	KUNIT_ASSERT_EQ(test, 0, hib_stream_prepare(s, workers, f->nr_pages));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, release_action, s));
	return s;
}

struct hib_stream *stream_fixture_writer(struct kunit *test, struct stream_fixture *f,
					 const struct hib_codec_ops *codec, unsigned int workers)
{
	memset(f->device.image, 0xee, f->device.bytes);
	return stream_create(test, f, codec, workers, from_address);
}

struct hib_stream *stream_fixture_reader(struct kunit *test, struct stream_fixture *f,
					 unsigned int workers)
{
	memset(f->to, 0xdd, f->nr_pages * PAGE_SIZE);
	return stream_create(test, f, NULL, workers, stream_fixture_to);
}

int stream_fixture_write(struct stream_fixture *f, struct hib_stream *s)
{
	return hib_stream_write_pages(s, 0, &f->data_bytes) ?:
	       hib_stream_write_segments(s, &f->segments, &f->raw_chunks);
}

int stream_fixture_read(struct stream_fixture *f, struct hib_stream *s, const char **why)
{
	return hib_stream_read_segments(s, &f->segments, &f->raw_chunks, f->data_bytes, why) ?:
	       hib_stream_read_pages(s, why);
}

void stream_fixture_expect_idle(struct kunit *test, struct stream_fixture *f)
{
	KUNIT_EXPECT_TRUE(test, list_empty(&f->device.ops));
}

void stream_fixture_expect_same(struct kunit *test, struct stream_fixture *f)
{
	u64 i, at;

	for (i = 0; i < f->nr_pages; i++) {
		at = i * PAGE_SIZE;
		KUNIT_ASSERT_EQ_MSG(test, 0, memcmp(f->from + at, f->to + at, PAGE_SIZE),
				    "page %llu", i);
	}
}
