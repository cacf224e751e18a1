/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_HEADER_H
#define HIB_HEADER_H

#include "format.h"
#include "guard.h"
#include "members.h"
#include "piece.h"
#include "record.h"

#define HIB_HEADER_CPUS_MAX	65536u

/**
 * struct hib_owner - The installation that an image belongs to.
 * @firmware_id: UUID of the machine as firmware tells it; 0: it tells none.
 * @root_hash: Of the root= on the kernel's command line; 0: none.
 */
struct hib_owner {
	u8 firmware_id[HIB_ID_BYTES];
	u64 root_hash;
};

/**
 * struct hib_header - The header in host order, checked.
 * @image_id: As in the commit record.
 * @may_ignore: Features that a reader need not know.
 * @must_know: Features that a reader must know.
 * @codec: The default codec, for information.
 * @flags: HIB_IMAGE_*.
 * @hw_signature: From the FACS; 0: not recorded.
 * @created_s: Wall clock, seconds.
 * @nr_ram_pages: Page frames of the machine.
 * @nr_pages: Saved page frames.
 * @data_bytes: Of all segments.
 * @image_bytes: Of the segments and pieces.
 * @pagemap: Which page frames are saved.
 * @segments: How long each segment is.
 * @digests: Of each saved page.
 * @precopied: Frames that were written before the copy.
 * @stale: Those of @precopied that changed afterwards.
 * @nr_precopied: Number of the former, whole chunks.
 * @nr_stale: Number of the latter.
 * @members: The devices that the image lies on.
 * @owner: The installation that it belongs to.
 * @write_ns: How long coding and writing of page data took, for information.
 * @wait_ns: Sum of the times that threads waited for the device meanwhile, for information.
 * @nr_chunks: Chunks by the codec of their body, for information.
 * @guards: File systems that must not have changed.
 * @log: Steps of the saving kernel, for information.
 * @raw_chunks: The chunks of raw segments.
 * @blackbox_block: Block of the root device for the steps of boots; 0: none.
 * @extent_block: First leaf of the extent chain.
 * @nr_extent_leaves: How many leaves that chain has.
 * @nr_extents: Runs in it.
 * @nr_cpus: CPUs that were online.
 * @handover_pfn: Page frame for the boot kernel's record.
 * @boot_pages: What a boot kernel needs for itself, pages.
 * @release: Of the kernel, as uname says.
 * @build: Its version, as uname says.
 * @machine: Its architecture, as uname says.
 * @arch_bytes: How much of @arch is in use.
 * @arch: The machine's identity, in the architecture's own form.
 */
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
	struct hib_members members;
	struct hib_owner owner;
	u64 write_ns, wait_ns;
	u32 nr_chunks[HIB_NR_CODECS];
	struct hib_guards guards;
	struct hib_piece log, raw_chunks;
	u64 blackbox_block;
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
