/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CHUNK_H
#define HIB_CHUNK_H

#include "format.h"

/**
 * struct hib_chunk - A chunk's fixed fields in host order, checked against the bytes that hold it.
 * @index: Of the chunk in the image.
 * @nr_pages: How many pages it holds.
 * @same_mask: Bit n: all words of page n are equal.
 * @codec: How the other pages are packed.
 * @body_bytes: Their size as stored.
 * @fills: One __le64 for each bit in @same_mask, unaligned.
 * @body: The packed pages.
 * @total_bytes: Of the fixed fields, @fills and @body.
 */
struct hib_chunk {
	u32 index;
	u32 nr_pages;
	u32 same_mask;
	u32 codec;
	u32 body_bytes;
	const void *fills;	/* one __le64 for each set bit of same_mask, unaligned */
	const void *body;
	u32 total_bytes;	/* fixed fields, fills and body */
};

/* Are the words of @page all equal? Their value in *@fill. */
bool hib_chunk_page_is_same(const void *page, u64 *fill);
/*
 * Close a frame at @at whose body stands behind it already, and put @fills in
 * between: one for each set bit, lowest first, without gaps. Returns the chunk's
 * whole length. The body starts at hib_chunk_body_offset(mask).
 */
u32 hib_chunk_body_offset(u32 same_mask);
u32 hib_chunk_close(void *at, const u8 id[HIB_ID_BYTES], const struct hib_chunk *c,
		    const u64 *fills);
/*
 * Parse the chunk at @at, @bytes left in the segment, and verify its tag.
 * 1: a chunk; 0: the segment ends here; -EBADMSG; -EOPNOTSUPP unknown codec.
 * @nr_pages_total bounds index; a last chunk may be short, all others are full.
 */
int hib_chunk_parse(const void *at, u32 bytes, const u8 id[HIB_ID_BYTES],
		    u64 nr_pages_total, struct hib_chunk *c, const char **why);

#endif
