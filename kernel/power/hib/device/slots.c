// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: slots - slots of a swap area, in runs
 *
 * An image takes millions of slots, so none of them is handled alone: they are
 * taken in batches, listed as runs, and given back a run at a time.
 *
 * A list may be longer than anybody expected, since the free slots of an area
 * can lie anywhere. hib_slots_runs() looks at the area's map and says how many
 * runs there can be, so that memory for the list is taken while there is some.
 * The answer holds as long as nobody else takes or frees slots; if somebody
 * does, the list grows when it must.
 *
 * The caller owns the lists. Whatever became of a call, the list of slots says
 * exactly which ones are taken.
 *
 * Context: process context. May sleep. Tasks are frozen, so that no area goes.
 */
#include "slots.h"
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/swapops.h>

/* Slots that are looked at before somebody else may run. */
#define SLOTS_LOOK	65536ul
/* A cluster of mm/swapfile.c, where it is smallest. */
#define SLOTS_CLUSTER	256u

/* Room for @nr more runs. */
static int list_make_room(struct hib_extents *list, u32 nr)
{
	if (list->capacity - list->nr >= nr)
		return 0;
	if (list->nr > U32_MAX / 2 - nr)
		return -ENOMEM;
	return hib_extents_reserve(list, 2 * list->nr + nr);
}

static int slots_append(int type, u32 member, const swp_entry_t *entries, int nr,
			struct hib_extents *slots, struct hib_extents *blocks)
{
	int ret = 0;

	for (int i = 0; i < nr; i++) {
		unsigned long slot = swp_offset(entries[i]);
		u64 block = swapdev_block(type, slot);

		WARN_ON_ONCE(hib_extents_append(slots, slot, 1));
		/* Block 0 is what an area that is being switched off answers. */
		if (!block)
			ret = -ENODEV;
		else if (!ret)
			WARN_ON_ONCE(hib_extents_append(blocks, hib_block_on(member, block), 1));
	}
	return ret;
}

/**
 * hib_slots_take() - Take slots and list them.
 * @type: Index of the area.
 * @member: Number of its device in the store.
 * @nr: How many are wanted; fewer may come, at most HIB_SLOTS_BATCH.
 * @slots: List of slots; those that were taken are appended.
 * @blocks: List of blocks; theirs are appended.
 *
 * Does not allocate where the lists have room for HIB_SLOTS_BATCH more runs.
 *
 * Context: Process context. May sleep.
 * Return:
 * * 0		- at least one was taken
 * * -ENOSPC	- the area is full
 * * -ENODEV	- the area is going
 * * -ENOMEM	- the lists cannot grow; nothing was taken
 */
int hib_slots_take(int type, u32 member, u64 nr, struct hib_extents *slots,
		   struct hib_extents *blocks)
{
	swp_entry_t entries[HIB_SLOTS_BATCH];
	int ret, got;

	nr = min(nr, HIB_SLOTS_BATCH);
	ret = list_make_room(slots, nr) ?: list_make_room(blocks, nr);
	if (ret)
		return ret;
	got = get_swap_pages_of_type(type, nr, entries);
	return got ? slots_append(type, member, entries, got, slots, blocks) : -ENOSPC;
}

/**
 * hib_slots_take_one() - Take one slot and list it.
 * @type: Index of the area.
 * @member: Number of its device in the store.
 * @slots: List of slots; it is appended.
 * @block: Receives member and block.
 *
 * Context: Process context. May sleep.
 * Return: 0; -ENOSPC, -ENOMEM, -ENODEV with nothing taken.
 */
int hib_slots_take_one(int type, u32 member, struct hib_extents *slots, u64 *block)
{
	swp_entry_t entry;
	int ret = list_make_room(slots, 1);

	if (ret)
		return ret;
	if (!get_swap_pages_of_type(type, 1, &entry))
		return -ENOSPC;
	*block = hib_block_on(member, swapdev_block(type, swp_offset(entry)));
	if (hib_block_number(*block))
		return hib_extents_append(slots, swp_offset(entry), 1);
	put_swap_pages_of_type(type, swp_offset(entry), 1);
	return -ENODEV;
}

/**
 * hib_slots_give_back() - Give slots back.
 * @type: Index of the area.
 * @slots: List of them; empty afterwards, its memory is freed.
 *
 * Context: Process context. May sleep.
 */
void hib_slots_give_back(int type, struct hib_extents *slots)
{
	for (u32 i = 0; i < slots->nr; i++)
		put_swap_pages_of_type(type, slots->array[i].block, slots->array[i].nr_blocks);
	hib_extents_exit(slots);
}

/* @block belongs to @slot, and @nr of both follow each other: list blocks of free slots. */
static int list_free_slots(const struct swap_info_struct *si, unsigned long slot, u64 nr,
			   u64 block, struct hib_extents *list)
{
	int ret = 0;

	for (u64 at = 0; at < nr && !ret; at += SLOTS_LOOK) {
		ret = hib_extents_append_free(list, block + at, si->swap_map + slot + at,
					      min_t(u64, nr - at, SLOTS_LOOK));
		cond_resched();
	}
	return ret;
}

/**
 * hib_slots_list_free() - Which blocks belong to free slots of an area?
 * @type: Index of an active area.
 * @member: Number of its device in the store.
 * @blocks: Sorted blocks of all members. Some may not belong to the area.
 * @list: Those that belong to free slots are appended.
 *
 * Context: Process context. May sleep. The answer holds as long as nobody takes slots.
 * Return: 0 or -ENOMEM.
 */
int hib_slots_list_free(int type, u32 member, const struct hib_extents *blocks,
			struct hib_extents *list)
{
	const struct swap_info_struct *si = swp_swap_info(swp_entry(type, 1));
	int ret = 0;

	for (struct rb_node *node = rb_first(&si->swap_extent_root); node && !ret;
	     node = rb_next(node)) {
		const struct swap_extent *e = rb_entry(node, struct swap_extent, rb_node);
		u64 first = hib_block_on(member, e->start_block), block = first, nr;
		u64 end = first + min_t(u64, e->nr_pages, si->max - e->start_page);

		while (!ret && (nr = hib_extents_overlap(blocks, &block, end))) {
			ret = list_free_slots(si, e->start_page + (block - first), nr, block,
					      list);
			block += nr;
		}
	}
	return ret;
}

/* Runs that a swap file's own extents cut, on the device. */
static u32 area_extents(const struct swap_info_struct *si)
{
	u32 nr = 0;

	for (struct rb_node *node = rb_first(&si->swap_extent_root); node; node = rb_next(node))
		nr++;
	return nr;
}

/* The first slot from @slot on that is free, or is not; si->max: none. */
static unsigned long area_next(const struct swap_info_struct *si, unsigned long slot, bool is_free)
{
	while (slot < si->max) {
		size_t nr = min(si->max - slot, SLOTS_LOOK);
		const u8 *map = si->swap_map + slot;
		const u8 *found = is_free ? memchr(map, 0, nr) : memchr_inv(map, 0, nr);

		if (found)
			return found - si->swap_map;
		slot += nr;
		cond_resched();
	}
	return si->max;
}

/* Runs of free slots, at most @most; slot 0 is the header. */
static u64 area_free_runs(const struct swap_info_struct *si, u64 most)
{
	unsigned long slot = area_next(si, 1, true);
	u64 nr = 0;

	while (slot < si->max && nr < most) {
		nr++;
		slot = area_next(si, slot, false);
		slot = area_next(si, slot, true);
	}
	return nr;
}

/**
 * hib_slots_runs() - In how many runs slots can come.
 * @type: Index of an active area.
 * @nr: Slots.
 *
 * The allocator fills one cluster after the other, in any order. So each
 * cluster can begin a run, and cut one that goes on in the next.
 *
 * Context: Process context. May sleep.
 * Return: An upper bound, as long as nobody takes or frees slots.
 */
u32 hib_slots_runs(int type, u64 nr)
{
	const struct swap_info_struct *si = swp_swap_info(swp_entry(type, 1));
	u64 runs = 2 * area_free_runs(si, nr) + nr / SLOTS_CLUSTER + area_extents(si) +
		   num_online_cpus();

	return min3(runs, nr, (u64)U32_MAX / 2);
}
