/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_DESCRIBE_H
#define HIB_DESCRIBE_H

#include <linux/types.h>

ssize_t hib_describe(dev_t dev, u64 root_block, char *buf);

#endif
