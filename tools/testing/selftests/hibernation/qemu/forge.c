// SPDX-License-Identifier: GPL-2.0
/*
 * usage: forge DISK FIELD=VALUE...
 *
 * Changes the header and the commit record of the image on a disk, and puts
 * their tags right again: what a tag cannot tell from the truth. Fields:
 * handover, blackbox, state, tries, release (with \n for a new line).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "tag.h"

static struct hib_disk_commit commit;
static struct hib_disk_header header;

static void at(FILE *disk, u64 byte)
{
	if (fseek(disk, byte, SEEK_SET)) {
		perror("forge");
		exit(1);
	}
}

static void set_release(const char *value)
{
	char *to = header.release;

	memset(header.release, 0, sizeof(header.release));
	for (; *value && to < header.release + sizeof(header.release) - 1; value++) {
		bool line = value[0] == '\\' && value[1] == 'n';

		*to++ = line ? '\n' : *value;
		value += line;
	}
}

static int change(const char *text)
{
	const char *value = strchr(text, '=');
	u64 number;

	if (!value)
		return 2;
	number = strtoull(++value, NULL, 0);
	if (!strncmp(text, "handover=", 9))
		header.handover_pfn = cpu_to_le64(number);
	else if (!strncmp(text, "blackbox=", 9))
		header.blackbox_block = cpu_to_le64(number);
	else if (!strncmp(text, "state=", 6))
		commit.state = cpu_to_le32(number);
	else if (!strncmp(text, "tries=", 6))
		commit.tries = cpu_to_le32(number);
	else if (!strncmp(text, "release=", 8))
		set_release(value);
	else
		return 2;
	return 0;
}

static void close_parts(void)
{
	header.tag = cpu_to_le64(hib_tag_compute(&header, sizeof(header), offsetof(struct hib_disk_header, tag),
						 header.image_id, HIB_TAG_HEADER));
	commit.header_tag = header.tag;
	commit.tag = cpu_to_le64(hib_tag_compute(&commit, sizeof(commit), offsetof(struct hib_disk_commit, tag),
						 commit.image_id, HIB_TAG_COMMIT));
}

int main(int argc, char **argv)
{
	FILE *disk;

	if (argc < 3)
		return 2;
	disk = fopen(argv[1], "r+b");
	if (!disk) {
		perror(argv[1]);
		return 1;
	}
	at(disk, HIB_COMMIT_OFFSET);
	if (!fread(&commit, sizeof(commit), 1, disk))
		return 1;
	at(disk, le64_to_cpu(commit.header_block) * HIB_BLOCK_BYTES);
	if (!fread(&header, sizeof(header), 1, disk))
		return 1;
	for (int i = 2; i < argc; i++)
		if (change(argv[i]))
			return 2;
	close_parts();
	at(disk, le64_to_cpu(commit.header_block) * HIB_BLOCK_BYTES);
	if (!fwrite(&header, sizeof(header), 1, disk))
		return 1;
	at(disk, HIB_COMMIT_OFFSET);
	if (!fwrite(&commit, sizeof(commit), 1, disk))
		return 1;
	return fclose(disk) ? 1 : 0;
}
