// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_raw - raw segments, both ways
 *
 * What does not shrink, or is not to be coded, is moved between memory and the device without
 * a copy. On the way down a worker collects the pages of such chunks, as they lie in their
 * private copies, until a segment is full, and submits them. It looks at a page twice: for
 * whether it is zero, and for the tag. On the way up a raw segment is read into the frames
 * that its pages are loaded into, and only the tag is computed there.
 *
 * Three things cannot go this way, and become raw chunks of a coded segment: a page of live
 * memory (precopy), since it may change while it is written; a chunk with a page of one
 * repeated word other than zero, since a raw segment has no place for the word; and a chunk
 * of such pages only.
 *
 * Which chunks a raw segment has is listed apart (pure/rawlist.c, stream_segments.c).
 *
 * Context: process context.
 */
#include "stream_raw.h"
#include <linux/mm.h>
#include <linux/string.h>
#include "pure/rawlist.h"
#include "stream_chunk.h"
#include "stream_ring.h"
#include "stream_segments.h"

/**
 * hib_stream_raw_suits() - Can a chunk be a part of a raw segment?
 * @s: The stream.
 * @src: The chunk.
 *
 * Context: Any.
 * Return: True if its pages lie in private copies, and those without a body are zero.
 */
bool hib_stream_raw_suits(const struct hib_stream *s, const struct hib_stream_source *src)
{
	return !s->pages.fetch && src->nr_packed && src->zeros_only;
}

static struct hib_raw_chunk raw_chunk(const struct hib_stream_source *src)
{
	return (struct hib_raw_chunk) {
		.index = src->frame.index, .zero_mask = src->frame.same_mask,
	};
}

/**
 * hib_stream_raw_tag() - The tag of a chunk in a raw segment.
 * @s: The stream.
 * @src: A chunk that suits.
 *
 * Context: Any.
 * Return: The tag.
 */
u64 hib_stream_raw_tag(const struct hib_stream *s, const struct hib_stream_source *src)
{
	const struct hib_raw_chunk c = raw_chunk(src);

	return hib_raw_chunk_tag(&c, s->image_id, src->packed, src->nr_packed);
}

/**
 * hib_stream_raw_write() - Send a worker's raw segment, if it has begun one.
 * @s: The stream.
 * @w: The worker.
 * @raw: The segment; empty afterwards.
 *
 * Context: Process context. Sleeps while the worker's ring is under I/O.
 * Return: 0; -EINVAL: more than was prepared for; or an errno of the device.
 */
int hib_stream_raw_write(struct hib_stream *s, struct hib_stream_worker *w,
			 struct hib_stream_open_raw *raw)
{
	struct hib_stream_segment seg = {
		.nr_blocks = raw->nr_blocks, .raw_chunks = w->raw_chunks,
		.nr_raw = raw->nr_chunks,
	};
	struct hib_stream_buffer *buffer;
	int ret;

	if (!raw->nr_chunks)
		return 0;
	ret = hib_stream_ring_get(w, &w->raw, &buffer);
	if (!ret)
		ret = hib_stream_segment_claim(s, &seg);
	if (!ret)
		ret = hib_stream_ring_write(w, &w->raw, w->pages, seg.offset, seg.nr_blocks);
	if (!ret && s->progress) {
		atomic64_add(raw->nr_pages, &s->progress->pages);
		atomic64_add(raw->nr_pages - raw->nr_blocks, &s->progress->same_pages);
	}
	memset(raw, 0, sizeof(*raw));
	return ret;
}

/**
 * hib_stream_raw_add() - Add a chunk to a worker's raw segment.
 * @s: The stream.
 * @w: The worker.
 * @raw: The segment. If it is full, it is sent, and another begun.
 * @src: A chunk that suits; its pages stay as they are until all is written.
 *
 * Context: Process context. Sleeps as hib_stream_raw_write().
 * Return: As hib_stream_raw_write().
 */
int hib_stream_raw_add(struct hib_stream *s, struct hib_stream_worker *w,
		       struct hib_stream_open_raw *raw, const struct hib_stream_source *src)
{
	struct hib_raw_chunk *c;
	int ret = 0;

	if (raw->nr_blocks + src->nr_packed > HIB_SEGMENT_BLOCKS)
		ret = hib_stream_raw_write(s, w, raw);
	if (ret)
		return ret;
	c = &w->raw_chunks[raw->nr_chunks++];
	*c = raw_chunk(src);
	c->tag = hib_stream_raw_tag(s, src);
	for (unsigned int i = 0; i < src->nr_packed; i++)
		w->pages[raw->nr_blocks++] = virt_to_page(src->packed[i]);
	raw->nr_pages += src->frame.nr_pages;
	return 0;
}

/* Of the image, or of the buffer itself, which may have no one address but that of a mapping. */
static struct page *raw_page(const struct hib_buffer *buf, void *at)
{
	if (at >= buf->data && at < buf->data + HIB_SEGMENT_BYTES)
		return buf->pages[(at - buf->data) / HIB_BLOCK_BYTES];
	return virt_to_page(at);
}

/**
 * hib_stream_raw_read() - Start to read a raw segment into its pages.
 * @w: The worker, its ring with memory not full.
 * @u: Tells where these are.
 * @seg: The segment.
 * @why: Says what was wrong when an errno is returned.
 *
 * Context: Process context. Sleeps.
 * Return: 0, and hib_unpack_raw_end() is to be called when it has arrived; -EBADMSG: a chunk
 * was seen before; or an errno of the device. Then nothing was started.
 */
int hib_stream_raw_read(struct hib_stream_worker *w, struct hib_unpack *u,
			const struct hib_stream_segment *seg, const char **why)
{
	struct hib_stream_buffer *buffer = hib_stream_ring_next(&w->coded);
	int ret;

	buffer->raw_chunks = seg->raw_chunks;
	buffer->nr_raw = seg->nr_raw;
	ret = hib_unpack_raw_begin(u, seg->raw_chunks, seg->nr_raw, buffer->buf.data,
				   buffer->blocks, why);
	if (ret)
		return ret;
	for (u32 i = 0; i < seg->nr_blocks; i++)
		w->pages[i] = raw_page(&buffer->buf, buffer->blocks[i]);
	*why = "read error";
	return hib_stream_ring_read(w, &w->coded, w->pages, seg->offset, seg->nr_blocks);
}
