/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_UNPACK_H
#define HIB_UNPACK_H

#include "chunk.h"
#include "rawlist.h"

/**
 * struct hib_unpack_ops - What unpacking asks of whoever owns the pages.
 * @address: Where page @index of the image is to be written: one page, page
 *	aligned; or NULL: it goes nowhere. Required.
 * @claim: Nobody has had chunk @index before? Asked once for each chunk, before
 *	anything of it is written; @index is below the number of chunks. Required.
 * @decompress: Decode the body of @c, coded and sound as far as its tag tells,
 *	to exactly @bytes bytes at @out. 0; -EBADMSG, -EOPNOTSUPP with *@why.
 *	Required.
 * @stopped: Asked after each chunk: is the rest not wanted any more? Optional.
 *
 * All are called in the context of hib_unpack_segment(), with @priv of
 * &struct hib_unpack.
 */
struct hib_unpack_ops {
	void *(*address)(void *priv, u64 index);
	bool (*claim)(void *priv, u32 index);
	int (*decompress)(void *priv, const struct hib_chunk *c, void *out, size_t bytes,
			  const char **why);
	bool (*stopped)(void *priv);
};

/**
 * struct hib_unpack - Unpacking one segment, coded or raw.
 * @ops: What it asks.
 * @priv: Passed to them.
 * @image_id: Seeds the tags.
 * @nr_pages_total: Pages of the image.
 * @plain: Coded: memory for HIB_CHUNK_PAGES pages, for those that do not lie side by side.
 * @pos: Result: how far it came, bytes; after an error the chunk it is about.
 * @nr_pages: Result: pages of the chunks that were unpacked.
 * @nr_same: Result: those of them that were same-filled.
 */
struct hib_unpack {
	const struct hib_unpack_ops *ops;
	void *priv;
	const u8 *image_id;
	u64 nr_pages_total;
	void *plain;
	u32 pos;
	u64 nr_pages;
	u64 nr_same;
};

/* All chunks of a coded segment, each into its pages. 0, -EBADMSG, -EOPNOTSUPP with *@why. */
int hib_unpack_segment(struct hib_unpack *u, const void *data, u32 bytes, const char **why);

/* Where the blocks of a raw segment's chunks are to be read to. 0, -EBADMSG with *@why. */
int hib_unpack_raw_begin(struct hib_unpack *u, const struct hib_raw_chunk *chunks, u32 nr,
			 void *spare, void **blocks, const char **why);
/* They were: check them, and fill the other pages. 0, -EBADMSG with *@why. */
int hib_unpack_raw_end(struct hib_unpack *u, const struct hib_raw_chunk *chunks, u32 nr,
		       void *const *blocks, const char **why);

#endif
