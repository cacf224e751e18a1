// SPDX-License-Identifier: GPL-2.0
/* hibimg on what nobody writes by accident: nothing may crash it. */
#define _GNU_SOURCE
#include <dirent.h>

#include "hibimg_run.h"

TEST(hibimg_says_that_memory_is_short)
{
	static const char *const lines[] = {
		"verify DISK", "offsets --json DISK", "extract --pfn 221 DISK",
	};

	make();
	disk_store();
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		long nr = 0;
		int code;

		do {
			allocator_fail_after(nr++);
			code = run_words(lines[i]);
			allocator_fail_after(-1);
			check(code == HIBIMG_FAILED || code == HIBIMG_SOUND);
			check(code == HIBIMG_SOUND || strstr(err, "Cannot allocate memory"));
		} while (code && nr < 100);
		check_number(code, HIBIMG_SOUND);
		check(nr > 5);
	}
	disk_drop();
}

/* Whatever is on the disk: a command ends as it should, and says why. */
static void run_any(const char *line)
{
	int code = run_words(line);

	check(code >= HIBIMG_SOUND && code <= HIBIMG_NO_FRAME && code != HIBIMG_USAGE);
	check(!code || *err);
}

/* The command that reads most, and one of the others. */
static void run_two(void)
{
	static const char *const lines[] = {
		"describe DISK", "map DISK", "offsets --json DISK", "extract --pfn 221 DISK",
	};
	static u32 turn;

	disk_store();
	run_any("verify DISK");
	run_any(lines[turn++ % ARRAY_SIZE(lines)]);
}

/* Tags made right, or nothing would get past them. */
static void close_some(u64 random)
{
	if (random & 1)
		disk_close_leaf(DISK_LEAF * HIB_BLOCK_BYTES);
	if (random & 2)
		for (u64 offset = disk_header.data_bytes; offset < disk_header.image_bytes;
		     offset += HIB_BLOCK_BYTES)
			disk_close_leaf(disk_place(offset));
	if (random & 4)
		disk_close_header();
	else if (random & 8)
		disk_close_record();
}

/* A byte of a part: list, header, record, leaf, frame of a chunk, or anything. */
static u64 some_byte(u64 *state)
{
	u64 random = tap_random(state), within = tap_random(state) % 80, leaf;
	u64 lists = disk_header.image_bytes - disk_header.data_bytes;

	switch (random % 6) {
	case 0:
		leaf = tap_random(state) % (lists >> HIB_BLOCK_SHIFT);
		return disk_place(disk_header.data_bytes + leaf * HIB_BLOCK_BYTES) + within;
	case 1:
		return DISK_HEADER * HIB_BLOCK_BYTES + tap_random(state) % (random & 64 ? 256 : 2400);
	case 2:
		return HIB_COMMIT_OFFSET + within;
	case 3:
		return DISK_LEAF * HIB_BLOCK_BYTES + within;
	case 4:
		return disk_place(disk_chunk_offset[tap_random(state) % DISK_CHUNKS] + within);
	default:
		return tap_random(state) % sizeof(disk);
	}
}

TEST(hibimg_survives_a_thousand_damaged_images)
{
	static u8 sound[sizeof(disk)];
	u64 state = 20261127;

	disk_make_image(0, HIB_CODEC_LZO);
	memcpy(sound, disk, sizeof(disk));
	for (u32 i = 0; i < 1000; i++) {
		memcpy(disk, sound, sizeof(disk));
		for (u32 nr = 1 + tap_random(&state) % 3; nr; nr--)
			disk[some_byte(&state)] = tap_random(&state) % 3 ? tap_random(&state) : 0;
		close_some(tap_random(&state));
		run_two();
	}
	disk_drop();
}

/* One input of a fuzz target, put where such a part lies; its steering byte is left out. */
static void run_input(const char *path, u64 byte)
{
	FILE *from = fopen(path, "r");
	u8 input[2 * HIB_BLOCK_BYTES];
	size_t bytes = from ? fread(input, 1, sizeof(input), from) : 0;

	check(from);
	fclose(from);
	if (bytes < 2)
		return;
	disk_make_image(0, HIB_CODEC_ZSTD);
	memcpy(disk + byte, input + 1, min(bytes - 1, sizeof(disk) - byte));
	close_some(input[0] & 1 ? 15 : 0);
	run_two();
	disk_drop();
}

static u32 run_corpus(const char *noun, u64 byte)
{
	char path[512];
	struct dirent *entry;
	u32 nr = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "../fuzz/corpus/%s", noun);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "../fuzz/corpus/%s/%s", noun, entry->d_name);
		run_input(path, byte);
		nr++;
	}
	check(folder);
	closedir(folder);
	return nr;
}

TEST(hibimg_survives_what_the_fuzz_targets_found)
{
	make();
	u64 list = disk_place(disk_header.pagemap.offset);
	u64 segments = disk_place(disk_header.segments.offset);
	u64 data = disk_place(0);

	disk_drop();
	check(run_corpus("commit", HIB_COMMIT_OFFSET));
	check(run_corpus("header", DISK_HEADER * HIB_BLOCK_BYTES));
	check(run_corpus("extent", DISK_LEAF * HIB_BLOCK_BYTES));
	check(run_corpus("extent_chain", DISK_LEAF * HIB_BLOCK_BYTES));
	check(run_corpus("leaf", list));
	check(run_corpus("pagemap", list));
	check(run_corpus("segments", segments));
	check(run_corpus("chunk", data));
	check(run_corpus("unpack", data));
	check(run_corpus("memmap", DISK_HEADER * HIB_BLOCK_BYTES +
				   offsetof(struct hib_disk_header, arch) +
				   offsetof(struct hib_arch_ident, map)));
}
