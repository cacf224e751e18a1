/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FSID_H
#define HIB_FSID_H

#include "hib_pure.h"

/* Blocks of a device that may hold the super block of a file system. */
#define HIB_FSID_BLOCKS		{ 0, 16 }

const u8 *hib_fsid_find(const u8 *page, u64 block);

#endif
