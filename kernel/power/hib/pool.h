/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_POOL_H
#define HIB_POOL_H

#include <linux/types.h>
#include "pfnset.h"

struct page;

/**
 * struct hib_pool - Every page frame that an image needs besides its own.
 * @frames: All frames the pool owns.
 * @table: Frames by index: way down, where the copy of page i lies; way up,
 *	where page i is loaded.
 * @nr_table: Entries of @table in use.
 * @nr_protected: Entries of @table whose frames are read-only.
 * @table_size: Entries that @table has room for.
 * @cursor: Where hib_pool_take_spare() goes on.
 */
struct hib_pool {
	struct hib_pfnset frames;
	unsigned long *table;
	u64 nr_table;
	u64 nr_protected;
	u64 table_size;
	unsigned long cursor;
};

int hib_pool_create(struct hib_pool *pool, u64 table_size);
void hib_pool_destroy(struct hib_pool *pool);
u64 hib_pool_grow(struct hib_pool *pool, u64 nr_pages);
u64 hib_pool_grow_table(struct hib_pool *pool, u64 nr_pages);
void *hib_pool_take_page(struct hib_pool *pool);
unsigned long hib_pool_next_spare(struct hib_pool *pool, const struct hib_pfnset *image);
void *hib_pool_take_spare(struct hib_pool *pool, const struct hib_pfnset *image);
u64 hib_pool_protect(struct hib_pool *pool);
void hib_pool_unprotect(struct hib_pool *pool);
void hib_pool_free_frames(struct hib_pool *pool);
void *hib_pool_table_address(void *pool, u64 index);

#endif
