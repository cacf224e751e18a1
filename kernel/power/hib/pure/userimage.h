/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_USERIMAGE_H
#define HIB_USERIMAGE_H

#include "chunk.h"
#include "header.h"

/* Chunks of a segment: as many raw ones as fit. */
#define HIB_USERIMAGE_CHUNKS	7u
#define HIB_USERIMAGE_PAGES	(HIB_USERIMAGE_CHUNKS * HIB_CHUNK_PAGES)
/* The pages, and a block for the fixed fields of all chunks. */
#define HIB_USERIMAGE_BLOCKS	(HIB_USERIMAGE_PAGES + 1u)
#define HIB_USERIMAGE_NAMES	6u
#define HIB_USERIMAGE_NAME	65u

/**
 * struct hib_disk_user_info - The head of block 0, as programs know it.
 * @names: System, node, release, version, machine and domain, as uname says.
 * @pad0: Zero.
 * @version_code: Of the kernel.
 * @pad1: Zero.
 * @nr_ram_pages: Page frames of the machine.
 * @nr_cpus: CPUs that were online.
 * @pad2: Zero.
 * @nr_image_pages: Saved page frames.
 * @nr_pages: Blocks of the image, this one included.
 * @bytes: The same in bytes.
 */
struct hib_disk_user_info {
	char names[HIB_USERIMAGE_NAMES][HIB_USERIMAGE_NAME];
	u8 pad0[2];
	__le32 version_code;
	u8 pad1[4];
	__le64 nr_ram_pages;
	__le32 nr_cpus;
	u8 pad2[4];
	__le64 nr_image_pages;
	__le64 nr_pages;
	__le64 bytes;
};

static_assert(offsetof(struct hib_disk_user_info, version_code) == 392);
static_assert(offsetof(struct hib_disk_user_info, nr_ram_pages) == 400);
static_assert(offsetof(struct hib_disk_user_info, nr_cpus) == 408);
static_assert(offsetof(struct hib_disk_user_info, nr_image_pages) == 416);
static_assert(offsetof(struct hib_disk_user_info, nr_pages) == 424);
static_assert(offsetof(struct hib_disk_user_info, bytes) == 432);
static_assert(sizeof(struct hib_disk_user_info) == 440);

/* What a block of the image is; in this order. */
enum hib_userimage_part {
	HIB_USERIMAGE_INFO,
	HIB_USERIMAGE_HEADER,
	HIB_USERIMAGE_EXTENTS,
	HIB_USERIMAGE_MAP,
	HIB_USERIMAGE_SEGMENTS,
	HIB_USERIMAGE_DIGESTS,
	HIB_USERIMAGE_DATA,
	HIB_USERIMAGE_END,
};

/**
 * struct hib_userimage - The plan of an image that a program reads or writes.
 * @nr_pages: Saved page frames.
 * @nr_runs: Runs of the page list.
 * @nr_digests: @nr_pages, or 0 if there are none.
 * @nr_segments: Segments.
 * @leaves: Leaves of the page list, of the list of segments, and of the digests.
 * @data_blocks: Blocks of all segments.
 * @nr_blocks: Blocks of the image.
 */
struct hib_userimage {
	u64 nr_pages;
	u64 nr_runs;
	u64 nr_digests;
	u32 nr_segments;
	u32 leaves[3];
	u64 data_blocks;
	u64 nr_blocks;
};

int hib_userimage_plan(struct hib_userimage *plan, u64 nr_pages, u64 nr_runs, bool digests);
enum hib_userimage_part hib_userimage_part(const struct hib_userimage *plan, u64 block,
					   u64 *index);
u32 hib_userimage_segment_blocks(const struct hib_userimage *plan, u64 segment);
void hib_userimage_describe(const struct hib_userimage *plan, struct hib_header *h);
void hib_userimage_extents(const struct hib_userimage *plan, const u8 id[HIB_ID_BYTES],
			   struct hib_disk_leaf *leaf);
void hib_userimage_segments(const struct hib_userimage *plan, const u8 id[HIB_ID_BYTES],
			    u32 index, struct hib_disk_leaf *leaf);
void hib_userimage_pack(const struct hib_userimage *plan, const u8 id[HIB_ID_BYTES], u64 segment,
			void *(*address)(void *priv, u64 index), void *priv, void *out);
void hib_userimage_close(void *block, const struct hib_userimage *plan,
			 const struct hib_header *h, const struct hib_disk_header *disk);
int hib_userimage_open(const void *block, struct hib_commit_record *record, u64 *nr_blocks,
		       const char **why);
int hib_userimage_check(const struct hib_header *h, u64 nr_blocks, struct hib_userimage *plan,
			struct hib_header *want, const char **why);

#endif
