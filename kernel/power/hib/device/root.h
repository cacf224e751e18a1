/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ROOT_H
#define HIB_ROOT_H

#include "pure/format.h"

struct block_device;

#define HIB_ROOT_WHY_BYTES	96u

int hib_root_check(struct block_device *bdev, u64 block, void *page, u8 id[HIB_ID_BYTES],
		   char why[HIB_ROOT_WHY_BYTES]);
void hib_root_fill(void *page, u64 nr_blocks);

#endif
