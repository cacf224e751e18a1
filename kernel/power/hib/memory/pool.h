/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_POOL_H
#define HIB_POOL_H

#include <linux/types.h>
#include "pure/pfnset.h"
#include "pure/table.h"

/**
 * struct hib_pool - The page frames that hibernation owns.
 * @frames: All frames the pool owns.
 * @table: Frames by index: way down, where the copy of page i lies; way up,
 *	where page i is loaded.
 * @nr_protected: Entries of @table whose frames are read-only.
 * @huge: First frames of huge pages that are borrowed, see pool_huge.c.
 * @cursor: Where hib_pool_take_spare() goes on.
 */
struct hib_pool {
	struct hib_pfnset frames;
	struct hib_table table;
	u64 nr_protected;
	struct hib_table huge;
	unsigned long cursor;
};

int hib_pool_create(struct hib_pool *pool, u64 table_size);
void hib_pool_destroy(struct hib_pool *pool);
int hib_pool_cover_table(struct hib_pool *pool);
u64 hib_pool_grow(struct hib_pool *pool, u64 nr_pages);
u64 hib_pool_grow_low(struct hib_pool *pool, u64 nr_pages);
u64 hib_pool_grow_table(struct hib_pool *pool, u64 nr_pages);
void *hib_pool_take_page(struct hib_pool *pool);
unsigned long hib_pool_next_spare(struct hib_pool *pool, const struct hib_pfnset *image);
void *hib_pool_take_spare(struct hib_pool *pool, const struct hib_pfnset *image);
u64 hib_pool_protect(struct hib_pool *pool);
void hib_pool_unprotect(struct hib_pool *pool);
void hib_pool_free_frames(struct hib_pool *pool);
void *hib_pool_table_address(void *pool, u64 index);

#ifdef CONFIG_HUGETLB_PAGE
u64 hib_pool_huge_unused(void);
u64 hib_pool_grow_huge(struct hib_pool *pool, u64 nr_pages);
void hib_pool_return_huge(struct hib_pool *pool);
#else
static inline u64 hib_pool_huge_unused(void)
{
	return 0;
}

static inline u64 hib_pool_grow_huge(struct hib_pool *pool, u64 nr_pages)
{
	return 0;
}

static inline void hib_pool_return_huge(struct hib_pool *pool)
{
}
#endif

#endif
