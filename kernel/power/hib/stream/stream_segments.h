/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_SEGMENTS_H
#define HIB_STREAM_SEGMENTS_H

#include "stream.h"

/**
 * struct hib_stream_segment - A segment's place in the image.
 * @offset: Where it begins, bytes in the image.
 * @nr_blocks: Its length.
 * @raw_chunks: The chunks of a raw one,
 * @nr_raw: and how many these are; 0: it is coded.
 */
struct hib_stream_segment {
	u64 offset;
	u32 nr_blocks;
	const struct hib_raw_chunk *raw_chunks;
	u32 nr_raw;
};

/* Way down: the next free place in the image; -EINVAL: more than was prepared for. */
int hib_stream_segment_claim(struct hib_stream *s, struct hib_stream_segment *seg);
/* Way up: 1: the next one that nobody has; 0: there is none; -EBADMSG. */
int hib_stream_segment_take(struct hib_stream *s, struct hib_stream_segment *seg);

#endif
