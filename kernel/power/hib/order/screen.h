/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SCREEN_H
#define HIB_SCREEN_H

#include <linux/types.h>

#ifdef CONFIG_VT
bool hib_screen_show(const char *text);
#else
static inline bool hib_screen_show(const char *text)
{
	return true;
}
#endif

#endif
