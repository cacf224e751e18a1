/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BROKEN_H
#define HIB_BROKEN_H

#include <linux/types.h>
#include "pure/pfnset.h"

struct hib_broken;

#if defined(CONFIG_MEMORY_FAILURE) && defined(CONFIG_HUGETLB_PAGE)
struct hib_broken *hib_broken_ask(unsigned int limit_ms);
void hib_broken_forget(struct hib_broken *b);
bool hib_broken_changed(long nr_errors);
int hib_broken_exclude(const struct hib_broken *b, struct hib_pfnset *set, long *nr_errors);
#else
static inline struct hib_broken *hib_broken_ask(unsigned int limit_ms)
{
	return NULL;
}

static inline void hib_broken_forget(struct hib_broken *b) { }

static inline bool hib_broken_changed(long nr_errors)
{
	return false;
}

static inline int hib_broken_exclude(const struct hib_broken *b, struct hib_pfnset *set,
				     long *nr_errors)
{
	*nr_errors = 0;
	return 0;
}
#endif

#endif
