/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SUPERS_H
#define HIB_SUPERS_H

#include <linux/types.h>

struct super_block;

/**
 * struct hib_supers - Super blocks that were there at one moment, oldest first.
 * @nr: Their number.
 * @sbs: The super blocks; each carries an active reference of ours.
 */
struct hib_supers {
	unsigned int nr;
	struct super_block **sbs;
};

/* For those who can do with fewer: one that is locked for longer is left out. */
#define HIB_SUPERS_LIMIT_MS	1000u

int hib_supers_collect(struct hib_supers *supers, unsigned int limit_ms);
void hib_supers_drop(struct hib_supers *supers);

#endif
