/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_CHUNK_H
#define HIB_STREAM_CHUNK_H

#include "pure/chunk.h"
#include "codec.h"

struct hib_stream;
struct hib_stream_worker;

#define HIB_STREAM_BODY_MAX	((size_t)HIB_CHUNK_PAGES * HIB_BLOCK_BYTES)
/* What coding one chunk may touch, at most. */
#define HIB_STREAM_CHUNK_ROOM	(sizeof(struct hib_disk_chunk) + \
				 HIB_CHUNK_PAGES * sizeof(__le64) + \
				 hib_codec_room(HIB_STREAM_BODY_MAX))

/**
 * struct hib_stream_source - One chunk's pages, looked through.
 * @frame: What its frame will say.
 * @fills: Fill words of the same-filled pages.
 * @packed: Addresses of the others.
 * @nr_packed: How many these are.
 * @run: The same pages one behind the other; NULL: they do not lie so.
 * @zeros_only: The same-filled pages are zero, or there are none.
 */
struct hib_stream_source {
	struct hib_chunk frame;
	u64 fills[HIB_CHUNK_PAGES];
	const void *packed[HIB_CHUNK_PAGES];
	unsigned int nr_packed;
	const void *run;
	bool zeros_only;
};

void hib_stream_chunk_scan(struct hib_stream *s, struct hib_stream_worker *w, u64 index,
			   struct hib_stream_source *src);
bool hib_stream_chunk_code(struct hib_stream_worker *w, const struct hib_codec_ops *codec,
			   struct hib_stream_source *src, void *at, bool hurry);
u32 hib_stream_chunk_close(const struct hib_stream *s, const struct hib_stream_source *src,
			   void *at);

#endif
