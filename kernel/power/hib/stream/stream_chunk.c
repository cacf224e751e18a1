// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_chunk - pages into one chunk
 *
 * A page is read twice: once to see whether it is same-filled, once by the codec.
 * The codec writes into the segment. What does not shrink becomes a part of a raw segment
 * (stream_raw.c), or is copied into the coded one if it cannot.
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
	src->run = NULL;
	src->zeros_only = true;
	if (s->pages.fetch)
		s->pages.fetch(s->pages.priv, first, src->frame.nr_pages, w->plain.data);
	for (i = 0; i < src->frame.nr_pages; i++) {
		const void *page = chunk_page(s, w, first, i);

		if (hib_chunk_page_is_same(page, &src->fills[nr_same])) {
			src->frame.same_mask |= BIT(i);
			src->zeros_only = src->zeros_only && !src->fills[nr_same];
			nr_same++;
			continue;
		}
		if (!src->nr_packed)
			src->run = page;
		else if (page != src->packed[src->nr_packed - 1] + HIB_BLOCK_BYTES)
			src->run = NULL;
		src->packed[src->nr_packed++] = page;
	}
}

/* @out may be the buffer that the pages lie in: none moves towards its end. */
static void chunk_gather(const struct hib_stream_source *src, void *out)
{
	unsigned int i;

	if (src->run) {
		memcpy(out, src->run, (size_t)src->nr_packed * HIB_BLOCK_BYTES);
		return;
	}
	for (i = 0; i < src->nr_packed; i++)
		memmove(out + (size_t)i * HIB_BLOCK_BYTES, src->packed[i], HIB_BLOCK_BYTES);
}

/**
 * hib_stream_chunk_code() - Code the pages of a chunk.
 * @w: The worker.
 * @codec: How; NULL: not at all.
 * @src: What the scan found; its frame gets codec and length of the body.
 * @at: Where the chunk begins, with HIB_STREAM_CHUNK_ROOM behind it. The body is put where it
 *	belongs.
 * @hurry: Use the faster way to encode.
 *
 * Context: Process context.
 * Return: False if there is nothing to code, or it does not shrink by a worthwhile part: the
 *	body is not there, and the frame says that it is raw.
 */
bool hib_stream_chunk_code(struct hib_stream_worker *w, const struct hib_codec_ops *codec,
			   struct hib_stream_source *src, void *at, bool hurry)
{
	size_t bytes = (size_t)src->nr_packed * HIB_BLOCK_BYTES;
	struct hib_chunk *frame = &src->frame;
	void *body;

	frame->codec = HIB_CODEC_NONE;
	frame->body_bytes = bytes;
	if (!bytes || !codec || codec == &hib_codec_none || hib_stream_worker_setup(w, codec))
		return false;
	/* They may have lain in that buffer: from now on they are where they went. */
	if (!src->run) {
		chunk_gather(src, w->plain.data);
		src->run = w->plain.data;
	}
	body = at + hib_chunk_body_offset(frame->same_mask);
	frame->body_bytes = (hurry && codec->compress_fast ? codec->compress_fast :
			     codec->compress)
			    (src->run, bytes, body, bytes - bytes / 32, w->workspace.data);
	if (!frame->body_bytes) {
		frame->body_bytes = bytes;
		return false;
	}
	frame->codec = codec->id;
	return true;
}

/**
 * hib_stream_chunk_close() - Complete a chunk in a coded segment.
 * @s: The stream.
 * @src: Its pages, after hib_stream_chunk_code(). A raw body is copied to its place.
 * @at: Where the chunk begins.
 *
 * Context: Process context.
 * Return: Its length.
 */
u32 hib_stream_chunk_close(const struct hib_stream *s, const struct hib_stream_source *src,
			   void *at)
{
	if (src->nr_packed && src->frame.codec == HIB_CODEC_NONE)
		chunk_gather(src, at + hib_chunk_body_offset(src->frame.same_mask));
	return hib_chunk_close(at, s->image_id, &src->frame, src->fills);
}
