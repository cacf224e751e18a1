// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: given - a place whose blocks somebody else has taken
 *
 * A second kernel writes the image of the first one. It knows nothing of swap areas that are
 * in use: it gets a list of blocks, and uses them from the first one on. What it does not use
 * is given back by the first kernel.
 *
 * This kind of place is in no table, since it is never looked for: whoever has the list
 * opens the root device, and calls hib_given_open_others() and hib_given_use().
 *
 * Context: process context. The operations of a place hold the store's lock.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "given.h"
#include <linux/printk.h>
#include <linux/sched.h>
#include "place.h"

static u64 given_room(const struct hib_store *s)
{
	const struct hib_given *given = s->own;

	return given->blocks.nr_blocks - given->nr_used;
}

static int given_reserve(struct hib_store *s, u64 nr_blocks)
{
	return 0;
}

static int given_grow(struct hib_store *s, u64 nr_blocks)
{
	struct hib_given *given = s->own;
	u64 block, run;
	int ret;

	while (s->extents.nr_blocks < nr_blocks) {
		if (!hib_extents_lookup(&given->blocks, given->nr_used, &block, &run))
			return -ENOSPC;
		run = min(run, nr_blocks - s->extents.nr_blocks);
		ret = hib_extents_append(&s->extents, block, run);
		if (ret)
			return ret;
		given->nr_used += run;
	}
	return 0;
}

static int given_take_block(struct hib_store *s, u64 *block)
{
	struct hib_given *given = s->own;
	u64 run;

	if (!hib_extents_lookup(&given->blocks, given->nr_used, block, &run))
		return -ENOSPC;
	given->nr_used++;
	return 0;
}

static void given_give_back(struct hib_store *s)
{
	struct hib_given *given = s->own;

	given->nr_used = 0;
}

static const struct hib_place_ops given_place = {
	.name		= "blocks of another kernel",
	.signature	= HIB_SWAP_SIGNATURE,
	.room		= given_room,
	.reserve	= given_reserve,
	.grow		= given_grow,
	.take_block	= given_take_block,
	.give_back	= given_give_back,
};

/* Blocks on devices that are there. If they do not suffice, this shows when they are full. */
static int given_leave_out_missing(const struct hib_store *s, struct hib_given *given)
{
	struct hib_extents all = given->blocks;
	int ret = 0;

	hib_extents_init(&given->blocks);
	for (u32 i = 0; !ret && i < all.nr; i++) {
		const struct hib_extent *run = &all.array[i];

		if (hib_store_bdev(s, run->block))
			ret = hib_extents_append(&given->blocks, run->block, run->nr_blocks);
		cond_resched();
	}
	hib_extents_exit(&all);
	return ret;
}

/**
 * hib_given_open_others() - Open the devices beside the root device.
 * @s: Opened by hib_store_open_device(); what is opened is closed with it.
 * @given: The blocks. Those on devices that are not there are left out; the log says so.
 * @members: The devices, sound.
 * @wait_s: How long to wait for those that are not there, seconds.
 * @why: With an errno: what is wrong, in a few words.
 *
 * Context: Process context. Sleeps.
 * Return: 0, -ENOMEM, or another errno of hib_member_open_all().
 */
int hib_given_open_others(struct hib_store *s, struct hib_given *given,
			  const struct hib_members *members, unsigned int wait_s,
			  char why[HIB_MEMBER_WHY_BYTES])
{
	int ret = hib_member_open_all(s, members, BLK_OPEN_READ | BLK_OPEN_WRITE, wait_s, why);

	if (ret != -ENODEV)
		return ret;
	pr_notice("%s: no part of the image can lie there\n", why);
	ret = given_leave_out_missing(s, given);
	if (ret)
		strscpy(why, "no memory for the list of blocks", HIB_MEMBER_WHY_BYTES);
	return ret;
}

/**
 * hib_given_use() - Write to blocks that somebody else has taken.
 * @s: Opened by hib_store_open_device(), with the devices beside. Nothing was taken.
 * @given: The blocks, on its devices. Stays as long as @s is open.
 * @header_block: On the root device for the header, none of @given.
 * @blackbox_block: On the root device for the steps of boots, none of @given; 0: none.
 */
void hib_given_use(struct hib_store *s, struct hib_given *given, u64 header_block,
		   u64 blackbox_block)
{
	given->nr_used = 0;
	s->place = &given_place;
	s->own = given;
	s->header_block = header_block;
	s->blackbox_block = blackbox_block;
}
