// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: userarea - slots of a swap area for a program
 *
 * A program that writes an image itself may write it to an active swap area. It names the
 * area, and asks for one slot after the other. The slots are given back when it wants, or
 * when it closes /dev/snapshot. A restored kernel knows of none that was taken after the
 * copy.
 *
 * Context: process context, system_transition_mutex held. May sleep.
 */
#include "userarea.h"
#include <linux/blkdev.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include "slots.h"

/* swap_type_of() would do, if it passed over areas that lie on no device. */
static bool is_area(int type, dev_t dev, u64 root_block)
{
	struct swap_info_struct *si;
	bool is;

	if (!count_swap_pages(type, 0))
		return false;
	si = get_swap_device(swp_entry(type, 1));
	if (!si)
		return false;
	is = si->bdev && si->bdev->bd_dev == dev && swapdev_block(type, 0) == root_block;
	put_swap_device(si);
	return is;
}

/* While no slot is taken, the area may go, and another one may get its index. */
static bool is_still_there(const struct hib_userarea *a)
{
	return a->type >= 0 && is_area(a->type, a->dev, a->root_block);
}

/**
 * hib_userarea_init() - No area is chosen yet.
 * @a: Uninitialised.
 */
void hib_userarea_init(struct hib_userarea *a)
{
	a->type = -1;
	hib_extents_init(&a->slots);
}

/**
 * hib_userarea_set() - Choose an area.
 * @a: The area; no slot of it is taken.
 * @dev: Device.
 * @root_block: Block of the swap header on it.
 *
 * Return: 0; -EPERM if slots are taken, -EINVAL without a device, -ENODEV if no swap area
 * is active there.
 */
int hib_userarea_set(struct hib_userarea *a, dev_t dev, u64 root_block)
{
	if (a->slots.nr)
		return -EPERM;
	if (!dev)
		return -EINVAL;
	for (int type = 0; type < MAX_SWAPFILES; type++) {
		if (!is_area(type, dev, root_block))
			continue;
		a->type = type;
		a->dev = dev;
		a->root_block = root_block;
		return 0;
	}
	return -ENODEV;
}

/**
 * hib_userarea_room() - How much is free?
 * @a: The area.
 *
 * Return: Free slots; 0 if no area is chosen, or it is gone.
 */
u64 hib_userarea_room(const struct hib_userarea *a)
{
	return is_still_there(a) ? count_swap_pages(a->type, 1) : 0;
}

/**
 * hib_userarea_take() - Take a slot.
 * @a: The area.
 * @block: Receives its block on the device.
 *
 * Return: 0; -ENODEV if no area is chosen or it is gone, -ENOSPC if it is full, -ENOMEM.
 */
int hib_userarea_take(struct hib_userarea *a, u64 *block)
{
	return is_still_there(a) ? hib_slots_take_one(a->type, 0, &a->slots, block) : -ENODEV;
}

/**
 * hib_userarea_give_back() - Give all slots back.
 * @a: The area.
 *
 * Return: 0; -ENODEV if no area is chosen.
 */
int hib_userarea_give_back(struct hib_userarea *a)
{
	if (a->type < 0)
		return -ENODEV;
	hib_slots_give_back(a->type, &a->slots);
	return 0;
}
