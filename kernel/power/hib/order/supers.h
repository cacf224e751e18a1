/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SUPERS_H
#define HIB_SUPERS_H

#include <linux/types.h>

struct super_block;

/**
 * struct hib_supers - Super blocks that were there at one moment, oldest first.
 * @nr: Their number.
 * @sbs: The super blocks; an active reference to each is held.
 */
struct hib_supers {
	unsigned int nr;
	struct super_block **sbs;
};

/* A limit for callers that can do with fewer super blocks than there are. */
#define HIB_SUPERS_LIMIT_MS	1000u

int hib_supers_collect(struct hib_supers *supers, unsigned int limit_ms);
void hib_supers_drop(struct hib_supers *supers);

#endif
