/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FSREAD_H
#define HIB_FSREAD_H

#include <linux/types.h>

struct block_device;
struct hib_fsdigest;
struct hib_guards;

bool hib_fsread_device(dev_t dev, const struct hib_guards *wanted, void *page,
		       struct hib_fsdigest *f);
bool hib_fsread_is_mounted(const struct block_device *bdev, u32 kind);

#endif
