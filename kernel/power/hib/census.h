/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CENSUS_H
#define HIB_CENSUS_H

#include <linux/types.h>
#include "pfnset.h"

/**
 * struct hib_census - What memory holds, in pages.
 * @saveable: Frames that would be saved.
 * @free: Free frames.
 * @reclaimable: An upper bound of what reclaim could free.
 */
struct hib_census {
	u64 saveable;
	u64 free;
	u64 reclaimable;
};

void hib_census_take(const struct hib_pfnset *nosave, struct hib_census *census);
int hib_census_cover(struct hib_pfnset *set);
int hib_census_collect(const struct hib_pfnset *nosave, struct hib_pfnset *set);
void hib_census_clean_free(void);

#endif
