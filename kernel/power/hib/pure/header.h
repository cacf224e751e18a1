/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_HEADER_H
#define HIB_HEADER_H

#include "format.h"
#include "piece.h"
#include "record.h"

/* The header in host order, checked. */
struct hib_header {
	u8 image_id[HIB_ID_BYTES];
	u32 may_ignore, must_know;
	u32 codec;
	u32 flags;
	u32 hw_signature;
	u64 created_s;
	u64 nr_ram_pages;
	u64 nr_pages;
	u64 data_bytes;
	u64 image_bytes;
	struct hib_piece pagemap, segments, digests;
	struct hib_piece precopied, stale;
	u64 nr_precopied, nr_stale;
	u64 extent_block;
	u32 nr_extent_leaves;
	u64 nr_extents;
	u32 nr_cpus;
	u64 handover_pfn;
	u64 boot_pages;
	char release[65], build[65], machine[65];
	u32 arch_bytes;
	u8 arch[HIB_ARCH_BYTES] __aligned(8);
};

void hib_header_build(struct hib_disk_header *disk, const struct hib_header *h);
/*
 * 0; -EBADMSG damaged, -EOPNOTSUPP version, feature, codec, page or chunk size
 * not known here. *@why names the field.
 */
int hib_header_parse(const struct hib_disk_header *disk, const struct hib_commit_record *r,
		     u64 device_blocks, struct hib_header *h, const char **why);
u64 hib_header_tag(const struct hib_disk_header *disk, const u8 id[HIB_ID_BYTES]);

#endif
