/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_NVRAM_H
#define HIB_NVRAM_H

#include <linux/types.h>

/* As many blocks as variables that are read. */
#define HIB_NVRAM_BLOCKS	2u

unsigned int hib_nvram_blocks(u64 blocks[HIB_NVRAM_BLOCKS]);
bool hib_nvram_has(u64 root_block);
int hib_nvram_keep(u64 root_block);

#endif
