/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PLACEMENT_H
#define HIB_PLACEMENT_H

#include "pfnset.h"

/**
 * struct hib_placement - Where each saved page is put while the image is loaded.
 * @image: Page frames to restore.
 * @owned: Page frames that this kernel took from the page allocator.
 * @nr_in_place: Frames of the image that are owned.
 * @nr_bounce: Frames of the image that are not owned.
 * @nr_spare: Owned frames that are not in the image.
 *
 * A page is put into its own frame if this kernel owns it. If not, it is put into
 * a spare frame, from which the final copy moves it.
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
