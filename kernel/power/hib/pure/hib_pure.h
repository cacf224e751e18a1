/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few kernel words that the pure files use. A user space build (unit
 * tests, fuzz targets, hibimg) gets the same words from its own stub header,
 * so that the files themselves are compiled unchanged in both worlds.
 */
#ifndef HIB_PURE_H
#define HIB_PURE_H

#ifdef __KERNEL__
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
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
#include <linux/unaligned.h>
#include <linux/xxhash.h>
#include <asm/byteorder.h>
#include <asm/page.h>

/*
 * Failing is an answer here, so neither the OOM killer nor a warning is wanted
 * on the way to it.
 */
#define HIB_PURE_GFP	(GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* One zeroed page for a pure container; NULL when there is none. */
static inline void *hib_pure_page_alloc(void)
{
	return (void *)get_zeroed_page(HIB_PURE_GFP);
}

static inline void hib_pure_page_free(void *page)
{
	free_page((unsigned long)page);
}

/* Grow an array to @bytes; the old one stays valid when NULL comes back. */
static inline void *hib_pure_realloc(void *old, size_t old_bytes, size_t bytes)
{
	return kvrealloc(old, bytes, HIB_PURE_GFP);
}

static inline void hib_pure_free(void *p)
{
	kvfree(p);
}
#else
#include "hib_pure_user.h"
#endif

#endif
