// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: codec - the table of codecs
 *
 * A codec shrinks the body of one chunk and brings it back. Each has a file of
 * its own, this one is the table by which they are found: by number when an
 * image is read, by name when a user asked for one. The codecs are constant
 * and know nothing of chunks, workers and devices; what they need to work with
 * is a workspace that their caller owns. They call the kernel's compression
 * libraries directly, because the crypto interface would add a transform to
 * allocate, a buffer to copy through and a module that may be missing.
 *
 * Context: any; nothing here sleeps or fails.
 */
#include "codec.h"
#include <linux/array_size.h>
#include <linux/minmax.h>
#include <linux/string.h>

/* By number on disk. A number that was once given out is never reused. */
static const struct hib_codec_ops * const codec_table[] = {
	[HIB_CODEC_NONE] = &hib_codec_none,
	[HIB_CODEC_LZO] = &hib_codec_lzo,
	[HIB_CODEC_LZ4] = &hib_codec_lz4,
	[HIB_CODEC_ZSTD] = &hib_codec_zstd,
};

/**
 * hib_codec_at() - Walk the table.
 * @i: Place in it, from 0.
 *
 * Context: Any.
 * Return: The codec, or NULL past the end of the table.
 */
const struct hib_codec_ops *hib_codec_at(unsigned int i)
{
	return i < ARRAY_SIZE(codec_table) ? codec_table[i] : NULL;
}

/**
 * hib_codec_by_id() - Find a codec by its number on disk.
 * @id: The number; may come from a hostile image.
 *
 * Context: Any.
 * Return: The codec, or NULL when this kernel has none of that number.
 */
const struct hib_codec_ops *hib_codec_by_id(u32 id)
{
	return hib_codec_at(id);
}

/**
 * hib_codec_by_name() - Find a codec by its name.
 * @name: The whole name, as in hibernate.compressor=.
 *
 * Context: Any.
 * Return: The codec, or NULL when there is none of that name.
 */
const struct hib_codec_ops *hib_codec_by_name(const char *name)
{
	const struct hib_codec_ops *codec;
	unsigned int i;

	for (i = 0; (codec = hib_codec_at(i)); i++) {
		if (!strcmp(codec->name, name))
			return codec;
	}
	return NULL;
}

/**
 * hib_codec_workspace_max() - The workspace that serves every codec.
 *
 * For a reader, who learns only from the chunks what they are coded with.
 *
 * Context: Any.
 * Return: Bytes.
 */
size_t hib_codec_workspace_max(void)
{
	const struct hib_codec_ops *codec;
	size_t bytes = 0;
	unsigned int i;

	for (i = 0; (codec = hib_codec_at(i)); i++) {
		if (codec->workspace_bytes)
			bytes = max(bytes, codec->workspace_bytes());
	}
	return bytes;
}
