/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MIB_H
#define HIB_MIB_H

#include "format.h"

/*
 * Pages of memory and blocks on disk in the unit that log lines and reasons
 * use. Pure inline functions; any context.
 */

#define HIB_MIB_SHIFT	20

/* Rounded down: what is there. */
static inline u64 hib_pages_to_mib(u64 nr_pages)
{
	return nr_pages >> (HIB_MIB_SHIFT - PAGE_SHIFT);
}

/* Rounded up: what is missing or needed. */
static inline u64 hib_pages_to_mib_up(u64 nr_pages)
{
	return hib_pages_to_mib(nr_pages + (1ull << (HIB_MIB_SHIFT - PAGE_SHIFT)) - 1);
}

/* As hib_pages_to_mib(). */
static inline u64 hib_blocks_to_mib(u64 nr_blocks)
{
	return nr_blocks >> (HIB_MIB_SHIFT - HIB_BLOCK_SHIFT);
}

/* As hib_pages_to_mib_up(). */
static inline u64 hib_blocks_to_mib_up(u64 nr_blocks)
{
	return hib_blocks_to_mib(nr_blocks + (1ull << (HIB_MIB_SHIFT - HIB_BLOCK_SHIFT)) - 1);
}

#endif
