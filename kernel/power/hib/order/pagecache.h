/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PAGECACHE_H
#define HIB_PAGECACHE_H

#include <linux/types.h>

struct hib_supers;

u64 hib_pagecache_drop(const struct hib_supers *supers, u64 nr_pages, unsigned int limit_ms);

#endif
