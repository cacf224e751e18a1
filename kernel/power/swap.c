// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Swap areas as a place for an image: the way down
 *
 * This file is what the core knows about mm/swapfile.c, together with slots.c.
 * It chooses an area that is active in the running kernel, takes slots of it, and
 * gives them back.
 *
 * The area is used through the block device that swapon claimed; it is not
 * opened again. So a swap file works like a partition, also where mounted
 * devices are protected from being written. Before the first slot is taken the
 * header page is read and must be that of a swap area: a swap file's device
 * carries a file system in its first block.
 *
 * Slots belong to the store. They are taken when they are wanted: before the
 * atomic point the header's and those of pages that are written early. These
 * are listed in saved memory, so the restored kernel frees them too; those
 * taken later are free in its swap map.
 * hib_store_free_slots() frees what its own memory lists, which is right in
 * both kernels, at any moment, and more than once.
 *
 * Nothing may free a slot of a page that is in the image while the image is
 * being written, or the slot could be taken for image data and be swapped in
 * later: the allocation mask must be restricted by then.
 *
 * Context: process context, devices working. Several writers at once.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "device/store.h"
#include "device/area.h"
#include "device/bio.h"
#include "device/commit.h"
#include "device/slots.h"

#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/swapops.h>

/* Bad-page entries from here on would lie under the commit record. */
#define BADPAGES_MAX	((HIB_COMMIT_OFFSET - offsetof(union swap_header, info.badpages)) / \
			 sizeof_field(union swap_header, info.badpages[0]))
#define BLOCKS_TO_MIB(n) (((n) + 255) >> 8)

/* The header page must be that of a swap area, with room for the record. */
static int root_check(struct hib_store *s)
{
	const union swap_header *header = page_address(s->page);
	const struct hib_disk_commit *disk = page_address(s->page) + HIB_COMMIT_OFFSET;
	int error;

	error = hib_bio_read_block(s->bdev, s->root_block, page_address(s->page));
	if (error)
		return error;
	if (!hib_commit_is_swap(disk)) {
		pr_err("%pg: block %llu carries signature '%10pE', not that of a swap area\n",
		       s->bdev, s->root_block, disk->signature);
		return -EOPNOTSUPP;
	}
	if (header->info.nr_badpages > BADPAGES_MAX) {
		pr_err("%pg: %u bad pages in the swap header, limit %zu\n",
		       s->bdev, header->info.nr_badpages, BADPAGES_MAX);
		return -EOPNOTSUPP;
	}
	memcpy(s->saved_signature, disk->signature, HIB_SIGNATURE_BYTES);
	return 0;
}

/* Is area @type the one that is wanted, and fit? -ENODEV: another one. */
static int area_try(struct hib_store *s, const struct swap_info_struct *si, int type,
		    dev_t dev, u64 offset_block)
{
	char why[HIB_AREA_WHY_BYTES];
	u64 start;

	if (dev && (!si->bdev || si->bdev->bd_dev != dev))
		return -ENODEV;
	if (hib_area_refuses(si, why)) {
		pr_info("swap area %d is not used for an image: %s\n", type, why);
		if (!s->why[0])
			strscpy(s->why, why);
		return -EOPNOTSUPP;
	}
	start = swapdev_block(type, 0);
	if (dev && start != offset_block) {
		pr_info("%pg: swap area %d starts at block %llu, resume offset is %llu\n",
			si->bdev, type, start, offset_block);
		return -ENODEV;
	}
	s->swap_type = type;
	s->bdev = si->bdev;
	s->root_block = start;
	return root_check(s);
}

/* Holds the area against swapoff while it is looked at. */
static int area_open(struct hib_store *s, int type, dev_t dev, u64 offset_block)
{
	struct swap_info_struct *si;
	int error;

	if (!count_swap_pages(type, 0))
		return -ENODEV;
	si = get_swap_device(swp_entry(type, 1));
	if (!si)
		return -ENODEV;
	error = area_try(s, si, type, dev, offset_block);
	put_swap_device(si);
	return error;
}

/**
 * hib_store_open_swap() - Choose the swap area for an image.
 * @s: Store; hib_store_close_swap() it after success.
 * @dev: Device of the area, 0: the first area that can take an image.
 * @offset_block: With @dev: block of the area's header page, 0 for a partition.
 *
 * Areas that cannot hold an image until the next boot are passed over.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0			- chosen; nothing is taken yet
 * * -ENODEV		- no such area is active
 * * -EOPNOTSUPP	- there is one, but an image cannot lie there
 * * -EIO, -ENOMEM
 */
int hib_store_open_swap(struct hib_store *s, dev_t dev, u64 offset_block)
{
	int first_error = -ENODEV;
	int type, error;

	error = hib_store_init(s);
	if (error)
		return error;

	for (type = 0; type < MAX_SWAPFILES; type++) {
		error = area_open(s, type, dev, offset_block);
		if (!error)
			return 0;
		if (first_error == -ENODEV)
			first_error = error;
	}
	if (dev)
		pr_err("no usable swap area on device %u:%u at block %llu: %pe\n",
		       MAJOR(dev), MINOR(dev), offset_block, ERR_PTR(first_error));
	else
		pr_err("no usable swap area is active: %pe\n", ERR_PTR(first_error));
	hib_store_exit(s);
	return first_error;
}

/**
 * hib_store_close_swap() - End the use of a swap area.
 * @s: Store whose slots were freed.
 *
 * Context: Process context.
 */
void hib_store_close_swap(struct hib_store *s)
{
	WARN_ON_ONCE(s->header_slot || s->slots.nr || s->leaf_slots.nr);
	hib_store_exit(s);
}

/**
 * hib_store_room() - Free slots of the area.
 * @s: Open store.
 *
 * Context: Any.
 * Return: blocks that hib_store_reserve() could take now; tasks may swap.
 */
u64 hib_store_room(const struct hib_store *s)
{
	return count_swap_pages(s->swap_type, 1);
}

/*
 * swapoff may have come between opening and freezing, and swapon of another
 * file on the same device behind it.
 */
static bool area_is_gone(const struct hib_store *s)
{
	return !count_swap_pages(s->swap_type, 0) ||
	       swp_swap_info(swp_entry(s->swap_type, 1))->bdev != s->bdev ||
	       swapdev_block(s->swap_type, 0) != s->root_block;
}

/* Take slots until image blocks up to @nr_blocks have a place. -ENOSPC, -ENOMEM. */
static int slots_extend(struct hib_store *s, u64 nr_blocks)
{
	int error = 0;

	lockdep_assert_held(&s->lock);
	while (!error && s->extents.nr_blocks < nr_blocks) {
		error = hib_slots_take(s->swap_type, nr_blocks - s->extents.nr_blocks,
				       &s->slots, &s->extents);
		cond_resched();
	}
	return error;
}

/*
 * Memory for the lists of so many slots, while there is some. It may be more than
 * will be needed, so being refused it is no error: then the lists grow.
 */
static void lists_reserve(struct hib_store *s, u64 nr_blocks)
{
	u32 runs = hib_slots_runs(s->swap_type, nr_blocks) + HIB_SLOTS_BATCH;
	int error = hib_extents_reserve(&s->slots, runs) ?:
		    hib_extents_reserve(&s->extents, runs) ?:
		    hib_extents_reserve(&s->leaf_slots, runs / HIB_LEAF_EXTENTS + 1);

	if (error)
		pr_notice("%pg: no memory to list %u runs of slots beforehand\n", s->bdev, runs);
}

/**
 * hib_store_reserve() - Take what an image needs before it is made.
 * @s: Open store.
 * @nr_blocks: Image blocks that it may get, at most.
 *
 * That is the header's slot, and memory for the lists. Slots for image data are
 * taken when it is written. After an error the store holds nothing.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0
 * * -ENOSPC	- not even the header found room
 * * -ENODEV	- the area was switched off meanwhile
 */
int hib_store_reserve(struct hib_store *s, u64 nr_blocks)
{
	int error = 0;

	if (area_is_gone(s)) {
		pr_err("swap area %d is no longer active\n", s->swap_type);
		return -ENODEV;
	}

	mutex_lock(&s->lock);
	lists_reserve(s, nr_blocks);
	if (!s->header_block)
		error = hib_slots_take_one(s->swap_type, &s->header_slot, &s->header_block);
	mutex_unlock(&s->lock);
	if (error)
		hib_store_free_slots(s);
	return error;
}

/**
 * hib_store_free_slots() - Give all slots back.
 * @s: Open store; holds no block afterwards.
 *
 * Context: Process context. Sleeps.
 */
void hib_store_free_slots(struct hib_store *s)
{
	mutex_lock(&s->lock);
	hib_slots_give_back(s->swap_type, &s->slots);
	hib_slots_give_back(s->swap_type, &s->leaf_slots);
	if (s->header_slot)
		put_swap_pages_of_type(s->swap_type, s->header_slot, 1);
	s->header_slot = 0;
	s->header_block = 0;
	s->image_blocks = 0;
	hib_extents_exit(&s->extents);
	mutex_unlock(&s->lock);
}

/* Give image blocks below @end a place. */
static int image_grow(struct hib_store *s, u64 end)
{
	int error;

	lockdep_assert_held(&s->lock);
	error = slots_extend(s, end);
	if (error == -ENOSPC)
		pr_notice("%pg: swap area is full: the image has %llu MiB there, at least %llu MiB more are needed\n",
			  s->bdev, s->extents.nr_blocks >> 8,
			  BLOCKS_TO_MIB(end - s->extents.nr_blocks));
	if (!error)
		s->image_blocks = max(s->image_blocks, end);
	return error;
}

static int swap_write(void *device, u64 offset, const struct hib_buffer *buf,
		      unsigned int nr_pages, struct hib_io_done *done)
{
	struct hib_store *s = device;
	int error;

	mutex_lock(&s->lock);
	error = image_grow(s, (offset >> HIB_BLOCK_SHIFT) + nr_pages);
	mutex_unlock(&s->lock);
	if (error)
		return error;
	return hib_store_transfer(s, REQ_OP_WRITE, offset, buf, nr_pages, done);
}

static int swap_read(void *device, u64 offset, const struct hib_buffer *buf,
		     unsigned int nr_pages, struct hib_io_done *done)
{
	return hib_store_transfer(device, REQ_OP_READ, offset, buf, nr_pages, done);
}

static int swap_wait(void *device, struct hib_io_done *done)
{
	return hib_bio_wait(done);
}

const struct hib_io_ops hib_store_io_ops = {
	.write	= swap_write,
	.read	= swap_read,
	.wait	= swap_wait,
};

/**
 * hib_store_take_leaf() - A block for an extent leaf.
 * @s: Open store; all image data was written.
 * @index: Place of the leaf in its chain.
 * @block: Result.
 *
 * A block that was taken for the image and not used, or a new slot.
 *
 * Context: Process context, s->lock held. Sleeps.
 * Return: 0, -ENOSPC, -ENOMEM.
 */
int hib_store_take_leaf(struct hib_store *s, u32 index, u64 *block)
{
	unsigned long slot;
	u64 run;
	int error;

	lockdep_assert_held(&s->lock);
	if (hib_extents_lookup(&s->extents, s->image_blocks + index, block, &run))
		return 0;
	error = hib_slots_take_one(s->swap_type, &slot, block);
	if (error) {
		pr_notice("%pg: no room for extent leaf %u: %pe\n", s->bdev, index, ERR_PTR(error));
		return error;
	}
	error = hib_extents_append(&s->leaf_slots, slot, 1);
	if (error)
		put_swap_pages_of_type(s->swap_type, slot, 1);
	return error;
}
