/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FSREAD_H
#define HIB_FSREAD_H

#include <linux/types.h>

struct block_device;
struct hib_fsdigest;

bool hib_fsread_device(dev_t dev, void *page, struct hib_fsdigest *f);
bool hib_fsread_is_mounted(const struct block_device *bdev, u32 kind);

#endif
