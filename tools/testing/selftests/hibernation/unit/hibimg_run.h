/* SPDX-License-Identifier: GPL-2.0 */
/* Runs hibimg on the disk in memory, and keeps what it says. */
#ifndef HIBIMG_RUN_H
#define HIBIMG_RUN_H

#ifndef _GNU_SOURCE
#error "memfd_create() wants _GNU_SOURCE"
#endif

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hibimg.h"
#include "tap.h"
#include "image_disk.h"

static char *out, *err;		/* of the last run */
static size_t out_bytes;
static int disk_fd = -1;

static inline void disk_store(void)
{
	if (disk_fd < 0)
		disk_fd = memfd_create("disk", 0);
	check_number(pwrite(disk_fd, disk, sizeof(disk), 0), sizeof(disk));
}

static inline void disk_load(void)
{
	check_number(pread(disk_fd, disk, sizeof(disk), 0), sizeof(disk));
}

/* Words of a command line, DISK for the disk. */
static inline int run_words(const char *line)
{
	char path[32], text[256], *argv[16] = { "hibimg" };
	int argc = 1, code;
	size_t err_bytes;
	FILE *to, *faults;

	free(out);
	free(err);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", disk_fd);
	strscpy(text, line, sizeof(text));
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "DISK") ? word : path;
	to = open_memstream(&out, &out_bytes);
	faults = open_memstream(&err, &err_bytes);
	code = hibimg_run(argc, argv, to, faults);
	fclose(to);
	fclose(faults);
	return code;
}

/* The disk as it is in memory now. */
static inline int run(const char *line)
{
	disk_store();
	return run_words(line);
}

#define check_has(text, want)						\
	tap_check_has(text, want, #text, __FILE__, __LINE__)

static inline void tap_check_has(const char *text, const char *want, const char *name, const char *file,
			  int line)
{
	if (strstr(text, want))
		return;
	tap_nr_faults++;
	printf("# %s:%d: %s has no \"%s\": %s\n", file, line, name, want, text);
}

static inline void make(void)
{
	disk_make_image(0, HIB_CODEC_LZ4);
}

static inline void flip(u64 byte)
{
	disk[byte] ^= 0x40;
}

#endif
