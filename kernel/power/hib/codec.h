/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CODEC_H
#define HIB_CODEC_H

#include <linux/types.h>
#include "format.h"

/**
 * struct hib_codec_ops - One way to shrink the body of a chunk.
 * @name: As in hibernate.compressor=.
 * @id: Its number on disk.
 * @workspace_bytes: What compress and decompress need, one for each worker; 0: none.
 * @workspace_init: Optional; called once on a new workspace.
 * @compress: Bytes written to @out, or 0 when the result would not fit @out_bytes.
 * @decompress: 0 when exactly @out_bytes came out, else -EBADMSG. Hostile input.
 */
struct hib_codec_ops {
	const char *name;
	enum hib_codec_id id;
	size_t (*workspace_bytes)(void);
	int (*workspace_init)(void *workspace);
	size_t (*compress)(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			   void *workspace);
	int (*decompress)(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			  void *workspace);
};

extern const struct hib_codec_ops hib_codec_none, hib_codec_lzo, hib_codec_lz4, hib_codec_zstd;

const struct hib_codec_ops *hib_codec_by_id(u32 id);		/* NULL: unknown */
const struct hib_codec_ops *hib_codec_by_name(const char *name);	/* NULL: unknown */
/* The i-th codec of the table, NULL past its end. */
const struct hib_codec_ops *hib_codec_at(unsigned int i);
size_t hib_codec_workspace_max(void);

#endif
