// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: unpack - a segment into pages
 *
 * A coded segment is read from a device as a whole and holds chunks, one behind the
 * other, and zeros behind the last. Each chunk is let through once, before
 * anything of it is written to a page. Its same-filled pages are filled; the
 * others are copied or decoded straight into their pages where these lie side by
 * side, else through a plain buffer.
 *
 * A raw segment is read straight into pages, so for it there are two calls. Before it is
 * read, hib_unpack_raw_begin() lets each chunk through once and tells where its blocks go.
 * A page that has no place gets spare memory, as its block is a part of what the tag covers.
 * When it was read, hib_unpack_raw_end() checks the tags and clears the zero pages.
 *
 * What is read is hostile. hib_chunk_parse() vouches for a chunk's frame and its
 * tag; here is decided where each byte goes. Where pages lie, who had a chunk
 * before, and how a body is decoded, is asked through &struct hib_unpack_ops. After
 * an error the pages are garbage.
 *
 * Memory belongs to the caller. No state, no allocation, any number of CPUs.
 */
#include "unpack.h"

/**
 * struct unpack_target - Where the packed pages of a chunk go; NULL: it is stale and goes nowhere.
 * @packed: A page for each.
 * @nr_packed: How many there are.
 * @contiguous: They lie side by side.
 */
struct unpack_target {
	void *packed[HIB_CHUNK_PAGES];
	u32 nr_packed;
	bool contiguous;
};

static void page_fill(void *page, u64 fill)
{
	u64 *word = page, *end = page + HIB_BLOCK_BYTES;

	if (!fill) {
		memset(page, 0, HIB_BLOCK_BYTES);
		return;
	}
	while (word < end)
		*word++ = fill;
}

/* Fill the same-filled pages, and list where the others go. */
static void unpack_place(const struct hib_unpack *u, const struct hib_chunk *c,
			 struct unpack_target *target)
{
	u64 first = (u64)c->index * HIB_CHUNK_PAGES;
	const u8 *fill = c->fills;
	u32 i;

	target->nr_packed = 0;
	target->contiguous = true;
	for (i = 0; i < c->nr_pages; i++) {
		void *page = u->ops->address(u->priv, first + i);

		if (c->same_mask >> i & 1) {
			if (page)
				page_fill(page, get_unaligned_le64(fill));
			fill += sizeof(__le64);
			continue;
		}
		if (!page || (target->nr_packed &&
			      page != target->packed[target->nr_packed - 1] + HIB_BLOCK_BYTES))
			target->contiguous = false;
		target->packed[target->nr_packed++] = page;
	}
}

static void unpack_scatter(const struct unpack_target *target, const void *in)
{
	u32 i;

	if (target->contiguous) {
		memcpy(target->packed[0], in, (size_t)target->nr_packed * HIB_BLOCK_BYTES);
		return;
	}
	for (i = 0; i < target->nr_packed; i++)
		if (target->packed[i])
			memcpy(target->packed[i], in + (size_t)i * HIB_BLOCK_BYTES,
			       HIB_BLOCK_BYTES);
}

static int unpack_decompress(const struct hib_unpack *u, const struct hib_chunk *c,
			     const struct unpack_target *target, const char **why)
{
	void *out = target->contiguous ? target->packed[0] : u->plain;
	int ret = u->ops->decompress(u->priv, c, out,
				     (size_t)target->nr_packed * HIB_BLOCK_BYTES, why);

	if (!ret && !target->contiguous)
		unpack_scatter(target, out);
	return ret;
}

/* A chunk that hib_chunk_parse() let through, into its pages. */
static int unpack_chunk(const struct hib_unpack *u, const struct hib_chunk *c, const char **why)
{
	struct unpack_target target;

	*why = "chunk seen twice";
	if (!u->ops->claim(u->priv, c->index))
		return -EBADMSG;

	unpack_place(u, c, &target);
	if (target.nr_packed && c->codec != HIB_CODEC_NONE)
		return unpack_decompress(u, c, &target, why);
	if (target.nr_packed)
		unpack_scatter(&target, c->body);
	return 0;
}

/**
 * hib_unpack_segment() - Write all chunks of a segment to their pages.
 * @u: Whom to ask; receives how far it came and what was counted.
 * @data: The segment as read.
 * @bytes: Its length, a multiple of HIB_BLOCK_BYTES.
 * @why: Set to what is wrong when an errno is returned.
 *
 * That no chunk is missing is for the caller to see, when all segments are done.
 *
 * Return:
 * * 0		- done, or stopped
 * * -EBADMSG	- damaged, a chunk for the second time, or bytes behind the last
 * * -EOPNOTSUPP - sound, but coded as is not known here
 */
int hib_unpack_segment(struct hib_unpack *u, const void *data, u32 bytes, const char **why)
{
	struct hib_chunk c;
	int ret;

	u->pos = 0;
	u->nr_pages = 0;
	u->nr_same = 0;
	while ((ret = hib_chunk_parse(data + u->pos, bytes - u->pos, u->image_id,
				      u->nr_pages_total, &c, why)) > 0) {
		ret = unpack_chunk(u, &c, why);
		if (ret)
			return ret;
		u->pos += c.total_bytes;
		u->nr_pages += c.nr_pages;
		u->nr_same += hweight32(c.same_mask);
		if (u->ops->stopped && u->ops->stopped(u->priv))
			return 0;
	}
	if (ret)
		return ret;
	*why = "garbage behind the chunks";
	if (bytes - u->pos >= HIB_BLOCK_BYTES || memchr_inv(data + u->pos, 0, bytes - u->pos))
		return -EBADMSG;
	return 0;
}

/**
 * hib_unpack_raw_begin() - Say where the blocks of chunks are to be read to.
 * @u: The segment; receives the position of the chunk that was looked at last.
 * @chunks: Chunks of a raw segment, or some of them; each is sound.
 * @nr: How many.
 * @spare: Memory as large as all their blocks, for those of pages that have no place.
 * @blocks: Receives an address for each block, page aligned.
 * @why: Set to what is wrong when an errno is returned.
 *
 * Return: 0; -EBADMSG if a chunk was seen before: nothing may be read.
 */
int hib_unpack_raw_begin(struct hib_unpack *u, const struct hib_raw_chunk *chunks, u32 nr,
			 void *spare, void **blocks, const char **why)
{
	u32 nr_blocks = 0;

	*why = "chunk seen twice";
	for (u32 i = 0; i < nr; i++) {
		u64 first = (u64)chunks[i].index * HIB_CHUNK_PAGES;
		u32 nr_pages = hib_raw_chunk_pages(&chunks[i], u->nr_pages_total);

		u->pos = nr_blocks * HIB_BLOCK_BYTES;
		if (!u->ops->claim(u->priv, chunks[i].index))
			return -EBADMSG;
		for (u32 page = 0; page < nr_pages; page++) {
			if (chunks[i].zero_mask >> page & 1)
				continue;
			blocks[nr_blocks] = u->ops->address(u->priv, first + page) ?:
					    spare + (size_t)nr_blocks * HIB_BLOCK_BYTES;
			nr_blocks++;
		}
	}
	return 0;
}

static void raw_clear(const struct hib_unpack *u, const struct hib_raw_chunk *c, u32 nr_pages)
{
	u64 first = (u64)c->index * HIB_CHUNK_PAGES;

	for (u32 page = 0; page < nr_pages; page++) {
		void *at = c->zero_mask >> page & 1 ? u->ops->address(u->priv, first + page) : NULL;

		if (at)
			memset(at, 0, HIB_BLOCK_BYTES);
	}
}

/**
 * hib_unpack_raw_end() - Check chunks whose blocks were read, and fill their other pages.
 * @u: The segment; receives that position, and the counts.
 * @chunks: As for hib_unpack_raw_begin().
 * @nr: How many.
 * @blocks: What that said.
 * @why: Set to what is wrong when an errno is returned.
 *
 * Return: 0 if done, or stopped; -EBADMSG if a chunk is damaged.
 */
int hib_unpack_raw_end(struct hib_unpack *u, const struct hib_raw_chunk *chunks, u32 nr,
		       void *const *blocks, const char **why)
{
	const void *const *at = (const void *const *)blocks;
	u32 nr_blocks = 0;

	u->nr_pages = 0;
	u->nr_same = 0;
	*why = "chunk tag";
	for (u32 i = 0; i < nr; i++) {
		u32 nr_pages = hib_raw_chunk_pages(&chunks[i], u->nr_pages_total);
		u32 nr_zero = hweight32(chunks[i].zero_mask);

		u->pos = nr_blocks * HIB_BLOCK_BYTES;
		if (hib_raw_chunk_tag(&chunks[i], u->image_id, at + nr_blocks,
				      nr_pages - nr_zero) != chunks[i].tag)
			return -EBADMSG;
		raw_clear(u, &chunks[i], nr_pages);
		nr_blocks += nr_pages - nr_zero;
		u->nr_pages += nr_pages;
		u->nr_same += nr_zero;
		if (u->ops->stopped && u->ops->stopped(u->priv))
			return 0;
	}
	return 0;
}
