/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_VOLUME_H
#define HIB_VOLUME_H

#include <linux/types.h>
#include "pure/guard.h"

struct block_device;

#define HIB_VOLUME_WHY_BYTES	96u

/**
 * struct hib_volumes - Devices of file systems that are mounted.
 * @nr: How many there are.
 * @dev: Their numbers.
 */
struct hib_volumes {
	unsigned int nr;
	dev_t dev[HIB_GUARDS_MAX];
};

bool hib_volumes_add(struct hib_volumes *volumes, struct block_device *bdev);
void hib_volumes_take(const struct hib_volumes *volumes, struct hib_guards *guards, void *page);
int hib_volumes_check(const struct hib_guards *guards, bool may_be_mounted, void *page,
		      char why[HIB_VOLUME_WHY_BYTES]);

#endif
