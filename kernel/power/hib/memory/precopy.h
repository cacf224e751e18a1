/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PRECOPY_H
#define HIB_PRECOPY_H

#include <linux/mm_types.h>
#include "pure/pfnset.h"
#include "pure/table.h"
#include "pool.h"

struct hib_digest_key;

struct hib_digest_key;

/**
 * struct hib_precopy - Pages that are written before the copy.
 * @frames: Their frames, whole chunks of them; empty: no precopy.
 * @stale: Of these, known after the copy: frames that changed since they were written.
 * @first: Frame with which each chunk begins.
 * @digests: Pages of digests, one for each frame in ascending order, of exactly
 *	the bytes that were written. In frames of the pool.
 * @nr_digest_pages: Their number.
 * @max_pages: Frames that there is room for, in all of these.
 * @key: Of the digests, new for each attempt.
 */
struct hib_precopy {
	struct hib_pfnset frames;
	struct hib_pfnset stale;
	struct hib_table first;
	u64 **digests;
	u64 nr_digest_pages;
	u64 max_pages;
	struct hib_digest_key *key;
};

int hib_precopy_create(struct hib_precopy *p);
void hib_precopy_destroy(struct hib_precopy *p);
int hib_precopy_reserve(struct hib_precopy *p, struct hib_pool *pool, u64 nr_pages);
void hib_precopy_release(struct hib_precopy *p);
int hib_precopy_collect(struct hib_precopy *p, const struct hib_pfnset *nosave,
			unsigned int kinds);
void hib_precopy_fetch(void *precopy, u64 first, unsigned int nr, void *to);
int hib_precopy_settle(struct hib_precopy *p, const struct hib_pfnset *saved);

#endif
