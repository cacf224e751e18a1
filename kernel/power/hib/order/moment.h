/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MOMENT_H
#define HIB_MOMENT_H

#include <linux/types.h>

struct hib_session;

int hib_moment_copy(struct hib_session *s, bool *tested);

#endif
