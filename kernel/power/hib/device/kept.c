// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: kept - an area with a kept image is used for something else
 *
 * A kept image has the signature of an image, so that no kernel swaps to its blocks
 * without writing the signature of a swap area first: util-linux does so before it calls
 * swapon(2), which ends the image under any kernel. Programs that only call swapon(2), as
 * busybox does, would be refused. So this kernel writes the signature itself. It does the same
 * if the place is set aside for images once more.
 *
 * Only for an image that is kept: one that a boot may still resume by itself stays refused.
 *
 * Context: process context. The caller has the file open for itself alone.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/hibernation_swap.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "pure/record.h"

/* The number of blocks bounds what the record refers to, and nothing here follows that. */
static bool file_is_kept(const void *page)
{
	struct hib_commit_record record;
	const char *why;

	return !hib_commit_parse(page + HIB_COMMIT_OFFSET, U64_MAX, &record, &why) &&
	       record.state == HIB_STATE_KEPT;
}

static int file_end_kept(struct file *file, void *page)
{
	struct hib_disk_commit *disk = page + HIB_COMMIT_OFFSET;
	loff_t at = HIB_COMMIT_OFFSET;
	ssize_t written;

	memset(disk, 0, sizeof(*disk));
	memcpy(disk->signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	written = kernel_write(file, disk, sizeof(*disk), &at);
	if (written != sizeof(*disk))
		return written < 0 ? written : -EIO;
	return vfs_fsync(file, 0);
}

/**
 * hibernation_end_kept() - End a kept image in an area that is about to be used.
 * @file: The area. Nothing of it is in use yet.
 *
 * When 0 is returned, the image is ended on the medium. swapon(2) calls this.
 *
 * Context: Process context. Sleeps.
 * Return: 0, also without an image; or an errno: the area must not be used, as the image could
 * be resumed.
 */
int hibernation_end_kept(struct file *file)
{
	umode_t mode = file_inode(file)->i_mode;
	loff_t at = 0;
	void *page;
	int ret = 0;

	/* What is no area, or cannot be read, is for the caller to refuse. A pipe would wait. */
	if (!S_ISBLK(mode) && !S_ISREG(mode))
		return 0;
	page = (void *)__get_free_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	if (kernel_read(file, page, HIB_BLOCK_BYTES, &at) == HIB_BLOCK_BYTES &&
	    file_is_kept(page)) {
		ret = file_end_kept(file, page);
		if (ret)
			pr_err("the image in %pD could not be ended: %pe\n", file, ERR_PTR(ret));
		else
			pr_notice("the image that was kept in %pD is ended: its place is used\n",
				  file);
	}
	free_page((unsigned long)page);
	return ret;
}
