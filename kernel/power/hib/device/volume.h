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
 * @is_all: No file system is on anything else, so all of them can be compared.
 * @held: One of them is at rest only as long as file systems are held.
 * @dev: Their numbers.
 */
struct hib_volumes {
	unsigned int nr;
	bool is_all;
	bool held;
	dev_t dev[HIB_GUARDS_MAX];
};

/* What a boot may find without a refusal. */
enum hib_volumes_rule {
	HIB_VOLUMES_MOUNTED,	/* they may be mounted: the system that made the image goes on */
	HIB_VOLUMES_MISSING,	/* some may not be there */
	HIB_VOLUMES_ALL,	/* each must be there */
};

bool hib_volumes_add(struct hib_volumes *volumes, struct block_device *bdev);
int hib_volumes_take(const struct hib_volumes *volumes, struct hib_guards *guards);
int hib_volumes_check(const struct hib_guards *guards, enum hib_volumes_rule rule,
		      unsigned int wait_s, char why[HIB_VOLUME_WHY_BYTES]);

#endif
