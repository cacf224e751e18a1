/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ROOT_H
#define HIB_ROOT_H

#include "pure/format.h"

struct block_device;

int hib_root_check(struct block_device *bdev, u64 block, void *page, u8 id[HIB_ID_BYTES],
		   u64 *nr_blocks);
void hib_root_fill(void *page, u64 nr_blocks);

#endif
