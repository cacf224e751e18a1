// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: fsid - the UUID of the file system on a device
 *
 * A swap file is often named by the UUID of the file system that it lies on. So the
 * super blocks of those file systems are known here that can have a swap file: ext4,
 * XFS, btrfs and f2fs. Nothing else of a file system is read.
 *
 * No state, any context.
 */
#include "fsid.h"
#include "format.h"

/**
 * struct fsid_place - Where a kind of file system has its UUID.
 * @block: Block of the device.
 * @magic_at: In that block: where the magic number is,
 * @magic_bytes: how long it is,
 * @magic: and what.
 * @uuid_at: In that block: where the UUID is.
 */
struct fsid_place {
	u64 block;
	size_t magic_at;
	size_t magic_bytes;
	const char *magic;
	size_t uuid_at;
};

static const struct fsid_place places[] = {
	{ 0, 1080, 2, "\x53\xef", 1128 },			/* ext2, ext3, ext4 */
	{ 0, 0, 4, "XFSB", 32 },
	{ 0, 1024, 4, "\x10\x20\xf5\xf2", 1132 },		/* f2fs */
	{ 16, 64, 8, "_BHRfS_M", 32 },				/* btrfs */
};

/**
 * hib_fsid_find() - Find the UUID of a file system.
 * @page: Content of a block of a device.
 * @block: Which one.
 *
 * Return: Its HIB_ID_BYTES bytes, inside @page; NULL: no super block that is known.
 */
const u8 *hib_fsid_find(const u8 *page, u64 block)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
		const struct fsid_place *p = &places[i];

		if (p->block == block && !memcmp(page + p->magic_at, p->magic, p->magic_bytes))
			return page + p->uuid_at;
	}
	return NULL;
}
