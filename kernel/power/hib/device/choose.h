/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CHOOSE_H
#define HIB_CHOOSE_H

#include "pure/members.h"
#include "area.h"
#include "place.h"

struct block_device;

/**
 * struct hib_chosen_area - An active area that can hold an image.
 * @type: Its index.
 * @prio: Its priority.
 * @bdev: Its device.
 * @member: How a header names it.
 */
struct hib_chosen_area {
	int type;
	int prio;
	struct block_device *bdev;
	struct hib_member member;
};

/**
 * struct hib_chosen - The areas of an image, by the numbers of its members.
 * @nr: How many there are.
 * @area: The first one carries the commit record, the others are in the order in
 *	which they are filled.
 */
struct hib_chosen {
	unsigned int nr;
	struct hib_chosen_area area[HIB_MEMBERS_MAX];
};

int hib_choose_look(int type, const struct hib_place_wanted *wanted,
		    struct hib_chosen_area *found, void *page, char why[HIB_AREA_WHY_BYTES]);
int hib_choose_areas(const struct hib_place_wanted *wanted, void *page, struct hib_chosen *c,
		     char why[HIB_AREA_WHY_BYTES]);

#endif
