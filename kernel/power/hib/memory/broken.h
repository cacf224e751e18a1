/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BROKEN_H
#define HIB_BROKEN_H

#include "pure/pfnset.h"

#if defined(CONFIG_MEMORY_FAILURE) && defined(CONFIG_HUGETLB_PAGE)
int hib_broken_collect(struct hib_pfnset *set);
#else
static inline int hib_broken_collect(struct hib_pfnset *set)
{
	return 0;
}
#endif

#endif
