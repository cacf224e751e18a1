/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RELOCATE_H
#define HIB_RELOCATE_H

#include <linux/hibernation_arch.h>

/**
 * struct hib_relocation - The moves of the final copy.
 * @first: First page of moves, NULL while there is none.
 * @last: The page being filled.
 * @page_alloc: Gives a zeroed page that no move writes, or NULL. The page
 *	stays its owner's.
 * @arg: Passed to it.
 * @nr_pages: Page frames to be moved.
 */
struct hib_relocation {
	struct hib_move_page *first;
	struct hib_move_page *last;
	void *(*page_alloc)(void *arg);
	void *arg;
	u64 nr_pages;
};

int hib_relocation_add(struct hib_relocation *r, unsigned long dst_pfn, unsigned long src_pfn);
u64 hib_relocation_first(const struct hib_relocation *r);

#endif
