/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RAWDISK_H
#define HIB_RAWDISK_H

#include <linux/types.h>

bool hib_rawdisk_find(dev_t *dev);

#endif
