// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: store - the place of an image, open
 *
 * A store is a root device, perhaps other devices beside it (member.c), and the
 * blocks of them that an image has; store_io.c moves page data there and back. On the
 * way down its kind (place.h) chooses the devices and finds the blocks. On the way up
 * they are opened exclusively. This keeps a running kernel from resuming from its own
 * swap: an active area, or a mounted file system that a swap file lies on, refuses
 * with -EBUSY. The extents are then read from the disk, and none of their numbers is
 * believed before it was checked.
 *
 * Blocks are taken when they are wanted: before the copy the header's and those of
 * pages that are written early. These are listed in saved memory, so the restored
 * kernel gives them back too; those that are taken later are free in its memory.
 * hib_store_give_back() gives back what its own memory lists, which is right in
 * both kernels, at any moment, and more than once.
 *
 * A store is owned by the transition that opened it and closed by its twin on every path.
 * Closing gives the exclusive claim up at once, so that swapon or mount finds the device free.
 *
 * Context: process context, devices working. May sleep.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "store.h"
#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>
#include "bio.h"
#include "member.h"

/**
 * hib_store_init() - An empty store: scratch page, no device, no blocks.
 * @s: Store; its earlier content is overwritten.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_store_init(struct hib_store *s)
{
	memset(s, 0, sizeof(*s));
	hib_extents_init(&s->extents);
	mutex_init(&s->lock);
	spin_lock_init(&s->meter.lock);
	s->page = alloc_page(GFP_KERNEL);
	return s->page ? 0 : -ENOMEM;
}

/**
 * hib_store_exit() - Free the memory of a store.
 * @s: Store that hib_store_init() was called for; no block of it is taken.
 *
 * Context: Process context.
 */
void hib_store_exit(struct hib_store *s)
{
	hib_extents_exit(&s->extents);
	if (s->page)
		__free_page(s->page);
	s->page = NULL;
	s->bdev = NULL;
	s->place = NULL;
}

/**
 * hib_store_device_blocks() - Blocks of the device.
 * @s: Open store.
 *
 * Context: Any.
 * Return: their number; block numbers from disk must be below it.
 */
u64 hib_store_device_blocks(const struct hib_store *s)
{
	return hib_bio_device_blocks(s->bdev);
}

/**
 * hib_store_open() - Choose the place for an image.
 * @s: Store; hib_store_close() it after success.
 * @wanted: Which place.
 *
 * Places that cannot hold an image until the next boot are passed over.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0			- chosen; nothing is taken yet
 * * -ENODEV		- there is no such place
 * * -EOPNOTSUPP	- there is one, but an image cannot lie there
 * * -EIO, -ENOMEM
 */
int hib_store_open(struct hib_store *s, const struct hib_place_wanted *wanted)
{
	int ret = hib_store_init(s);

	if (ret)
		return ret;
	ret = hib_place_choose(s, wanted);
	if (ret)
		hib_store_exit(s);
	return ret;
}

/**
 * hib_store_close() - End the use of a place.
 * @s: Store that hib_store_open() opened, with all blocks given back.
 *
 * Context: Process context.
 */
void hib_store_close(struct hib_store *s)
{
	WARN_ON_ONCE(s->header_block || s->extents.nr);
	s->place->close(s);
	hib_store_exit(s);
}

/**
 * hib_store_room() - Free blocks of the place.
 * @s: Open store.
 *
 * Context: Process context.
 * Return: Their number; as long as tasks run they may take some.
 */
u64 hib_store_room(const struct hib_store *s)
{
	return s->place->room(s);
}

/* The commit record leads to a block of its own device. */
static int take_header(struct hib_store *s)
{
	int ret = s->place->take_block(s, &s->header_block);

	if (!ret && hib_block_member(s->header_block))
		ret = -ENOSPC;
	return ret;
}

/* Boots look at it before they open another device, so it is of no use there. */
static int take_blackbox(struct hib_store *s)
{
	u64 block;
	int ret = s->place->take_block(s, &block);

	if (!ret && !hib_block_member(block))
		s->blackbox_block = block;
	return ret;
}

/**
 * hib_store_reserve() - Take what an image needs before it is made.
 * @s: Open store.
 * @nr_blocks: Image blocks that it may get, at most.
 *
 * That is the blocks of header and black box, and memory for the lists. Blocks for image data
 * are taken when it is written. After an error the store holds nothing.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0
 * * -ENOSPC	- not even header and black box found room
 * * -ENODEV	- the place is not there any more
 * * -ENOMEM
 */
int hib_store_reserve(struct hib_store *s, u64 nr_blocks)
{
	int ret;

	mutex_lock(&s->lock);
	ret = s->place->reserve(s, nr_blocks);
	if (!ret && !s->header_block)
		ret = take_header(s) ?: take_blackbox(s);
	mutex_unlock(&s->lock);
	if (ret)
		hib_store_give_back(s);
	return ret;
}

/**
 * hib_store_give_back() - Give all blocks back.
 * @s: Open store; holds no block afterwards.
 *
 * Context: Process context. Sleeps.
 */
void hib_store_give_back(struct hib_store *s)
{
	mutex_lock(&s->lock);
	s->place->give_back(s);
	s->header_block = 0;
	s->blackbox_block = 0;
	s->image_blocks = 0;
	bitmap_zero(s->used, HIB_MEMBERS_MAX);
	hib_extents_exit(&s->extents);
	mutex_unlock(&s->lock);
}

/**
 * hib_store_take_leaf() - A block for an extent leaf.
 * @s: Open store; all image data was written.
 * @index: Place of the leaf in its chain.
 * @block: Result.
 *
 * A block that was taken for the image and not used, or a new one.
 *
 * Context: Process context, s->lock held. Sleeps.
 * Return: 0, -ENOSPC, -ENOMEM.
 */
int hib_store_take_leaf(struct hib_store *s, u32 index, u64 *block)
{
	u64 run;
	int ret;

	lockdep_assert_held(&s->lock);
	if (hib_extents_lookup(&s->extents, s->image_blocks + index, block, &run))
		return 0;
	ret = s->place->take_block(s, block);
	if (ret)
		pr_notice("%pg: no room for extent leaf %u: %pe\n", s->bdev, index, ERR_PTR(ret));
	return ret;
}

static int check_device(struct hib_store *s)
{
	if (bdev_read_only(s->bdev)) {
		pr_err("%pg is read-only: an image there could not be marked as used\n", s->bdev);
		return -EACCES;
	}
	if (s->root_block >= hib_store_device_blocks(s)) {
		pr_err("%pg: resume offset %llu is past its end, %llu\n",
		       s->bdev, s->root_block, hib_store_device_blocks(s));
		return -ENXIO;
	}
	return 0;
}

/**
 * hib_store_open_device() - Open a device that may hold an image.
 * @s: Store; hib_store_close_device() it after success.
 * @dev: Device number.
 * @root_block: Block of the swap header page, 0 for a partition.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0		- open for reading and writing, nobody else can claim it
 * * -EBUSY	- in use: active swap, mounted, part of an array
 * * -ENXIO	- no such device, or @root_block is past its end
 * * -EACCES	- read-only
 * * -ENOMEM
 */
int hib_store_open_device(struct hib_store *s, dev_t dev, u64 root_block)
{
	struct file *file;
	int ret;

	ret = hib_store_init(s);
	if (ret)
		return ret;

	file = bdev_file_open_by_dev(dev, BLK_OPEN_READ | BLK_OPEN_WRITE, s,
				     &hib_member_holder_ops);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		pr_info("device %u:%u cannot be opened: %pe\n", MAJOR(dev), MINOR(dev), file);
		hib_store_exit(s);
		return ret;
	}
	s->file = file;
	s->bdev = file_bdev(file);
	s->root_block = root_block;
	ret = check_device(s);
	if (ret)
		hib_store_close_device(s);
	return ret;
}

/**
 * hib_store_open_device_shared() - Look at the image of a running kernel.
 * @s: Store; hib_store_close_device() it after success.
 * @down: Open store of the way down. Stays open until @s is closed.
 *
 * For test_resume: the area is active swap, so it can be opened neither
 * exclusively nor, when it is a file and mounted devices are protected, for
 * writing. The claim of the swap code covers it.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_store_open_device_shared(struct hib_store *s, const struct hib_store *down)
{
	int ret = hib_store_init(s);

	if (ret)
		return ret;
	s->place = down->place;
	s->bdev = down->bdev;
	s->root_block = down->root_block;
	for (unsigned int i = 1; i < HIB_MEMBERS_MAX; i++)
		s->others[i].bdev = down->others[i].bdev;
	return 0;
}

/**
 * hib_store_close_device() - Close what the way up opened.
 * @s: Store, opened either way.
 *
 * Context: Process context. Sleeps.
 */
void hib_store_close_device(struct hib_store *s)
{
	hib_member_close_all(s);
	if (s->file)
		bdev_fput(s->file);
	s->file = NULL;
	hib_store_exit(s);
}

/**
 * hib_store_has_block() - May a block number from disk be followed?
 * @s: Open store.
 * @block: The number. 0 is never ours: a boot sector, or the swap header.
 *
 * Context: Any.
 * Return: true when it is a block of the device.
 */
bool hib_store_has_block(const struct hib_store *s, u64 block)
{
	return block && block < hib_store_device_blocks(s);
}

/**
 * hib_store_read_header() - Read the image header, unchecked.
 * @s: Open store.
 * @header_block: From the commit record.
 * @disk: Result; to be parsed before use.
 *
 * Context: Process context. Sleeps.
 * Return: 0, -EBADMSG when the block is not on the device, -EIO.
 */
int hib_store_read_header(struct hib_store *s, u64 header_block, struct hib_disk_header *disk)
{
	int ret;

	if (!hib_store_has_block(s, header_block)) {
		pr_err("%pg: image header at block %llu, the device has %llu\n",
		       s->bdev, header_block, hib_store_device_blocks(s));
		return -EBADMSG;
	}
	ret = hib_bio_read_block(s->bdev, header_block, page_address(s->page));
	if (ret)
		return ret;
	memcpy(disk, page_address(s->page), sizeof(*disk));
	return 0;
}

/**
 * hib_store_members() - The devices that the image lies on, for the header.
 * @s: Store of the way down, after hib_store_write_extents().
 * @members: Receives them. Those that hold nothing are left out.
 *
 * Context: Any.
 */
void hib_store_members(const struct hib_store *s, struct hib_members *members)
{
	*members = (struct hib_members) {};
	members->member[0] = s->members.member[0];
	for (unsigned int i = 1; i < HIB_MEMBERS_MAX; i++)
		if (test_bit(i, s->used))
			members->member[i] = s->members.member[i];
}

/**
 * hib_store_header() - Memory for the image header, in the scratch page.
 * @s: Open store of the way down with slots reserved.
 *
 * Nothing is to be done with the store before hib_store_write_header().
 *
 * Context: Any.
 * Return: A block of zeros.
 */
struct hib_disk_header *hib_store_header(struct hib_store *s)
{
	return memset(page_address(s->page), 0, sizeof(struct hib_disk_header));
}

/**
 * hib_store_write_header() - Write what hib_store_header() gave to its block.
 * @s: The store.
 *
 * Not flushed: the commit record's write does that.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or the errno of the device.
 */
int hib_store_write_header(struct hib_store *s)
{
	return hib_bio_write_block(s->bdev, s->header_block, page_address(s->page), 0);
}
