/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RAWLIST_H
#define HIB_RAWLIST_H

#include "format.h"
#include "piece.h"

/**
 * struct hib_raw_chunk - A chunk of a raw segment, in host order.
 * @index: It holds pages from @index * HIB_CHUNK_PAGES on.
 * @zero_mask: Bit n: page n is all zero and takes no block.
 * @tag: Over the blocks of the other pages and the two numbers above.
 */
struct hib_raw_chunk {
	u32 index;
	u32 zero_mask;
	u64 tag;
};

/* Pages of that chunk in an image of @nr_pages_total; 0: there is no such chunk. */
u32 hib_raw_chunk_pages(const struct hib_raw_chunk *c, u64 nr_pages_total);
/* Its tag; @pages are its pages that are not zero, @nr of them. */
u64 hib_raw_chunk_tag(const struct hib_raw_chunk *c, const u8 id[HIB_ID_BYTES],
		      const void *const *pages, u32 nr);

/* Leaves that a number of chunks needs. */
u32 hib_rawlist_leaves(u32 nr);
/* Fill and close leaf @index of those that @nr chunks need. */
void hib_rawlist_encode(const struct hib_raw_chunk *chunks, u32 nr, struct hib_disk_leaf *leaf,
			const u8 id[HIB_ID_BYTES], u32 index);

/**
 * struct hib_rawlist_reader - The reader's place in the list.
 * @chunks: Receives the chunks.
 * @capacity: How many @chunks has room for.
 * @nr_pages_total: Pages of the image.
 * @nr: Chunks so far.
 * @index: Of the next leaf.
 */
struct hib_rawlist_reader {
	struct hib_raw_chunk *chunks;	/* receives the chunks */
	u32 capacity;			/* room there */
	u64 nr_pages_total;
	u32 nr;				/* so far */
	u32 index;			/* next leaf */
};

/* Can that list be taken at all? -EBADMSG with *@why. */
int hib_rawlist_begin(struct hib_rawlist_reader *reader, const struct hib_piece *piece,
		      const char **why);
/* Leaves in order. -EBADMSG. */
int hib_rawlist_decode(struct hib_rawlist_reader *reader, const struct hib_disk_leaf *leaf,
		       const u8 id[HIB_ID_BYTES]);
/* After the last leaf: is it what was said? -EBADMSG with *@why. */
int hib_rawlist_end(const struct hib_rawlist_reader *reader, const struct hib_piece *piece,
		    const char **why);
/* How many of @nr chunks, from the first on, fill a segment of @nr_blocks? 0: they do not. */
u32 hib_rawlist_fill(const struct hib_raw_chunk *chunks, u32 nr, u32 nr_blocks,
		     u64 nr_pages_total);

#endif
