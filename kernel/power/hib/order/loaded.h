/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LOADED_H
#define HIB_LOADED_H

#include <linux/types.h>

int hib_loaded_check_windows(const char **why);
int hib_loaded_check(const char **why);
u64 hib_loaded_entry(void);
void hib_loaded_put(void *(*place)(void *arg, u64 index), void *arg);

#endif
