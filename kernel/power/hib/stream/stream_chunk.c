// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_chunk - pages into one chunk
 *
 * A page is read twice: once to see whether it is same-filled, once by the codec.
 * The codec writes into the segment, and what does not shrink is copied there.
 * Reading twice is correct for private copies that nobody else writes to. Pages
 * of live memory (precopy) are first fetched into the worker's plain buffer, once,
 * and are read there only.
 *
 * No state; memory is the worker's. Nothing here fails.
 *
 * Context: process context.
 */
#include "stream_chunk.h"
#include <linux/mm.h>
#include <linux/string.h>
#include "stream.h"
#include "stream_ring.h"

/* Where page @i of a chunk lies: a private copy, or what was fetched. */
static const void *chunk_page(const struct hib_stream *s, const struct hib_stream_worker *w,
			      u64 first, unsigned int i)
{
	if (s->pages.fetch)
		return w->plain.data + (size_t)i * HIB_BLOCK_BYTES;
	return s->pages.address(s->pages.priv, first + i);
}

/**
 * hib_stream_chunk_scan() - Look through the pages of a chunk.
 * @s: The stream.
 * @w: The worker.
 * @index: The chunk's.
 * @src: Receives what there is.
 *
 * Context: Process context.
 */
void hib_stream_chunk_scan(struct hib_stream *s, struct hib_stream_worker *w, u64 index,
			   struct hib_stream_source *src)
{
	u64 first = index * HIB_CHUNK_PAGES;
	unsigned int i, nr_same = 0;

	memset(&src->frame, 0, sizeof(src->frame));
	src->frame.index = index;
	src->frame.nr_pages = min_t(u64, HIB_CHUNK_PAGES, s->pages.nr_pages - first);
	src->nr_packed = 0;
	src->contiguous = true;
	if (s->pages.fetch)
		s->pages.fetch(s->pages.priv, first, src->frame.nr_pages, w->plain.data);
	for (i = 0; i < src->frame.nr_pages; i++) {
		const void *page = chunk_page(s, w, first, i);

		if (hib_chunk_page_is_same(page, &src->fills[nr_same])) {
			src->frame.same_mask |= BIT(i);
			nr_same++;
			continue;
		}
		if (src->nr_packed && page != src->packed[src->nr_packed - 1] + HIB_BLOCK_BYTES)
			src->contiguous = false;
		src->packed[src->nr_packed++] = page;
	}
}

/* @out may be the buffer that the pages lie in: none moves towards its end. */
static void chunk_gather(const struct hib_stream_source *src, void *out)
{
	unsigned int i;

	if (src->contiguous) {
		memcpy(out, src->packed[0], (size_t)src->nr_packed * HIB_BLOCK_BYTES);
		return;
	}
	for (i = 0; i < src->nr_packed; i++)
		memmove(out + (size_t)i * HIB_BLOCK_BYTES, src->packed[i], HIB_BLOCK_BYTES);
}

/* Code the packed pages to @out; 0 when they do not shrink by a worthwhile part. */
static u32 chunk_compress(struct hib_stream_worker *w, const struct hib_codec_ops *codec,
			  struct hib_stream_source *src, void *out, bool hurry)
{
	size_t bytes = (size_t)src->nr_packed * HIB_BLOCK_BYTES;

	if (!codec || codec == &hib_codec_none || hib_stream_worker_setup(w, codec))
		return 0;
	/* They may have lain in that buffer: from now on they are where they went. */
	if (!src->contiguous) {
		chunk_gather(src, w->plain.data);
		src->packed[0] = w->plain.data;
		src->contiguous = true;
	}
	return (hurry && codec->compress_fast ? codec->compress_fast : codec->compress)
		(src->packed[0], bytes, out, bytes - bytes / 32, w->workspace.data);
}

/**
 * hib_stream_chunk_encode() - Make a chunk.
 * @s: The stream.
 * @w: The worker.
 * @codec: How to code it; NULL: not at all.
 * @src: What the scan found; its frame is completed.
 * @at: Where to, with HIB_STREAM_CHUNK_ROOM behind it.
 * @hurry: Use the faster way to encode.
 *
 * Context: Process context.
 * Return: Its length.
 */
u32 hib_stream_chunk_encode(struct hib_stream *s, struct hib_stream_worker *w,
			    const struct hib_codec_ops *codec, struct hib_stream_source *src,
			    void *at, bool hurry)
{
	struct hib_chunk *frame = &src->frame;
	void *body = at + hib_chunk_body_offset(frame->same_mask);

	frame->codec = HIB_CODEC_NONE;
	frame->body_bytes = 0;
	if (src->nr_packed) {
		frame->body_bytes = chunk_compress(w, codec, src, body, hurry);
		if (frame->body_bytes) {
			frame->codec = codec->id;
		} else {
			frame->body_bytes = src->nr_packed * HIB_BLOCK_BYTES;
			chunk_gather(src, body);
		}
	}
	return hib_chunk_close(at, s->image_id, frame, src->fills);
}
