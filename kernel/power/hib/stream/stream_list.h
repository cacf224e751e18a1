/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_LIST_H
#define HIB_STREAM_LIST_H

#include "pure/pagemap.h"
#include "pure/rawlist.h"
#include "pure/segments.h"
#include "stream.h"

/**
 * struct hib_list_writer - Where the leaves of a list come from.
 * @s: The stream.
 * @fill: Fill and close leaf @index; called in order.
 * @set: Page list: its frames.
 * @pfn: Page list: the frame to go on with.
 * @leaf: Ready leaves: gives the address of one.
 * @priv: Passed to @leaf.
 * @steps: Log: its steps.
 */
struct hib_list_writer {
	struct hib_stream *s;
	void (*fill)(struct hib_list_writer *writer, struct hib_disk_leaf *leaf, u32 index);
	const struct hib_pfnset *set;
	unsigned long pfn;
	void *(*leaf)(void *priv, u32 index);
	void *priv;
	const struct hib_timeline *steps;
};

/**
 * struct hib_list_reader - Where the leaves of a list go.
 * @s: The stream.
 * @take: Check leaf @index and take what it holds; called in order. 0 or errno.
 * @why: Reason of an errno.
 * @pagemap: Page list: how far it was decoded.
 * @segments: Segment list: how far it was decoded.
 * @raw_chunks: Raw chunk list: how far it was decoded.
 * @kind: Ready leaves: what they must be.
 * @nr_entries: Ready leaves: what they held so far.
 * @leaf: Ready leaves: gives the address that one is copied to.
 * @priv: Passed to @leaf.
 * @steps: Log: receives its steps.
 */
struct hib_list_reader {
	struct hib_stream *s;
	int (*take)(struct hib_list_reader *reader, const struct hib_disk_leaf *leaf, u32 index);
	const char *why;
	struct hib_pagemap_reader pagemap;
	struct hib_segments_reader segments;
	struct hib_rawlist_reader raw_chunks;
	enum hib_leaf_kind kind;
	u64 nr_entries;
	void *(*leaf)(void *priv, u32 index);
	void *priv;
	struct hib_timeline *steps;
};

int hib_list_write(struct hib_list_writer *writer, u32 nr_leaves, u64 nr_entries,
		   struct hib_piece *piece);
int hib_list_read(struct hib_list_reader *reader, const struct hib_piece *piece,
		  const char **why);

#endif
