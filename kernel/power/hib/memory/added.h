/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ADDED_H
#define HIB_ADDED_H

#include <linux/types.h>

#ifdef CONFIG_MEMORY_HOTPLUG
u64 hib_added_pages(bool by_driver);
bool hib_added_comes_online(void);
#else
static inline u64 hib_added_pages(bool by_driver)
{
	return 0;
}

static inline bool hib_added_comes_online(void)
{
	return true;
}
#endif

#endif
