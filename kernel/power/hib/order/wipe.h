/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_WIPE_H
#define HIB_WIPE_H

#include <linux/types.h>

struct hib_down;

void hib_wipe_begin(struct hib_down *d);
void hib_wipe_header(struct hib_down *d, bool retired);
void hib_wipe_blocks(struct hib_down *d);

#endif
