/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_WITHDRAW_H
#define HIB_WITHDRAW_H

struct hib_down;

void hib_withdraw(struct hib_down *d);

#endif
