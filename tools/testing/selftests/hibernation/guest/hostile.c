// SPDX-License-Identifier: GPL-2.0
/*
 * usage: hostile DISK PATCHES POWER
 *
 * Makes each image of PATCHES on a disk, and asks the files of POWER to resume it. They
 * refuse; then the disk becomes what it was before. Tells the host of each: its
 * number, the error, the milliseconds that it took, the MiB that are free, and its name.
 * A program that does not come back was resumed away.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "patch.h"
#include "port.h"

#define BLOCKS_MAX	512u

static unsigned char kept[BLOCKS_MAX][PATCH_BLOCK_BYTES], block_data[PATCH_BLOCK_BYTES]
	__attribute__((aligned(PATCH_BLOCK_BYTES)));
static uint64_t numbers[BLOCKS_MAX];
static int disk;

static void fail(const char *what)
{
	port_say("failed hostile: %s: %s", what, strerror(errno));
	exit(1);
}

static void block_read(uint64_t block, void *to)
{
	if (pread(disk, block_data, sizeof(block_data), block * PATCH_BLOCK_BYTES) != sizeof(block_data))
		fail("read");
	memcpy(to, block_data, sizeof(block_data));
}

static void block_write(uint64_t block, const void *from)
{
	memcpy(block_data, from, sizeof(block_data));
	if (pwrite(disk, block_data, sizeof(block_data), block * PATCH_BLOCK_BYTES) != sizeof(block_data))
		fail("write");
}

/* The first block is kept, too: whoever refuses an image writes its record. */
static uint32_t apply(const struct patch *patch, FILE *from)
{
	static struct patch_block block;
	uint32_t nr = 1;

	if (patch->nr_blocks >= BLOCKS_MAX)
		fail("too many blocks");
	numbers[0] = 0;
	block_read(0, kept[0]);
	for (uint32_t i = 0; i < patch->nr_blocks; i++, nr++) {
		if (!fread(&block, sizeof(block), 1, from))
			fail("patch");
		numbers[nr] = block.block;
		block_read(block.block, kept[nr]);
		block_write(block.block, block.data);
	}
	return nr;
}

static void undo(uint32_t nr)
{
	while (nr--)
		block_write(numbers[nr], kept[nr]);
}

static const char *put(const char *folder, const char *name, const char *text)
{
	const char *result = "ok";
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		fail(path);
	if (write(fd, text, strlen(text)) < 0)
		result = strerrorname_np(errno);
	close(fd);
	return result;
}

/* A write to resume names the place. It does not say what it found: nothing is there then. */
static void name_place(const char *power, dev_t dev)
{
	static const unsigned char nothing[PATCH_BLOCK_BYTES];
	char text[32];

	snprintf(text, sizeof(text), "%u:%u", major(dev), minor(dev));
	block_read(0, kept[0]);
	block_write(0, nothing);
	put(power, "resume", text);
	block_write(0, kept[0]);
}

static unsigned long free_mib(void)
{
	FILE *from = fopen("/proc/meminfo", "r");
	unsigned long kib = 0;
	char line[128];

	while (from && fgets(line, sizeof(line), from) && sscanf(line, "MemFree: %lu", &kib) != 1)
		;
	if (from)
		fclose(from);
	return kib >> 10;
}

static long ms_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	struct patch patch;
	struct stat status;
	uint32_t number = 0;
	FILE *from;

	if (argc != 4)
		return 2;
	disk = open(argv[1], O_RDWR | O_DIRECT | O_SYNC);
	if (disk < 0 || fstat(disk, &status))
		fail(argv[1]);
	from = fopen(argv[2], "r");
	if (!from)
		fail(argv[2]);
	name_place(argv[3], status.st_rdev);
	while (fread(&patch, sizeof(patch), 1, from)) {
		long begin, took;
		const char *result;
		uint32_t nr;

		nr = apply(&patch, from);
		port_say("trying %u %s", number, patch.name);
		begin = ms_now();
		result = put(argv[3], "hibernate/retry", "1");
		took = ms_now() - begin;
		undo(nr);
		port_say("tried %u %s %ld ms %lu MiB %s", number++, result, took, free_mib(), patch.name);
	}
	port_say("tried-all %u", number);
	return 0;
}
