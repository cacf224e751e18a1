/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_AREA_H
#define HIB_AREA_H

#include <linux/types.h>

struct swap_info_struct;

const char *hib_area_refusal(const struct swap_info_struct *si);
bool hib_area_swaps_to_memory(void);

#endif
