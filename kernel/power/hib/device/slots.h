/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SLOTS_H
#define HIB_SLOTS_H

#include <linux/types.h>
#include "pure/extent.h"

#define HIB_SLOTS_BATCH	64u	/* taken at once */

int hib_slots_take(int type, u32 member, u64 nr, struct hib_extents *slots,
		   struct hib_extents *blocks);
int hib_slots_take_one(int type, u32 member, struct hib_extents *slots, u64 *block);
void hib_slots_give_back(int type, struct hib_extents *slots);
u32 hib_slots_runs(int type, u64 nr);
int hib_slots_list_free(int type, u32 member, const struct hib_extents *blocks,
			struct hib_extents *list);

#endif
