// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_ring - a worker's ring of segments
 *
 * Each worker of a stream has its own memory: HIB_STREAM_DEPTH segments that
 * go round in a ring, so that it can fill or empty one while the device works
 * on the others, one buffer for a chunk whose pages do not lie side by side,
 * and the codec's workspace. Nothing of it is shared, so nothing is locked.
 *
 * The memory is taken by hib_stream_prepare() and given back by
 * hib_stream_release(). Between, the ring is empty except while its worker
 * runs: whoever started I/O drains the ring before it returns, also when it
 * returns an error, because the device would go on writing to the memory.
 *
 * Context: process context, one task at a time.
 */
#include "stream_ring.h"
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include "buffer.h"
#include "codec.h"

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
		ret = hib_buffer_alloc(&w->buffers[i].buf, HIB_SEGMENT_BLOCKS, gfp);
	if (ret)
		hib_stream_worker_free(w);
	return ret;
}

/**
 * hib_stream_worker_free() - Give a worker's memory back.
 * @w: The worker, its ring empty; all zero afterwards.
 *
 * Context: Process context. Sleeps.
 */
void hib_stream_worker_free(struct hib_stream_worker *w)
{
	unsigned int i;

	for (i = 0; i < HIB_STREAM_DEPTH; i++)
		hib_buffer_free(&w->buffers[i].buf);
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

static struct hib_stream_buffer *ring_oldest(struct hib_stream_worker *w)
{
	return &w->buffers[(w->head + HIB_STREAM_DEPTH - w->nr_busy) % HIB_STREAM_DEPTH];
}

/**
 * hib_stream_ring_is_full() - Is the whole ring under I/O?
 * @w: The worker.
 *
 * Context: Any.
 * Return: True when no buffer is left to start.
 */
bool hib_stream_ring_is_full(const struct hib_stream_worker *w)
{
	return w->nr_busy == HIB_STREAM_DEPTH;
}

/**
 * hib_stream_ring_is_behind() - Is it the device that is waited for?
 * @w: The worker.
 *
 * Context: Process context.
 * Return: True when the whole ring is under I/O, the oldest not ended.
 */
bool hib_stream_ring_is_behind(struct hib_stream_worker *w)
{
	return hib_stream_ring_is_full(w) && !completion_done(&ring_oldest(w)->done.done);
}

/**
 * hib_stream_ring_wait() - Wait for the I/O that was started first.
 * @w: The worker.
 * @buffer: Receives the buffer, which is free from then on and keeps its content
 *	until its turn comes again; NULL when no I/O was under way.
 *
 * Context: Process context. Sleeps.
 * Return: The errno of that I/O, or 0.
 */
int hib_stream_ring_wait(struct hib_stream_worker *w, struct hib_stream_buffer **buffer)
{
	u64 start = ktime_get_ns();
	int ret;

	*buffer = NULL;
	if (!w->nr_busy)
		return 0;
	*buffer = ring_oldest(w);
	w->nr_busy--;
	ret = w->io->ops->wait(w->io->device, &(*buffer)->done);
	w->work.wait_ns += ktime_get_ns() - start;
	if (!ret && w->progress)
		atomic64_add((u64)(*buffer)->nr_blocks * HIB_BLOCK_BYTES, &w->progress->bytes);
	return ret;
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
	struct hib_stream_buffer *buffer;
	int first = 0;

	while (w->nr_busy) {
		int ret = hib_stream_ring_wait(w, &buffer);

		if (!first)
			first = ret;
	}
	return first;
}

/**
 * hib_stream_ring_get() - The memory to fill next.
 * @w: The worker.
 * @data: Receives the address of HIB_SEGMENT_BYTES.
 *
 * Context: Process context. Sleeps while the whole ring is under I/O.
 * Return: 0, or the errno of the I/O that ended to make room.
 */
int hib_stream_ring_get(struct hib_stream_worker *w, void **data)
{
	struct hib_stream_buffer *buffer;
	int ret = 0;

	if (hib_stream_ring_is_full(w))
		ret = hib_stream_ring_wait(w, &buffer);
	*data = w->buffers[w->head].buf.data;
	return ret;
}

static struct hib_stream_buffer *ring_next(struct hib_stream_worker *w, u64 offset, u32 nr_blocks)
{
	struct hib_stream_buffer *buffer = &w->buffers[w->head];

	if (WARN_ON_ONCE(hib_stream_ring_is_full(w) || nr_blocks > HIB_SEGMENT_BLOCKS))
		return NULL;
	buffer->offset = offset;
	buffer->nr_blocks = nr_blocks;
	return buffer;
}

static void ring_advance(struct hib_stream_worker *w)
{
	w->head = (w->head + 1) % HIB_STREAM_DEPTH;
	w->nr_busy++;
}

/**
 * hib_stream_ring_write() - Start to write the buffer that hib_stream_ring_get() gave.
 * @w: The worker.
 * @offset: Where to, bytes in the image, whole blocks.
 * @nr_blocks: How much, from the buffer's start on.
 *
 * Context: Process context. May sleep.
 * Return: 0, or the device's errno with nothing started.
 */
int hib_stream_ring_write(struct hib_stream_worker *w, u64 offset, u32 nr_blocks)
{
	struct hib_stream_buffer *buffer = ring_next(w, offset, nr_blocks);
	int ret;

	if (!buffer)
		return -EINVAL;
	ret = w->io->ops->write(w->io->device, offset, &buffer->buf, nr_blocks, &buffer->done);
	if (!ret)
		ring_advance(w);
	return ret;
}

/**
 * hib_stream_ring_read() - Start to read into the next buffer.
 * @w: The worker, its ring not full.
 * @offset: Where from, bytes in the image, whole blocks.
 * @nr_blocks: How much.
 *
 * Context: Process context. May sleep.
 * Return: 0, or the device's errno with nothing started.
 */
int hib_stream_ring_read(struct hib_stream_worker *w, u64 offset, u32 nr_blocks)
{
	struct hib_stream_buffer *buffer = ring_next(w, offset, nr_blocks);
	int ret;

	if (!buffer)
		return -EINVAL;
	ret = w->io->ops->read(w->io->device, offset, &buffer->buf, nr_blocks, &buffer->done);
	if (!ret)
		ring_advance(w);
	return ret;
}
