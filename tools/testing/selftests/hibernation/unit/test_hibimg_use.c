// SPDX-License-Identifier: GPL-2.0
/* hibimg's other commands, and its command line. */
#define _GNU_SOURCE
#include "hibimg_run.h"

/* The page of @pfn, as it counts. */
static void check_extracted(unsigned long pfn)
{
	u8 page[HIB_BLOCK_BYTES];
	char line[64];
	int code;

	disk_page(pfn, false, page);
	snprintf(line, sizeof(line), "extract --pfn %lu DISK", pfn);
	code = run_words(line);
	check_number(code, HIBIMG_SOUND);
	check_number(out_bytes, sizeof(page));
	check(!code && out_bytes == sizeof(page) && !memcmp(out, page, sizeof(page)));
}

TEST(hibimg_extracts_each_page_frame)
{
	unsigned long pfn;

	for (u32 codec = HIB_CODEC_NONE; codec <= HIB_CODEC_ZSTD; codec++) {
		disk_make_image(0, codec);
		disk_store();
		hib_pfnset_for_each(pfn, &disk_saved)
			check_extracted(pfn);
		disk_drop();
	}
}

TEST(hibimg_has_no_page_of_a_frame_outside)
{
	static const char *const lines[] = {
		"extract --pfn 99 DISK", "extract --pfn 300 DISK", "extract --pfn 400 DISK",
		"extract --pfn 0xffffffffffffff DISK",
	};

	make();
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		check_number(run(lines[i]), HIBIMG_NO_FRAME);
		check_has(err, "not in the image");
		check_text(out, "");
	}
	disk_drop();
}

TEST(hibimg_extracts_a_page_beside_damage_and_not_from_it)
{
	make();
	flip(disk_place(disk_chunk_offset[0] + 4));
	check_number(run("extract --pfn 221 DISK"), HIBIMG_SOUND);
	check_number(run("extract --pfn 100 DISK"), HIBIMG_DAMAGED);
	check_has(err, "chunk index");
	check_text(out, "");
	disk_drop();
}

static void codec_nine(u8 *chunk)
{
	chunk[offsetof(struct hib_disk_chunk, codec)] = 9;
}

TEST(hibimg_extracts_nothing_of_a_codec_that_it_does_not_know)
{
	make();
	disk_change_chunk(1, codec_nine);
	check_number(run("extract --pfn 100 DISK"), HIBIMG_SOUND);
	check_number(run("extract --pfn 147 DISK"), HIBIMG_UNSUPPORTED);
	check_has(err, "not supported: chunk codec");
	check_text(out, "");
	disk_drop();
}

/* Byte n * 4096 of the file is frame n; there is nothing else. */
static void check_memory_file(const char *path)
{
	u8 page[HIB_BLOCK_BYTES] __aligned(8), there[HIB_BLOCK_BYTES];
	FILE *from = fopen(path, "r");
	unsigned long pfn = 0;

	check(from);
	for (; from && fread(there, sizeof(there), 1, from) == 1; pfn++) {
		memset(page, 0, sizeof(page));
		if (hib_pfnset_test(&disk_saved, pfn))
			disk_page(pfn, false, page);
		check(!memcmp(page, there, sizeof(page)));
	}
	check_number(pfn, 222);
	fclose(from);
}

TEST(hibimg_extracts_memory_to_a_new_file)
{
	char folder[] = "/tmp/hibimg-XXXXXX", path[64], line[128];

	make();
	check(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/memory", folder);
	snprintf(line, sizeof(line), "extract --all --output %s DISK", path);
	check_number(run(line), HIBIMG_SOUND);
	check_text(out, "pages: 70 of 70 written\n");
	check_memory_file(path);
	check_number(run(line), HIBIMG_FAILED);
	check_has(err, "File exists");
	check_memory_file(path);
	unlink(path);
	rmdir(folder);
	disk_drop();
}

TEST(hibimg_never_writes_to_the_image_but_to_discard_it)
{
	static const char *const lines[] = {
		"describe DISK", "verify DISK", "map DISK", "offsets --json DISK",
		"extract --pfn 100 DISK", "extract --pfn 100 --output DISK DISK",
		"extract --all --output DISK DISK",
	};
	static u8 kept[sizeof(disk)];

	make();
	memcpy(kept, disk, sizeof(disk));
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		run(lines[i]);
		disk_load();
		check(!memcmp(kept, disk, sizeof(disk)));
	}
	disk_drop();
}

TEST(hibimg_maps_parts_kinds_and_codecs)
{
	static const char *const parts[] = {
		"record                   3584            512              -\n",
		"header                  40960           4096              -\n",
		"extent leaf             45056           4096              -\n",
		"segments                53248           8192              0\n",
		"page list ", "early list ", "stale list ", "segment list ", "digests ", "unused ",
		"lz4 ", "same-filled ", "all segments                3             75 ",
	};

	make();
	check_number(run("map DISK"), HIBIMG_SOUND);
	for (u32 i = 0; i < ARRAY_SIZE(parts); i++)
		check_has(out, parts[i]);
	disk_drop();
}

/* The number behind the first "NAME": in what was printed, from @from on. */
static u64 json_number(const char *from, const char *name)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\": ", name);
	at = from ? strstr(from, key) : NULL;
	check(at);
	return at ? strtoull(at + strlen(key), NULL, 0) : 0;
}

TEST(hibimg_tells_where_each_part_lies)
{
	const char *header, *chunk;
	u64 offset;

	make();
	check_number(run("offsets --json DISK"), HIBIMG_SOUND);
	check_has(out, "{\"state\": \"ready\", \"tries\": 0, \"version\": 3, ");
	header = strstr(out, "\"header\": {");
	check_number(get_unaligned_le64(disk + json_number(header, "nr_pages")), DISK_SAVED);
	check_number(get_unaligned_le64(disk + json_number(header, "nr_stale")), DISK_STALE);
	check_number(json_number(header, "tag"), 11 * 4096 - 8);
	check_number(json_number(strstr(out, "\"digests\": ["), "byte"),
		     disk_place(disk_header.digests.offset));
	check_number(json_number(strstr(out, "\"frames\": ["), "pfn"), 100);
	chunk = strstr(out, "\"chunks\": [");
	chunk = chunk ? strstr(chunk, "{\"index\": 1") : NULL;
	offset = disk_chunk_offset[1];
	check_number(json_number(chunk, "byte"), disk_place(offset));
	check_number(json_number(chunk, "same_mask"), disk_place(offset + 8));
	check_number(json_number(chunk, "bytes"), disk_chunk_bytes[1]);
	chunk = chunk ? strstr(chunk, "{\"index\": 2") : NULL;
	check_number(json_number(chunk, "byte"), disk_place(disk_chunk_offset[2]));
	check_number(json_number(chunk, "body_bytes"), disk_chunk_bytes[2]);
	check_number(json_number(chunk, "zero_mask"),
		     disk_place(disk_header.raw_chunks.offset) + 32 + 4);
	disk_drop();
}

TEST(hibimg_finds_an_area_that_begins_elsewhere)
{
	disk_make_image(5, HIB_CODEC_ZSTD);
	check_number(run("verify DISK"), HIBIMG_NO_IMAGE);
	check_number(run("verify --offset 5 DISK"), HIBIMG_SOUND);
	check_number(run("describe --offset 0x5 DISK"), HIBIMG_SOUND);
	check_number(run("verify --offset 127 DISK"), HIBIMG_NO_IMAGE);
	check_number(run("verify --offset 128 DISK"), HIBIMG_NO_IMAGE);
	check_has(err, "swap header in block 128: no image: the device ends before it");
	check_number(run("verify --offset 18446744073709551615 DISK"), HIBIMG_NO_IMAGE);
	disk_drop();
}

/* The area is as it was made, and nothing else of the disk was touched. */
static void check_discard(u32 root, const char *line)
{
	static u8 kept[sizeof(disk)];
	u64 byte = root * HIB_BLOCK_BYTES + HIB_COMMIT_OFFSET;

	memcpy(kept, disk, sizeof(disk));
	memcpy(kept + byte, disk_before + byte, 512);
	check_number(run(line), HIBIMG_SOUND);
	disk_load();
	check(!memcmp(kept, disk, sizeof(disk)));
	check_number(run("verify DISK"), HIBIMG_NO_IMAGE);
	disk_drop();
}

TEST(hibimg_discards_an_image)
{
	make();
	check_discard(0, "discard DISK");
	disk_make_image(5, HIB_CODEC_NONE);
	check_discard(5, "discard --offset 5 DISK");
}

TEST(hibimg_discards_what_it_cannot_read)
{
	make();
	flip(HIB_COMMIT_OFFSET + 40);
	check_discard(0, "discard DISK");
	make();
	((struct hib_disk_commit *)(disk + HIB_COMMIT_OFFSET))->version = cpu_to_le32(99);
	disk_close_record();
	check_discard(0, "discard DISK");
	make();
	flip(10 * 4096);
	check_discard(0, "discard DISK");
}

/* A swap file on a mounted file system: its blocks are not those of the device. */
TEST(hibimg_discards_with_nothing_but_the_first_block)
{
	make();
	disk_store();
	check(!ftruncate(disk_fd, HIB_BLOCK_BYTES));
	check_number(run_words("verify DISK"), HIBIMG_DAMAGED);
	check_number(run_words("discard DISK"), HIBIMG_SOUND);
	check_number(pread(disk_fd, disk, HIB_BLOCK_BYTES, 0), HIB_BLOCK_BYTES);
	check(!memcmp(disk, disk_before, HIB_BLOCK_BYTES));
	disk_drop();
}

TEST(hibimg_discards_nothing_that_is_no_image)
{
	disk_make_swap(0);
	check_number(run("discard DISK"), HIBIMG_NO_IMAGE);
	check_has(err, "nothing was written");
	disk_load();
	check(!memcmp(disk, disk_before, sizeof(disk)));
	disk_make_image(5, HIB_CODEC_LZO);
	memcpy(disk_before, disk, sizeof(disk));
	check_number(run("discard DISK"), HIBIMG_NO_IMAGE);
	disk_load();
	check(!memcmp(disk, disk_before, sizeof(disk)));
	disk_drop();
}

TEST(hibimg_refuses_a_wrong_command_line)
{
	static const char *const lines[] = {
		"", "verify", "verify DISK DISK", "check DISK", "verify --all DISK",
		"verify --offset x DISK", "verify --offset -1 DISK", "verify --offset 1k DISK",
		"verify --offset DISK", "verify --json DISK", "offsets DISK", "extract DISK",
		"extract --all DISK", "extract --all --pfn 1 --output x DISK", "extract --pfn DISK",
		"discard --all DISK", "verify --force DISK", "describe --output x DISK",
	};

	make();
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		check_number(run(lines[i]), HIBIMG_USAGE);
		check_has(err, "usage: hibimg");
		check_text(out, "");
	}
	check_number(run("--help"), HIBIMG_SOUND);
	check_has(out, "usage: hibimg");
	disk_drop();
}

TEST(hibimg_says_what_cannot_be_read)
{
	make();
	check_number(run("verify /nonexistent/disk"), HIBIMG_FAILED);
	check_has(err, "No such file");
	check_number(run("verify /tmp"), HIBIMG_FAILED);
	check_number(run("verify /dev/null"), HIBIMG_NO_IMAGE);
	disk_store();
	check(!ftruncate(disk_fd, 11 * HIB_BLOCK_BYTES));
	check_number(run_words("verify DISK"), HIBIMG_DAMAGED);
	check_has(err, "header at byte 40960");
	check(!ftruncate(disk_fd, 10 * HIB_BLOCK_BYTES));
	check_number(run_words("verify DISK"), HIBIMG_DAMAGED);
	check_has(err, "commit header_block");
	disk_drop();
}
