/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_RING_H
#define HIB_STREAM_RING_H

#include <linux/gfp_types.h>
#include "pure/format.h"
#include "pure/io.h"
#include "pure/mix.h"
#include "pure/rawlist.h"
#include "stream.h"

struct hib_codec_ops;

#define HIB_STREAM_DEPTH	3u	/* segments of a ring in flight */

/* What a worker has for raw segments. */
#define HIB_STREAM_RAW_BYTES	(HIB_SEGMENT_BLOCKS * (sizeof(struct page *) + \
				 sizeof(struct hib_raw_chunk) + \
				 HIB_STREAM_DEPTH * sizeof(void *)))

/**
 * struct hib_stream_buffer - One segment and the I/O it may be under.
 * @buf: HIB_SEGMENT_BLOCKS pages; none in the ring for raw segments.
 * @blocks: Way up, raw segment: where each block is read to. Not in that ring.
 * @done: The I/O that is under way.
 * @offset: Where it goes, bytes in the image.
 * @nr_blocks: Its length.
 * @raw_chunks: Way up, raw segment: its chunks,
 * @nr_raw: and how many these are; 0: it is coded.
 */
struct hib_stream_buffer {
	struct hib_buffer buf;
	void **blocks;
	struct hib_io_done done;
	u64 offset;
	u32 nr_blocks;
	const struct hib_raw_chunk *raw_chunks;
	u32 nr_raw;
};

/**
 * struct hib_stream_ring - Segments that go round.
 * @buffers: The segments.
 * @head: The buffer that is started next.
 * @nr_busy: Buffers under I/O: those before @head.
 */
struct hib_stream_ring {
	struct hib_stream_buffer buffers[HIB_STREAM_DEPTH];
	unsigned int head;
	unsigned int nr_busy;
};

/**
 * struct hib_stream_worker - What one worker has to itself.
 * @io: Where segments go.
 * @progress: Added to as work is done; NULL: nothing is.
 * @coded: Segments with memory: coded ones, leaves of lists, and on the way up all.
 * @raw: Way down: raw segments, whose pages are those of the image.
 * @pages: The pages of the raw segment that is started next.
 * @raw_chunks: Way down: its chunks.
 * @plain: One chunk's pages side by side, for those that do not lie so.
 * @workspace: The codec's memory.
 * @codec: What @workspace is set up for; NULL: nothing yet.
 * @shares: Way down, if the way is chosen for each chunk: the shares of the ways.
 * @seen: What each way made of the chunks that the others do not know of yet.
 * @nr_seen: How many chunks these are.
 * @begun_at: When its chunk was begun.
 * @begun_wait_ns: How long was waited for the device until then.
 * @told_at: When they were last told.
 * @told_wait_ns: How long was waited for the device until then.
 * @work: What came of its chunks.
 */
struct hib_stream_worker {
	const struct hib_io *io;
	struct hib_progress *progress;
	struct hib_stream_ring coded, raw;
	struct page **pages;
	struct hib_raw_chunk *raw_chunks;
	struct hib_buffer plain;
	struct hib_buffer workspace;
	const struct hib_codec_ops *codec;
	struct hib_mix_shares shares;
	struct hib_mix_seen seen[HIB_NR_WAYS];
	unsigned int nr_seen;
	u64 begun_at, begun_wait_ns;
	u64 told_at, told_wait_ns;
	struct hib_stream_work work;
};

int hib_stream_worker_alloc(struct hib_stream_worker *w, const struct hib_io *io,
			    struct hib_progress *progress, size_t workspace_bytes, gfp_t gfp);
void hib_stream_worker_free(struct hib_stream_worker *w);
/* The workspace, set up for @codec; -EOPNOTSUPP when it is too small for it. */
int hib_stream_worker_setup(struct hib_stream_worker *w, const struct hib_codec_ops *codec);

/* The buffer that is started next. */
static inline struct hib_stream_buffer *hib_stream_ring_next(struct hib_stream_ring *r)
{
	return &r->buffers[r->head];
}

/* Would hib_stream_ring_get() sleep? */
bool hib_stream_ring_is_behind(struct hib_stream_ring *r);
bool hib_stream_ring_is_full(const struct hib_stream_ring *r);
/* The next buffer, once its last I/O has ended; that one's errno. */
int hib_stream_ring_get(struct hib_stream_worker *w, struct hib_stream_ring *r,
			struct hib_stream_buffer **buffer);
/* Start the next buffer's I/O. */
int hib_stream_ring_write(struct hib_stream_worker *w, struct hib_stream_ring *r,
			  struct page **pages, u64 offset, u32 nr_blocks);
int hib_stream_ring_read(struct hib_stream_worker *w, struct hib_stream_ring *r,
			 struct page **pages, u64 offset, u32 nr_blocks);
/* Wait for the oldest I/O; *@buffer is NULL when there is none. */
int hib_stream_ring_wait(struct hib_stream_worker *w, struct hib_stream_ring *r,
			 struct hib_stream_buffer **buffer);
/* Wait for all of both rings; the first errno. */
int hib_stream_ring_drain(struct hib_stream_worker *w);

#endif
