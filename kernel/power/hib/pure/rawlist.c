// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: rawlist - the chunks of the raw segments
 *
 * A raw segment has pages and nothing else, each in a block of its own, so that it is read
 * and written where the pages lie in memory. What is to be known of its chunks is in a list
 * of the image: which chunk, which of its pages are zero and take no block, and the tag.
 * Chunks are listed in the order in which they lie in the image. A reader has the list
 * before it reads the first segment, so it knows where each block is to go.
 *
 * What is read is hostile. hib_rawlist_decode() refuses a chunk that the image cannot have,
 * and one without a block. hib_rawlist_fill() tells how many chunks a segment has: as many as
 * fill it exactly. That no chunk occurs twice is for the caller to see. After a failure the
 * reader must not be used.
 *
 * Memory belongs to the caller. No state, no allocation, any context.
 */
#include "rawlist.h"
#include "leaf.h"
#include "tag.h"

/**
 * hib_raw_chunk_pages() - How many pages has a chunk?
 * @c: The chunk.
 * @nr_pages_total: Pages of the image.
 *
 * Return: The number, zero pages included; 0 if the image has no such chunk.
 */
u32 hib_raw_chunk_pages(const struct hib_raw_chunk *c, u64 nr_pages_total)
{
	u64 first = (u64)c->index * HIB_CHUNK_PAGES;

	if (first >= nr_pages_total)
		return 0;
	return min_t(u64, nr_pages_total - first, HIB_CHUNK_PAGES);
}

/**
 * hib_raw_chunk_tag() - What the tag of a chunk has to be.
 * @c: The chunk; its own tag is not looked at.
 * @id: The image's id.
 * @pages: Its pages that are not zero, page aligned.
 * @nr: How many these are.
 *
 * Return: The tag.
 */
u64 hib_raw_chunk_tag(const struct hib_raw_chunk *c, const u8 id[HIB_ID_BYTES],
		      const void *const *pages, u32 nr)
{
	const __le32 which[] = { cpu_to_le32(c->index), cpu_to_le32(c->zero_mask) };
	struct xxh64_state state;

	xxh64_reset(&state, hib_tag_seed(id, HIB_TAG_RAW_CHUNK));
	for (u32 i = 0; i < nr; i++)
		xxh64_update(&state, pages[i], HIB_BLOCK_BYTES);
	xxh64_update(&state, which, sizeof(which));
	return xxh64_digest(&state);
}

/**
 * hib_rawlist_leaves() - Leaves that a number of chunks needs.
 * @nr: Chunks.
 *
 * Return: The number, 0 for none.
 */
u32 hib_rawlist_leaves(u32 nr)
{
	return nr / HIB_LEAF_RAW_CHUNKS + !!(nr % HIB_LEAF_RAW_CHUNKS);
}

/**
 * hib_rawlist_encode() - Fill and close one leaf.
 * @chunks: All chunks.
 * @nr: How many there are.
 * @leaf: Receives its part of them; every byte is written.
 * @id: The image's id.
 * @index: Which leaf, below hib_rawlist_leaves().
 */
void hib_rawlist_encode(const struct hib_raw_chunk *chunks, u32 nr, struct hib_disk_leaf *leaf,
			const u8 id[HIB_ID_BYTES], u32 index)
{
	struct hib_disk_raw_chunk *entry = (struct hib_disk_raw_chunk *)leaf->data;
	u32 first = index * HIB_LEAF_RAW_CHUNKS;
	u32 used = min(nr - first, HIB_LEAF_RAW_CHUNKS);

	for (u32 i = 0; i < used; i++)
		entry[i] = (struct hib_disk_raw_chunk) {
			.index = cpu_to_le32(chunks[first + i].index),
			.zero_mask = cpu_to_le32(chunks[first + i].zero_mask),
			.tag = cpu_to_le64(chunks[first + i].tag),
		};
	hib_leaf_close(leaf, id, HIB_LEAF_RAW_CHUNK, index, used, 0);
}

/**
 * hib_rawlist_begin() - Start to read the list.
 * @reader: chunks, capacity and nr_pages_total are filled in; the rest is set here.
 * @piece: Place of the list, from the header.
 * @why: Set when an errno is returned.
 *
 * Return: 0 or -EBADMSG.
 */
int hib_rawlist_begin(struct hib_rawlist_reader *reader, const struct hib_piece *piece,
		      const char **why)
{
	reader->nr = 0;
	reader->index = 0;
	*why = "number of raw chunks";
	if (piece->nr_entries > reader->capacity ||
	    piece->nr_leaves != hib_rawlist_leaves(piece->nr_entries))
		return -EBADMSG;
	return 0;
}

/* Can the image have this chunk? One that it has not has no pages, and so none with a block. */
static bool raw_chunk_is_sound(const struct hib_raw_chunk *c, u64 nr_pages_total)
{
	u32 nr_pages = hib_raw_chunk_pages(c, nr_pages_total);

	return (u64)c->zero_mask >> nr_pages == 0 && hweight32(c->zero_mask) < nr_pages;
}

/**
 * hib_rawlist_decode() - Check the next leaf and take its chunks.
 * @reader: Place in the list.
 * @leaf: The block as read.
 * @id: The image's id.
 *
 * Return: 0, or -EBADMSG: the leaf or a chunk is wrong, or there is no room.
 */
int hib_rawlist_decode(struct hib_rawlist_reader *reader, const struct hib_disk_leaf *leaf,
		       const u8 id[HIB_ID_BYTES])
{
	const struct hib_disk_raw_chunk *entry = (const struct hib_disk_raw_chunk *)leaf->data;
	u32 nr;
	int ret = hib_leaf_check(leaf, id, HIB_LEAF_RAW_CHUNK, reader->index, &nr);

	if (ret)
		return ret;
	/* Only the last leaf may have room left. */
	if (reader->nr != (u64)reader->index * HIB_LEAF_RAW_CHUNKS)
		return -EBADMSG;
	if (nr > reader->capacity - reader->nr)
		return -EBADMSG;
	for (u32 i = 0; i < nr; i++) {
		struct hib_raw_chunk *c = &reader->chunks[reader->nr];

		c->index = le32_to_cpu(entry[i].index);
		c->zero_mask = le32_to_cpu(entry[i].zero_mask);
		c->tag = le64_to_cpu(entry[i].tag);
		if (!raw_chunk_is_sound(c, reader->nr_pages_total))
			return -EBADMSG;
		reader->nr++;
	}
	reader->index++;
	return 0;
}

/**
 * hib_rawlist_end() - Is the list that was read the one that was meant?
 * @reader: After the last leaf.
 * @piece: Place of the list, from the header.
 * @why: Set when an errno is returned.
 *
 * Return: 0 or -EBADMSG.
 */
int hib_rawlist_end(const struct hib_rawlist_reader *reader, const struct hib_piece *piece,
		    const char **why)
{
	*why = "count of a list";
	return reader->index == piece->nr_leaves && reader->nr == piece->nr_entries ? 0 : -EBADMSG;
}

/**
 * hib_rawlist_fill() - Which chunks does a raw segment have?
 * @chunks: Those that the segments before it do not have, each sound.
 * @nr: How many these are.
 * @nr_blocks: Length of the segment.
 * @nr_pages_total: Pages of the image.
 *
 * Return: How many of @chunks, from the first on, fill the segment exactly; 0: none do.
 */
u32 hib_rawlist_fill(const struct hib_raw_chunk *chunks, u32 nr, u32 nr_blocks,
		     u64 nr_pages_total)
{
	u32 blocks = 0, i;

	for (i = 0; i < nr && blocks < nr_blocks; i++)
		blocks += hib_raw_chunk_pages(&chunks[i], nr_pages_total) -
			  hweight32(chunks[i].zero_mask);
	return blocks == nr_blocks ? i : 0;
}
