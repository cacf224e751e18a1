/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SEARCH_H
#define HIB_SEARCH_H

#include <linux/types.h>
#include "pure/header.h"

struct hib_search;

struct hib_search *hib_search_begin(const struct hib_owner *mine);
int hib_search_look(struct hib_search *s, u64 root_block, dev_t *dev);
void hib_search_end(struct hib_search *s);

#endif
