// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: segments - the lengths of the segments
 *
 * Segments lie one behind the other, each 1 to 256 blocks long, coded or raw. A
 * reader cannot guess that, so it is a list of the image: one entry each, in image
 * order, in leaves that are all full but the last. In memory an entry is a u16: the
 * length, and a bit for the kind.
 *
 * What is read is hostile. The array that receives them has room for as
 * many as the image has chunks; hib_segments_begin() refuses a list that says
 * it has more, and hib_segments_decode() refuses a leaf that has more than are
 * left, whatever the list said. After a failure the reader must not be used.
 *
 * Memory belongs to the caller. No state, no allocation, any context.
 */
#include "segments.h"
#include "leaf.h"

/**
 * hib_segments_leaves() - Leaves that a number of segments needs.
 * @nr: Segments.
 *
 * Return: The number, 0 for none.
 */
u32 hib_segments_leaves(u32 nr)
{
	return nr / HIB_LEAF_SEGMENTS + !!(nr % HIB_LEAF_SEGMENTS);
}

/**
 * hib_segments_encode() - Fill and close one leaf.
 * @segments: All segments.
 * @nr: How many there are.
 * @leaf: Receives its part of them; every byte is written.
 * @id: The image's id.
 * @index: Which leaf, below hib_segments_leaves().
 */
void hib_segments_encode(const u16 *segments, u32 nr, struct hib_disk_leaf *leaf,
			 const u8 id[HIB_ID_BYTES], u32 index)
{
	struct hib_disk_segment *entry = (struct hib_disk_segment *)leaf->data;
	u32 i, first = index * HIB_LEAF_SEGMENTS;
	u32 used = min(nr - first, HIB_LEAF_SEGMENTS);

	for (i = 0; i < used; i++)
		entry[i] = (struct hib_disk_segment) {
			.nr_blocks = cpu_to_le32(hib_segment_blocks(segments[first + i])),
			.kind = cpu_to_le32(hib_segment_is_raw(segments[first + i]) ?
					    HIB_SEGMENT_RAW : HIB_SEGMENT_CODED),
		};
	hib_leaf_close(leaf, id, HIB_LEAF_SEGMENT, index, used, 0);
}

/**
 * hib_segments_begin() - Start to read the list.
 * @reader: segments, capacity and raw are filled in; the rest is set here.
 * @piece: Place of the list, from the header.
 * @why: Set when an errno is returned.
 *
 * Return: 0 or -EBADMSG.
 */
int hib_segments_begin(struct hib_segments_reader *reader, const struct hib_piece *piece,
		       const char **why)
{
	reader->nr = 0;
	reader->index = 0;
	reader->bytes = 0;
	*why = "number of segments";
	if (piece->nr_entries > reader->capacity ||
	    piece->nr_leaves != hib_segments_leaves(piece->nr_entries))
		return -EBADMSG;
	return 0;
}

/**
 * hib_segments_decode() - Check the next leaf and take its segments.
 * @reader: Place in the list.
 * @leaf: The block as read.
 * @id: The image's id.
 *
 * Return: 0, or -EBADMSG: the leaf or an entry is wrong, or there is no room.
 */
int hib_segments_decode(struct hib_segments_reader *reader, const struct hib_disk_leaf *leaf,
			const u8 id[HIB_ID_BYTES])
{
	const struct hib_disk_segment *entry = (const struct hib_disk_segment *)leaf->data;
	u32 i, nr, nr_blocks, kind;
	int ret = hib_leaf_check(leaf, id, HIB_LEAF_SEGMENT, reader->index, &nr);

	if (ret)
		return ret;
	/* Only the last leaf may have room left. */
	if (reader->nr != (u64)reader->index * HIB_LEAF_SEGMENTS)
		return -EBADMSG;
	if (nr > reader->capacity - reader->nr)
		return -EBADMSG;
	for (i = 0; i < nr; i++) {
		nr_blocks = le32_to_cpu(entry[i].nr_blocks);
		kind = le32_to_cpu(entry[i].kind);
		if (!nr_blocks || nr_blocks > HIB_SEGMENT_BLOCKS)
			return -EBADMSG;
		if (kind != HIB_SEGMENT_CODED && (kind != HIB_SEGMENT_RAW || !reader->raw))
			return -EBADMSG;
		reader->segments[reader->nr++] = nr_blocks |
			(kind == HIB_SEGMENT_RAW ? HIB_SEGMENT_RAW_BIT : 0);
		reader->bytes += (u64)nr_blocks * HIB_BLOCK_BYTES;
	}
	reader->index++;
	return 0;
}

/**
 * hib_segments_end() - Is the list that was read the one that was meant?
 * @reader: After the last leaf.
 * @piece: Place of the list, from the header.
 * @data_bytes: What all segments hold, from the header.
 * @why: Set when an errno is returned.
 *
 * Return: 0 or -EBADMSG.
 */
int hib_segments_end(const struct hib_segments_reader *reader, const struct hib_piece *piece,
		     u64 data_bytes, const char **why)
{
	*why = "count of a list";
	if (reader->index != piece->nr_leaves || reader->nr != piece->nr_entries)
		return -EBADMSG;
	*why = "length of the segments";
	return reader->bytes == data_bytes ? 0 : -EBADMSG;
}
