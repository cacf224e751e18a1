// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: area - what kind of place a swap area is
 *
 * Some areas are no place for an image, since they are memory themselves or
 * stand still with the tasks; and where pages go to such an area first, nothing
 * is gained by swapping them.
 *
 * Only questions: no state, nothing changes. Areas come and go with swapon and
 * swapoff, so an answer holds as long as tasks are frozen.
 */
#include "area.h"
#include <linux/blkdev.h>
#include <linux/major.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/zswap.h>

static bool area_is_memory(const struct swap_info_struct *si)
{
	const struct gendisk *disk = si->bdev ? si->bdev->bd_disk : NULL;

	return disk && (disk->major == RAMDISK_MAJOR || !strncmp(disk->disk_name, "zram", 4));
}

/**
 * hib_area_refusal() - Why an image cannot lie in an area.
 * @si: An active area.
 *
 * Return: The reason, or NULL when it can.
 */
const char *hib_area_refusal(const struct swap_info_struct *si)
{
	if (!si->bdev || (si->flags & SWP_FS_OPS))
		return "a file that has no block device";
	if (area_is_memory(si))
		return "memory, lost when the power goes off";
	if (si->bdev->bd_disk->major == LOOP_MAJOR)
		return "a loop device, which stands still while tasks are frozen";
	return NULL;
}

/**
 * hib_area_swaps_to_memory() - Would a page that is swapped out stay in memory?
 *
 * Context: Process context, tasks frozen.
 * Return: true when zswap takes it, or the area that is used first is memory.
 */
bool hib_area_swaps_to_memory(void)
{
	bool in_memory = false;
	int best = INT_MIN;

	for (int type = 0; type < MAX_SWAPFILES; type++) {
		struct swap_info_struct *si;

		if (!count_swap_pages(type, 1))
			continue;
		si = get_swap_device(swp_entry(type, 1));
		if (!si)
			continue;
		if (si->prio > best) {
			best = si->prio;
			in_memory = area_is_memory(si);
		}
		put_swap_device(si);
	}
	return in_memory || (best != INT_MIN && zswap_is_enabled());
}
