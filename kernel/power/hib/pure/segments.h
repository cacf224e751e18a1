/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SEGMENTS_H
#define HIB_SEGMENTS_H

#include "format.h"
#include "piece.h"

/*
 * A segment in host order: its length in blocks, and whether it is raw. 256 blocks
 * do not reach that bit.
 */
#define HIB_SEGMENT_RAW_BIT	0x8000u

static inline u32 hib_segment_blocks(u16 segment)
{
	return segment & ~HIB_SEGMENT_RAW_BIT;
}

static inline bool hib_segment_is_raw(u16 segment)
{
	return segment & HIB_SEGMENT_RAW_BIT;
}

/* Leaves that a number of segments needs. */
u32 hib_segments_leaves(u32 nr);
/* Fill and close leaf @index of those that @nr segments need. */
void hib_segments_encode(const u16 *segments, u32 nr, struct hib_disk_leaf *leaf,
			 const u8 id[HIB_ID_BYTES], u32 index);

/**
 * struct hib_segments_reader - The reader's place in the list.
 * @segments: Receives the segments.
 * @capacity: How many @segments has room for.
 * @raw: There may be raw ones.
 * @nr: Segments so far.
 * @index: Of the next leaf.
 * @bytes: Of all segments so far.
 */
struct hib_segments_reader {
	u16 *segments;		/* receives the segments */
	u32 capacity;		/* room there */
	bool raw;		/* there may be raw ones */
	u32 nr;			/* so far */
	u32 index;		/* next leaf */
	u64 bytes;		/* of all segments so far */
};
/* Can that list be taken at all? -EBADMSG with *@why. */
int hib_segments_begin(struct hib_segments_reader *reader, const struct hib_piece *piece,
		       const char **why);
/* Leaves in order. -EBADMSG. */
int hib_segments_decode(struct hib_segments_reader *reader, const struct hib_disk_leaf *leaf,
			const u8 id[HIB_ID_BYTES]);
/* After the last leaf: is it what was said? -EBADMSG with *@why. */
int hib_segments_end(const struct hib_segments_reader *reader, const struct hib_piece *piece,
		     u64 data_bytes, const char **why);

#endif
