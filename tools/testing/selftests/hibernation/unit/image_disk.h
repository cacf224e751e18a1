/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small disk in memory with a swap area and an image in it, written by the
 * pure files as the kernel writes one: 70 pages, of which 27 were written early,
 * five stale ones, two chunks of one codec in a segment, one in a raw segment, six lists,
 * three extents. The numbers say in which block of the disk each part lies.
 */
#ifndef IMAGE_DISK_H
#define IMAGE_DISK_H

#include <lz4.h>
#include <lzo/lzo1x.h>
#include <zstd.h>

#include "chunk.h"
#include "extent.h"
#include "header.h"
#include "leaf.h"
#include "pagelist.h"
#include "pagemap.h"
#include "rawlist.h"
#include "record.h"
#include "segments.h"
#include "tag.h"
#include "../../../../../arch/x86/power/hibernate_ident.h"

#define DISK_BLOCKS	128u
#define DISK_SAVED	70u
#define DISK_EARLY	32u
#define DISK_STALE	5u
#define DISK_PAGES	(DISK_SAVED + DISK_STALE)
#define DISK_CHUNKS	3u
#define DISK_SEGMENTS	2u
#define DISK_RAW_FIRST	211u		/* frames of the raw chunk begin here */
#define DISK_HEADER	10u		/* block of the header */
#define DISK_LEAF	11u		/* and of the extent leaf */
#define DISK_HANDOVER	400u		/* a frame of no list */
#define DISK_IMAGE_MAX	96u		/* blocks */

static const u8 disk_id[HIB_ID_BYTES] = "0123456789abcdef";
/* As it was before the image, the image, and the disk with it. */
static u8 disk_before[DISK_BLOCKS * HIB_BLOCK_BYTES];
static u8 disk_image[DISK_IMAGE_MAX * HIB_BLOCK_BYTES] __aligned(4096);
static u8 disk[DISK_BLOCKS * HIB_BLOCK_BYTES] __aligned(4096);

static u32 disk_root;			/* block of the swap header */
static enum hib_codec_id disk_codec;
static struct hib_pfnset disk_saved, disk_early, disk_stale;
static struct hib_extents disk_extents;
static struct hib_header disk_header;
static u64 disk_chunk_offset[DISK_CHUNKS];	/* in the image */
static u32 disk_chunk_bytes[DISK_CHUNKS];
static struct hib_raw_chunk disk_raw_chunk;

/* What memory holds: noise, one word, zeros, or text that gets smaller; in the raw chunk no words. */
static inline void disk_page(unsigned long pfn, bool stale, u8 *page)
{
	u64 state = pfn * 0x9e3779b97f4a7c15ull + stale + 1;
	u64 word, fill = pfn % 7 && pfn < DISK_RAW_FIRST ? pfn : 0;

	for (u32 i = 0; i < HIB_BLOCK_BYTES; i += sizeof(word)) {
		word = pfn % 5 ? tap_random(&state) : fill;
		if (pfn % 5 > 1)
			word &= 0xff;
		memcpy(page + i, &word, sizeof(word));
	}
}

/* Frame of page @index in the image's order. */
static inline unsigned long disk_frame(u32 index, bool *stale)
{
	const struct hib_pagelist list = { &disk_saved, &disk_early, &disk_stale };
	unsigned long pfn;

	hib_pfnset_for_each(pfn, &disk_early) {
		*stale = hib_pfnset_test(&disk_stale, pfn);
		if (!index--)
			return pfn;
	}
	*stale = false;
	hib_pfnset_for_each(pfn, &disk_saved)
		if (!hib_pagelist_counts_early(&list, pfn) && !index--)
			return pfn;
	return HIB_PFN_NONE;
}

static inline void disk_make_sets(void)
{
	hib_pfnset_init(&disk_saved, 1000);
	hib_pfnset_init(&disk_early, 1000);
	hib_pfnset_init(&disk_stale, 1000);
	hib_pfnset_add_range(&disk_saved, 100, 148);
	hib_pfnset_add_range(&disk_saved, 200, 222);
	hib_pfnset_add_range(&disk_early, 100, 128);
	hib_pfnset_add_range(&disk_early, 300, 304);
	hib_pfnset_add(&disk_stale, 127);
	hib_pfnset_add_range(&disk_stale, 300, 304);
}

/* Encode @bytes; returns the length, 0: as it is. */
static inline u32 disk_encode(const u8 *in, u32 bytes, u8 *out, u32 room)
{
	static u8 workspace[LZO1X_1_MEM_COMPRESS];
	lzo_uint lzo_bytes = room;

	switch (disk_codec) {
	case HIB_CODEC_LZO:
		lzo1x_1_compress(in, bytes, out, &lzo_bytes, workspace);
		return lzo_bytes;
	case HIB_CODEC_LZ4:
		return LZ4_compress_default((const char *)in, (char *)out, bytes, room);
	case HIB_CODEC_ZSTD:
		return ZSTD_compress(out, room, in, bytes, 1);
	default:
		return 0;
	}
}

/* Write chunk @index at @at; returns its length. */
static inline u32 disk_make_chunk(u32 index, u8 *at)
{
	static u8 packed[HIB_CHUNK_PAGES * HIB_BLOCK_BYTES], coded[2 * sizeof(packed)];
	static u8 page[HIB_BLOCK_BYTES] __aligned(4096);
	struct hib_chunk c = { .index = index };
	u64 fills[HIB_CHUNK_PAGES];
	u32 bytes = 0, nr_fills = 0;

	c.nr_pages = min(DISK_PAGES - index * HIB_CHUNK_PAGES, HIB_CHUNK_PAGES);
	for (u32 i = 0; i < c.nr_pages; i++) {
		bool stale;
		unsigned long pfn = disk_frame(index * HIB_CHUNK_PAGES + i, &stale);

		disk_page(pfn, stale, page);
		if (hib_chunk_page_is_same(page, &fills[nr_fills])) {
			c.same_mask |= 1u << i;
			nr_fills++;
			continue;
		}
		memcpy(packed + bytes, page, HIB_BLOCK_BYTES);
		bytes += HIB_BLOCK_BYTES;
	}
	c.body_bytes = disk_encode(packed, bytes, coded, sizeof(coded));
	c.codec = c.body_bytes ? disk_codec : HIB_CODEC_NONE;
	memcpy(at + hib_chunk_body_offset(c.same_mask), c.body_bytes ? coded : packed,
	       c.body_bytes ?: bytes);
	c.body_bytes = c.body_bytes ?: bytes;
	return hib_chunk_close(at, disk_id, &c, fills);
}

/* Write the pages of raw chunk @index at @at; returns how many there are. */
static inline u32 disk_make_raw_chunk(u32 index, u8 *at)
{
	const void *blocks[HIB_CHUNK_PAGES];
	struct hib_raw_chunk *c = &disk_raw_chunk;
	u32 nr = 0;
	u64 fill;

	*c = (struct hib_raw_chunk){ .index = index };
	for (u32 i = 0; i < hib_raw_chunk_pages(c, DISK_PAGES); i++) {
		bool stale;
		unsigned long pfn = disk_frame(index * HIB_CHUNK_PAGES + i, &stale);

		disk_page(pfn, stale, at + nr * HIB_BLOCK_BYTES);
		if (hib_chunk_page_is_same(at + nr * HIB_BLOCK_BYTES, &fill)) {
			c->zero_mask |= 1u << i;
			continue;
		}
		blocks[nr] = at + nr * HIB_BLOCK_BYTES;
		nr++;
	}
	c->tag = hib_raw_chunk_tag(c, disk_id, blocks, nr);
	return nr;
}

/* Chunks 0 and 1 into a segment, chunk 2 into a raw one; returns blocks. */
static inline u32 disk_make_segments(u16 segments[DISK_SEGMENTS])
{
	u32 at = 0, nr;

	for (u32 index = 0; index < 2; index++) {
		disk_chunk_offset[index] = at;
		disk_chunk_bytes[index] = disk_make_chunk(index, disk_image + at);
		at += disk_chunk_bytes[index];
	}
	segments[0] = DIV_ROUND_UP(at, HIB_BLOCK_BYTES);
	at = segments[0] * HIB_BLOCK_BYTES;
	nr = disk_make_raw_chunk(2, disk_image + at);
	disk_chunk_offset[2] = at;
	disk_chunk_bytes[2] = nr * HIB_BLOCK_BYTES;
	segments[1] = nr | HIB_SEGMENT_RAW_BIT;
	/* The page behind was one that is all zero. */
	memset(disk_image + at + disk_chunk_bytes[2], 0, HIB_BLOCK_BYTES);
	return segments[0] + nr;
}

static inline struct hib_disk_leaf *disk_image_leaf(u32 block)
{
	return (struct hib_disk_leaf *)(disk_image + block * HIB_BLOCK_BYTES);
}

static inline struct hib_piece disk_make_frames(const struct hib_pfnset *set, u32 block)
{
	unsigned long pfn = 0;

	hib_pagemap_encode(set, &pfn, disk_image_leaf(block), disk_id, 0);
	return (struct hib_piece){ block * HIB_BLOCK_BYTES, hib_pagemap_count_runs(set), 1 };
}

/* The lists behind the segments; returns blocks. */
static inline u32 disk_make_lists(u32 block, const u16 lengths[DISK_SEGMENTS])
{
	struct hib_header *h = &disk_header;

	h->pagemap = disk_make_frames(&disk_saved, block);
	h->precopied = disk_make_frames(&disk_early, block + 1);
	h->stale = disk_make_frames(&disk_stale, block + 2);
	hib_segments_encode(lengths, DISK_SEGMENTS, disk_image_leaf(block + 3), disk_id, 0);
	h->segments = (struct hib_piece){ (block + 3) * HIB_BLOCK_BYTES, DISK_SEGMENTS, 1 };
	hib_leaf_close(disk_image_leaf(block + 4), disk_id, HIB_LEAF_DIGEST, 0, DISK_SAVED, 0);
	h->digests = (struct hib_piece){ (block + 4) * HIB_BLOCK_BYTES, DISK_SAVED, 1 };
	hib_rawlist_encode(&disk_raw_chunk, 1, disk_image_leaf(block + 5), disk_id, 0);
	h->raw_chunks = (struct hib_piece){ (block + 5) * HIB_BLOCK_BYTES, 1, 1 };
	return block + 6;
}

/* A machine with RAM, a hole, and reserved frames. */
static inline void disk_fill_arch(struct hib_header *h)
{
	struct hib_arch_ident *ident = (struct hib_arch_ident *)h->arch;
	struct hib_memmap map = {};

	hib_memmap_add(&map, 0x1000, 0x9e000, HIB_MEMMAP_RAM);
	hib_memmap_add(&map, 0x100000, 0x3ff00000, HIB_MEMMAP_RAM);
	hib_memmap_add(&map, 0xfffc0000, 0x40000, HIB_MEMMAP_RESERVED);
	*ident = (struct hib_arch_ident){
		.magic = cpu_to_le64(HIB_ARCH_IDENT_MAGIC),
		.version = cpu_to_le32(HIB_ARCH_IDENT_VERSION),
		.bytes = cpu_to_le32(sizeof(*ident)),
		.nr_caps = cpu_to_le32(2),
		.vendor = "Some\033Vendor",
		.map_words = cpu_to_le32(hib_memmap_encode(&map, ident->map)),
		.efi.state = cpu_to_le32(HIB_ARCH_EFI_LISTED),
		.efi.nr = cpu_to_le32(1),
	};
	hib_memmap_encode(&map, ident->map);
	h->arch_bytes = sizeof(*ident);
}

static inline void disk_fill_header(u32 nr_blocks, u32 data_blocks)
{
	struct hib_header *h = &disk_header;

	memcpy(h->image_id, disk_id, HIB_ID_BYTES);
	h->may_ignore = HIB_MAY_DIGESTS;
	h->must_know = HIB_MUST_PRECOPY | HIB_MUST_RAW;
	h->codec = disk_codec;
	h->flags = HIB_IMAGE_PLATFORM;
	h->hw_signature = 0x12345678;
	h->created_s = 1700000000;
	h->nr_ram_pages = 1 << 18;
	h->nr_pages = DISK_SAVED;
	h->nr_precopied = DISK_EARLY;
	h->nr_stale = DISK_STALE;
	h->data_bytes = data_blocks * HIB_BLOCK_BYTES;
	h->image_bytes = nr_blocks * HIB_BLOCK_BYTES;
	h->extent_block = DISK_LEAF;
	h->nr_extent_leaves = hib_extents_leaves(&disk_extents);
	h->nr_extents = disk_extents.nr;
	h->nr_cpus = 4;
	h->wait_ns = 1234567;
	h->nr_chunks[HIB_CODEC_ZSTD] = 17;
	h->handover_pfn = DISK_HANDOVER;
	disk_fill_arch(h);
}

/* Byte of the disk where a byte of the image lies. */
static inline u64 disk_place(u64 offset)
{
	u64 block = 0, nr;

	hib_extents_lookup(&disk_extents, offset >> HIB_BLOCK_SHIFT, &block, &nr);
	return block * HIB_BLOCK_BYTES + offset % HIB_BLOCK_BYTES;
}

static inline void *disk_block(u64 block)
{
	return disk + block * HIB_BLOCK_BYTES;
}

/* Header and record as @disk_header says, closed. */
static inline void disk_commit(void)
{
	struct hib_disk_header *header = disk_block(DISK_HEADER);
	struct hib_commit_record r = {
		.state = HIB_STATE_READY,
		.header_block = DISK_HEADER,
	};

	hib_header_build(header, &disk_header);
	memcpy(r.image_id, disk_id, HIB_ID_BYTES);
	memcpy(r.saved_signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	r.header_tag = le64_to_cpu(header->tag);
	hib_commit_build(disk_block(disk_root) + HIB_COMMIT_OFFSET, &r);
}

/* A disk with a swap area, as mkswap leaves it. */
static inline void disk_make_swap(u32 root)
{
	u64 state = 42;

	disk_root = root;
	for (u32 i = 0; i < sizeof(disk_before); i += sizeof(state))
		memcpy(disk_before + i, &(u64){ tap_random(&state) }, sizeof(state));
	memset(disk_before + root * HIB_BLOCK_BYTES + HIB_COMMIT_OFFSET, 0, 512);
	memcpy(disk_before + (root + 1) * HIB_BLOCK_BYTES - HIB_SIGNATURE_BYTES,
	       HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	memcpy(disk, disk_before, sizeof(disk));
}

/* Lay the image out on the disk. */
static inline void disk_write(u32 nr_blocks)
{
	for (u32 block = 0; block < nr_blocks; block++)
		memcpy(disk + disk_place(block * HIB_BLOCK_BYTES), disk_image_leaf(block),
		       HIB_BLOCK_BYTES);
	hib_extents_encode(&disk_extents, disk_block(DISK_LEAF), disk_id, 0, 0);
	disk_commit();
}

static inline void disk_make_image(u32 root, enum hib_codec_id codec)
{
	u16 lengths[DISK_SEGMENTS];
	u32 nr_blocks, data_blocks;

	disk_make_swap(root);
	disk_codec = codec;
	memset(disk_image, 0, sizeof(disk_image));
	disk_header = (struct hib_header){
		.release = "6.12.0",
		.build = "#1 SMP",
		.machine = "x86_64",
		.members.member[0] = { .root_block = root, .nr_blocks = DISK_BLOCKS },
	};
	disk_make_sets();
	hib_extents_init(&disk_extents);
	hib_extents_append(&disk_extents, 13, 2);
	hib_extents_append(&disk_extents, 30, DISK_IMAGE_MAX);
	hib_extents_append(&disk_extents, 20, 5);
	data_blocks = disk_make_segments(lengths);
	nr_blocks = disk_make_lists(data_blocks, lengths);
	disk_fill_header(nr_blocks, data_blocks);
	disk_write(nr_blocks);
}

static inline void disk_drop(void)
{
	hib_extents_exit(&disk_extents);
	hib_pfnset_exit(&disk_saved);
	hib_pfnset_exit(&disk_early);
	hib_pfnset_exit(&disk_stale);
}

/* Tags made right again after a change. */
static inline void disk_close_leaf(u64 byte)
{
	struct hib_disk_leaf *leaf = (struct hib_disk_leaf *)(disk + byte);

	leaf->tag = cpu_to_le64(hib_leaf_tag(leaf, disk_id));
}

static inline void disk_close_record(void)
{
	struct hib_disk_commit *commit = disk_block(disk_root) + HIB_COMMIT_OFFSET;

	commit->tag = cpu_to_le64(hib_tag_compute(commit, sizeof(*commit),
						  offsetof(struct hib_disk_commit, tag),
						  commit->image_id, HIB_TAG_COMMIT));
}

static inline void disk_close_header(void)
{
	struct hib_disk_commit *commit = disk_block(disk_root) + HIB_COMMIT_OFFSET;
	struct hib_disk_header *header = disk_block(DISK_HEADER);

	header->tag = cpu_to_le64(hib_header_tag(header, disk_id));
	commit->header_tag = header->tag;
	disk_close_record();
}

/* Change what the list says of the raw chunk; list and chunk have the right tags. */
static inline void disk_change_raw_chunk(u32 index, u32 zero_mask)
{
	const u8 *at = disk + disk_place(disk_chunk_offset[2]);
	struct hib_raw_chunk c = { .index = index, .zero_mask = zero_mask };
	const void *blocks[HIB_CHUNK_PAGES];
	u32 nr = disk_chunk_bytes[2] / HIB_BLOCK_BYTES;

	for (u32 i = 0; i < nr; i++)
		blocks[i] = at + i * HIB_BLOCK_BYTES;
	if (!zero_mask)
		c.zero_mask = hib_raw_chunk_pages(&c, DISK_PAGES) == HIB_CHUNK_PAGES ?
			      ~0u << nr : disk_raw_chunk.zero_mask;
	c.tag = hib_raw_chunk_tag(&c, disk_id, blocks, nr);
	hib_rawlist_encode(&c, 1, (struct hib_disk_leaf *)
			   (disk + disk_place(disk_header.raw_chunks.offset)), disk_id, 0);
}

/* Chunk @index, put together from where it lies on the disk, changed, closed, put back. */
static inline void disk_change_chunk(u32 index, void (*change)(u8 *chunk))
{
	static u8 chunk[2 * HIB_CHUNK_BYTES_MAX];
	u32 bytes = disk_chunk_bytes[index];
	u64 tag;

	for (u32 i = 0; i < bytes; i++)
		chunk[i] = disk[disk_place(disk_chunk_offset[index] + i)];
	change(chunk);
	tag = hib_tag_compute(chunk, bytes, offsetof(struct hib_disk_chunk, tag), disk_id,
			      HIB_TAG_CHUNK);
	put_unaligned_le64(tag, chunk + offsetof(struct hib_disk_chunk, tag));
	for (u32 i = 0; i < bytes; i++)
		disk[disk_place(disk_chunk_offset[index] + i)] = chunk[i];
}

#endif
