/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_VOLUME_H
#define HIB_VOLUME_H

#include <linux/types.h>
#include "pure/guard.h"

struct block_device;

/**
 * struct hib_volumes - Devices of file systems that are mounted.
 * @nr: How many there are.
 * @nr_pools: How many file systems lie on several devices, which are found by their UUID.
 * @is_all: No file system is on anything else, so all of them can be compared.
 * @held: One of them is at rest only as long as file systems are held.
 * @dev: Their numbers.
 * @pool: UUIDs of those file systems.
 */
struct hib_volumes {
	unsigned int nr;
	unsigned int nr_pools;
	bool is_all;
	bool held;
	dev_t dev[HIB_GUARDS_MAX];
	u8 pool[HIB_GUARDS_MAX][HIB_ID_BYTES];
};

bool hib_volumes_add(struct hib_volumes *volumes, struct block_device *bdev);
bool hib_volumes_add_pool(struct hib_volumes *volumes, const u8 *id);
int hib_volumes_take(struct hib_volumes *volumes, struct hib_guards *guards);

#endif
