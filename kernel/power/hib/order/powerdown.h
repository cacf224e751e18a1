/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_POWERDOWN_H
#define HIB_POWERDOWN_H

struct hib_down;

int hib_powerdown(struct hib_down *d);

#endif
