// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: chunk - the fixed fields of a chunk
 *
 * A chunk is up to 32 pages of the image; its index says which. It lies in a
 * segment as fixed fields, a fill word for each page whose words are all equal,
 * and a body with the other pages, as the codec left them. Chunks are packed
 * closely, so the fixed fields have no alignment.
 *
 * The encoder puts the body after the space for the fixed fields and the fill
 * words, then closes the chunk with its tag. The reader parses: it checks every
 * number and the tag before a byte is decoded. A chunk contains all that its
 * decoding needs.
 *
 * Memory belongs to the caller. No state, no allocation, any context, any
 * number of CPUs.
 */
#include "chunk.h"
#include "tag.h"

/**
 * hib_chunk_page_is_same() - Are all words of a page equal?
 * @page: 4096 bytes, page aligned.
 * @fill: Set to the word when they are.
 *
 * Most pages that differ do so in their first, last or middle word, so these
 * are looked at before the rest.
 *
 * Return: True when they are.
 */
bool hib_chunk_page_is_same(const void *page, u64 *fill)
{
	const u64 *word = page;
	const u64 *end = word + HIB_BLOCK_BYTES / sizeof(*word);
	u64 first = word[0];

	if (word[1] != first || end[-1] != first || word[HIB_BLOCK_BYTES / 16] != first)
		return false;
	for (; word != end; word += 8) {
		u64 differ = (word[0] ^ first) | (word[1] ^ first) |
			     (word[2] ^ first) | (word[3] ^ first) |
			     (word[4] ^ first) | (word[5] ^ first) |
			     (word[6] ^ first) | (word[7] ^ first);

		if (differ)
			return false;
	}
	*fill = first;
	return true;
}

/**
 * hib_chunk_body_offset() - Where the body begins, counted from the frame.
 * @same_mask: Bit n: page n is same-filled.
 *
 * Return: Bytes.
 */
u32 hib_chunk_body_offset(u32 same_mask)
{
	return sizeof(struct hib_disk_chunk) + hweight32(same_mask) * sizeof(__le64);
}

static u64 chunk_tag(const void *at, u32 total_bytes, const u8 id[HIB_ID_BYTES])
{
	return hib_tag_compute(at, total_bytes, offsetof(struct hib_disk_chunk, tag), id,
			       HIB_TAG_CHUNK);
}

/**
 * hib_chunk_close() - Write the frame and the fills of a chunk whose body is in place.
 * @at: Where the chunk begins; any alignment.
 * @id: The image's id.
 * @c: index, nr_pages, same_mask, codec and body_bytes are used.
 * @fills: The fill words, one for each set bit of same_mask, lowest bit
 *	first, without gaps. May be NULL when there is none.
 *
 * The body must stand hib_chunk_body_offset() bytes behind @at.
 *
 * Return: Length of the chunk: frame, fills and body.
 */
u32 hib_chunk_close(void *at, const u8 id[HIB_ID_BYTES], const struct hib_chunk *c,
		    const u64 *fills)
{
	u32 total_bytes = hib_chunk_body_offset(c->same_mask) + c->body_bytes;
	u32 nr_fills = hweight32(c->same_mask);
	u8 *out = at + sizeof(struct hib_disk_chunk);
	struct hib_disk_chunk frame = {
		.magic = cpu_to_le32(HIB_CHUNK_MAGIC),
		.index = cpu_to_le32(c->index),
		.same_mask = cpu_to_le32(c->same_mask),
		.nr_pages = cpu_to_le32(c->nr_pages),
		.codec = cpu_to_le32(c->codec),
		.body_bytes = cpu_to_le32(c->body_bytes),
	};
	u32 i;

	for (i = 0; i < nr_fills; i++)
		put_unaligned_le64(fills[i], out + i * sizeof(__le64));
	memcpy(at, &frame, sizeof(frame));
	frame.tag = cpu_to_le64(chunk_tag(at, total_bytes, id));
	memcpy(at, &frame, sizeof(frame));
	return total_bytes;
}

/* Pages of chunk @index in an image of @nr_pages_total; 0: there is no such chunk. */
static u32 chunk_pages(u32 index, u64 nr_pages_total)
{
	u64 first = (u64)index * HIB_CHUNK_PAGES;

	if (first >= nr_pages_total)
		return 0;
	return min_t(u64, nr_pages_total - first, HIB_CHUNK_PAGES);
}

/* Name of the first field that is wrong, NULL when all are sound. */
static const char *chunk_fault(const struct hib_chunk *c, u32 bytes, u64 nr_pages_total)
{
	u32 nr_pages = chunk_pages(c->index, nr_pages_total);
	u32 packed_bytes;

	if (!nr_pages)
		return "chunk index";
	if (c->nr_pages != nr_pages)
		return "chunk nr_pages";
	if (nr_pages < 32 && c->same_mask >> nr_pages)
		return "chunk same_mask";
	packed_bytes = (nr_pages - hweight32(c->same_mask)) * HIB_BLOCK_BYTES;
	if (c->body_bytes > packed_bytes || (packed_bytes && !c->body_bytes))
		return "chunk body_bytes";
	if (c->codec == HIB_CODEC_NONE && c->body_bytes != packed_bytes)
		return "chunk body_bytes";
	if (c->codec != HIB_CODEC_NONE && !packed_bytes)
		return "chunk codec";
	if (hib_chunk_body_offset(c->same_mask) + c->body_bytes > bytes)
		return "chunk length";
	return NULL;
}

/**
 * hib_chunk_parse() - Check a chunk and find its parts.
 * @at: Where the chunk begins; any alignment.
 * @bytes: Bytes from there to the end of the segment.
 * @id: The image's id.
 * @nr_pages_total: Pages of the image.
 * @c: Receives the frame; parts point into the segment. Unspecified unless 1
 *	is returned.
 * @why: Set to what is wrong when an errno is returned.
 *
 * Every chunk but the image's last is full. Nothing is decoded: that a body
 * yields exactly its pages is for the codec to say.
 *
 * Return:
 * * 1			- a sound chunk of c->total_bytes bytes
 * * 0			- the segment ends here
 * * -EBADMSG		- a number or the tag is wrong
 * * -EOPNOTSUPP	- sound, but the codec is not known here
 */
int hib_chunk_parse(const void *at, u32 bytes, const u8 id[HIB_ID_BYTES],
		    u64 nr_pages_total, struct hib_chunk *c, const char **why)
{
	struct hib_disk_chunk frame;

	if (bytes < sizeof(frame))
		return 0;
	memcpy(&frame, at, sizeof(frame));
	if (!frame.magic)
		return 0;
	*why = "chunk magic";
	if (le32_to_cpu(frame.magic) != HIB_CHUNK_MAGIC)
		return -EBADMSG;
	c->index = le32_to_cpu(frame.index);
	c->nr_pages = le32_to_cpu(frame.nr_pages);
	c->same_mask = le32_to_cpu(frame.same_mask);
	c->codec = le32_to_cpu(frame.codec);
	c->body_bytes = le32_to_cpu(frame.body_bytes);
	*why = chunk_fault(c, bytes, nr_pages_total);
	if (*why)
		return -EBADMSG;
	c->fills = at + sizeof(frame);
	c->body = at + hib_chunk_body_offset(c->same_mask);
	c->total_bytes = hib_chunk_body_offset(c->same_mask) + c->body_bytes;
	*why = "chunk tag";
	if (le64_to_cpu(frame.tag) != chunk_tag(at, c->total_bytes, id))
		return -EBADMSG;
	*why = "chunk codec";
	return c->codec <= HIB_CODEC_ZSTD ? 1 : -EOPNOTSUPP;
}
