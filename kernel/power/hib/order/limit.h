/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LIMIT_H
#define HIB_LIMIT_H

#include <linux/types.h>

#ifdef CONFIG_HIBERNATION_SECOND
bool hib_limit_extend(void);
void hib_limit_end(void);
#else
static inline bool hib_limit_extend(void)
{
	return false;
}
#endif

#endif
