// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: target - a device or file that is set aside for images
 *
 * An image may lie where nothing else does: on a partition or volume that is not
 * swap, or in a file. So a machine can hibernate that has no swap, or swaps to memory
 * only. A target has the header page of a swap area, in which the commit record finds
 * its place, and by which scripts and the next boot recognise it.
 *
 * From opening to closing nobody else uses it. A device is claimed, as by mount. A
 * file is pinned, as by swapon: it can be neither written nor made shorter, and its
 * file system does not move its blocks. Only then its blocks are listed.
 *
 * What is not a swap area becomes one, and loses what it held. So it has to be
 * blank, unless the caller was told otherwise.
 *
 * Context: process context. May sleep.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "target.h"
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hibernation_swap.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include "pure/blank.h"
#include "area.h"
#include "bio.h"
#include "locate.h"
#include "place.h"
#include "root.h"

/* A header, a leaf and some memory: less is a mistake. */
#define TARGET_BLOCKS_MIN	256u

static loff_t target_bytes(const struct file *file)
{
	return i_size_read(file->f_mapping->host);
}

/* Through the page cache, so that whoever reads the file finds it. */
static int header_write(struct file *file, void *page)
{
	loff_t pos = 0;
	ssize_t written = kernel_write(file, page, HIB_BLOCK_BYTES, &pos);

	if (written != HIB_BLOCK_BYTES)
		return written < 0 ? written : -EIO;
	return vfs_fsync(file, 0);
}

/* What is there already; -ENODATA: a header is to be written. */
static int content_check(struct file *file, bool force, u8 *begin)
{
	const u8 *signature = begin + HIB_BLOCK_BYTES - HIB_SIGNATURE_BYTES;
	const char *what;
	loff_t pos = 0;
	ssize_t got = kernel_read(file, begin, HIB_BLANK_BYTES, &pos);

	if (got < 0)
		return got;
	if (got < HIB_BLOCK_BYTES) {
		pr_err("%pD has no room for a header: it is no target for images\n", file);
		return -EOPNOTSUPP;
	}
	if (!memcmp(signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES))
		return 0;
	what = hib_blank_fault(begin, got);
	if (!what || force)
		return -ENODATA;
	pr_err("%pD holds %s: it is no target for images, unless you say \"force\"\n", file, what);
	return -EEXIST;
}

/* Asked before anything is written. */
static int disk_check(const struct block_device *bdev, enum hib_area_use use, const char *spec)
{
	char why[HIB_AREA_WHY_BYTES];

	if (!bdev || !hib_area_disk_refuses(bdev->bd_disk, use, why))
		return 0;
	pr_err("%s is no target for images: %s\n", spec, why);
	return -EOPNOTSUPP;
}

static int content_prepare(struct file *file, bool force)
{
	u8 *begin = kvmalloc(HIB_BLANK_BYTES, GFP_KERNEL);
	int ret;

	if (!begin)
		return -ENOMEM;
	ret = hibernation_end_kept(file) ?: content_check(file, force, begin);
	if (ret == -ENODATA) {
		hib_root_fill(begin, target_bytes(file) >> HIB_BLOCK_SHIFT);
		ret = header_write(file, begin);
	}
	kvfree(begin);
	return ret;
}

static void pin_free(struct hib_target *t)
{
	struct swap_extent *extent, *next;

	rbtree_postorder_for_each_entry_safe(extent, next, &t->pin->swap_extent_root, rb_node)
		kfree(extent);
	kfree(t->pin);
	t->pin = NULL;
}

/* The file system tells where the file lies, and keeps it there. */
static int file_pin(struct hib_target *t, struct inode *inode)
{
	const struct address_space_operations *ops = inode->i_mapping->a_ops;
	sector_t span;
	int ret;

	t->pin = kzalloc(sizeof(*t->pin), GFP_KERNEL);
	if (!t->pin)
		return -ENOMEM;
	t->pin->bdev = inode->i_sb->s_bdev;
	t->pin->swap_file = t->file;
	t->pin->max = min_t(u64, target_bytes(t->file) >> HIB_BLOCK_SHIFT, U32_MAX);
	t->pin->swap_extent_root = RB_ROOT;
	ret = ops->swap_activate ? ops->swap_activate(t->pin, t->file, &span) :
				   generic_swapfile_activate(t->pin, t->file, &span);
	if (ret < 0) {
		pin_free(t);
		return ret;
	}
	inode->i_flags |= S_SWAPFILE;
	t->bdev = t->pin->bdev;
	return t->bdev && !(t->pin->flags & SWP_FS_OPS) ? 0 : -EOPNOTSUPP;
}

static void file_unpin(struct hib_target *t)
{
	struct inode *inode = file_inode(t->file);

	inode_lock(inode);
	inode->i_flags &= ~S_SWAPFILE;
	inode_unlock(inode);
	if (inode->i_mapping->a_ops->swap_deactivate)
		inode->i_mapping->a_ops->swap_deactivate(t->file);
	pin_free(t);
}

static int file_list(struct hib_target *t)
{
	int ret = 0;

	for (struct rb_node *node = rb_first(&t->pin->swap_extent_root); node && !ret;
	     node = rb_next(node)) {
		const struct swap_extent *e = rb_entry(node, struct swap_extent, rb_node);

		if (e->start_page != t->blocks.nr_blocks)
			break;
		ret = hib_extents_append(&t->blocks, e->start_block, e->nr_pages);
	}
	return ret;
}

static int file_open(struct hib_target *t, const char *path, bool force)
{
	struct file *file = filp_open(path, O_RDWR | O_LARGEFILE, 0);
	struct inode *inode;
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	inode = file_inode(file);
	ret = S_ISREG(inode->i_mode) ? 0 : -EINVAL;
	if (!ret && IS_SWAPFILE(inode))
		ret = -EBUSY;
	ret = ret ?: disk_check(inode->i_sb->s_bdev, HIB_AREA_IN_USE, path) ?:
		     content_prepare(file, force);
	fput(file);
	if (ret)
		return ret;
	/* Held for reading only, so that its file system can still become read-only. */
	file = filp_open(path, O_RDONLY | O_LARGEFILE, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	t->file = file;
	inode = file_inode(file);
	inode_lock(inode);
	ret = IS_SWAPFILE(inode) ? -EBUSY : file_pin(t, inode);
	inode_unlock(inode);
	return ret ?: file_list(t);
}

static int device_open(struct hib_target *t, dev_t dev, const char *spec, bool force)
{
	struct file *file = bdev_file_open_by_dev(dev, BLK_OPEN_READ | BLK_OPEN_WRITE,
						  (void *)&hib_place_raw, NULL);
	int ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	t->file = file;
	t->bdev = file_bdev(file);
	ret = disk_check(t->bdev, HIB_AREA_ALONE, spec) ?: content_prepare(file, force);
	/* What is read later was written past the page cache. */
	invalidate_mapping_pages(t->bdev->bd_mapping, 0, HIB_BLANK_BYTES / HIB_BLOCK_BYTES - 1);
	return ret ?: hib_extents_append(&t->blocks, 0, hib_bio_device_blocks(t->bdev));
}

static int target_check(struct hib_target *t, const char *spec)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);
	char why[HIB_ROOT_WHY_BYTES];
	int ret = -EOPNOTSUPP;

	if (!page)
		return -ENOMEM;
	if (t->blocks.nr_blocks < TARGET_BLOCKS_MIN) {
		strscpy(why, "it has too few blocks that can be used");
	} else {
		t->member.root_block = t->blocks.array[0].block;
		t->member.nr_blocks = hib_bio_device_blocks(t->bdev);
		ret = hib_root_check(t->bdev, t->member.root_block, page, t->member.id, why);
	}
	if (ret)
		pr_err("%s is no target for images: %s\n", spec, why);
	free_page((unsigned long)page);
	return ret;
}

/**
 * hib_target_open() - Set a device or file aside for images.
 * @spec: Absolute path of a file, or a device as hib_locate_parse() takes it.
 * @force: What it holds may be destroyed.
 * @target: Receives it, for hib_target_close().
 *
 * If it has no header page of a swap area, one is written.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0
 * * -EEXIST		- it holds something, named in the log
 * * -EBUSY		- it is in use: mounted, active swap, part of something
 * * -EOPNOTSUPP	- an image cannot lie there; said in the log
 * * -ENOENT, -ENODEV	- there is no such file or device
 * * -EINVAL, -ENOMEM, -EIO, or what the file system says
 */
int hib_target_open(const char *spec, bool force, struct hib_target **target)
{
	struct hib_target *t = kzalloc(sizeof(*t), GFP_KERNEL);
	dev_t dev;
	int ret;

	if (!t)
		return -ENOMEM;
	hib_extents_init(&t->blocks);
	t->nr_taken = 1;
	ret = hib_locate_parse(spec, 0, &dev);
	if (!ret)
		ret = device_open(t, dev, spec, force);
	else if (ret == -ENOTBLK && *spec == '/')
		ret = file_open(t, spec, force);
	/* A file may lie on another disk than its file system says. */
	ret = ret ?: disk_check(t->bdev, hib_target_use(t), spec) ?: target_check(t, spec);
	if (ret) {
		hib_target_close(t);
		return ret;
	}
	*target = t;
	return 0;
}

/**
 * hib_target_close() - Give it up; it keeps its header page.
 * @t: From hib_target_open(); no block of it is taken.
 *
 * Context: Process context. Sleeps.
 */
void hib_target_close(struct hib_target *t)
{
	if (t->pin)
		file_unpin(t);
	if (t->file && S_ISBLK(file_inode(t->file)->i_mode))
		bdev_fput(t->file);
	else if (t->file)
		fput(t->file);
	hib_extents_exit(&t->blocks);
	kfree(t);
}
