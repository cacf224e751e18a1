/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_RAW_H
#define HIB_STREAM_RAW_H

#include "pure/unpack.h"
#include "stream.h"

struct hib_stream_segment;
struct hib_stream_source;
struct hib_stream_worker;

/**
 * struct hib_stream_open_raw - A worker's raw segment that is being filled.
 * @nr_blocks: Blocks so far, in the worker's pages.
 * @nr_chunks: Chunks so far, in the worker's raw_chunks.
 * @nr_pages: Pages of these chunks.
 */
struct hib_stream_open_raw {
	u32 nr_blocks;
	u32 nr_chunks;
	u64 nr_pages;
};

bool hib_stream_raw_suits(const struct hib_stream *s, const struct hib_stream_source *src);
u64 hib_stream_raw_tag(const struct hib_stream *s, const struct hib_stream_source *src);
int hib_stream_raw_add(struct hib_stream *s, struct hib_stream_worker *w,
		       struct hib_stream_open_raw *raw, const struct hib_stream_source *src);
int hib_stream_raw_write(struct hib_stream *s, struct hib_stream_worker *w,
			 struct hib_stream_open_raw *raw);
int hib_stream_raw_read(struct hib_stream_worker *w, struct hib_unpack *u,
			const struct hib_stream_segment *seg, const char **why);

#endif
