/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PAGELIST_H
#define HIB_PAGELIST_H

#include "pfnset.h"

/**
 * struct hib_pagelist - In which order the pages of an image come.
 * @saved: Frames of the image.
 * @early: Frames that were written early; empty without precopy.
 * @stale: Of these, those whose early page is stale.
 *
 * First the early frames, stale ones too, then the saved frames of which no
 * early page counts; both in ascending order. The place in this order is what
 * chunks are numbered by.
 */
struct hib_pagelist {
	const struct hib_pfnset *saved;
	const struct hib_pfnset *early;
	const struct hib_pfnset *stale;
};

/* Does the page that was written early for this frame count? */
static inline bool hib_pagelist_counts_early(const struct hib_pagelist *list, unsigned long pfn)
{
	return hib_pfnset_test(list->early, pfn) && !hib_pfnset_test(list->stale, pfn);
}

/* -EBADMSG with *@why when the three sets cannot be those of one image. */
int hib_pagelist_check(const struct hib_pagelist *list, const char **why);

#endif
