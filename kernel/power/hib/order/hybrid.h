/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_HYBRID_H
#define HIB_HYBRID_H

#include <linux/errno.h>

struct hib_down;

/* The machine slept as long as it should. */
#define HIB_HYBRID_OVER	1

#ifdef CONFIG_SUSPEND
int hib_hybrid_enter(struct hib_down *d);
#else
/* Without suspend to memory the mode is not offered. */
static inline int hib_hybrid_enter(struct hib_down *d)
{
	return -EOPNOTSUPP;
}
#endif

#endif
