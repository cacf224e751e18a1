/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_OUTLOOK_H
#define HIB_OUTLOOK_H

#include <linux/types.h>

struct hib_down;
struct hib_next;

u64 hib_outlook_blocks(const struct hib_next *n, u64 nr_pages);
void hib_outlook_take(struct hib_down *d);

#endif
