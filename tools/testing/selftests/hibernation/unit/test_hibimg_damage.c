// SPDX-License-Identifier: GPL-2.0
/* What hibimg says about an image, sound or damaged, and what it exits with. */
#define _GNU_SOURCE
#include "hibimg_run.h"

TEST(hibimg_finds_an_image_of_each_codec_sound)
{
	for (u32 codec = HIB_CODEC_NONE; codec <= HIB_CODEC_ZSTD; codec++) {
		disk_make_image(0, codec);
		check_number(run("verify DISK"), HIBIMG_SOUND);
		check_has(out, "image: sound, 70 pages in 2 segments");
		check_text(err, "");
		disk_drop();
	}
}

TEST(hibimg_describes_record_and_header)
{
	static const char *const lines[] = {
		"state: ready\n", "version: 3\n", "tries: 0\n", "resumable: yes\n",
		"image_id: 30313233343536373839616263646566\n", "header_block: 10\n",
		"saved_signature: SWAPSPACE2\n", "release: 6.12.0\n", "build: #1 SMP\n",
		"created_s: 1700000000 (2023-11-14T22:13:20Z)\n", "flags: 0x1 (platform)\n",
		"must_know: 0x11 (precopy) (raw)\n", "may_ignore: 0x1 (digests)\n", "codec: 2 (lz4)\n",
		"nr_pages: 70\n", "nr_precopied: 32\n", "nr_stale: 5\n", "handover_pfn: 400\n",
		"hw_signature: 0x12345678\n", "wait_ns: 1234567\n",
		"nr_chunks lz4: 0\n", "nr_chunks zstd: 17\n", "extent_block: 11\n", "nr_extents: 3\n",
		", 2 entries, 1 leaves\n", "digests: offset ",
		"arch: x86-64, version 4\n", "arch.vendor: Some?Vendor\n",
		"arch.map: 0x1000-0x9f000 RAM\n", "arch.map: 0xfffc0000-0x100000000 reserved\n",
		"arch.efi: listed, 1 regions\n", "arch.efi_region: phys 0, virt 0, 0 pages",
	};

	make();
	check_number(run("describe DISK"), HIBIMG_SOUND);
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++)
		check_has(out, lines[i]);
	check_text(err, "");
	disk_drop();
}

static void check_arch(const char *line)
{
	disk_commit();
	check_number(run("describe DISK"), HIBIMG_SOUND);
	check_has(out, line);
	disk_drop();
}

TEST(hibimg_describes_an_architecture_s_part_as_far_as_it_is_known)
{
	struct hib_arch_ident *ident = (struct hib_arch_ident *)disk_header.arch;

	make();
	disk_header.arch_bytes = 100;
	check_arch("arch_bytes: 100\narch: not known here\n");
	make();
	ident->version = cpu_to_le32(5);
	check_arch("arch: not known here\n");
	make();
	ident->map_words = cpu_to_le32(HIB_MEMMAP_WORDS + 1);
	check_arch("arch.map: malformed\n");
	make();
	ident->map[0] = ident->map[1];
	check_arch("arch.map: malformed\n");
	make();
	ident->map_words = 0;
	check_arch("arch.map: too long to be written\n");
	make();
	ident->efi.nr = cpu_to_le32(U32_MAX);
	ident->nr_caps = cpu_to_le32(U32_MAX);
	check_arch("arch.efi: listed, 4294967295 regions\n");
	make();
	ident->efi.state = cpu_to_le32(77);
	check_arch("arch.efi: unknown, 1 regions\n");
}

TEST(hibimg_says_that_there_is_no_image)
{
	disk_make_swap(0);
	check_number(run("describe DISK"), HIBIMG_NO_IMAGE);
	check_text(out, "state: none\n");
	check_has(err, "commit record at byte 3584: no image: signature");
	check_number(run("verify DISK"), HIBIMG_NO_IMAGE);
	check_text(out, "image: none\n");
	check_number(run("map DISK"), HIBIMG_NO_IMAGE);
	check_number(run("offsets --json DISK"), HIBIMG_NO_IMAGE);
	check_text(out, "");
	check_number(run("extract --pfn 100 DISK"), HIBIMG_NO_IMAGE);
}

/* Verify a disk that was changed; the first fault has both texts. */
static void check_damage(int code, const char *part, const char *reason)
{
	check_number(run("verify DISK"), code);
	check_has(err, part);
	check_has(err, reason);
	check_has(out, "image: not sound");
	disk_drop();
}

static void check_flip(u64 byte, const char *part, const char *reason)
{
	flip(byte);
	check_damage(HIBIMG_DAMAGED, part, reason);
}

TEST(hibimg_names_a_damaged_record)
{
	make();
	check_flip(HIB_COMMIT_OFFSET + 40, "commit record at byte 3584", "damaged: commit tag");
	make();
	check_flip(HIB_COMMIT_OFFSET, "commit record at byte 3584", "damaged: commit magic");
}

TEST(hibimg_names_a_damaged_header)
{
	make();
	check_flip(10 * 4096 + 72, "header at byte 40960", "damaged: header tag");
	make();
	disk_header.digests.nr_entries++;
	disk_commit();
	check_damage(HIBIMG_DAMAGED, "header at byte 40960", "header digests");
}

TEST(hibimg_describes_the_record_of_a_damaged_header)
{
	make();
	flip(10 * 4096 + 72);
	check_number(run("describe DISK"), HIBIMG_DAMAGED);
	check_has(out, "state: ready\n");
	check_has(err, "header tag");
	check(!strstr(out, "nr_pages"));
	disk_drop();
}

TEST(hibimg_names_a_damaged_extent_leaf)
{
	make();
	check_flip(11 * 4096 + 32, "extent leaf 0 at byte 45056", "extent leaf damaged");
	make();
	disk_header.nr_extents = 2;
	disk_commit();
	check_damage(HIBIMG_DAMAGED, "extent leaf 1", "number of extents is not the header's");
}

/* A leaf of @piece with another tag, then with a sound tag and another number of entries. */
static void check_leaf(const struct hib_piece *piece, const char *name)
{
	char part[64];
	u64 byte;

	make();
	byte = disk_place(piece->offset);
	snprintf(part, sizeof(part), "%s: leaf 0 at byte %llu", name, byte);
	check_flip(byte + 40, part, "damaged: leaf tag");
	make();
	disk[byte + offsetof(struct hib_disk_leaf, nr)] = 0;
	disk_close_leaf(byte);
	check_damage(HIBIMG_DAMAGED, part, "damaged: leaf content");
}

TEST(hibimg_names_a_damaged_list)
{
	check_leaf(&disk_header.pagemap, "page list");
	check_leaf(&disk_header.precopied, "early list");
	check_leaf(&disk_header.stale, "stale list");
	check_leaf(&disk_header.segments, "segment list");
	check_leaf(&disk_header.digests, "digests");
}

TEST(hibimg_names_a_count_that_is_not_the_header_s)
{
	make();
	disk_header.nr_pages++;
	disk_header.digests.nr_entries++;
	disk_commit();
	check_damage(HIBIMG_DAMAGED, "page list at byte ", "number of frames is not the header's");
	make();
	disk_header.pagemap.nr_entries++;
	disk_commit();
	check_damage(HIBIMG_DAMAGED, "page list at byte ", "number of runs is not the header's");
	make();
	disk_header.data_bytes -= HIB_BLOCK_BYTES;
	disk_commit();
	check_damage(HIBIMG_DAMAGED, "segment list at byte ", "length of the segments");
	make();
	disk_header.nr_pages = disk_header.data_bytes + 1;
	disk_header.nr_ram_pages = U64_MAX;
	disk_header.digests = (struct hib_piece){};
	disk_header.may_ignore = 0;
	disk_commit();
	check_damage(HIBIMG_DAMAGED, "header at byte ", "more pages than the segments can hold");
}

TEST(hibimg_names_a_page_in_the_frame_for_the_handover)
{
	make();
	disk_header.handover_pfn = 147;
	disk_commit();
	check_damage(HIBIMG_DAMAGED, "header at byte 40960", "frame for the handover");
}

/* Chunk 1 lies in segment 0; the fault tells its place on the device and in the image. */
static void check_chunk(u32 field, const char *reason)
{
	char part[96];
	u64 offset;

	make();
	offset = disk_chunk_offset[1];
	snprintf(part, sizeof(part), "segment 0: chunk at byte %llu, image offset %llu",
		 disk_place(offset), offset);
	flip(disk_place(offset + field));
	check_damage(HIBIMG_DAMAGED, part, reason);
	check_has(err, "1 of 3 chunks, the first is chunk 1: damaged: in no sound segment");
}

TEST(hibimg_names_a_damaged_chunk)
{
	check_chunk(offsetof(struct hib_disk_chunk, magic), "damaged: chunk magic");
	check_chunk(offsetof(struct hib_disk_chunk, index), "damaged: chunk index");
	check_chunk(offsetof(struct hib_disk_chunk, nr_pages), "damaged: chunk nr_pages");
	check_chunk(offsetof(struct hib_disk_chunk, tag), "damaged: chunk tag");
	check_chunk(600, "damaged: chunk tag");
}

TEST(hibimg_names_a_damaged_raw_chunk)
{
	char part[96];

	make();
	snprintf(part, sizeof(part), "segment 1: chunk at byte %llu, image offset %llu",
		 disk_place(disk_chunk_offset[2]), disk_chunk_offset[2]);
	flip(disk_place(disk_chunk_offset[2] + disk_chunk_bytes[2] - 1));
	check_damage(HIBIMG_DAMAGED, part, "damaged: chunk tag");
	check_has(err, "1 of 3 chunks, the first is chunk 2: damaged: in no sound segment");
	make();
	flip(disk_place(disk_header.raw_chunks.offset + 40));
	check_damage(HIBIMG_DAMAGED, "raw chunk list: leaf 0 at byte ", "damaged: leaf tag");
}

TEST(hibimg_goes_on_behind_a_damaged_segment)
{
	make();
	flip(disk_place(disk_chunk_offset[0] + 4));
	flip(disk_place(disk_chunk_offset[2] + 4));
	check_number(run("verify DISK"), HIBIMG_DAMAGED);
	check_has(err, "segment 0: chunk at byte ");
	check_has(err, "segment 1: chunk at byte ");
	check_has(err, "3 of 3 chunks");
	check_has(out, "image: not sound, 3 faults");
	disk_drop();
}

static void number_zero(u8 *chunk)
{
	chunk[offsetof(struct hib_disk_chunk, index)] = 0;
}

static void codec_nine(u8 *chunk)
{
	chunk[offsetof(struct hib_disk_chunk, codec)] = 9;
}

static void body_garbage(u8 *chunk)
{
	const struct hib_disk_chunk *frame = (const void *)chunk;
	u32 body = hib_chunk_body_offset(le32_to_cpu(frame->same_mask));

	memset(chunk + body, 0xff, le32_to_cpu(frame->body_bytes));
}

TEST(hibimg_names_what_tags_cannot_tell)
{
	make();
	disk_change_chunk(1, number_zero);
	check_damage(HIBIMG_DAMAGED, "segment 0: chunk at byte ", "damaged: chunk seen twice");
	make();
	disk[disk_place(disk_chunk_offset[1] + disk_chunk_bytes[1] + 50)] = 1;
	check_damage(HIBIMG_DAMAGED, "segment 0: chunk at byte ", "garbage behind the chunks");
	make();
	disk_change_raw_chunk(1, 0);
	check_damage(HIBIMG_DAMAGED, "segment 1: chunk at byte ", "damaged: chunk seen twice");
	make();
	disk_change_raw_chunk(2, 1);
	check_damage(HIBIMG_DAMAGED, "segment 1: chunk at byte ",
		     "damaged: raw segment without chunks");
	for (u32 codec = HIB_CODEC_LZO; codec <= HIB_CODEC_ZSTD; codec++) {
		disk_make_image(0, codec);
		disk_change_chunk(1, body_garbage);
		check_damage(HIBIMG_DAMAGED, "segment 0: chunk at byte ", "cannot be decoded");
	}
}

TEST(hibimg_tells_what_it_does_not_know_from_damage)
{
	struct hib_disk_header *header = disk_block(DISK_HEADER);

	make();
	header->version = cpu_to_le32(HIB_FORMAT_VERSION + 1);
	disk_close_header();
	check_damage(HIBIMG_UNSUPPORTED, "header at byte 40960", "not supported: header version");
	make();
	header->must_know |= cpu_to_le32(HIB_MUST_SEAL);
	disk_close_header();
	check_damage(HIBIMG_UNSUPPORTED, "header at byte 40960", "not supported: header must_know");
	make();
	disk_change_chunk(1, codec_nine);
	check_damage(HIBIMG_UNSUPPORTED, "segment 0: chunk at byte ", "not supported: chunk codec");
}
