/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PLACEMENT_H
#define HIB_PLACEMENT_H

#include "pfnset.h"

/*
 * Where each saved page lands while it is loaded: in its own frame where this
 * kernel owns it, else in a spare frame, from which the last copy moves it.
 * @image: frames to restore; @owned: frames this kernel took from the page
 * allocator; @spare: owned frames that no part of the image wants.
 */
struct hib_placement {
	const struct hib_pfnset *image;
	const struct hib_pfnset *owned;
	u64 nr_in_place;
	u64 nr_bounce;		/* image frames that are not owned */
	u64 nr_spare;		/* owned frames that are not in the image */
};

/* Count what there is. */
void hib_placement_count(struct hib_placement *p);
/* Spare frames still missing when @extra more of them are wanted. */
u64 hib_placement_short(const struct hib_placement *p, u64 extra);

#endif
