/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_REFUSED_H
#define HIB_REFUSED_H

#include <linux/types.h>

struct hib_up;

bool hib_refused_may_be_kept(const struct hib_up *u);
void hib_refused(struct hib_up *u, int error);
int hib_refused_retire(struct hib_up *u);

#endif
