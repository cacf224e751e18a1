/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RETIRE_H
#define HIB_RETIRE_H

struct hib_down;

void hib_retire(struct hib_down *d);

#endif
