/* SPDX-License-Identifier: GPL-2.0 */
/**
 * DOC: format - the image as it lies on disk
 *
 * Everything is little-endian. A block is one page (4096 bytes) of a
 * device. An image may lie on several devices, its members; a block number that
 * is followed names the member in its upper 16 bits, and member 0 is the root
 * device. The swap area's header page keeps its own content; only its last
 * 512 bytes become a &struct hib_disk_commit while an image is there. That
 * record leads to one &struct hib_disk_header block, the header to a chain of
 * extent leaves, and these turn image offsets into device blocks. The image
 * then consists of segments (chunks, packed) and of pieces (runs of leaves).
 *
 * Each part carries a tag: xxh64, seeded from the image's random id, over the
 * part with its logical place, so that a moved, stale or foreign part is
 * noticed. Tags detect damage; they do not protect against forgery.
 *
 * A change here raises HIB_FORMAT_VERSION or takes a feature bit, and is
 * written down in Documentation/power/hibernation/format.rst.
 */
#ifndef HIB_FORMAT_H
#define HIB_FORMAT_H

#include "hib_pure.h"

#define HIB_SIGNATURE		"LINHIB0001"
#define HIB_SIGNATURE_BYTES	10
#define HIB_SWAP_SIGNATURE	"SWAPSPACE2"

#define HIB_FORMAT_VERSION	3
#define HIB_COMMIT_MAGIC	0x54494d4d4f434248ULL	/* "HBCOMMIT" */
#define HIB_HEADER_MAGIC	0x5245444145484248ULL	/* "HBHEADER" */

#define HIB_TRIES_MAX		65535u

#define HIB_BLOCK_SHIFT		12
#define HIB_BLOCK_BYTES		4096u
#define HIB_ID_BYTES		16
#define HIB_CHUNK_PAGES		32u
#define HIB_SEGMENT_BLOCKS	256u			/* at most; 1 MiB */
#define HIB_SEGMENT_BYTES	(HIB_SEGMENT_BLOCKS * HIB_BLOCK_BYTES)
#define HIB_ARCH_BYTES		2048u
#define HIB_MEMBERS_MAX		16u			/* devices of an image */
#define HIB_MEMBER_SHIFT	48			/* above: the member, below: the block */
#define HIB_GUARDS_MAX		16u			/* file systems of an image */
#define HIB_KEPT_BYTES		160u			/* why an image is kept */
#define HIB_BLOCK_NUMBER_MASK	((1ULL << HIB_MEMBER_SHIFT) - 1)

/* Features a reader may ignore, and those it must know. */
#define HIB_MAY_DIGESTS		0x1u	/* a digest piece is present */
#define HIB_MAY_KEEP		0x2u	/* all that it depends on is guarded: may be kept */
#define HIB_MAY_LOG		0x4u	/* the steps of the saving kernel are listed */
#define HIB_MAY_BLACKBOX	0x8u	/* boots that load it write their steps */
#define HIB_MUST_PRECOPY	0x1u	/* pages were written early; some are stale */
#define HIB_MUST_SEAL		0x2u	/* reserved: chunks are encrypted */
#define HIB_MUST_GUARD		0x8u	/* file systems must not have changed */
#define HIB_MUST_RAW		0x10u	/* some segments are raw */
#define HIB_MUST_KNOWN		(HIB_MUST_PRECOPY | HIB_MUST_GUARD | HIB_MUST_RAW)

/* State of the image, see design.rst "consumed once, and late". */
enum hib_image_state {
	HIB_STATE_NONE = 0,
	HIB_STATE_READY = 1,	/* complete, never tried */
	HIB_STATE_LOADING = 2,	/* a boot began to load it; @tries counts */
	HIB_STATE_JUMPING = 3,	/* a boot passed control; never again */
	HIB_STATE_SPENT = 4,	/* resumed; only tidying is left */
	HIB_STATE_KEPT = 5,	/* valid, resumed on request only */
};

enum hib_codec_id {
	HIB_CODEC_NONE = 0,
	HIB_CODEC_LZO = 1,
	HIB_CODEC_LZ4 = 2,
	HIB_CODEC_ZSTD = 3,
	HIB_NR_CODECS = 4,
};

/**
 * struct hib_disk_commit - The commit record: the last 512 bytes of the swap header page.
 * @magic: HIB_COMMIT_MAGIC.
 * @version: HIB_FORMAT_VERSION.
 * @state: enum hib_image_state.
 * @tries: Boots that began to load the image.
 * @reserved0: Zero.
 * @image_id: Of the image, the same in each part of it.
 * @header_block: Where the header lies.
 * @header_tag: The header's own tag.
 * @reason: In state HIB_STATE_KEPT why, as text; else zero.
 * @reserved1: Zero.
 * @tag: Over all 512 bytes, with this field zero.
 * @reserved2: Zero.
 * @saved_signature: What @signature was before there was an image.
 * @signature: By which a swap area is recognised.
 */
struct hib_disk_commit {
	__le64 magic;
	__le32 version;
	__le32 state;
	__le32 tries;
	__le32 reserved0;
	u8 image_id[HIB_ID_BYTES];
	__le64 header_block;
	__le64 header_tag;
	char reason[HIB_KEPT_BYTES];
	u8 reserved1[264];
	__le64 tag;			/* over all 512 bytes, this field zero */
	u8 reserved2[4];
	u8 saved_signature[HIB_SIGNATURE_BYTES];
	u8 signature[HIB_SIGNATURE_BYTES];
};
#define HIB_COMMIT_OFFSET	(HIB_BLOCK_BYTES - 512u)

/**
 * struct hib_disk_piece - A run of leaves inside the image.
 * @offset: In bytes from the image's begin, whole blocks.
 * @nr_entries: Entries in all leaves.
 * @nr_leaves: How many leaves there are.
 * @reserved: Zero.
 */
struct hib_disk_piece {
	__le64 offset;			/* bytes in the image, whole blocks */
	__le64 nr_entries;
	__le32 nr_leaves;
	__le32 reserved;
};

/**
 * struct hib_disk_member - A device that holds a part of the image; all zero: none.
 * @id: The UUID in the header page of the place there.
 * @root_block: Where that page lies.
 * @nr_blocks: Blocks of the device.
 */
struct hib_disk_member {
	u8 id[HIB_ID_BYTES];
	__le64 root_block;
	__le64 nr_blocks;
};

/* Kinds of file systems that are guarded. */
enum hib_guard_kind {
	HIB_GUARD_NONE = 0,
	HIB_GUARD_EXT = 1,	/* ext2, ext3, ext4 */
	HIB_GUARD_XFS = 2,
	HIB_GUARD_BTRFS = 3,	/* one device of it */
	HIB_GUARD_F2FS = 4,
	HIB_GUARD_FAT = 5,	/* FAT16, FAT32 */
	HIB_GUARD_EXFAT = 6,
	HIB_GUARD_KINDS,
};

#define HIB_GUARD_LATE		0x1u	/* user space sets its device up */

/**
 * struct hib_disk_guard - A file system that must not have changed; all zero: none.
 * @id: Its UUID; btrfs: that of the device; FAT: number and label.
 * @digest: Of what changes when it is mounted; FAT: when a file changes.
 * @kind: enum hib_guard_kind.
 * @flags: HIB_GUARD_LATE or 0.
 */
struct hib_disk_guard {
	u8 id[HIB_ID_BYTES];
	__le64 digest;
	__le32 kind;
	__le32 flags;
};

/**
 * struct hib_disk_header - One block, reached from the commit record.
 * @magic: HIB_HEADER_MAGIC.
 * @version: HIB_FORMAT_VERSION.
 * @may_ignore: Features that a reader need not know.
 * @must_know: Features without which a reader must refuse the image.
 * @codec: The default codec, for information.
 * @image_id: The same as in the commit record.
 * @page_shift: Size of a page, as a power of two.
 * @chunk_pages: Pages of a chunk.
 * @flags: HIB_IMAGE_*.
 * @hw_signature: From the FACS; 0: not recorded.
 * @created_s: Wall clock, seconds.
 * @nr_ram_pages: Page frames of the machine.
 * @nr_pages: Saved page frames.
 * @data_bytes: Of all segments, which begin at offset 0 of the image.
 * @image_bytes: Of the segments and pieces.
 * @pagemap: Which page frames are saved.
 * @segments: How long each segment is.
 * @digests: Of each saved page, for the check after the jump.
 * @extent_block: First leaf of the extent chain.
 * @nr_extent_leaves: How many leaves that chain has.
 * @nr_cpus: CPUs that were online.
 * @nr_extents: Runs in the extent chain.
 * @handover_pfn: Page frame for the boot kernel's record.
 * @boot_pages: What a boot kernel needs for itself, pages.
 * @precopied: With HIB_MUST_PRECOPY: frames that were written before the copy.
 * @nr_precopied: Their number, whole chunks.
 * @release: Of the kernel, as uname says.
 * @build: Its version, as uname says.
 * @machine: Its architecture, as uname says.
 * @reserved0: Zero.
 * @arch_bytes: How much of @arch is in use.
 * @reserved1: Zero.
 * @arch: The machine's identity, in the architecture's own form.
 * @stale: With HIB_MUST_PRECOPY: those of @precopied that changed afterwards.
 * @nr_stale: Their number.
 * @members: The devices; the first one is the root device.
 * @firmware_id: UUID of the machine as firmware tells it; 0: it tells none.
 * @root_hash: Of the root= that the image's kernel was given; 0: none.
 * @write_ns: How long coding and writing of page data took, for information.
 * @wait_ns: Sum of the times that threads waited for the device meanwhile, for information.
 * @nr_chunks: Chunks by the codec of their body, for information.
 * @guards: With HIB_MUST_GUARD: file systems that were mounted.
 * @log: With HIB_MAY_LOG: the steps of the saving kernel, for information.
 * @raw_chunks: With HIB_MUST_RAW: the chunks of raw segments.
 * @blackbox_block: With HIB_MAY_BLACKBOX: block of the root device for the steps of boots.
 * @reserved2: Zero.
 * @tag: Over the block, with this field zero.
 */
struct hib_disk_header {
	__le64 magic;
	__le32 version;
	__le32 may_ignore;
	__le32 must_know;
	__le32 codec;			/* default codec, for information */
	u8 image_id[HIB_ID_BYTES];
	__le32 page_shift;
	__le32 chunk_pages;
	__le32 flags;			/* HIB_IMAGE_* */
	__le32 hw_signature;		/* FACS; 0: not recorded */
	__le64 created_s;		/* wall clock, seconds */
	__le64 nr_ram_pages;		/* page frames of the machine */
	__le64 nr_pages;		/* saved page frames */
	__le64 data_bytes;		/* segments, from image offset 0 */
	__le64 image_bytes;		/* segments and pieces */
	struct hib_disk_piece pagemap;
	struct hib_disk_piece segments;
	struct hib_disk_piece digests;
	__le64 extent_block;		/* first leaf of the extent chain */
	__le32 nr_extent_leaves;
	__le32 nr_cpus;
	__le64 nr_extents;
	__le64 handover_pfn;		/* frame for the boot kernel's record */
	__le64 boot_pages;		/* footprint of the boot kernel, pages */
	struct hib_disk_piece precopied; /* HIB_MUST_PRECOPY: frames written early */
	__le64 nr_precopied;		/* their number, whole chunks */
	char release[65];
	char build[65];
	char machine[65];
	u8 reserved0[5];
	__le32 arch_bytes;
	__le32 reserved1;
	u8 arch[HIB_ARCH_BYTES];
	struct hib_disk_piece stale;	/* HIB_MUST_PRECOPY: of these, not valid */
	__le64 nr_stale;
	struct hib_disk_member members[HIB_MEMBERS_MAX];
	u8 firmware_id[HIB_ID_BYTES];
	__le64 root_hash;
	__le64 write_ns;
	__le64 wait_ns;
	__le32 nr_chunks[HIB_NR_CODECS];
	struct hib_disk_guard guards[HIB_GUARDS_MAX];	/* HIB_MUST_GUARD */
	struct hib_disk_piece log;	/* HIB_MAY_LOG: steps of the saving kernel */
	struct hib_disk_piece raw_chunks; /* HIB_MUST_RAW: chunks of raw segments */
	__le64 blackbox_block;		/* HIB_MAY_BLACKBOX: steps of boots */
	u8 reserved2[424];
	__le64 tag;			/* over the block, this field zero */
};

#define HIB_IMAGE_PLATFORM	0x1u	/* made in platform mode */

/* One block of a list. */
enum hib_leaf_kind {
	HIB_LEAF_EXTENT = 1,
	HIB_LEAF_PAGEMAP = 2,
	HIB_LEAF_SEGMENT = 3,
	HIB_LEAF_DIGEST = 4,
	HIB_LEAF_LOG = 6,		/* 5: steps without bytes */
	HIB_LEAF_RAW_CHUNK = 7,
};

#define HIB_STEP_NAME_BYTES	24u
/**
 * struct hib_disk_step - A step of a transition, see timeline.h.
 * @name: Its name, the rest zero.
 * @begin_ms: When it began.
 * @took_us: How long it took.
 * @ret: What it returned.
 * @kernel: Whose step it is.
 * @leave: 1: it was left; 0: entered.
 * @ended: 1: it has ended.
 * @reserved: Zero.
 * @bytes: What it read from devices and wrote to them.
 */
struct hib_disk_step {
	char name[HIB_STEP_NAME_BYTES];
	__le32 begin_ms;
	__le32 took_us;
	__le32 ret;
	u8 kernel;
	u8 leave;
	u8 ended;
	u8 reserved;
	__le64 bytes;
};

#define HIB_BLACKBOX_MAGIC	0x584f424b43414c42ULL	/* "BLACKBOX" */
#define HIB_BLACKBOX_STEPS	84u
/**
 * struct hib_disk_blackbox - One block: the steps of boots that did not resume the image.
 * @magic: HIB_BLACKBOX_MAGIC.
 * @image_id: The same as in the commit record.
 * @tag: Over the block, with this field zero.
 * @nr: Steps in use; the rest is zero.
 * @reserved0: Zero.
 * @steps: They, oldest first.
 * @reserved1: Zero.
 */
struct hib_disk_blackbox {
	__le64 magic;
	u8 image_id[HIB_ID_BYTES];
	__le64 tag;			/* over the block, this field zero */
	__le32 nr;
	__le32 reserved0;
	struct hib_disk_step steps[HIB_BLACKBOX_STEPS];
	u8 reserved1[24];
};

#define HIB_LEAF_BYTES		4064u
/**
 * struct hib_disk_leaf - One block of a list.
 * @tag: Over the block, with this field zero.
 * @kind: enum hib_leaf_kind.
 * @index: Place in its list.
 * @nr: Entries in use.
 * @reserved: Zero.
 * @next: Extents: block of the next leaf, 0 in the last; others: 0.
 * @data: The entries.
 */
struct hib_disk_leaf {
	__le64 tag;			/* over the block, this field zero */
	__le32 kind;
	__le32 index;			/* place in its list */
	__le32 nr;			/* entries in use */
	__le32 reserved;
	__le64 next;			/* extents: next leaf's block, last: 0 */
	u8 data[HIB_LEAF_BYTES];
};

/**
 * struct hib_disk_extent - An entry of HIB_LEAF_EXTENT.
 * @block: Member and first block.
 * @nr_blocks: How many follow each other there.
 */
struct hib_disk_extent {		/* HIB_LEAF_EXTENT */
	__le64 block;
	__le64 nr_blocks;
};

/**
 * struct hib_disk_run - An entry of HIB_LEAF_PAGEMAP. Runs ascend and do not touch.
 * @pfn: First page frame.
 * @nr_pages: How many.
 */
struct hib_disk_run {			/* HIB_LEAF_PAGEMAP: ascending, apart */
	__le64 pfn;
	__le64 nr_pages;
};

/**
 * struct hib_disk_segment - An entry of HIB_LEAF_SEGMENT.
 * @nr_blocks: Length of the segment.
 * @kind: enum hib_segment_kind.
 */
struct hib_disk_segment {		/* HIB_LEAF_SEGMENT */
	__le32 nr_blocks;
	__le32 kind;
};

/* What a segment holds. */
enum hib_segment_kind {
	HIB_SEGMENT_CODED = 0,	/* chunks, one behind the other */
	HIB_SEGMENT_RAW = 1,	/* HIB_MUST_RAW: pages, each in a block of its own */
};

/**
 * struct hib_disk_raw_chunk - An entry of HIB_LEAF_RAW_CHUNK.
 * @index: The chunk holds pages from @index * HIB_CHUNK_PAGES on.
 * @zero_mask: Bit n: page n is all zero and takes no block.
 * @tag: Over the other pages, then the two fields above.
 */
struct hib_disk_raw_chunk {		/* HIB_LEAF_RAW_CHUNK */
	__le32 index;
	__le32 zero_mask;
	__le64 tag;
};

#define HIB_LEAF_EXTENTS	(HIB_LEAF_BYTES / sizeof(struct hib_disk_extent))
#define HIB_LEAF_RUNS		(HIB_LEAF_BYTES / sizeof(struct hib_disk_run))
#define HIB_LEAF_SEGMENTS	(HIB_LEAF_BYTES / sizeof(struct hib_disk_segment))
#define HIB_LEAF_DIGESTS	(HIB_LEAF_BYTES / sizeof(__le64))
#define HIB_LEAF_RAW_CHUNKS	((u32)(HIB_LEAF_BYTES / sizeof(struct hib_disk_raw_chunk)))

/*
 * A chunk inside a coded segment: this frame, a fill word for each page whose
 * words are all equal, then the other pages, packed, as codec says. A frame
 * with magic 0 or fewer bytes left than a frame ends the segment.
 */
#define HIB_CHUNK_MAGIC		0x4b4e4843u		/* "CHNK" */
/**
 * struct hib_disk_chunk - A chunk inside a segment.
 * @magic: HIB_CHUNK_MAGIC.
 * @index: The chunk holds pages from @index * HIB_CHUNK_PAGES on.
 * @same_mask: Bit n: all words of page n are equal.
 * @nr_pages: 1 to HIB_CHUNK_PAGES.
 * @codec: Of the packed pages.
 * @body_bytes: Size of the packed pages as stored.
 * @tag: Over these fields with this one zero, the fill words and the body.
 */
struct hib_disk_chunk {
	__le32 magic;
	__le32 index;			/* pages from index * HIB_CHUNK_PAGES on */
	__le32 same_mask;		/* bit n: page n is same-filled */
	__le32 nr_pages;		/* 1 to HIB_CHUNK_PAGES */
	__le32 codec;			/* of the packed pages */
	__le32 body_bytes;		/* of the packed pages as stored */
	__le64 tag;			/* frame with this field zero, fills, body */
};

#define HIB_CHUNK_BYTES_MAX	(sizeof(struct hib_disk_chunk) + \
				 HIB_CHUNK_PAGES * HIB_BLOCK_BYTES)

#include "layout.h"

#endif
