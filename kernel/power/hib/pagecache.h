/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PAGECACHE_H
#define HIB_PAGECACHE_H

#include <linux/types.h>

u64 hib_pagecache_drop(u64 nr_pages);

#endif
