// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: swap - swap areas as a place for an image
 *
 * The first row of the table of places, used on the way down. This file is what
 * the core knows about mm/swapfile.c, together with area.c, choose.c and slots.c. It
 * takes slots of areas that are active in the running kernel, and gives them back.
 *
 * Several areas make one place: an image begins in the one that resume= names and
 * goes on in the others, by priority, when that is full; areas of the same priority
 * take turns. So an image is on no more devices than it needs, or than the
 * administrator wants to work at once. Only the first one carries the commit
 * record; the header page of the others is left alone.
 *
 * An area is used through the block device that swapon claimed; it is not
 * opened again. So a swap file works like a partition, also where mounted
 * devices are protected from being written. Before the first slot is taken the
 * header page is read and must be that of a swap area: a swap file's device
 * carries a file system in its first block.
 *
 * Nothing may free a slot of a page that is in the image while the image is
 * being written, or the slot could be taken for image data and be swapped in
 * later: the allocation mask must be restricted by then.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include "device/area.h"
#include "device/choose.h"
#include "device/slots.h"
#include "device/store.h"

/* Blocks that an area gets before the next one of the same priority: a segment. */
#define STRIPE_BLOCKS	HIB_SEGMENT_BLOCKS

/**
 * struct swap_area - What was taken of an area.
 * @is_full: No slot was free.
 * @slots: Those behind the store's extents, in runs; a run's block is its first slot.
 * @singles: Those taken one by one: of the header and of extent leaves.
 */
struct swap_area {
	bool is_full;
	struct hib_extents slots;
	struct hib_extents singles;
};

/**
 * struct swap_place - The areas of a store, by the numbers of its members.
 * @chosen: The areas.
 * @turn: The one that slots are taken of.
 * @left: How many until it is the next one's turn.
 * @area: What was taken of each.
 */
struct swap_place {
	struct hib_chosen chosen;
	unsigned int turn;
	u64 left;
	struct swap_area area[HIB_MEMBERS_MAX];
};

static int swap_open(struct hib_store *s, const struct hib_place_wanted *wanted)
{
	const struct hib_chosen_area *area;
	struct swap_place *own;
	int ret;

	if (wanted->target)
		return -ENODEV;
	own = kzalloc(sizeof(*own), GFP_KERNEL);
	if (!own)
		return -ENOMEM;
	ret = hib_choose_areas(wanted, page_address(s->page), &own->chosen, s->why);
	if (ret) {
		kfree(own);
		return ret;
	}
	s->own = own;
	area = own->chosen.area;
	s->bdev = area[0].bdev;
	s->root_block = area[0].member.root_block;
	for (unsigned int i = 0; i < own->chosen.nr; i++) {
		s->members.member[i] = area[i].member;
		if (i)
			s->others[i].bdev = area[i].bdev;
	}
	return 0;
}

static void swap_close(struct hib_store *s)
{
	struct swap_place *own = s->own;

	for (unsigned int i = 0; i < own->chosen.nr; i++)
		WARN_ON_ONCE(own->area[i].slots.nr || own->area[i].singles.nr);
	kfree(own);
}

static u64 swap_room(const struct hib_store *s)
{
	const struct swap_place *own = s->own;
	u64 nr_blocks = 0;

	for (unsigned int i = 0; i < own->chosen.nr; i++)
		nr_blocks += count_swap_pages(own->chosen.area[i].type, 1);
	return nr_blocks;
}

/*
 * swapoff may have come between opening and freezing, and swapon of another
 * file on the same device behind it.
 */
static bool area_is_gone(const struct hib_store *s, unsigned int nr)
{
	const struct swap_place *own = s->own;
	const struct hib_chosen_area *area = &own->chosen.area[nr];

	return !count_swap_pages(area->type, 0) ||
	       swp_swap_info(swp_entry(area->type, 1))->bdev != area->bdev ||
	       swapdev_block(area->type, 0) != area->member.root_block;
}

/* Memory for an area's lists; how many runs of blocks it can add to an image. */
static u64 area_reserve(struct hib_store *s, unsigned int nr, u64 nr_blocks)
{
	struct swap_place *own = s->own;
	struct swap_area *area = &own->area[nr];
	int type = own->chosen.area[nr].type;
	u32 runs;

	nr_blocks = min_t(u64, nr_blocks, count_swap_pages(type, 1));
	runs = hib_slots_runs(type, nr_blocks) + HIB_SLOTS_BATCH;
	if (own->chosen.nr > 1)
		runs += nr_blocks / STRIPE_BLOCKS;
	if (hib_extents_reserve(&area->slots, runs) ||
	    hib_extents_reserve(&area->singles, runs / HIB_LEAF_EXTENTS + 2))
		pr_notice("%pg: no memory to list %u runs of slots beforehand\n", s->bdev, runs);
	return runs;
}

/* The lists may be longer than they will need to be. */
static int swap_reserve(struct hib_store *s, u64 nr_blocks)
{
	struct swap_place *own = s->own;
	u64 runs = 0;

	for (unsigned int i = 0; i < own->chosen.nr; i++) {
		own->area[i].is_full = area_is_gone(s, i);
		if (own->area[i].is_full)
			pr_err("swap area %d is no longer active\n", own->chosen.area[i].type);
		else
			runs += area_reserve(s, i, nr_blocks);
	}
	if (own->area[0].is_full)
		return -ENODEV;
	own->turn = own->chosen.nr - 1;
	own->left = 0;
	if (hib_extents_reserve(&s->extents, min(runs, U32_MAX / 2)))
		pr_notice("%pg: no memory to list %llu runs of blocks beforehand\n", s->bdev, runs);
	return 0;
}

/*
 * Whose turn is it now? The next one with room that has the priority of the first
 * one with room. False: all are full.
 */
static bool next_turn(struct swap_place *own)
{
	const struct hib_chosen_area *chosen = own->chosen.area;
	unsigned int first = 0;

	while (first < own->chosen.nr && own->area[first].is_full)
		first++;
	if (first == own->chosen.nr)
		return false;
	do
		own->turn = (own->turn + 1) % own->chosen.nr;
	while (own->area[own->turn].is_full || chosen[own->turn].prio != chosen[first].prio);
	own->left = STRIPE_BLOCKS;
	return true;
}

static int swap_grow(struct hib_store *s, u64 nr_blocks)
{
	struct swap_place *own = s->own;
	int ret = 0;

	lockdep_assert_held(&s->lock);
	while (!ret && s->extents.nr_blocks < nr_blocks) {
		u64 before = s->extents.nr_blocks;

		if (!own->left && !next_turn(own))
			return -ENOSPC;
		ret = hib_slots_take(own->chosen.area[own->turn].type, own->turn,
				     min(nr_blocks - before, own->left),
				     &own->area[own->turn].slots, &s->extents);
		own->left -= s->extents.nr_blocks - before;
		if (ret == -ENOSPC) {
			own->area[own->turn].is_full = true;
			own->left = 0;
			ret = 0;
		}
		cond_resched();
	}
	return ret;
}

static int swap_take_block(struct hib_store *s, u64 *block)
{
	struct swap_place *own = s->own;
	int ret = -ENOSPC;

	lockdep_assert_held(&s->lock);
	for (unsigned int i = 0; i < own->chosen.nr && ret == -ENOSPC; i++)
		if (!own->area[i].is_full)
			ret = hib_slots_take_one(own->chosen.area[i].type, i,
						 &own->area[i].singles, block);
	return ret;
}

static void swap_give_back(struct hib_store *s)
{
	struct swap_place *own = s->own;

	for (unsigned int i = 0; i < own->chosen.nr; i++) {
		hib_slots_give_back(own->chosen.area[i].type, &own->area[i].slots);
		hib_slots_give_back(own->chosen.area[i].type, &own->area[i].singles);
	}
}

static int swap_list_free(struct hib_store *s, const struct hib_extents *blocks,
			  struct hib_extents *list)
{
	struct swap_place *own = s->own;
	int ret = 0;

	for (unsigned int i = 0; i < own->chosen.nr && !ret; i++)
		if (!area_is_gone(s, i))
			ret = hib_slots_list_free(own->chosen.area[i].type, i, blocks, list);
	return ret;
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
	.list_free	= swap_list_free,
};
