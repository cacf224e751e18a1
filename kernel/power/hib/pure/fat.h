/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FAT_H
#define HIB_FAT_H

#include "format.h"

#define HIB_FAT_READS_MAX	1024u	/* blocks */
#define HIB_FAT_LEFT_MAX	64u	/* directories that were found and not read yet */

/* What the next bytes are. */
enum hib_fat_part {
	HIB_FAT_TABLE,		/* the boot sector, what follows it, and the first table */
	HIB_FAT_DIRECTORY,	/* a piece of a directory */
	HIB_FAT_LINK,		/* the entry in the table that tells where a directory goes on */
	HIB_FAT_DONE,		/* nothing is left */
	HIB_FAT_UNKNOWN,	/* it cannot be read to its end */
};

/**
 * struct hib_fat_left - A directory that is to be read.
 * @cluster: Its first cluster.
 * @nr: Its clusters, if they follow each other; 0: the table says where it goes on.
 */
struct hib_fat_left {
	u32 cluster;
	u32 nr;
};

/**
 * struct hib_fat - A FAT or exFAT file system that is being read.
 * @part: What comes next.
 * @at: Where it begins on the device, bytes.
 * @end: Where it ends.
 * @digest: Of all that was read.
 * @nr_reads: Blocks that were read.
 * @is_exfat: It is an exFAT.
 * @is_directory: exFAT: the last entry that was seen begins the description of a directory.
 * @entry_shift: Logarithm of the bytes of an entry in the table.
 * @table: Where the first table begins, bytes.
 * @root: FAT16: where the root directory begins, bytes; else 0.
 * @root_bytes: FAT16: its length.
 * @data: Where the first cluster begins, bytes.
 * @cluster_bytes: Bytes of a cluster.
 * @nr_clusters: Clusters; they count from 2.
 * @cluster: That of the directory that is being read; 0 if the table does not say where it goes
 *	on.
 * @nr_left: Directories that are to be read.
 * @left: They.
 */
struct hib_fat {
	enum hib_fat_part part;
	u64 at;
	u64 end;
	u64 digest;
	unsigned int nr_reads;
	bool is_exfat;
	bool is_directory;
	unsigned int entry_shift;
	u64 table;
	u64 root;
	u64 root_bytes;
	u64 data;
	u64 cluster_bytes;
	u64 nr_clusters;
	u64 cluster;
	unsigned int nr_left;
	struct hib_fat_left left[HIB_FAT_LEFT_MAX];
};

bool hib_fat_begin(struct hib_fat *fat, const void *page, u64 bytes, u8 id[HIB_ID_BYTES]);
bool hib_fat_wants(const struct hib_fat *fat);
void hib_fat_feed(struct hib_fat *fat, const void *page);

#endif
