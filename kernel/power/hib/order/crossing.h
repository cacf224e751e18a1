/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CROSSING_H
#define HIB_CROSSING_H

#include <linux/types.h>
#include "pure/relay.h"

struct kimage;
struct page;

/**
 * struct hib_crossing - A jump to another kernel that comes back.
 * @image: What kexec jumps with.
 * @list: The page of the list of exchanges that is filled; NULL: there is none yet.
 * @nr: Its words in use.
 */
struct hib_crossing {
	struct kimage *image;
	unsigned long *list;
	unsigned int nr;
};

/**
 * struct hib_crossing_list - A list of words that is being made.
 * @crossing: Owns its pages.
 * @list: The list.
 * @page: The page that is filled; NULL: there is none yet.
 */
struct hib_crossing_list {
	struct hib_crossing *crossing;
	struct hib_relay_list *list;
	struct hib_relay_page *page;
};

int hib_crossing_make(struct hib_crossing *c, u64 entry, const struct hib_windows *apart);
void hib_crossing_free(struct hib_crossing *c);
void *hib_crossing_page(struct hib_crossing *c, unsigned int order);
int hib_crossing_put(struct hib_crossing_list *l, u64 word);
int hib_crossing_exchange(struct hib_crossing *c, u64 pfn, u64 partner_pfn);
void hib_crossing_walk_pages(const struct hib_crossing *c,
			     void (*fn)(void *arg, struct page *page), void *arg);
u64 hib_crossing_reentry(const struct hib_crossing *c);
void hib_crossing_jump(struct hib_crossing *c);

#endif
