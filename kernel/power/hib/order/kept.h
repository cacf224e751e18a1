/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_KEPT_H
#define HIB_KEPT_H

#include <linux/types.h>

/**
 * struct hib_kept - A second kernel that has booted.
 * @pages: For each page frame of the windows: what it had in it; NULL: zeros. NULL: none is
 *	kept.
 * @nr: Length of @pages.
 * @nr_pages: How many are not NULL.
 * @entry: Physical address where it is entered again.
 */
struct hib_kept {
	void **pages;
	u64 nr;
	u64 nr_pages;
	u64 entry;
};

#ifdef CONFIG_HIBERNATION_SECOND
int hib_kept_make(void);
void hib_kept_drop(void);
u64 hib_kept_pages(void);
u64 hib_kept_entry(void);
void hib_kept_put(void *(*place)(void *arg, u64 index), void *arg);
#endif

#endif
