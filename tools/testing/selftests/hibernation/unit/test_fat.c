// SPDX-License-Identifier: GPL-2.0
/* What is read of a FAT, and what counts, on file systems that are made here. */
#include "fat.h"
#include "tap.h"

#define SECTOR		512u
#define NR_BLOCKS	640u
#define CLUSTERS_16	4200u
#define TABLE_16	17u	/* sectors of a table */
#define CLUSTERS_32	500u
#define TABLE_32	4u
#define RESERVED_32	32u
#define DIR		0x10
#define FILE_KIND	0x20

static u8 disk[NR_BLOCKS * HIB_BLOCK_BYTES];
static u64 bytes;
static u8 id[HIB_ID_BYTES];
static u64 table, data;
static unsigned int entry_bytes, cluster_bytes;
static u8 was_read[NR_BLOCKS];
static unsigned int nr_reads;

static void put16(u64 at, u16 value)
{
	disk[at] = value;
	disk[at + 1] = value >> 8;
}

static void put32(u64 at, u32 value)
{
	put16(at, value);
	put16(at + 2, value >> 16);
}

static void make_boot_sector(void)
{
	memset(disk, 0, sizeof(disk));
	bytes = sizeof(disk);
	put16(11, SECTOR);
	disk[16] = 2;
	disk[21] = 0xf8;
	put16(510, 0xaa55);
}

static void link_to(u32 cluster, u32 next)
{
	if (entry_bytes == 2)
		put16(table + 2 * cluster, next);
	else
		put32(table + 4 * cluster, next);
}

static u64 cluster_at(u32 cluster)
{
	return data + (cluster - 2) * cluster_bytes;
}

static void entry_at(u64 at, const char *name, u8 kind, u32 cluster)
{
	memset(disk + at, ' ', 11);
	memcpy(disk + at, name, strlen(name));
	disk[at + 11] = kind;
	put16(at + 20, cluster >> 16);
	put16(at + 26, cluster);
}

/* ONE lies in clusters 7 and 5, and names TWO, in 9; FILE lies in 11. */
static void make_directories(u64 root)
{
	entry_at(root, "LABEL", 0x08, 0);
	entry_at(root + 32, "\xe5" "GONE", DIR, 300);
	entry_at(root + 64, "FILE", FILE_KIND, 11);
	entry_at(root + 96, "ONE", DIR, 7);
	entry_at(root + 128, "A long name", 0x0f | DIR, 12);
	entry_at(cluster_at(7), ".", DIR, 7);
	entry_at(cluster_at(7) + 32, "..", DIR, 0);
	entry_at(cluster_at(5), "TWO", DIR, 9);
	link_to(7, 5);
	link_to(5, entry_bytes == 2 ? 0xffff : 0xffffffff);
	link_to(9, entry_bytes == 2 ? 0xfff8 : 0xfffffff8);
	link_to(11, entry_bytes == 2 ? 0xffff : 0x0fffffff);
}

static void make_16(void)
{
	make_boot_sector();
	disk[13] = 1;
	put16(14, 1);
	put16(17, 16);
	put16(22, TABLE_16);
	put16(19, 1 + 2 * TABLE_16 + 1 + CLUSTERS_16);
	memcpy(disk + 39, "1234a label  x", 15);
	entry_bytes = 2;
	cluster_bytes = SECTOR;
	table = SECTOR;
	data = (1 + 2 * TABLE_16 + 1) * SECTOR;
	make_directories(data - SECTOR);
}

static void make_32(void)
{
	make_boot_sector();
	disk[13] = 8;
	put16(14, RESERVED_32);
	put32(36, TABLE_32);
	put32(32, RESERVED_32 + 2 * TABLE_32 + 8 * CLUSTERS_32);
	put32(44, 3);
	memcpy(disk + 67, "5678more of it x", 15);
	entry_bytes = 4;
	cluster_bytes = 8 * SECTOR;
	table = RESERVED_32 * SECTOR;
	data = (RESERVED_32 + 2 * TABLE_32) * SECTOR;
	link_to(3, 0x0ffffff8);
	make_directories(cluster_at(3));
}

/* An entry of exFAT that describes a file, and the one behind it. */
static void entries_at(u64 at, u8 kind, u8 flags, u32 cluster, u64 length)
{
	disk[at] = 0x85;
	disk[at + 4] = kind;
	disk[at + 32] = 0xc0;
	disk[at + 33] = flags;
	put32(at + 52, cluster);
	put32(at + 56, length);
	put32(at + 60, length >> 32);
}

/* The same files; TWO lies in the clusters 9 and 10, and the table does not say so. */
static void make_exfat(void)
{
	make_boot_sector();
	memcpy(disk + 3, "EXFAT   ", 8);
	put16(11, 0);
	disk[21] = 0;
	put32(72, RESERVED_32 + TABLE_32 + 8 * CLUSTERS_32);
	put32(80, RESERVED_32);
	put32(84, TABLE_32);
	put32(88, RESERVED_32 + TABLE_32);
	put32(92, CLUSTERS_32);
	put32(96, 3);
	put32(100, 0x12345678);
	disk[108] = 9;
	disk[109] = 3;
	entry_bytes = 4;
	cluster_bytes = 8 * SECTOR;
	table = RESERVED_32 * SECTOR;
	data = (RESERVED_32 + TABLE_32) * SECTOR;
	link_to(3, 0xffffffff);
	link_to(7, 5);
	link_to(5, 0xfffffff8);
	link_to(11, 0xffffffff);
	entries_at(cluster_at(3), 0x20, 3, 11, 5);
	entries_at(cluster_at(3) + 64, 0x10, 1, 7, 2 * cluster_bytes);
	disk[cluster_at(3) + 128] = 0x05;	/* a directory that is gone */
	disk[cluster_at(3) + 132] = 0x10;
	put32(cluster_at(3) + 128 + 32 + 20, 300);
	disk[cluster_at(3) + 160] = 0xc0;
	/* The two entries of TWO lie in two clusters. */
	entries_at(cluster_at(5) - 32, 0x10, 3, 9, cluster_bytes + 1);
	memset(disk + cluster_at(5) - 32, 0, 32);
	disk[cluster_at(7) + cluster_bytes - 32] = 0x85;
	disk[cluster_at(7) + cluster_bytes - 28] = 0x10;
}

static bool begins(struct hib_fat *fat)
{
	return hib_fat_begin(fat, disk, bytes, id);
}

static struct hib_fat looked(void)
{
	struct hib_fat fat;

	nr_reads = 0;
	memset(was_read, 0, sizeof(was_read));
	check(begins(&fat));
	while (hib_fat_wants(&fat)) {
		u64 block = fat.at / HIB_BLOCK_BYTES;

		check(block < bytes / HIB_BLOCK_BYTES && nr_reads <= HIB_FAT_READS_MAX);
		if (block >= NR_BLOCKS || nr_reads > HIB_FAT_READS_MAX)
			break;
		nr_reads++;
		was_read[block] = 1;
		hib_fat_feed(&fat, disk + block * HIB_BLOCK_BYTES);
	}
	return fat;
}

/* Does a changed byte change the digest, or what can be read? */
static bool counts(u64 at)
{
	struct hib_fat before = looked(), after;

	disk[at] ^= 0x40;
	after = looked();
	disk[at] ^= 0x40;
	return after.part != before.part || after.digest != before.digest;
}

static bool all_count(u64 at, u64 length)
{
	for (u64 i = 0; i < length; i += i % 512 < 500 ? 37 : 3)
		if (!counts(at + i))
			return false;
	return counts(at + length - 1);
}

TEST(fat16_counts_its_table_and_each_directory)
{
	make_16();
	check_number(looked().part, HIB_FAT_DONE);
	check(!memcmp(id, "1234a label  x", 15));
	check_number(id[15], 0);
	check(all_count(table, TABLE_16 * SECTOR));
	check(all_count(data - SECTOR, SECTOR));
	check(all_count(cluster_at(7), SECTOR) && all_count(cluster_at(5), SECTOR));
	check(all_count(cluster_at(9), SECTOR));
	check(!counts(table + TABLE_16 * SECTOR) && !counts(cluster_at(6)));
	check(!counts(cluster_at(11)) && !counts(cluster_at(12)) && !counts(cluster_at(300)));
}

TEST(fat32_counts_its_table_and_each_directory)
{
	make_32();
	check_number(looked().part, HIB_FAT_DONE);
	check(!memcmp(id, "5678more of it x", 15));
	check(all_count(512, RESERVED_32 * SECTOR - 512));
	check(all_count(table, TABLE_32 * SECTOR));
	for (unsigned int nr = 0; nr < 4; nr++)
		check(all_count(cluster_at((u8[]){ 3, 7, 5, 9 }[nr]), cluster_bytes));
	check(!counts(table + TABLE_32 * SECTOR) && !counts(cluster_at(6)));
	check(!counts(cluster_at(11)) && !counts(cluster_at(12)) && !counts(cluster_at(300)));
}

TEST(exfat_counts_its_table_and_each_directory)
{
	make_exfat();
	check_number(looked().part, HIB_FAT_DONE);
	check(!memcmp(id, "EXFAT   \x78\x56\x34\x12\0\0\0", HIB_ID_BYTES));
	check(all_count(512, RESERVED_32 * SECTOR - 512));
	check(all_count(table, TABLE_32 * SECTOR));
	for (unsigned int nr = 0; nr < 5; nr++)
		check(all_count(cluster_at((u8[]){ 3, 7, 5, 9, 10 }[nr]), cluster_bytes));
	check(!counts(cluster_at(4)) && !counts(cluster_at(6)) && !counts(cluster_at(8)));
	check(!counts(cluster_at(11)) && !counts(cluster_at(12)) && !counts(cluster_at(300)));
}

/* The upper half of a number counts in FAT32 alone, and the upper four bits of a link in none. */
TEST(fat_knows_how_wide_a_number_is)
{
	make_16();
	put16(data - SECTOR + 96 + 20, 77);
	check_number(looked().part, HIB_FAT_DONE);
	make_32();
	put16(cluster_at(3) + 96 + 20, 77);
	check_number(looked().part, HIB_FAT_UNKNOWN);
	make_32();
	link_to(7, 0xf0000005);
	check_number(looked().part, HIB_FAT_DONE);
	check(was_read[cluster_at(5) / HIB_BLOCK_BYTES]);
}

static bool is_unknown(void)
{
	return looked().part == HIB_FAT_UNKNOWN;
}

TEST(fat_wants_chains_that_stay_inside)
{
	for (u32 next = 0; next < 2; next++) {
		make_32();
		link_to(7, next);
		check(is_unknown());
	}
	make_32();
	link_to(7, CLUSTERS_32 + 1);
	link_to(CLUSTERS_32 + 1, 0x0fffffff);
	check(!is_unknown());
	link_to(7, CLUSTERS_32 + 2);
	check(is_unknown());
	make_16();
	link_to(7, CLUSTERS_16 + 2);
	check(is_unknown());
	make_16();
	link_to(7, 0xfff7);
	check(is_unknown());
	make_32();
	put32(44, 1);
	check(is_unknown());
	make_32();
	put32(44, CLUSTERS_32 + 2);
	check(is_unknown());
}

TEST(fat_is_not_read_for_ever)
{
	make_32();
	link_to(7, 7);
	check(is_unknown());
	check_number(nr_reads, HIB_FAT_READS_MAX + 1);
	make_32();
	entry_at(cluster_at(9), "AGAIN", DIR, 7);
	check(is_unknown());
}

TEST(fat_remembers_so_many_directories)
{
	make_32();
	for (unsigned int nr = 0; nr < HIB_FAT_LEFT_MAX; nr++) {
		entry_at(cluster_at(9) + 32 * nr, "SUB", DIR, 20 + nr);
		link_to(20 + nr, 0x0fffffff);
	}
	check_number(looked().part, HIB_FAT_DONE);
	for (unsigned int nr = 0; nr < HIB_FAT_LEFT_MAX; nr++)
		check(was_read[cluster_at(20 + nr) / HIB_BLOCK_BYTES]);
	entry_at(cluster_at(9) + 32 * HIB_FAT_LEFT_MAX, "SUB", DIR, 20);
	check(is_unknown());
}

TEST(exfat_wants_clusters_that_stay_inside)
{
	u64 two;

	make_exfat();
	two = cluster_at(5);
	put32(two + 20, CLUSTERS_32);
	check(!is_unknown());
	put32(two + 20, CLUSTERS_32 + 1);
	check(is_unknown());
	put32(two + 20, 1);
	check(is_unknown());
	put32(two + 20, 9);
	put32(two + 28, 0xffffffff);
	check(is_unknown());
	put32(two + 24, 0);
	put32(two + 28, 0);		/* it is empty */
	put32(two + 20, 0);
	check(!is_unknown());
	make_exfat();
	link_to(7, 0xfffffff7);
	check(is_unknown());
	make_exfat();
	put32(96, 1);
	check(is_unknown());
}

static bool refused(void)
{
	struct hib_fat fat;

	return !begins(&fat);
}

static bool refused_16(u64 at, u16 value)
{
	make_16();
	put16(at, value);
	return refused();
}

static bool refused_exfat(u64 at, u32 value)
{
	make_exfat();
	put32(at, value);
	return refused();
}

TEST(exfat_wants_a_boot_sector_that_makes_sense)
{
	make_exfat();
	check(!refused());
	check(refused_exfat(3, 0) && refused_exfat(508, 0) && refused_exfat(80, 0));
	check(refused_exfat(72, NR_BLOCKS * 8 + 1) && refused_exfat(76, 1));
	check(refused_exfat(72, RESERVED_32 + TABLE_32 + 8 * CLUSTERS_32 - 1));
	check(refused_exfat(84, TABLE_32 - 1) && refused_exfat(84, TABLE_32 + 1));
	check(refused_exfat(88, RESERVED_32 + TABLE_32 - 1) && refused_exfat(92, 0));
	check(refused_exfat(92, CLUSTERS_32 + 1) && refused_exfat(92, 0xffffffff));
	check(refused_exfat(108, 0x308) && refused_exfat(108, 0x30d));
	check(refused_exfat(108, 0x1109) && refused_exfat(108, 0xff09));
}

TEST(fat_wants_a_boot_sector_that_makes_sense)
{
	make_16();
	check(!refused());
	check(refused_16(11, 0) && refused_16(11, 256) && refused_16(11, 513) && refused_16(11, 8192));
	check(refused_16(13, 0x100) && refused_16(13, 0x103));	/* and one reserved sector */
	check(refused_16(14, 0) && refused_16(16, 0) && refused_16(510, 0xaa54));
	check(refused_16(21, TABLE_16 << 8 | 0xef));
	check(refused_16(22, 16));		/* too small a table */
	check(refused_16(19, 1 + 2 * TABLE_16 + 1 + 4084));	/* FAT12 */
	check(!refused_16(19, 1 + 2 * TABLE_16 + 1 + 4085));
	check(refused_16(19, 1 + 2 * TABLE_16 + 1));	/* no cluster */
	check(refused_16(19, NR_BLOCKS * 8 + 1));
	make_16();
	bytes = (1 + 2 * TABLE_16 + 1 + CLUSTERS_16) * SECTOR;
	check(!refused());
	bytes--;
	check(refused());
	make_32();
	put32(36, 0xffffffff);
	check(refused());
	make_32();
	put32(32, 0xffffffff);
	check(refused());
	make_32();
	put32(36, 3);
	check(refused());
	memset(disk, 0, sizeof(disk));
	check(refused());
}

/* All devices of an image are read in one limit of time. */
TEST(fat_with_a_long_table_is_not_begun)
{
	u32 most = HIB_FAT_READS_MAX * HIB_BLOCK_BYTES / SECTOR - RESERVED_32;

	make_32();
	bytes = U64_MAX;
	put32(32, 0xffff);
	put32(36, most);
	check(!refused());
	put32(36, most + 1);
	check(refused());
}
