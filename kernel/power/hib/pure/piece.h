/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PIECE_H
#define HIB_PIECE_H

#include "format.h"

/**
 * struct hib_piece - A list of the image: leaves side by side, behind the data.
 * @offset: In bytes from the image's begin.
 * @nr_entries: Entries in all leaves.
 * @nr_leaves: How many leaves there are.
 */
struct hib_piece {
	u64 offset;		/* bytes in the image */
	u64 nr_entries;
	u32 nr_leaves;
};

void hib_piece_build(struct hib_disk_piece *disk, const struct hib_piece *p);
void hib_piece_read(const struct hib_disk_piece *disk, struct hib_piece *p);
bool hib_piece_is_absent(const struct hib_piece *p);
bool hib_piece_overlaps(const struct hib_piece *a, const struct hib_piece *b);
/* As many leaves as these entries need. */
bool hib_piece_leaves_fit(u64 nr_leaves, u64 nr_entries, enum hib_leaf_kind kind);
/* In whole blocks, below @end. */
bool hib_piece_is_inside(const struct hib_piece *p, u64 end);
bool hib_piece_is_sound(const struct hib_piece *p, enum hib_leaf_kind kind, u64 max_entries,
			u64 start, u64 end);

#endif
