/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BOUND_H
#define HIB_BOUND_H

struct hib_down;

int hib_bound_memory(struct hib_down *d);

#endif
