// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_list - the lists of an image
 *
 * Behind its segments an image has lists: page frames, segments (stream_segments.c),
 * digests, steps. A list is a piece: leaves one behind the other, each a block with a
 * tag of its own. They are made and checked in the ring of the first worker,
 * so that no list needs memory of its own on the way to the device.
 *
 * What a piece says is hostile on the way up: lengths are bounded by what the
 * stream was prepared for, and must agree with what the leaves hold.
 *
 * Context: process context, one task, no workers running.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "stream_list.h"
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "pure/leaf.h"
#include "pure/pagemap.h"
#include "stream.h"
#include "stream_ring.h"

static int list_write_leaves(struct hib_list_writer *writer, u64 offset, u32 nr_leaves)
{
	struct hib_stream *s = writer->s;
	struct hib_stream_worker *w = &s->workers[0];
	struct hib_stream_buffer *buffer;
	struct hib_disk_leaf *leaf;
	u32 done, i, nr;
	int ret;

	for (done = 0; done < nr_leaves; done += nr) {
		nr = min(nr_leaves - done, HIB_SEGMENT_BLOCKS);
		ret = hib_stream_ring_get(w, &w->coded, &buffer);
		if (ret)
			return ret;
		leaf = buffer->buf.data;
		for (i = 0; i < nr; i++)
			writer->fill(writer, leaf + i, done + i);
		ret = hib_stream_ring_write(w, &w->coded, buffer->buf.pages,
					    offset + (u64)done * HIB_BLOCK_BYTES, nr);
		if (ret)
			return ret;
		cond_resched();
	}
	return 0;
}

/**
 * hib_list_write() - Append a list to the image.
 * @writer: Fills its leaves.
 * @nr_leaves: How many there are.
 * @nr_entries: What they hold in all.
 * @piece: Receives where the list lies.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or an errno of the device.
 */
int hib_list_write(struct hib_list_writer *writer, u32 nr_leaves, u64 nr_entries,
		   struct hib_piece *piece)
{
	struct hib_stream *s = writer->s;
	int ret, drained;

	piece->offset = atomic64_fetch_add((u64)nr_leaves * HIB_BLOCK_BYTES, &s->next_offset);
	piece->nr_entries = nr_entries;
	piece->nr_leaves = nr_leaves;
	ret = list_write_leaves(writer, piece->offset, nr_leaves);
	drained = hib_stream_ring_drain(&s->workers[0]);
	return ret ?: drained;
}

static void pagemap_fill(struct hib_list_writer *writer, struct hib_disk_leaf *leaf, u32 index)
{
	hib_pagemap_encode(writer->set, &writer->pfn, leaf, writer->s->image_id, index);
}

/**
 * hib_stream_write_pagemap() - Write the page list as a piece.
 * @s: The stream, after hib_stream_write_pages().
 * @set: The page frames of the image.
 * @piece: Receives where the list lies.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or an errno of the device.
 */
int hib_stream_write_pagemap(struct hib_stream *s, const struct hib_pfnset *set,
			     struct hib_piece *piece)
{
	struct hib_list_writer writer = {
		.s = s,
		.fill = pagemap_fill,
		.set = set,
	};
	u64 nr_runs = hib_pagemap_count_runs(set);

	return hib_list_write(&writer, hib_pagemap_leaves(nr_runs), nr_runs, piece);
}

static void leaves_fill(struct hib_list_writer *writer, struct hib_disk_leaf *leaf, u32 index)
{
	memcpy(leaf, writer->leaf(writer->priv, index), sizeof(*leaf));
}

/**
 * hib_stream_write_leaves() - Write leaves that are closed already as a list.
 * @s: The stream, after hib_stream_write_pages().
 * @leaf: Gives the address of a leaf.
 * @priv: Passed to it.
 * @nr_leaves: How many there are.
 * @nr_entries: What they hold in all.
 * @piece: Receives where the list lies.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or an errno of the device.
 */
int hib_stream_write_leaves(struct hib_stream *s, void *(*leaf)(void *priv, u32 index),
			    void *priv, u32 nr_leaves, u64 nr_entries, struct hib_piece *piece)
{
	struct hib_list_writer writer = {
		.s = s,
		.fill = leaves_fill,
		.leaf = leaf,
		.priv = priv,
	};

	return hib_list_write(&writer, nr_leaves, nr_entries, piece);
}

/* Take all leaves of a buffer that has arrived. */
static int list_take(struct hib_list_reader *reader, const struct hib_stream_buffer *buffer,
		     u32 first)
{
	const struct hib_disk_leaf *leaf = buffer->buf.data;
	int ret;
	u32 i;

	for (i = 0; i < buffer->nr_blocks; i++) {
		ret = reader->take(reader, leaf + i, first + i);
		if (ret) {
			pr_err("list at %llu: leaf %u: %s\n",
			       buffer->offset + (u64)i * HIB_BLOCK_BYTES, first + i, reader->why);
			return ret;
		}
	}
	reader->why = "read error";
	cond_resched();
	return 0;
}

static int list_read_leaves(struct hib_list_reader *reader, const struct hib_piece *piece)
{
	struct hib_stream_worker *w = &reader->s->workers[0];
	u32 nr, started = 0, taken = 0;
	struct hib_stream_buffer *buffer;
	int ret;

	while (taken < piece->nr_leaves) {
		while (started < piece->nr_leaves && !hib_stream_ring_is_full(&w->coded)) {
			buffer = hib_stream_ring_next(&w->coded);
			nr = min(piece->nr_leaves - started, HIB_SEGMENT_BLOCKS);
			ret = hib_stream_ring_read(w, &w->coded, buffer->buf.pages,
						   piece->offset +
						   (u64)started * HIB_BLOCK_BYTES, nr);
			if (ret)
				return ret;
			started += nr;
		}
		ret = hib_stream_ring_wait(w, &w->coded, &buffer);
		if (ret)
			return ret;
		ret = list_take(reader, buffer, taken);
		if (ret)
			return ret;
		taken += buffer->nr_blocks;
	}
	return 0;
}

/**
 * hib_list_read() - Read a list of the image.
 * @reader: Takes its leaves.
 * @piece: Where it lies; may be hostile.
 * @why: Says what was wrong, in a few words, when an errno is returned.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -EBADMSG damaged; what @reader->take returned; an errno of the device.
 */
int hib_list_read(struct hib_list_reader *reader, const struct hib_piece *piece, const char **why)
{
	int ret;

	*why = "place of a list";
	if (!hib_piece_is_inside(piece, S64_MAX))
		return -EBADMSG;
	reader->why = "read error";
	ret = list_read_leaves(reader, piece);
	hib_stream_ring_drain(&reader->s->workers[0]);
	*why = reader->why;
	return ret;
}

/* What all leaves of a list held, against what its place said. */
static int list_check_count(u64 nr_entries, const struct hib_piece *piece, const char **why)
{
	*why = "count of a list";
	return nr_entries == piece->nr_entries ? 0 : -EBADMSG;
}

static int pagemap_take(struct hib_list_reader *reader, const struct hib_disk_leaf *leaf, u32 index)
{
	int ret = hib_pagemap_decode(&reader->pagemap, leaf, reader->s->image_id);

	if (ret)
		reader->why = ret == -ENOMEM ? "no memory for the page list" : "page list";
	return ret;
}

/**
 * hib_stream_read_pagemap() - Read the page list.
 * @s: A prepared stream.
 * @piece: Where it is, from the header.
 * @set: Receives the page frames; empty before. Garbage when this fails.
 * @max_pages: More are refused. That there are as many as the header says is
 *	for the caller to compare.
 * @why: Says what was wrong, in a few words, when an errno is returned.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -EBADMSG damaged; -ENOMEM; an errno of the device.
 */
int hib_stream_read_pagemap(struct hib_stream *s, const struct hib_piece *piece,
			    struct hib_pfnset *set, u64 max_pages, const char **why)
{
	struct hib_list_reader reader = {
		.s = s,
		.take = pagemap_take,
		.pagemap = {
			.set = set,
			.max_pages = max_pages,
		},
	};

	return hib_list_read(&reader, piece, why) ?:
	       list_check_count(reader.pagemap.nr_runs, piece, why);
}

static int leaves_take(struct hib_list_reader *reader, const struct hib_disk_leaf *leaf, u32 index)
{
	u32 nr;
	int ret;

	reader->why = "leaf";
	ret = hib_leaf_check(leaf, reader->s->image_id, reader->kind, index, &nr);
	if (ret)
		return ret;
	memcpy(reader->leaf(reader->priv, index), leaf, sizeof(*leaf));
	reader->nr_entries += nr;
	return 0;
}

/**
 * hib_stream_read_leaves() - Read the leaves of a list as they are.
 * @s: A prepared stream.
 * @piece: Where they are; the caller has room for all its leaves.
 * @kind: What they must be.
 * @leaf: Gives the address that a leaf is copied to, once it was checked.
 * @priv: Passed to it.
 * @why: Says what was wrong, in a few words, when an errno is returned.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -EBADMSG damaged; an errno of the device.
 */
int hib_stream_read_leaves(struct hib_stream *s, const struct hib_piece *piece,
			   enum hib_leaf_kind kind, void *(*leaf)(void *priv, u32 index),
			   void *priv, const char **why)
{
	struct hib_list_reader reader = {
		.s = s,
		.take = leaves_take,
		.kind = kind,
		.leaf = leaf,
		.priv = priv,
	};

	return hib_list_read(&reader, piece, why) ?:
	       list_check_count(reader.nr_entries, piece, why);
}
