/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CODEC_H
#define HIB_CODEC_H

#include <linux/types.h>
#include "pure/format.h"

/**
 * struct hib_codec_ops - One way to shrink the body of a chunk.
 * @name: As in hibernate.compressor=. Required.
 * @id: Its number on disk.
 * @workspace_bytes: What compress and decompress need, one for each worker,
 *	8-byte aligned. Optional: none needed.
 * @workspace_init: Called once on a new workspace, whose content is arbitrary.
 *	0 or an errno. Optional.
 * @compress: Bytes written to @out, or 0 when the result would not fit @out_bytes.
 *	The memory at @out is hib_codec_room() of @in_bytes long, whatever
 *	@out_bytes says: an algorithm may spoil all of it. Required.
 * @compress_fast: As @compress, quicker, and the result a little longer. Optional.
 * @decompress: 0 when exactly @out_bytes came out of exactly @in_bytes, else
 *	-EBADMSG. The input is hostile: nothing outside the two ranges is touched,
 *	what @out holds after an error is undefined. Required.
 *
 * All work in process context without sleeping, on as many CPUs at once as
 * there are workspaces.
 */
struct hib_codec_ops {
	const char *name;
	enum hib_codec_id id;
	size_t (*workspace_bytes)(void);
	int (*workspace_init)(void *workspace);
	size_t (*compress)(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			   void *workspace);
	size_t (*compress_fast)(const void *in, size_t in_bytes, void *out, size_t out_bytes,
				void *workspace);
	int (*decompress)(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			  void *workspace);
};

/* Room behind @out for @in_bytes that do not shrink; lzo grows most. */
static inline size_t hib_codec_room(size_t in_bytes)
{
	return in_bytes + in_bytes / 16 + 128;
}

extern const struct hib_codec_ops hib_codec_none, hib_codec_lzo, hib_codec_lz4, hib_codec_zstd;

const struct hib_codec_ops *hib_codec_by_id(u32 id);		/* NULL: unknown */
const struct hib_codec_ops *hib_codec_by_name(const char *name);	/* NULL: unknown */
/* The i-th codec of the table, NULL past its end. */
const struct hib_codec_ops *hib_codec_at(unsigned int i);
/* Workspace that is large enough for every codec of the table, in bytes. */
size_t hib_codec_workspace_max(void);

#endif
