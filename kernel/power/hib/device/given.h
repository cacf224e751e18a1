/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_GIVEN_H
#define HIB_GIVEN_H

#include "member.h"
#include "store.h"

/**
 * struct hib_given - Blocks that were taken by somebody else.
 * @blocks: All of them, in the order in which they are used.
 * @nr_used: How many are in use.
 */
struct hib_given {
	struct hib_extents blocks;
	u64 nr_used;
};

int hib_given_open_others(struct hib_store *s, struct hib_given *given,
			  const struct hib_members *members, unsigned int wait_s,
			  char why[HIB_MEMBER_WHY_BYTES]);
void hib_given_use(struct hib_store *s, struct hib_given *given, u64 header_block,
		   u64 blackbox_block);

#endif
