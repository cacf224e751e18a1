/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STREAM_H
#define HIB_STREAM_H

#include <linux/atomic.h>
#include <linux/spinlock_types.h>
#include "pure/format.h"
#include "pure/header.h"
#include "pure/io.h"
#include "pure/mix.h"

struct hib_codec_ops;
struct hib_pfnset;
struct hib_raw_chunk;
struct hib_stream_worker;
struct hib_timeline;

#define HIB_STREAM_WORKERS_MAX	64u

/**
 * struct hib_stream_segments - The segments, in image order.
 * @lock: Taken to claim a place: a segment's offset and its entries go together.
 * @nr: Segments there are.
 * @capacity: Entries of @list, and of @raw_chunks.
 * @next: Way up: the segment that is read next.
 * @next_offset: Way up: where it starts, bytes in the image.
 * @list: Length and kind of each, see pure/segments.h.
 * @raw_chunks: The chunks of raw segments.
 * @nr_raw: How many there are.
 * @next_raw: Way up: the first one of the raw segment that is read next.
 */
struct hib_stream_segments {
	spinlock_t lock;	/* guards the members below */
	u32 nr;
	u32 capacity;
	u32 next;
	u64 next_offset;
	u16 *list;
	struct hib_raw_chunk *raw_chunks;
	u32 nr_raw;
	u32 next_raw;
};

/**
 * struct hib_stream_mix - In which way chunks are stored, if that is chosen for each.
 * @lock: Taken by each worker once in some chunks.
 * @mix: The shares, and what they follow from.
 * @in_bytes: Bytes of pages that are not same-filled, so far,
 * @all_bytes: and of all pages.
 */
struct hib_stream_mix {
	spinlock_t lock;	/* guards the members below */
	struct hib_mix mix;
	u64 in_bytes, all_bytes;
};

/**
 * struct hib_stream_work - What came of writing, and what was waited for.
 * @nr_chunks: Chunks by the codec of their body; those of same-filled pages have none.
 * @wait_ns: Time that workers waited for the device, all together.
 */
struct hib_stream_work {
	u32 nr_chunks[HIB_NR_CODECS];
	u64 wait_ns;
};

/**
 * struct hib_stream - Pages into segments and back, by several workers.
 * @io: Where segments go.
 * @pages: Which pages, by place in the list.
 * @codec: Wanted codec; a chunk that does not shrink is stored raw. Way up: what
 *	the chunks may be coded with, in addition to raw; NULL: any codec.
 * @mixed: Way down: a way is chosen for each chunk; @codec has the largest workspace.
 * @write_only: Way down, @mixed: the time for reading does not count in that.
 * @expected_pages: Way down, @mixed: pages that the image is expected to have,
 * @expected_workers: and workers that are expected to write it; 0: those of the stream.
 * @room_bytes: Way down, @mixed: bytes that all segments may take.
 * @image_id: Seeds all tags.
 * @progress: Added to as work is done. Optional.
 * @nr_workers: Workers that there is memory for.
 * @workers: Their memory.
 * @max_pages: What the memory below was sized for.
 * @next_chunk: Way down: next chunk to encode.
 * @next_offset: Way down: next image offset, bytes.
 * @segments: The segments so far, or those to be read.
 * @mix: Way down: how the way is chosen.
 * @work: Way down: what came of all pages so far.
 * @seen: Way up: a bit for each chunk that was decoded.
 *
 * Order fills the members up to @progress, hib_stream_prepare() all that
 * follow. The memory is taken by hib_stream_prepare() so that nothing large is
 * allocated once devices are quiesced. @codec may be changed to one with a
 * smaller workspace, or none, after that; @pages.nr_pages may not exceed
 * max_pages.
 */
struct hib_stream {
	struct hib_io io;
	struct hib_pages pages;
	const struct hib_codec_ops *codec;
	bool mixed;
	bool write_only;
	u64 expected_pages;
	unsigned int expected_workers;
	u64 room_bytes;
	u8 image_id[HIB_ID_BYTES];
	struct hib_progress *progress;

	unsigned int nr_workers;
	struct hib_stream_worker *workers;
	u64 max_pages;
	atomic64_t next_chunk;
	atomic64_t next_offset;
	struct hib_stream_segments segments;
	struct hib_stream_mix mix;
	struct hib_stream_work work;
	unsigned long *seen;
};

/* Chunks that hold @nr_pages. */
static inline u64 hib_stream_chunks(u64 nr_pages)
{
	return nr_pages / HIB_CHUNK_PAGES + !!(nr_pages % HIB_CHUNK_PAGES);
}

typedef void (*hib_stream_page_fn)(void *arg, struct page *page);

/* @nr_workers 0: as many as suit the machine. Fewer when memory is short. */
int hib_stream_prepare(struct hib_stream *s, unsigned int nr_workers, u64 max_pages);
/* Also after a failed prepare, or on a stream that is all zero. */
void hib_stream_release(struct hib_stream *s);
/* Pages that hib_stream_prepare() would take, for the budget. */
u64 hib_stream_cost_pages(const struct hib_stream *s, unsigned int nr_workers, u64 max_pages);
/* Calls @fn for each page of segment memory, whose content need not be saved. */
void hib_stream_walk_pages(struct hib_stream *s, hib_stream_page_fn fn, void *arg);

/* Way down. Write the pages from @first on as segments; data_bytes so far in @*bytes. */
int hib_stream_write_pages(struct hib_stream *s, u64 first, u64 *bytes);
/* The segments as a piece, and the chunks of raw ones, if there are any, as another. */
int hib_stream_write_segments(struct hib_stream *s, struct hib_piece *piece,
			      struct hib_piece *raw_chunks);
/* The page list as a piece. */
int hib_stream_write_pagemap(struct hib_stream *s, const struct hib_pfnset *set,
			     struct hib_piece *piece);
/* Leaves that are closed already: leaf(priv, i) is the address of the i-th. */
int hib_stream_write_leaves(struct hib_stream *s, void *(*leaf)(void *priv, u32 index),
			    void *priv, u32 nr_leaves, u64 nr_entries, struct hib_piece *piece);

/* Way up. All numbers are hostile until decoded; -EBADMSG with *@why. */
int hib_stream_read_pagemap(struct hib_stream *s, const struct hib_piece *piece,
			    struct hib_pfnset *set, u64 max_pages, const char **why);
int hib_stream_read_segments(struct hib_stream *s, const struct hib_piece *piece,
			     const struct hib_piece *raw_chunks, u64 data_bytes,
			     const char **why);
/* The last steps of the transition. */
int hib_stream_write_log(struct hib_stream *s, const struct hib_timeline *steps,
			 struct hib_piece *piece);
int hib_stream_read_log(struct hib_stream *s, const struct hib_piece *piece,
			struct hib_timeline *steps, const char **why);
/* Every chunk exactly once, each into its pages. */
int hib_stream_read_pages(struct hib_stream *s, const char **why);
/* Read leaves of @kind into leaf(priv, i), checked. */
int hib_stream_read_leaves(struct hib_stream *s, const struct hib_piece *piece,
			   enum hib_leaf_kind kind, void *(*leaf)(void *priv, u32 index),
			   void *priv, const char **why);
/**
 * struct hib_stream_sample - What coding makes of some of the pages.
 * @pages: How many these are.
 * @in_bytes: Of these, what is not same-filled.
 * @out_bytes: What that was coded to; if the way is chosen for each chunk, as shares are now.
 * @least_bytes: The same in the way that makes least of it.
 */
struct hib_stream_sample {
	u64 pages, in_bytes, out_bytes, least_bytes;
};

void hib_stream_take_sample(struct hib_stream *s, struct hib_stream_sample *sample);
/* Does it shrink to less than 7/8? */
bool hib_stream_sample_shrinks(const struct hib_stream_sample *sample);

#endif
