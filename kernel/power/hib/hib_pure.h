/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few kernel words that the pure files use. A user space build (unit
 * tests, fuzz targets, hibimg) gets the same words from its own stub header,
 * so that the files themselves are compiled unchanged in both worlds.
 */
#ifndef HIB_PURE_H
#define HIB_PURE_H

#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/byteorder/generic.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/xxhash.h>
#include <linux/unaligned.h>

/* One zeroed page for a pure container; NULL when there is none. */
static inline void *hib_pure_page_alloc(void)
{
	return (void *)get_zeroed_page(GFP_KERNEL | __GFP_NOWARN);
}

static inline void hib_pure_page_free(void *page)
{
	free_page((unsigned long)page);
}

/* Grow an array to @bytes; the old one stays valid when NULL comes back. */
static inline void *hib_pure_realloc(void *old, size_t old_bytes, size_t bytes)
{
	return kvrealloc(old, bytes, GFP_KERNEL | __GFP_NOWARN);
}

static inline void hib_pure_free(void *p)
{
	kvfree(p);
}
#else
#include "hib_pure_user.h"
#endif

#endif
