// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: raw - a target as a place for an image
 *
 * The second row of the table of places. A target (target.c) is nobody else's, so
 * taking blocks is counting: an image gets them in order. To give them back, the
 * count is reset, which is right in the kernel that took them and in the restored one.
 */
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/mutex.h>
#include "area.h"
#include "store.h"
#include "target.h"

static int raw_open(struct hib_store *s, const struct hib_place_wanted *wanted)
{
	struct hib_target *t = wanted->target;

	if (!t)
		return -ENODEV;
	/* It was judged when it was set aside, but may have another server since. */
	if (hib_area_disk_refuses(t->bdev->bd_disk, hib_target_use(t), s->why))
		return -EOPNOTSUPP;
	s->own = t;
	s->bdev = t->bdev;
	s->root_block = t->member.root_block;
	s->members.member[0] = t->member;
	return 0;
}

static void raw_close(struct hib_store *s)
{
	s->own = NULL;
}

/* A file's device is claimed by its file system: nobody takes it for an image's. */
static bool raw_is_active(dev_t dev, u64 root_block)
{
	struct device *device = class_find_device_by_devt(&block_class, dev);
	bool active = device && READ_ONCE(dev_to_bdev(device)->bd_holder) == &hib_place_raw;

	put_device(device);
	return active;
}

static u64 raw_room(const struct hib_store *s)
{
	const struct hib_target *t = s->own;

	return t->blocks.nr_blocks - t->nr_taken;
}

/* Nobody else can have taken any of it. */
static int raw_reserve(struct hib_store *s, u64 nr_blocks)
{
	return 0;
}

static int raw_grow(struct hib_store *s, u64 nr_blocks)
{
	struct hib_target *t = s->own;

	lockdep_assert_held(&s->lock);
	while (s->extents.nr_blocks < nr_blocks) {
		u64 block, run;
		int ret;

		if (!hib_extents_lookup(&t->blocks, t->nr_taken, &block, &run))
			return -ENOSPC;
		run = min(run, nr_blocks - s->extents.nr_blocks);
		ret = hib_extents_append(&s->extents, block, run);
		if (ret)
			return ret;
		t->nr_taken += run;
	}
	return 0;
}

static int raw_take_block(struct hib_store *s, u64 *block)
{
	struct hib_target *t = s->own;
	u64 run;

	lockdep_assert_held(&s->lock);
	if (!hib_extents_lookup(&t->blocks, t->nr_taken, block, &run))
		return -ENOSPC;
	t->nr_taken++;
	return 0;
}

static void raw_give_back(struct hib_store *s)
{
	struct hib_target *t = s->own;

	t->nr_taken = 1;
}

/* The blocks of a target are nobody else's: all are free but the root block. */
static int raw_list_free(struct hib_store *s, const struct hib_extents *blocks,
			 struct hib_extents *list)
{
	const struct hib_target *t = s->own;
	int ret = 0;

	for (u32 i = 0; i < t->blocks.nr && !ret; i++) {
		const struct hib_extent *run = &t->blocks.array[i];
		u64 block = run->block + !i, nr;

		while (!ret && (nr = hib_extents_overlap(blocks, &block,
							 run->block + run->nr_blocks))) {
			ret = hib_extents_append(list, block, nr);
			block += nr;
		}
	}
	return ret;
}

const struct hib_place_ops hib_place_raw = {
	.name		= "target",
	.signature	= HIB_SWAP_SIGNATURE,
	.open		= raw_open,
	.close		= raw_close,
	.is_active	= raw_is_active,
	.room		= raw_room,
	.reserve	= raw_reserve,
	.grow		= raw_grow,
	.take_block	= raw_take_block,
	.give_back	= raw_give_back,
	.list_free	= raw_list_free,
};
