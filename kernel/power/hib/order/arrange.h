/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ARRANGE_H
#define HIB_ARRANGE_H

#include <linux/types.h>

struct hib_up;

int hib_arrange(struct hib_up *u);
int hib_arrange_handover(struct hib_up *u);
void hib_arrange_release(struct hib_up *u);
void *hib_arrange_address(void *up, u64 index);

#endif
