/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_AREA_H
#define HIB_AREA_H

#include <linux/types.h>

struct gendisk;
struct swap_info_struct;

#define HIB_AREA_WHY_BYTES	96u

bool hib_area_disk_refuses(const struct gendisk *disk, char why[HIB_AREA_WHY_BYTES]);
bool hib_area_refuses(const struct swap_info_struct *si, char why[HIB_AREA_WHY_BYTES]);
bool hib_area_swapping_gains(void);
bool hib_area_others_hold_pages(dev_t dev, u64 root_block);
bool hib_area_is_active(dev_t dev, u64 root_block);

#endif
