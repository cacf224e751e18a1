/* SPDX-License-Identifier: GPL-2.0 */
/* For the targets that read a list: its leaves, taken from the input. */
#ifndef HIB_FUZZ_LEAF_H
#define HIB_FUZZ_LEAF_H

#include "fuzz.h"
#include "leaf.h"

#define FUZZ_FULL_FIRST	0x04u	/* a full leaf comes before those of the input */

/* Fill @leaves from @nr on, @max at most, as far as the input goes; how many there are then. */
static inline u32 fuzz_fill_leaves(struct hib_disk_leaf *leaves, u32 nr, u32 max, u8 steer,
				   const u8 *data, size_t bytes)
{
	while (nr < max && bytes) {
		fuzz_fill(&leaves[nr], sizeof(leaves[nr]), &data, &bytes);
		if (steer & FUZZ_CLOSE)
			leaves[nr].tag = cpu_to_le64(hib_leaf_tag(&leaves[nr], fuzz_id));
		nr++;
	}
	return nr;
}

#endif
