// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: codec_zstd - the codec zstd
 *
 * Zstandard frames, one for each chunk, at the fastest of the regular levels:
 * what the higher ones gain on pages of memory costs more time than the device
 * would have needed for it.
 *
 * Workspace: &struct zstd_space, followed by the memory of a compression or of
 * a decompression context. A transition goes in one direction only, so the two
 * share that memory; the context is made again when the direction changes.
 *
 * Context: any; nothing here sleeps.
 */
#include "codec.h"
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/zstd.h>

#define ZSTD_LEVEL	1

/**
 * struct zstd_space - A worker's memory for zstd.
 * @cctx: For compression.
 * @dctx: For decompression.
 * @context: What one of them lies in.
 */
struct zstd_space {
	zstd_cctx *cctx;
	zstd_dctx *dctx;
	u64 context[];
};

static zstd_parameters zstd_chunk_params(void)
{
	return zstd_get_params(ZSTD_LEVEL, HIB_CHUNK_PAGES * HIB_BLOCK_BYTES);
}

static size_t zstd_cctx_bytes(void)
{
	const zstd_parameters params = zstd_chunk_params();

	return zstd_cctx_workspace_bound(&params.cParams);
}

static size_t zstd_workspace_bytes(void)
{
	return sizeof(struct zstd_space) + max(zstd_cctx_bytes(), zstd_dctx_workspace_bound());
}

static int zstd_workspace_init(void *workspace)
{
	struct zstd_space *space = workspace;

	space->cctx = NULL;
	space->dctx = NULL;
	return 0;
}

static zstd_cctx *zstd_space_cctx(struct zstd_space *space)
{
	if (!space->cctx) {
		space->dctx = NULL;
		space->cctx = zstd_init_cctx(space->context, zstd_cctx_bytes());
	}
	return space->cctx;
}

static zstd_dctx *zstd_space_dctx(struct zstd_space *space)
{
	if (!space->dctx) {
		space->cctx = NULL;
		space->dctx = zstd_init_dctx(space->context, zstd_dctx_workspace_bound());
	}
	return space->dctx;
}

static size_t zstd_compress(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			    void *workspace)
{
	const zstd_parameters params = zstd_chunk_params();
	zstd_cctx *cctx = zstd_space_cctx(workspace);
	size_t bytes;

	if (!cctx)
		return 0;
	bytes = zstd_compress_cctx(cctx, out, out_bytes, in, in_bytes, &params);
	return zstd_is_error(bytes) ? 0 : bytes;
}

static int zstd_decompress(const void *in, size_t in_bytes, void *out, size_t out_bytes,
			   void *workspace)
{
	zstd_dctx *dctx = zstd_space_dctx(workspace);
	size_t bytes;

	if (!dctx)
		return -EBADMSG;
	bytes = zstd_decompress_dctx(dctx, out, out_bytes, in, in_bytes);
	return !zstd_is_error(bytes) && bytes == out_bytes ? 0 : -EBADMSG;
}

const struct hib_codec_ops hib_codec_zstd = {
	.name = "zstd",
	.id = HIB_CODEC_ZSTD,
	.workspace_bytes = zstd_workspace_bytes,
	.workspace_init = zstd_workspace_init,
	.compress = zstd_compress,
	.decompress = zstd_decompress,
};
