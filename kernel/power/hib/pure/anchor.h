/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ANCHOR_H
#define HIB_ANCHOR_H

#include "hib_pure.h"

#define HIB_ANCHOR_MAGIC	0x524f48434e414248ULL	/* "HBANCHOR" */
#define HIB_ANCHOR_VERSION	1

/* systemd's text is much shorter; longer ones are not read. */
#define HIB_ANCHOR_TEXT_BYTES	4096u

/**
 * struct hib_disk_anchor - Where images begin on their device, in a variable of firmware.
 * @magic: HIB_ANCHOR_MAGIC.
 * @version: HIB_ANCHOR_VERSION.
 * @reserved: Zero.
 * @root_block: The block that carries the commit record.
 * @tag: xxh64 over all fields, with this one zero.
 */
struct hib_disk_anchor {
	__le64 magic;
	__le32 version;
	__le32 reserved;
	__le64 root_block;
	__le64 tag;
};
static_assert(sizeof(struct hib_disk_anchor) == 32);

void hib_anchor_build(struct hib_disk_anchor *disk, u64 root_block);
int hib_anchor_parse(const void *data, size_t bytes, u64 *root_block);
int hib_anchor_parse_text(const void *data, size_t bytes, u64 *root_block);

#endif
