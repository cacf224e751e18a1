// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: codec_lz4 - the codec lz4
 *
 * LZ4 blocks without the frame around them. The compressor stops by itself
 * when the output limit is met, which makes pages that do not shrink cheap.
 *
 * Workspace: the compressor's hash table. Context: any; nothing here sleeps.
 */
#include "codec.h"
#include <linux/errno.h>
#include <linux/lz4.h>

/*
 * Bytes that are stepped over while nothing matches. Measured: two make coding
 * a fifth quicker and the result 1 to 5 % longer; three, 9 % longer for little more.
 */
#define LZ4_FAST_STEP	2

static size_t lz4_workspace_bytes(void)
{
	return LZ4_MEM_COMPRESS;
}

static size_t lz4_compress(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			   void *workspace)
{
	int bytes = LZ4_compress_default(in, out, in_bytes, out_bytes, workspace);

	return bytes > 0 ? bytes : 0;
}

static size_t lz4_compress_fast(const void *in, size_t in_bytes, void *out, size_t out_bytes,
				void *workspace)
{
	int bytes = LZ4_compress_fast(in, out, in_bytes, out_bytes, LZ4_FAST_STEP, workspace);

	return bytes > 0 ? bytes : 0;
}

static int lz4_decompress(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			  void *workspace)
{
	int bytes = LZ4_decompress_safe(in, out, in_bytes, out_bytes);

	return bytes >= 0 && bytes == out_bytes ? 0 : -EBADMSG;
}

const struct hib_codec_ops hib_codec_lz4 = {
	.name = "lz4",
	.id = HIB_CODEC_LZ4,
	.workspace_bytes = lz4_workspace_bytes,
	.compress = lz4_compress,
	.compress_fast = lz4_compress_fast,
	.decompress = lz4_decompress,
};
