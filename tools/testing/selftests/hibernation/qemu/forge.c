// SPDX-License-Identifier: GPL-2.0
/*
 * usage: forge DISK HANDOVER_PFN
 *
 * Changes a number in the header of the image on a disk, and puts its tag and
 * that of the commit record right again: what a tag cannot tell from the truth.
 */
#include <stdio.h>
#include <stdlib.h>

#include "format.h"
#include "tag.h"

static void at(FILE *disk, u64 byte)
{
	if (fseek(disk, byte, SEEK_SET)) {
		perror("forge");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct hib_disk_commit commit;
	struct hib_disk_header header;
	FILE *disk;

	if (argc != 3)
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

	header.handover_pfn = cpu_to_le64(strtoull(argv[2], NULL, 0));
	header.tag = cpu_to_le64(hib_tag_compute(&header, sizeof(header), offsetof(struct hib_disk_header, tag),
						 header.image_id, HIB_TAG_HEADER));
	commit.header_tag = header.tag;
	commit.tag = cpu_to_le64(hib_tag_compute(&commit, sizeof(commit), offsetof(struct hib_disk_commit, tag),
						 commit.image_id, HIB_TAG_COMMIT));

	at(disk, le64_to_cpu(commit.header_block) * HIB_BLOCK_BYTES);
	if (!fwrite(&header, sizeof(header), 1, disk))
		return 1;
	at(disk, HIB_COMMIT_OFFSET);
	if (!fwrite(&commit, sizeof(commit), 1, disk))
		return 1;
	return fclose(disk) ? 1 : 0;
}
