// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: stream_segments - which segments an image has
 *
 * Segments lie one behind the other from the image's begin on. On the way down a worker that
 * has completed one claims the next place for it; on the way up it takes the next one that
 * nobody has. What a reader cannot guess is listed: length and kind of each segment, and the
 * chunks of the raw ones. Both lists grow under one lock, so that they are in image order.
 * They are written behind the segments and read before these.
 *
 * Context: process context.
 */
#include "stream_segments.h"
#include <linux/spinlock.h>
#include <linux/string.h>
#include "pure/rawlist.h"
#include "pure/segments.h"
#include "stream_list.h"

/**
 * hib_stream_segment_claim() - Find the place of a segment that is complete.
 * @s: The stream.
 * @seg: All but its offset, which is set.
 *
 * Context: Process context.
 * Return: 0, or -EINVAL: there are more segments or chunks than was prepared for.
 */
int hib_stream_segment_claim(struct hib_stream *s, struct hib_stream_segment *seg)
{
	struct hib_stream_segments *segments = &s->segments;
	u64 bytes = (u64)seg->nr_blocks * HIB_BLOCK_BYTES;
	int ret = -EINVAL;

	spin_lock(&segments->lock);
	if (!WARN_ON_ONCE(segments->nr >= segments->capacity ||
			  seg->nr_raw > segments->capacity - segments->nr_raw)) {
		segments->list[segments->nr++] = seg->nr_blocks |
						 (seg->nr_raw ? HIB_SEGMENT_RAW_BIT : 0);
		memcpy(segments->raw_chunks + segments->nr_raw, seg->raw_chunks,
		       seg->nr_raw * sizeof(*seg->raw_chunks));
		segments->nr_raw += seg->nr_raw;
		seg->offset = atomic64_fetch_add(bytes, &s->next_offset);
		ret = 0;
	}
	spin_unlock(&segments->lock);
	return ret;
}

/* The chunks of raw segments that nobody has yet. */
static int segment_take_raw(struct hib_stream *s, struct hib_stream_segment *seg)
{
	struct hib_stream_segments *segments = &s->segments;

	seg->raw_chunks = segments->raw_chunks + segments->next_raw;
	seg->nr_raw = hib_rawlist_fill(seg->raw_chunks, segments->nr_raw - segments->next_raw,
				       seg->nr_blocks, s->pages.nr_pages);
	segments->next_raw += seg->nr_raw;
	return seg->nr_raw ? 1 : -EBADMSG;
}

/**
 * hib_stream_segment_take() - Take the next segment that no worker has.
 * @s: The stream, its segments were read.
 * @seg: Receives it.
 *
 * Context: Process context.
 * Return: 1; 0 if there is none left; -EBADMSG if it is raw, and no chunks fill it.
 */
int hib_stream_segment_take(struct hib_stream *s, struct hib_stream_segment *seg)
{
	struct hib_stream_segments *segments = &s->segments;
	int ret = 0;

	memset(seg, 0, sizeof(*seg));
	spin_lock(&segments->lock);
	if (segments->next < segments->nr) {
		u16 entry = segments->list[segments->next++];

		seg->nr_blocks = hib_segment_blocks(entry);
		seg->offset = segments->next_offset;
		segments->next_offset += (u64)seg->nr_blocks * HIB_BLOCK_BYTES;
		ret = hib_segment_is_raw(entry) ? segment_take_raw(s, seg) : 1;
	}
	spin_unlock(&segments->lock);
	return ret;
}

static void segments_fill(struct hib_list_writer *writer, struct hib_disk_leaf *leaf, u32 index)
{
	const struct hib_stream_segments *segments = &writer->s->segments;

	hib_segments_encode(segments->list, segments->nr, leaf, writer->s->image_id, index);
}

static void raw_chunks_fill(struct hib_list_writer *writer, struct hib_disk_leaf *leaf, u32 index)
{
	const struct hib_stream_segments *segments = &writer->s->segments;

	hib_rawlist_encode(segments->raw_chunks, segments->nr_raw, leaf, writer->s->image_id,
			   index);
}

/**
 * hib_stream_write_segments() - Write the list of segments, and that of raw chunks.
 * @s: The stream, after hib_stream_write_pages().
 * @piece: Receives where the list of segments lies.
 * @raw_chunks: Receives where the chunks of raw segments are listed; all zero: there are none.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or an errno of the device.
 */
int hib_stream_write_segments(struct hib_stream *s, struct hib_piece *piece,
			      struct hib_piece *raw_chunks)
{
	const struct hib_stream_segments *segments = &s->segments;
	struct hib_list_writer writer = { .s = s, .fill = segments_fill };
	struct hib_list_writer raw_writer = { .s = s, .fill = raw_chunks_fill };
	int ret;

	memset(raw_chunks, 0, sizeof(*raw_chunks));
	ret = hib_list_write(&writer, hib_segments_leaves(segments->nr), segments->nr, piece);
	if (ret || !segments->nr_raw)
		return ret;
	return hib_list_write(&raw_writer, hib_rawlist_leaves(segments->nr_raw), segments->nr_raw,
			      raw_chunks);
}

static int segments_take(struct hib_list_reader *reader, const struct hib_disk_leaf *leaf,
			 u32 index)
{
	reader->why = "segment list";
	return hib_segments_decode(&reader->segments, leaf, reader->s->image_id);
}

static int raw_chunks_take(struct hib_list_reader *reader, const struct hib_disk_leaf *leaf,
			   u32 index)
{
	reader->why = "raw chunk list";
	return hib_rawlist_decode(&reader->raw_chunks, leaf, reader->s->image_id);
}

static int read_segment_list(struct hib_stream *s, const struct hib_piece *piece, bool raw,
			     u64 data_bytes, const char **why)
{
	struct hib_list_reader reader = {
		.s = s,
		.take = segments_take,
		.segments = {
			.segments = s->segments.list,
			.capacity = s->segments.capacity,
			.raw = raw,
		},
	};
	int ret = hib_segments_begin(&reader.segments, piece, why) ?:
		  hib_list_read(&reader, piece, why) ?:
		  hib_segments_end(&reader.segments, piece, data_bytes, why);

	if (!ret)
		s->segments.nr = reader.segments.nr;
	return ret;
}

static int read_raw_chunks(struct hib_stream *s, const struct hib_piece *piece, const char **why)
{
	struct hib_list_reader reader = {
		.s = s,
		.take = raw_chunks_take,
		.raw_chunks = {
			.chunks = s->segments.raw_chunks,
			.capacity = s->segments.capacity,
			.nr_pages_total = s->pages.nr_pages,
		},
	};
	int ret = hib_rawlist_begin(&reader.raw_chunks, piece, why) ?:
		  hib_list_read(&reader, piece, why) ?:
		  hib_rawlist_end(&reader.raw_chunks, piece, why);

	if (!ret)
		s->segments.nr_raw = reader.raw_chunks.nr;
	return ret;
}

/**
 * hib_stream_read_segments() - Read the list of segments, and that of raw chunks.
 * @s: A prepared stream, its pages filled in.
 * @piece: Where the segments are listed, from the header.
 * @raw_chunks: Where the chunks of raw segments are; all zero: there are none.
 * @data_bytes: What all segments hold, from the header.
 * @why: Says what was wrong, in a few words, when an errno is returned.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -EBADMSG damaged; an errno of the device.
 */
int hib_stream_read_segments(struct hib_stream *s, const struct hib_piece *piece,
			     const struct hib_piece *raw_chunks, u64 data_bytes,
			     const char **why)
{
	bool raw = !hib_piece_is_absent(raw_chunks);
	int ret;

	s->segments.nr = 0;
	s->segments.nr_raw = 0;
	ret = read_segment_list(s, piece, raw, data_bytes, why);
	return ret || !raw ? ret : read_raw_chunks(s, raw_chunks, why);
}
