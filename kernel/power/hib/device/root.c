// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: root - the header page of a place
 *
 * A place has the header page of a swap area: it can be recognised, and its last 512
 * bytes are free for the commit record. mkswap writes such a page; a target that is
 * blank gets one here.
 *
 * No state.
 */
#include "root.h"
#include <linux/blkdev.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/uuid.h>
#include "bio.h"

/* Bad-page entries from here on would lie under the commit record. */
#define BADPAGES_MAX	((HIB_COMMIT_OFFSET - offsetof(union swap_header, info.badpages)) / \
			 sizeof_field(union swap_header, info.badpages[0]))

/**
 * hib_root_check() - Is this the header page of a place without an image?
 * @bdev: Device.
 * @block: Where it should be.
 * @page: A page of memory; holds the header page on return 0.
 * @id: Receives the UUID of the place.
 * @why: Receives what is wrong, if it is not.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0			- it is
 * * -EOPNOTSUPP	- it is not, or has no room for the record
 * * -EIO
 */
int hib_root_check(struct block_device *bdev, u64 block, void *page, u8 id[HIB_ID_BYTES],
		   char why[HIB_ROOT_WHY_BYTES])
{
	const union swap_header *header = page;
	const struct hib_disk_commit *disk = page + HIB_COMMIT_OFFSET;
	int ret;

	ret = hib_bio_read_block(bdev, block, page);
	if (ret) {
		strscpy(why, "its header cannot be read", HIB_ROOT_WHY_BYTES);
		return ret;
	}
	if (memcmp(disk->signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES)) {
		snprintf(why, HIB_ROOT_WHY_BYTES,
			 "block %llu of %pg has signature '%10pE', not that of a swap area",
			 block, bdev, disk->signature);
		return -EOPNOTSUPP;
	}
	if (header->info.nr_badpages > BADPAGES_MAX) {
		snprintf(why, HIB_ROOT_WHY_BYTES, "%u bad pages in the swap header, limit %zu",
			 header->info.nr_badpages, BADPAGES_MAX);
		return -EOPNOTSUPP;
	}
	memcpy(id, header->info.sws_uuid, HIB_ID_BYTES);
	return 0;
}

/**
 * hib_root_fill() - Make a header page, as mkswap does.
 * @page: Receives it.
 * @nr_blocks: Length of the place.
 *
 * Context: Any.
 */
void hib_root_fill(void *page, u64 nr_blocks)
{
	union swap_header *header = memset(page, 0, HIB_BLOCK_BYTES);

	header->info.version = 1;
	header->info.last_page = min(nr_blocks - 1, U32_MAX);
	generate_random_uuid(header->info.sws_uuid);
	strscpy(header->info.sws_volume, "hibernation");
	memcpy(page + HIB_BLOCK_BYTES - HIB_SIGNATURE_BYTES, HIB_SWAP_SIGNATURE,
	       HIB_SIGNATURE_BYTES);
}
