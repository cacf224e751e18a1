/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_AREA_H
#define HIB_AREA_H

#include <linux/types.h>

struct gendisk;
struct swap_info_struct;

#define HIB_AREA_WHY_BYTES	96u

/**
 * enum hib_area_use - What a disk is, beside a place for an image.
 * @HIB_AREA_ALONE: Nothing: a target has all of it.
 * @HIB_AREA_IN_USE: Swap, or the disk of a file system with a file for the image.
 */
enum hib_area_use {
	HIB_AREA_ALONE,
	HIB_AREA_IN_USE,
};

bool hib_area_disk_refuses(const struct gendisk *disk, enum hib_area_use use,
			   char why[HIB_AREA_WHY_BYTES]);
bool hib_area_disk_stands(const struct gendisk *disk, char why[HIB_AREA_WHY_BYTES]);
bool hib_area_refuses(const struct swap_info_struct *si, char why[HIB_AREA_WHY_BYTES]);
bool hib_area_swapping_gains(void);
bool hib_area_others_hold_pages(dev_t dev, u64 root_block);
bool hib_area_is_active(dev_t dev, u64 root_block);

#endif
