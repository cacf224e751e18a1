/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_USERAREA_H
#define HIB_USERAREA_H

#include "pure/extent.h"

/**
 * struct hib_userarea - The swap area of a program that writes an image.
 * @type: Its index; -1: none was chosen.
 * @dev: Its device,
 * @root_block: and the block of its header there.
 * @slots: Slots that were taken for the program.
 */
struct hib_userarea {
	int type;
	dev_t dev;
	u64 root_block;
	struct hib_extents slots;
};

void hib_userarea_init(struct hib_userarea *a);
int hib_userarea_set(struct hib_userarea *a, dev_t dev, u64 root_block);
u64 hib_userarea_room(const struct hib_userarea *a);
int hib_userarea_take(struct hib_userarea *a, u64 *block);
int hib_userarea_give_back(struct hib_userarea *a);

#endif
