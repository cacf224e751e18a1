/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_H
#define HIB_STREAM_H

#include "format.h"
#include "header.h"
#include "io.h"

struct hib_codec_ops;
struct hib_stream_worker;
struct hib_pfnset;

#define HIB_STREAM_WORKERS_MAX	64u
#define HIB_STREAM_DEPTH	3u	/* segments in flight for each worker */

/**
 * struct hib_stream - Pages into segments and back, by several workers.
 * @io: Where segments go.
 * @pages: Which pages, by place in the list.
 * @codec: Wanted codec; a chunk that does not shrink is stored raw.
 * @image_id: Seeds all tags.
 * @progress: Added to as work is done.
 *
 * Order fills the members above, hib_stream_prepare() all that follows. The
 * memory is taken by hib_stream_prepare() so that nothing large is allocated
 * once devices are quiesced.
 */
struct hib_stream {
	struct hib_io io;
	struct hib_pages pages;
	const struct hib_codec_ops *codec;
	u8 image_id[HIB_ID_BYTES];
	struct hib_progress *progress;

	unsigned int nr_workers;
	struct hib_stream_worker *workers;
	atomic64_t next_chunk;		/* next chunk to encode */
	atomic64_t next_offset;		/* next image offset, bytes */
	/* lengths of segments, in image order */
	struct hib_stream_segments *segments;
};

int hib_stream_prepare(struct hib_stream *s, unsigned int nr_workers, u64 max_pages);
void hib_stream_release(struct hib_stream *s);
/* Calls @fn for each page of segment memory, whose content need not be saved. */
void hib_stream_for_each_page(struct hib_stream *s, void (*fn)(void *arg, struct page *page),
			      void *arg);

/* Way down. Write all pages as segments from image offset 0; data_bytes in @*bytes. */
int hib_stream_write_pages(struct hib_stream *s, u64 *bytes);
/* The segment lengths as a piece. */
int hib_stream_write_segments(struct hib_stream *s, struct hib_piece *piece);
/* The page list as a piece. */
int hib_stream_write_pagemap(struct hib_stream *s, const struct hib_pfnset *set,
			     struct hib_piece *piece);
/* Leaves that are sealed already: leaf(priv, i) is the address of the i-th. */
int hib_stream_write_leaves(struct hib_stream *s, void *(*leaf)(void *priv, u32 index),
			    void *priv, u32 nr_leaves, u64 nr_entries, struct hib_piece *piece);

/* Way up. All numbers are hostile until decoded; -EBADMSG with *@why. */
int hib_stream_read_pagemap(struct hib_stream *s, const struct hib_piece *piece,
			    struct hib_pfnset *set, u64 max_pages, const char **why);
int hib_stream_read_segments(struct hib_stream *s, const struct hib_piece *piece,
			     u64 data_bytes, const char **why);
/* Every chunk exactly once, each into its pages. */
int hib_stream_read_pages(struct hib_stream *s, const char **why);
/* Read leaves of @kind into leaf(priv, i), checked. */
int hib_stream_read_leaves(struct hib_stream *s, const struct hib_piece *piece,
			   enum hib_leaf_kind kind, void *(*leaf)(void *priv, u32 index),
			   void *priv, const char **why);
/* Does a sample of the pages shrink with s->codec to less than 7/8? */
bool hib_stream_sample_shrinks(struct hib_stream *s);

#endif
