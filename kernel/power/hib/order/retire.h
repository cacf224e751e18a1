/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RETIRE_H
#define HIB_RETIRE_H

#include <linux/types.h>

struct hib_down;

bool hib_retire(struct hib_down *d);

#endif
