// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: codec_lzo - the codec lzo
 *
 * LZO1X-1, the format that hibernation images were coded with for many years.
 * The library's compressor does not look where its output ends: it relies on
 * hib_codec_room(), which is never less than what LZO can grow to.
 *
 * Workspace: the compressor's dictionary. Context: any; nothing here sleeps.
 */
#include "codec.h"
#include <linux/errno.h>
#include <linux/lzo.h>

static size_t lzo_workspace_bytes(void)
{
	/* What the room that callers leave is measured by. */
	static_assert(lzo1x_worst_compress(HIB_CHUNK_PAGES * HIB_BLOCK_BYTES) <=
		      HIB_CHUNK_PAGES * HIB_BLOCK_BYTES * 17 / 16 + 128);

	return LZO1X_1_MEM_COMPRESS;
}

static size_t lzo_compress(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			   void *workspace)
{
	size_t bytes = hib_codec_room(in_bytes);

	if (lzo1x_1_compress(in, in_bytes, out, &bytes, workspace) != LZO_E_OK)
		return 0;
	return bytes <= out_bytes ? bytes : 0;
}

static int lzo_decompress(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			  void *workspace)
{
	size_t bytes = out_bytes;

	if (lzo1x_decompress_safe(in, in_bytes, out, &bytes) != LZO_E_OK)
		return -EBADMSG;
	return bytes == out_bytes ? 0 : -EBADMSG;
}

const struct hib_codec_ops hib_codec_lzo = {
	.name = "lzo",
	.id = HIB_CODEC_LZO,
	.workspace_bytes = lzo_workspace_bytes,
	.compress = lzo_compress,
	.decompress = lzo_decompress,
};
