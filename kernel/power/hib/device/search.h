/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SEARCH_H
#define HIB_SEARCH_H

#include <linux/types.h>
#include "pure/header.h"

/* Blocks of a device that a search looks at. */
#define HIB_SEARCH_BLOCKS	4u

struct hib_search;

struct hib_search *hib_search_begin(const struct hib_owner *mine);
void hib_search_add(struct hib_search *s, u64 root_block);
int hib_search_look(struct hib_search *s, dev_t *dev, u64 *root_block);
bool hib_search_is_mine(struct hib_search *s, dev_t dev, u64 root_block);
void hib_search_end(struct hib_search *s);

#endif
