/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PLATFORM_H
#define HIB_PLATFORM_H

#include <linux/pm.h>
#include <linux/types.h>

struct hib_down;
struct platform_hibernation_ops;

bool hib_platform_ops_complete(const struct platform_hibernation_ops *ops);
int hib_platform_begin(bool used, pm_message_t message);
void hib_platform_end(bool used);
int hib_platform_enter(struct hib_down *d);

#endif
