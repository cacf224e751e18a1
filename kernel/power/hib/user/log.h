/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LOG_H
#define HIB_LOG_H

#include <linux/sysfs.h>

extern struct bin_attribute hib_log_attr;

#endif
