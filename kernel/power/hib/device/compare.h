/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_COMPARE_H
#define HIB_COMPARE_H

#include "volume.h"

#define HIB_VOLUME_WHY_BYTES	96u

/**
 * enum hib_volumes_rule - What a boot may find without a refusal.
 * @HIB_VOLUMES_MOUNTED: They may be mounted: the system that made the image goes on.
 * @HIB_VOLUMES_MISSING: Some may not be there.
 * @HIB_VOLUMES_ALL: Each must be there.
 */
enum hib_volumes_rule {
	HIB_VOLUMES_MOUNTED,
	HIB_VOLUMES_MISSING,
	HIB_VOLUMES_ALL,
};

int hib_volumes_check(const struct hib_guards *guards, enum hib_volumes_rule rule,
		      unsigned int wait_s, char why[HIB_VOLUME_WHY_BYTES]);

#endif
