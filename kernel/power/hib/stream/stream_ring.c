// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_ring - a worker's rings of segments
 *
 * Each worker of a stream has its own memory: HIB_STREAM_DEPTH segments that
 * go round in a ring, so that it can fill or empty one while the device works
 * on the others, one buffer for a chunk whose pages do not lie side by side,
 * and the codec's workspace. A second ring, without memory, is for raw segments that are
 * written from where their pages lie. Nothing of it is shared, so nothing is locked.
 *
 * The memory is taken by hib_stream_prepare() and given back by
 * hib_stream_release(). Between, the rings are empty except while their worker
 * runs: whoever started I/O drains them before it returns, also when it
 * returns an error, because the device would go on writing to the memory.
 *
 * Context: process context, one task at a time.
 */
#include "stream_ring.h"
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include "buffer.h"
#include "codec.h"

static int worker_alloc_raw(struct hib_stream_worker *w, gfp_t gfp)
{
	unsigned int i;

	w->pages = kcalloc(HIB_SEGMENT_BLOCKS, sizeof(*w->pages), gfp);
	w->raw_chunks = kcalloc(HIB_SEGMENT_BLOCKS, sizeof(*w->raw_chunks), gfp);
	for (i = 0; i < HIB_STREAM_DEPTH; i++) {
		w->coded.buffers[i].blocks = kcalloc(HIB_SEGMENT_BLOCKS, sizeof(void *), gfp);
		if (!w->coded.buffers[i].blocks)
			return -ENOMEM;
	}
	return w->pages && w->raw_chunks ? 0 : -ENOMEM;
}

/**
 * hib_stream_worker_alloc() - Take a worker's memory.
 * @w: All zero.
 * @io: Where its segments go; outlives it.
 * @progress: Added to as work is done; NULL: nothing is.
 * @workspace_bytes: Size of the codec's workspace; 0: none.
 * @gfp: How hard to try.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or -ENOMEM with nothing held.
 */
int hib_stream_worker_alloc(struct hib_stream_worker *w, const struct hib_io *io,
			    struct hib_progress *progress, size_t workspace_bytes, gfp_t gfp)
{
	unsigned int i;
	int ret;

	w->io = io;
	w->progress = progress;
	ret = hib_buffer_alloc(&w->plain, HIB_CHUNK_PAGES, gfp);
	if (!ret && workspace_bytes)
		ret = hib_buffer_alloc(&w->workspace, PFN_UP(workspace_bytes), gfp);
	for (i = 0; !ret && i < HIB_STREAM_DEPTH; i++)
		ret = hib_buffer_alloc(&w->coded.buffers[i].buf, HIB_SEGMENT_BLOCKS, gfp);
	if (!ret)
		ret = worker_alloc_raw(w, gfp);
	if (ret)
		hib_stream_worker_free(w);
	return ret;
}

/**
 * hib_stream_worker_free() - Give a worker's memory back.
 * @w: The worker, its rings empty; all zero afterwards.
 *
 * Context: Process context. Sleeps.
 */
void hib_stream_worker_free(struct hib_stream_worker *w)
{
	unsigned int i;

	for (i = 0; i < HIB_STREAM_DEPTH; i++) {
		kfree(w->coded.buffers[i].blocks);
		hib_buffer_free(&w->coded.buffers[i].buf);
	}
	kfree(w->raw_chunks);
	kfree(w->pages);
	hib_buffer_free(&w->workspace);
	hib_buffer_free(&w->plain);
	memset(w, 0, sizeof(*w));
}

/**
 * hib_stream_worker_setup() - Make the workspace ready for a codec.
 * @w: The worker.
 * @codec: What is to be done next. Cheap when it is what was done last.
 *
 * Context: Process context.
 * Return: 0; -EOPNOTSUPP when the workspace was made for a smaller codec; the
 * codec's errno.
 */
int hib_stream_worker_setup(struct hib_stream_worker *w, const struct hib_codec_ops *codec)
{
	int ret;

	if (w->codec == codec)
		return 0;
	if (codec->workspace_bytes &&
	    codec->workspace_bytes() > (size_t)w->workspace.nr_pages << PAGE_SHIFT)
		return -EOPNOTSUPP;
	w->codec = NULL;
	ret = codec->workspace_init ? codec->workspace_init(w->workspace.data) : 0;
	if (!ret)
		w->codec = codec;
	return ret;
}

static struct hib_stream_buffer *ring_oldest(struct hib_stream_ring *r)
{
	return &r->buffers[(r->head + HIB_STREAM_DEPTH - r->nr_busy) % HIB_STREAM_DEPTH];
}

/**
 * hib_stream_ring_is_full() - Is the whole ring under I/O?
 * @r: The ring.
 *
 * Context: Any.
 * Return: True when no buffer is left to start.
 */
bool hib_stream_ring_is_full(const struct hib_stream_ring *r)
{
	return r->nr_busy == HIB_STREAM_DEPTH;
}

/**
 * hib_stream_ring_is_behind() - Is it the device that is waited for?
 * @r: The ring.
 *
 * Context: Process context.
 * Return: True when the whole ring is under I/O, the oldest not ended.
 */
bool hib_stream_ring_is_behind(struct hib_stream_ring *r)
{
	return hib_stream_ring_is_full(r) && !completion_done(&ring_oldest(r)->done.done);
}

/**
 * hib_stream_ring_wait() - Wait for the I/O that was started first.
 * @w: The worker.
 * @r: Its ring.
 * @buffer: Receives the buffer, which is free from then on and keeps its content
 *	until its turn comes again; NULL when no I/O was under way.
 *
 * Context: Process context. Sleeps.
 * Return: The errno of that I/O, or 0.
 */
int hib_stream_ring_wait(struct hib_stream_worker *w, struct hib_stream_ring *r,
			 struct hib_stream_buffer **buffer)
{
	u64 start = ktime_get_ns();
	int ret;

	*buffer = NULL;
	if (!r->nr_busy)
		return 0;
	*buffer = ring_oldest(r);
	r->nr_busy--;
	ret = w->io->ops->wait(w->io->device, &(*buffer)->done);
	w->work.wait_ns += ktime_get_ns() - start;
	if (!ret && w->progress)
		atomic64_add((u64)(*buffer)->nr_blocks * HIB_BLOCK_BYTES, &w->progress->bytes);
	return ret;
}

static int ring_drain(struct hib_stream_worker *w, struct hib_stream_ring *r)
{
	struct hib_stream_buffer *buffer;
	int first = 0;

	while (r->nr_busy) {
		int ret = hib_stream_ring_wait(w, r, &buffer);

		if (!first)
			first = ret;
	}
	return first;
}

/**
 * hib_stream_ring_drain() - Wait until nothing is under way.
 * @w: The worker.
 *
 * Context: Process context. Sleeps.
 * Return: The first errno of what was under way, or 0.
 */
int hib_stream_ring_drain(struct hib_stream_worker *w)
{
	int coded = ring_drain(w, &w->coded), raw = ring_drain(w, &w->raw);

	return coded ?: raw;
}

/**
 * hib_stream_ring_get() - The buffer to fill next.
 * @w: The worker.
 * @r: Its ring.
 * @buffer: Receives the buffer.
 *
 * Context: Process context. Sleeps while the whole ring is under I/O.
 * Return: 0, or the errno of the I/O that the buffer was under before.
 */
int hib_stream_ring_get(struct hib_stream_worker *w, struct hib_stream_ring *r,
			struct hib_stream_buffer **buffer)
{
	int ret = 0;

	if (hib_stream_ring_is_full(r))
		ret = hib_stream_ring_wait(w, r, buffer);
	*buffer = hib_stream_ring_next(r);
	return ret;
}

static struct hib_stream_buffer *ring_begin(struct hib_stream_ring *r, u64 offset, u32 nr_blocks)
{
	struct hib_stream_buffer *buffer = hib_stream_ring_next(r);

	if (WARN_ON_ONCE(hib_stream_ring_is_full(r) || nr_blocks > HIB_SEGMENT_BLOCKS))
		return NULL;
	buffer->offset = offset;
	buffer->nr_blocks = nr_blocks;
	return buffer;
}

static void ring_advance(struct hib_stream_ring *r)
{
	r->head = (r->head + 1) % HIB_STREAM_DEPTH;
	r->nr_busy++;
}

/**
 * hib_stream_ring_write() - Start to write the buffer that hib_stream_ring_get() gave.
 * @w: The worker.
 * @r: Its ring.
 * @pages: What is written: the buffer's own pages, or those of a raw segment.
 * @offset: Where to, bytes in the image, whole blocks.
 * @nr_blocks: How many of @pages.
 *
 * Context: Process context. May sleep.
 * Return: 0, or the device's errno with nothing started.
 */
int hib_stream_ring_write(struct hib_stream_worker *w, struct hib_stream_ring *r,
			  struct page **pages, u64 offset, u32 nr_blocks)
{
	struct hib_stream_buffer *buffer = ring_begin(r, offset, nr_blocks);
	int ret;

	if (!buffer)
		return -EINVAL;
	ret = w->io->ops->write(w->io->device, offset, pages, nr_blocks, &buffer->done);
	if (!ret)
		ring_advance(r);
	return ret;
}

/**
 * hib_stream_ring_read() - Start to read the next buffer.
 * @w: The worker.
 * @r: Its ring, not full.
 * @pages: Where to: the buffer's own pages, or those of a raw segment.
 * @offset: Where from, bytes in the image, whole blocks.
 * @nr_blocks: How many of @pages.
 *
 * Context: Process context. May sleep.
 * Return: 0, or the device's errno with nothing started.
 */
int hib_stream_ring_read(struct hib_stream_worker *w, struct hib_stream_ring *r,
			 struct page **pages, u64 offset, u32 nr_blocks)
{
	struct hib_stream_buffer *buffer = ring_begin(r, offset, nr_blocks);
	int ret;

	if (!buffer)
		return -EINVAL;
	ret = w->io->ops->read(w->io->device, offset, pages, nr_blocks, &buffer->done);
	if (!ret)
		ring_advance(r);
	return ret;
}
