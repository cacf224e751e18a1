/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MOMENT_H
#define HIB_MOMENT_H

#include <linux/types.h>

struct hib_down;

int hib_moment_copy(struct hib_down *d, bool *tested);

#endif
