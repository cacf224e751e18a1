// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Segments, chunks and pages
 *
 * A segment is read as a whole. The pure files decide about each chunk of it. Nothing
 * behind a damaged chunk of a coded segment can be found, but the next segment can: after a
 * fault the walk goes on there, so that one run names every damaged segment.
 */
#include "hibimg.h"

#include "unpack.h"

/**
 * struct segment_walk - All segments, one after the other.
 * @img: Its segments were read.
 * @data: The segment; a walk has one buffer.
 * @offset: Where it begins in the image.
 * @bytes: Its length.
 * @index: Its number.
 * @raw_chunks: Its chunks, if it is raw,
 * @nr_raw: and how many these are; 0: it is coded.
 * @next_raw: The first chunk of the next raw segment.
 * @error: First error of the walk.
 */
struct segment_walk {
	struct hibimg *img;
	u8 *data;
	u64 offset;
	u32 bytes;
	u32 index;
	const struct hib_raw_chunk *raw_chunks;
	u32 nr_raw;
	u32 next_raw;
	int error;
};

static int walk_begin(struct segment_walk *walk, struct hibimg *img)
{
	*walk = (struct segment_walk) { .img = img };
	walk->data = hib_pure_realloc(NULL, 0, (size_t)HIB_SEGMENT_BYTES);
	return walk->data ? 0 : hibimg_fault(img, -ENOMEM, NULL, "segment buffer");
}

static void walk_end(struct segment_walk *walk)
{
	hib_pure_free(walk->data);
}

/* Print a fault and keep the first one. @pos: byte of the segment. */
static void walk_fault(struct segment_walk *walk, int error, const char *why, u32 pos)
{
	u64 offset = walk->offset + pos;

	hibimg_fault(walk->img, error, why, "segment %u: chunk at byte %s, image offset %llu",
		     walk->index, hibimg_at(hibimg_place(walk->img, offset, NULL)).text, offset);
	walk->error = walk->error ?: error;
}

/* Which chunks the segment has, if it is raw; false: none fill it, which was said. */
static bool walk_find_raw(struct segment_walk *walk)
{
	const struct hib_rawlist_reader *list = &walk->img->raw_chunks;

	walk->nr_raw = 0;
	if (!hib_segment_is_raw(walk->img->segments.segments[walk->index]))
		return true;
	walk->raw_chunks = list->chunks + walk->next_raw;
	walk->nr_raw = hib_rawlist_fill(walk->raw_chunks, list->nr - walk->next_raw,
					walk->bytes / HIB_BLOCK_BYTES, list->nr_pages_total);
	walk->next_raw += walk->nr_raw;
	if (!walk->nr_raw)
		walk_fault(walk, -EBADMSG, "raw segment without chunks", 0);
	return walk->nr_raw;
}

/* Read the segment; false: it cannot be read, which was said. */
static bool walk_read(struct segment_walk *walk)
{
	int error;

	walk->bytes = hib_segment_blocks(walk->img->segments.segments[walk->index]) *
		      HIB_BLOCK_BYTES;
	if (!walk_find_raw(walk))
		return false;
	error = hibimg_read_image(walk->img, walk->offset, walk->data, walk->bytes);
	if (!error)
		return true;
	hibimg_fault(walk->img, error, NULL, "segment %u at byte %s, image offset %llu",
		     walk->index, hibimg_at(hibimg_place(walk->img, walk->offset, NULL)).text,
		     walk->offset);
	walk->error = walk->error ?: error;
	return false;
}

static bool walk_is_over(const struct segment_walk *walk)
{
	return walk->index >= walk->img->segments.nr;
}

static void walk_next(struct segment_walk *walk)
{
	walk->offset += walk->bytes;
	walk->index++;
}

static u64 nr_pages_total(const struct hibimg *img)
{
	return img->header.nr_pages + img->header.nr_stale;
}

static u32 raw_chunk_bytes(const struct segment_walk *walk, const struct hib_raw_chunk *c)
{
	return (hib_raw_chunk_pages(c, nr_pages_total(walk->img)) - hweight32(c->zero_mask)) *
	       HIB_BLOCK_BYTES;
}

/* Does the tag of a chunk at byte @pos of the segment agree? */
static bool raw_chunk_is_sound(const struct segment_walk *walk, const struct hib_raw_chunk *c,
			       u32 pos)
{
	u32 nr = raw_chunk_bytes(walk, c) / HIB_BLOCK_BYTES;
	const void *blocks[HIB_CHUNK_PAGES];

	for (size_t i = 0; i < nr; i++)
		blocks[i] = walk->data + pos + i * HIB_BLOCK_BYTES;
	return hib_raw_chunk_tag(c, walk->img->header.image_id, blocks, nr) == c->tag;
}

/* Chunks of a raw segment, as if each were coded; such a one has no fill words. */
static int raw_chunks(struct segment_walk *walk, hibimg_chunk_fn *take, void *priv)
{
	struct hibimg *img = walk->img;
	u32 pos = 0;

	for (u32 i = 0; i < walk->nr_raw; i++) {
		const struct hib_raw_chunk *raw = &walk->raw_chunks[i];
		struct hib_chunk c = {
			.index = raw->index, .same_mask = raw->zero_mask,
			.nr_pages = hib_raw_chunk_pages(raw, nr_pages_total(img)),
			.body = walk->data + pos,
		};
		int ret;

		c.body_bytes = raw_chunk_bytes(walk, raw);
		c.total_bytes = c.body_bytes;
		if (!raw_chunk_is_sound(walk, raw, pos)) {
			walk_fault(walk, -EBADMSG, "chunk tag", pos);
			return 0;
		}
		ret = take(priv, walk->offset + pos, &c);
		if (ret)
			return ret;
		pos += c.body_bytes;
	}
	return 0;
}

/* Chunks of the segment that was read. 0, 1: stopped, or an errno of @take. */
static int segment_chunks(struct segment_walk *walk, hibimg_chunk_fn *take, void *priv)
{
	struct hibimg *img = walk->img;
	const char *why = NULL;
	struct hib_chunk c;
	u32 pos = 0;
	int ret;

	if (walk->nr_raw)
		return raw_chunks(walk, take, priv);
	while ((ret = hib_chunk_parse(walk->data + pos, walk->bytes - pos, img->header.image_id,
				      nr_pages_total(img), &c, &why)) > 0) {
		ret = take(priv, walk->offset + pos, &c);
		if (ret)
			return ret;
		pos += c.total_bytes;
	}
	if (ret)
		walk_fault(walk, ret, why, pos);
	return 0;
}

/**
 * hibimg_each_chunk() - Call a function for each chunk, undecoded.
 * @img: Its segments were read.
 * @take: The function.
 * @priv: Passed to it.
 *
 * Return: 0, an errno of @take, or the first fault.
 */
int hibimg_each_chunk(struct hibimg *img, hibimg_chunk_fn *take, void *priv)
{
	struct segment_walk walk;
	int ret = walk_begin(&walk, img);

	for (; !ret && !walk_is_over(&walk); walk_next(&walk))
		if (walk_read(&walk))
			ret = segment_chunks(&walk, take, priv);
	walk_end(&walk);
	return ret < 0 ? ret : walk.error;
}

/**
 * struct page_walk - Pages being decoded.
 * @img: The image.
 * @take: Receives each page; NULL: they are only checked.
 * @priv: Passed to it.
 * @only: The one chunk that is wanted; U64_MAX: all.
 * @seen: A bit for each chunk.
 * @nr_seen: Bits that are set.
 * @pages: The pages of a chunk,
 * @plain: and room for decoding those of them that do not lie side by side.
 * @chunk: The chunk whose pages they are.
 * @ret: What @take returned last.
 */
struct page_walk {
	struct hibimg *img;
	hibimg_page_fn *take;
	void *priv;
	u64 only;
	unsigned long *seen;
	u64 nr_seen;
	u8 *pages, *plain;
	u32 chunk;
	int ret;
};

static u64 nr_chunks(const struct hibimg *img)
{
	return DIV_ROUND_UP(nr_pages_total(img), HIB_CHUNK_PAGES);
}

static void *page_address(void *priv, u64 index)
{
	struct page_walk *walk = priv;

	return walk->pages + index % HIB_CHUNK_PAGES * HIB_BLOCK_BYTES;
}

static bool page_claim(void *priv, u32 index)
{
	struct page_walk *walk = priv;
	unsigned long *word = &walk->seen[index / BITS_PER_LONG];
	unsigned long bit = 1ul << index % BITS_PER_LONG;

	walk->chunk = index;
	if (*word & bit)
		return false;
	*word |= bit;
	walk->nr_seen++;
	return true;
}

static bool page_is_wanted(const struct page_walk *walk)
{
	return walk->only == U64_MAX || walk->only == walk->chunk;
}

static int page_decompress(void *priv, const struct hib_chunk *c, void *out, size_t bytes,
			   const char **why)
{
	return page_is_wanted(priv) ? hibimg_decode(c, out, bytes, why) : 0;
}

/* After each chunk: hand its pages on. */
static bool page_stopped(void *priv)
{
	struct page_walk *walk = priv;
	u64 first = (u64)walk->chunk * HIB_CHUNK_PAGES;
	u64 end = min(first + HIB_CHUNK_PAGES, nr_pages_total(walk->img));

	if (!walk->take || !page_is_wanted(walk))
		return false;
	for (u64 index = first; index < end && !walk->ret; index++)
		walk->ret = walk->take(walk->priv, index, page_address(walk, index));
	return walk->ret;
}

static int pages_begin(struct page_walk *pages)
{
	size_t words = DIV_ROUND_UP(nr_chunks(pages->img), BITS_PER_LONG);

	pages->seen = hib_pure_realloc(NULL, 0, words * sizeof(*pages->seen));
	pages->pages = hib_pure_realloc(NULL, 0, (size_t)HIB_CHUNK_PAGES * HIB_BLOCK_BYTES);
	pages->plain = hib_pure_realloc(NULL, 0, (size_t)HIB_CHUNK_PAGES * HIB_BLOCK_BYTES);
	if (!pages->seen || !pages->pages || !pages->plain)
		return hibimg_fault(pages->img, -ENOMEM, NULL, "pages");
	memset(pages->seen, 0, words * sizeof(*pages->seen));
	return 0;
}

static void pages_end(struct page_walk *pages)
{
	hib_pure_free(pages->plain);
	hib_pure_free(pages->pages);
	hib_pure_free(pages->seen);
}

static int raw_chunk_unpack(struct segment_walk *walk, struct hib_unpack *u,
			    const struct hib_raw_chunk *c, u32 pos, const char **why)
{
	u32 nr = raw_chunk_bytes(walk, c) / HIB_BLOCK_BYTES;
	struct page_walk *pages = u->priv;
	void *blocks[HIB_CHUNK_PAGES];
	int error;

	/* One that is damaged is in no sound segment, so it must not be claimed. */
	*why = "chunk tag";
	if (!raw_chunk_is_sound(walk, c, pos))
		return -EBADMSG;
	error = hib_unpack_raw_begin(u, c, 1, pages->plain, blocks, why);
	if (error)
		return error;
	for (size_t i = 0; i < nr; i++)
		memcpy(blocks[i], walk->data + pos + i * HIB_BLOCK_BYTES, HIB_BLOCK_BYTES);
	return hib_unpack_raw_end(u, c, 1, blocks, why);
}

/* One chunk at a time, as its pages are handed on before the next one has them. */
static int raw_pages(struct segment_walk *walk, struct hib_unpack *u, const char **why)
{
	struct page_walk *pages = u->priv;
	u32 pos = 0;

	for (u32 i = 0; !pages->ret && i < walk->nr_raw; i++) {
		int error = raw_chunk_unpack(walk, u, &walk->raw_chunks[i], pos, why);

		u->pos = pos;
		if (error)
			return error;
		pos += raw_chunk_bytes(walk, &walk->raw_chunks[i]);
	}
	return 0;
}

static void segment_pages(struct segment_walk *walk, struct page_walk *pages)
{
	static const struct hib_unpack_ops ops = {
		.address = page_address, .claim = page_claim, .decompress = page_decompress,
		.stopped = page_stopped,
	};
	struct hib_unpack u = {
		.ops = &ops,
		.priv = pages,
		.image_id = walk->img->header.image_id,
		.nr_pages_total = nr_pages_total(walk->img),
		.plain = pages->plain,
	};
	const char *why = NULL;
	int error = walk->nr_raw ? raw_pages(walk, &u, &why) :
		    hib_unpack_segment(&u, walk->data, walk->bytes, &why);

	if (error)
		walk_fault(walk, error, why, u.pos);
}

/* All segments were walked: are all chunks there? */
static int pages_missing(const struct page_walk *pages)
{
	u64 nr = nr_chunks(pages->img), first = find_next_zero_bit(pages->seen, nr, 0);

	if (first == nr)
		return 0;
	return hibimg_fault(pages->img, -EBADMSG, "in no sound segment",
			    "%llu of %llu chunks, the first is chunk %llu", nr - pages->nr_seen, nr,
			    first);
}

static int pages_walk(struct segment_walk *walk, struct page_walk *pages)
{
	for (; !pages->ret && !walk_is_over(walk); walk_next(walk))
		if (walk_read(walk))
			segment_pages(walk, pages);
	if (!pages->ret && pages_missing(pages))
		walk->error = walk->error ?: -EBADMSG;
	return pages->ret < 0 ? pages->ret : walk->error;
}

/**
 * hibimg_each_page() - Decode pages and call a function for each.
 * @img: Its segments were read.
 * @only: Only the pages of this chunk; U64_MAX: of all.
 * @take: The function. NULL: the pages are only checked.
 * @priv: Passed to it.
 *
 * Faults do not end the walk, only @take does.
 *
 * Return: 0, an errno of @take, or the first fault.
 */
int hibimg_each_page(struct hibimg *img, u64 only, hibimg_page_fn *take, void *priv)
{
	struct page_walk pages = { .img = img, .only = only, .take = take, .priv = priv };
	struct segment_walk walk;
	int error = walk_begin(&walk, img);

	if (!error)
		error = pages_begin(&pages);
	if (!error)
		error = pages_walk(&walk, &pages);
	pages_end(&pages);
	walk_end(&walk);
	return error;
}
