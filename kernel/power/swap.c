// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: swap - swap areas as a place for an image
 *
 * This is the first row of the table of places, used on the way down. Together with
 * area.c and slots.c this file has all that the core knows about mm/swapfile.c. It
 * chooses an area that is active in the running kernel, takes slots of it, and gives them
 * back.
 *
 * The area is used through the block device that swapon claimed; it is not opened again.
 * So a swap file works like a partition, also if mounted devices cannot be opened for
 * writing. Before the first slot is taken, the block with the header is read and must be
 * that of a swap area: the device of a swap file has a file system in its first block.
 *
 * A page of the image may have a slot. If that slot was freed while the image is written,
 * it could be taken for image data, and the page would be swapped in from it later. So
 * allocations must be restricted by then.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include "device/area.h"
#include "device/bio.h"
#include "device/slots.h"
#include "device/store.h"

/**
 * struct swap_place - An area that was chosen.
 * @type: Its index.
 * @slots: Those behind the store's extents, in runs; a run's block is its first slot.
 * @singles: Those taken one by one: of the header and of extent leaves.
 */
struct swap_place {
	int type;
	struct hib_extents slots;
	struct hib_extents singles;
};

/* Entries of bad pages from here on would lie under the commit record. */
#define BADPAGES_MAX	((HIB_COMMIT_OFFSET - offsetof(union swap_header, info.badpages)) / \
			 sizeof_field(union swap_header, info.badpages[0]))

/* The block must be the header of a swap area, with room for the record. */
static int root_check(struct hib_store *s)
{
	const union swap_header *header = page_address(s->page);
	const struct hib_disk_commit *disk = page_address(s->page) + HIB_COMMIT_OFFSET;
	int ret;

	ret = hib_bio_read_block(s->bdev, s->root_block, page_address(s->page));
	if (ret)
		return ret;
	if (memcmp(disk->signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES)) {
		pr_err("%pg: block %llu carries signature '%10pE', not that of a swap area\n",
		       s->bdev, s->root_block, disk->signature);
		return -EOPNOTSUPP;
	}
	if (header->info.nr_badpages > BADPAGES_MAX) {
		pr_err("%pg: %u bad pages in the swap header, limit %zu\n",
		       s->bdev, header->info.nr_badpages, BADPAGES_MAX);
		return -EOPNOTSUPP;
	}
	return 0;
}

/* Check that area @type is the wanted one and can hold an image. -ENODEV: it is another one. */
static int area_try(struct hib_store *s, const struct swap_info_struct *si, int type,
		    dev_t dev, u64 offset_block)
{
	struct swap_place *own = s->own;
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
	own->type = type;
	s->bdev = si->bdev;
	s->root_block = start;
	return root_check(s);
}

/* Keep the area from swapoff while it is checked. */
static int area_open(struct hib_store *s, int type, dev_t dev, u64 offset_block)
{
	struct swap_info_struct *si;
	int ret;

	if (!count_swap_pages(type, 0))
		return -ENODEV;
	si = get_swap_device(swp_entry(type, 1));
	if (!si)
		return -ENODEV;
	ret = area_try(s, si, type, dev, offset_block);
	put_swap_device(si);
	return ret;
}

static int swap_open(struct hib_store *s, dev_t dev, u64 root_block)
{
	struct swap_place *own = kzalloc(sizeof(*own), GFP_KERNEL);
	int first_error = -ENODEV;

	if (!own)
		return -ENOMEM;
	s->own = own;
	for (int type = 0; type < MAX_SWAPFILES; type++) {
		int ret = area_open(s, type, dev, root_block);

		if (!ret)
			return 0;
		if (first_error == -ENODEV)
			first_error = ret;
	}
	kfree(own);
	return first_error;
}

static void swap_close(struct hib_store *s)
{
	struct swap_place *own = s->own;

	WARN_ON_ONCE(own->slots.nr || own->singles.nr);
	kfree(own);
}

static u64 swap_room(const struct hib_store *s)
{
	const struct swap_place *own = s->own;

	return count_swap_pages(own->type, 1);
}

/*
 * Between opening and freezing, the area may have been switched off, and another file on the
 * same device switched on.
 */
static bool area_is_gone(const struct hib_store *s, int type)
{
	return !count_swap_pages(type, 0) || swp_swap_info(swp_entry(type, 1))->bdev != s->bdev ||
	       swapdev_block(type, 0) != s->root_block;
}

/* The lists may get more room than they will need. */
static int swap_reserve(struct hib_store *s, u64 nr_blocks)
{
	struct swap_place *own = s->own;
	u32 runs;

	if (area_is_gone(s, own->type)) {
		pr_err("swap area %d is no longer active\n", own->type);
		return -ENODEV;
	}
	runs = hib_slots_runs(own->type, nr_blocks) + HIB_SLOTS_BATCH;
	if (hib_extents_reserve(&own->slots, runs) ||
	    hib_extents_reserve(&s->extents, runs) ||
	    hib_extents_reserve(&own->singles, runs / HIB_LEAF_EXTENTS + 2))
		pr_notice("%pg: no memory to list %u runs of slots beforehand\n", s->bdev, runs);
	return 0;
}

static int swap_grow(struct hib_store *s, u64 nr_blocks)
{
	struct swap_place *own = s->own;
	int ret = 0;

	lockdep_assert_held(&s->lock);
	while (!ret && s->extents.nr_blocks < nr_blocks) {
		ret = hib_slots_take(own->type, nr_blocks - s->extents.nr_blocks, &own->slots,
				     &s->extents);
		cond_resched();
	}
	return ret;
}

static int swap_take_block(struct hib_store *s, u64 *block)
{
	struct swap_place *own = s->own;

	lockdep_assert_held(&s->lock);
	return hib_slots_take_one(own->type, &own->singles, block);
}

static void swap_give_back(struct hib_store *s)
{
	struct swap_place *own = s->own;

	hib_slots_give_back(own->type, &own->slots);
	hib_slots_give_back(own->type, &own->singles);
}

const struct hib_place_ops hib_place_swap = {
	.name		= "swap area",
	.signature	= HIB_SWAP_SIGNATURE,
	.open		= swap_open,
	.close		= swap_close,
	.is_active	= hib_area_is_active,
	.room		= swap_room,
	.reserve	= swap_reserve,
	.grow		= swap_grow,
	.take_block	= swap_take_block,
	.give_back	= swap_give_back,
};
