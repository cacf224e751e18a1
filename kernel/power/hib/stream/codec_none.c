// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: codec_none - the codec none
 *
 * Pages as they are. The stream recognises this codec and stores chunks raw
 * without asking it, since a copy can go straight from page to segment; the
 * functions are here so that each number on disk has its two directions.
 *
 * Context: any; nothing here sleeps.
 */
#include "codec.h"
#include <linux/errno.h>
#include <linux/string.h>

static size_t none_compress(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			    void *workspace)
{
	if (in_bytes > out_bytes)
		return 0;
	memcpy(out, in, in_bytes);
	return in_bytes;
}

static int none_decompress(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			   void *workspace)
{
	if (in_bytes != out_bytes)
		return -EBADMSG;
	memcpy(out, in, in_bytes);
	return 0;
}

const struct hib_codec_ops hib_codec_none = {
	.name = "none",
	.id = HIB_CODEC_NONE,
	.compress = none_compress,
	.decompress = none_decompress,
};
