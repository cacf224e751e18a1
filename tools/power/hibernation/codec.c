// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Bodies of chunks
 *
 * The libraries decode what the kernel's codecs of the same number write. None
 * of them writes past the end of the output, whatever the input is.
 */
#include "hibimg.h"

#include <lz4.h>
#include <lzo/lzo1x.h>
#include <zstd.h>


static size_t lzo_decode(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	lzo_uint bytes = out_bytes;

	return lzo1x_decompress_safe(in, in_bytes, out, &bytes, NULL) == LZO_E_OK ? bytes : 0;
}

static size_t lz4_decode(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	int bytes = LZ4_decompress_safe(in, out, (int)in_bytes, (int)out_bytes);

	return bytes < 0 ? 0 : bytes;
}

static size_t zstd_decode(const void *in, size_t in_bytes, void *out, size_t out_bytes)
{
	size_t bytes = ZSTD_decompress(out, out_bytes, in, in_bytes);

	return ZSTD_isError(bytes) ? 0 : bytes;
}

/**
 * struct hibimg_codec - A codec by its number on the disk.
 * @name: What hibernate.compressor= calls it.
 * @decode: Returns the bytes it wrote to @out, 0 after an error. NULL: raw.
 */
struct hibimg_codec {
	const char *name;
	size_t (*decode)(const void *in, size_t in_bytes, void *out, size_t out_bytes);
};

static const struct hibimg_codec codecs[] = {
	[HIB_CODEC_NONE] = { "none", NULL },
	[HIB_CODEC_LZO] = { "lzo", lzo_decode },
	[HIB_CODEC_LZ4] = { "lz4", lz4_decode },
	[HIB_CODEC_ZSTD] = { "zstd", zstd_decode },
};

/**
 * hibimg_codec_name() - What a codec is called.
 * @codec: Its number.
 *
 * Return: The name.
 */
const char *hibimg_codec_name(u32 codec)
{
	return codec < ARRAY_SIZE(codecs) ? codecs[codec].name : "unknown";
}

/**
 * hibimg_decode() - Decode the body of a chunk.
 * @c: The chunk, sound as far as its tag tells, and not raw.
 * @out: Receives its packed pages.
 * @bytes: Their length.
 * @why: Set when an errno is returned.
 *
 * Return: 0, -EBADMSG, or -EOPNOTSUPP: the codec is not known here.
 */
int hibimg_decode(const struct hib_chunk *c, void *out, size_t bytes, const char **why)
{
	*why = "codec not known here";
	if (c->codec >= ARRAY_SIZE(codecs) || !codecs[c->codec].decode)
		return -EOPNOTSUPP;
	*why = "cannot be decoded";
	return codecs[c->codec].decode(c->body, c->body_bytes, out, bytes) == bytes ? 0 : -EBADMSG;
}
