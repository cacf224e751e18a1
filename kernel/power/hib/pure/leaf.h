/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LEAF_H
#define HIB_LEAF_H

#include "format.h"

/*
 * A leaf: one block of a list, closed by a tag. The builder fills data[] and
 * closes the leaf; the reader checks it before it looks at data[]. The builder
 * clears the bytes after the last entry, and the reader refuses others than zero.
 */
u64 hib_leaf_tag(const struct hib_disk_leaf *leaf, const u8 id[HIB_ID_BYTES]);
void hib_leaf_close(struct hib_disk_leaf *leaf, const u8 id[HIB_ID_BYTES],
		    enum hib_leaf_kind kind, u32 index, u32 nr, u64 next);
/* 0 with *@nr set, or -EBADMSG (tag, kind, index or count is wrong). */
int hib_leaf_check(const struct hib_disk_leaf *leaf, const u8 id[HIB_ID_BYTES],
		   enum hib_leaf_kind kind, u32 index, u32 *nr);
/* Entries that fit in a leaf of that kind. */
u32 hib_leaf_capacity(enum hib_leaf_kind kind);

#endif
