/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_HYBRID_H
#define HIB_HYBRID_H

#include <linux/errno.h>

struct hib_session;

#ifdef CONFIG_SUSPEND
int hib_hybrid_enter(struct hib_session *s);
#else
/* The mode is not offered then. */
static inline int hib_hybrid_enter(struct hib_session *s)
{
	return -EOPNOTSUPP;
}
#endif

#endif
