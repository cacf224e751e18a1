// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: fat - what a FAT or exFAT file system says of itself
 *
 * A FAT16 or FAT32, as the EFI system partition is, and an exFAT, as on a stick, have no super
 * block that each mount changes: at most a mark says that it was not unmounted, and an image is
 * made while that mark is set. So all that describes files is digested: the boot sector and the
 * sectors behind it, with the number of free clusters; the first table; and each directory, with
 * names, lengths and dates. Nobody can add, rename, extend or remove a file without a change to
 * one of these. What a file holds is not read, nor the map of free clusters that exFAT has.
 *
 * The caller reads blocks::
 *
 *   begin -> while (wants) read block at / HIB_BLOCK_BYTES, feed -> part is DONE or UNKNOWN
 *
 * Blocks that are asked for lie inside the file system. There are no more than
 * HIB_FAT_READS_MAX of them, whatever the device holds, as all devices of an image share one
 * limit of time. One whose table alone is longer, of about 4 MiB, is not begun. A
 * directory that is found waits in a list until it is read. If that list is full, or a chain of
 * clusters leaves the file system, this one is UNKNOWN. FAT12, which floppy disks have, is not
 * read.
 *
 * No state, any context.
 */
#include "fat.h"

#define SECTOR_AT		11	/* bytes of a sector */
#define PER_CLUSTER_AT		13	/* sectors of a cluster */
#define RESERVED_AT		14	/* sectors before the first table */
#define NR_TABLES_AT		16
#define NR_ROOT_AT		17	/* FAT16: entries of the root directory */
#define NR_SMALL_AT		19	/* sectors, if they are few */
#define MEDIA_AT		21
#define TABLE_SMALL_AT		22	/* FAT16: sectors of a table */
#define NR_AT			32	/* sectors */
#define TABLE_AT		36	/* FAT32: sectors of a table */
#define ROOT_AT			44	/* FAT32: first cluster of the root directory */
#define ID_SMALL_AT		39	/* FAT16: number and label */
#define ID_AT			67	/* FAT32: the same */
#define ID_BYTES		15
#define EXFAT_AT		3
#define EXFAT			"EXFAT   "
#define EXFAT_NR_AT		72	/* sectors */
#define EXFAT_TABLE_AT		80	/* first sector of the table */
#define EXFAT_TABLE_NR_AT	84	/* its sectors */
#define EXFAT_DATA_AT		88	/* sector of the first cluster */
#define EXFAT_CLUSTERS_AT	92	/* how many there are */
#define EXFAT_ROOT_AT		96
#define EXFAT_ID_AT		100
#define EXFAT_SECTOR_AT		108	/* logarithm of the bytes of a sector */
#define EXFAT_PER_CLUSTER_AT	109	/* logarithm of the sectors of a cluster */

#define MARK_AT			510
#define MARK			0xaa55

#define ENTRY_BYTES		32u	/* of a directory */
#define ENTRY_FREE		0xe5
#define ENTRY_KIND_AT		11
#define ENTRY_IS_LABEL		0x08	/* a part of a long name, too */
#define ENTRY_IS_DIR		0x10
#define ENTRY_HIGH_AT		20	/* FAT32: first cluster, upper half */
#define ENTRY_LOW_AT		26

#define EXFAT_FILE		0x85	/* begins the description of a file */
#define EXFAT_FILE_KIND_AT	4
#define EXFAT_STREAM		0xc0	/* follows, and says where it lies */
#define EXFAT_FLAGS_AT		1
#define EXFAT_IN_ONE		0x02	/* its clusters follow each other */
#define EXFAT_CLUSTER_AT	20
#define EXFAT_LENGTH_AT		24	/* bytes */

#define FIRST_CLUSTER		2u
#define FAT12_MOST		4084u	/* clusters */
#define FAT16_LAST		0xfff8u	/* this and greater ones end a chain */
#define FAT32_LAST		0x0ffffff8u
#define FAT32_BITS		0x0fffffffu
#define EXFAT_LAST		0xfffffff8u

static bool is_power(u64 number)
{
	return number && !(number & (number - 1));
}

static u8 byte_at(const void *page, size_t at)
{
	return *(const u8 *)(page + at);
}

/* The bytes of [at, at + bytes) come next. */
static void read_next(struct hib_fat *fat, enum hib_fat_part part, u64 at, u64 bytes)
{
	fat->part = part;
	fat->at = at;
	fat->end = at + bytes;
}

static bool is_cluster(const struct hib_fat *fat, u64 cluster)
{
	return cluster >= FIRST_CLUSTER && cluster - FIRST_CLUSTER < fat->nr_clusters;
}

static void read_cluster(struct hib_fat *fat, u64 cluster)
{
	if (!is_cluster(fat, cluster)) {
		fat->part = HIB_FAT_UNKNOWN;
		return;
	}
	fat->cluster = cluster;
	read_next(fat, HIB_FAT_DIRECTORY,
		  fat->data + (cluster - FIRST_CLUSTER) * fat->cluster_bytes, fat->cluster_bytes);
}

/* All clusters of a directory at once. */
static void read_clusters(struct hib_fat *fat, const struct hib_fat_left *left)
{
	read_cluster(fat, left->cluster);
	if (left->nr - 1 >= fat->nr_clusters ||
	    !is_cluster(fat, (u64)left->cluster + left->nr - 1)) {
		fat->part = HIB_FAT_UNKNOWN;
		return;
	}
	fat->cluster = 0;
	fat->end = fat->at + left->nr * fat->cluster_bytes;
}

static void read_directory(struct hib_fat *fat)
{
	const struct hib_fat_left *left;

	if (!fat->nr_left) {
		fat->part = HIB_FAT_DONE;
		return;
	}
	left = &fat->left[--fat->nr_left];
	fat->is_directory = false;
	if (left->nr)
		read_clusters(fat, left);
	else
		read_cluster(fat, left->cluster);
}

static void read_on(struct hib_fat *fat)
{
	if (fat->part == HIB_FAT_TABLE && fat->root_bytes)
		read_next(fat, HIB_FAT_DIRECTORY, fat->root, fat->root_bytes);
	else if (fat->part == HIB_FAT_DIRECTORY && fat->cluster)
		read_next(fat, HIB_FAT_LINK, fat->table + (fat->cluster << fat->entry_shift),
			  1u << fat->entry_shift);
	else
		read_directory(fat);
}

static void follow(struct hib_fat *fat, const void *entry)
{
	u32 next, last;

	if (fat->entry_shift == 1) {
		next = get_unaligned_le16(entry);
		last = FAT16_LAST;
	} else {
		next = get_unaligned_le32(entry) & (fat->is_exfat ? U32_MAX : FAT32_BITS);
		last = fat->is_exfat ? EXFAT_LAST : FAT32_LAST;
	}
	if (next >= last)
		read_directory(fat);
	else
		read_cluster(fat, next);
}

static void found(struct hib_fat *fat, u32 cluster, u32 nr)
{
	if (fat->nr_left == HIB_FAT_LEFT_MAX)
		fat->part = HIB_FAT_UNKNOWN;
	else
		fat->left[fat->nr_left++] = (struct hib_fat_left) { cluster, nr };
}

static bool is_directory(const void *entry)
{
	u8 first = byte_at(entry, 0), kind = byte_at(entry, ENTRY_KIND_AT);

	return first && first != ENTRY_FREE && first != '.' && kind & ENTRY_IS_DIR &&
	       !(kind & ENTRY_IS_LABEL);
}

static void look_at_entry(struct hib_fat *fat, const void *entry)
{
	u32 cluster = get_unaligned_le16(entry + ENTRY_LOW_AT);

	if (!is_directory(entry))
		return;
	if (fat->entry_shift == 2)
		cluster |= (u32)get_unaligned_le16(entry + ENTRY_HIGH_AT) << 16;
	found(fat, cluster, 0);
}

static void look_at_stream(struct hib_fat *fat, const void *entry)
{
	u64 length = get_unaligned_le64(entry + EXFAT_LENGTH_AT);
	u32 nr = 0;

	if (byte_at(entry, EXFAT_FLAGS_AT) & EXFAT_IN_ONE)
		nr = min(div64_u64(length - 1, fat->cluster_bytes) + 1, U32_MAX);
	if (length)
		found(fat, get_unaligned_le32(entry + EXFAT_CLUSTER_AT), nr);
}

/* Two entries describe where a file lies, and the first of them whether it is a directory. */
static void look_at_exfat_entry(struct hib_fat *fat, const void *entry)
{
	u8 kind = byte_at(entry, 0);

	if (kind == EXFAT_STREAM && fat->is_directory)
		look_at_stream(fat, entry);
	fat->is_directory = kind == EXFAT_FILE &&
			    byte_at(entry, EXFAT_FILE_KIND_AT) & ENTRY_IS_DIR;
}

static void look_for_directories(struct hib_fat *fat, const void *entries, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += ENTRY_BYTES) {
		if (fat->is_exfat)
			look_at_exfat_entry(fat, entries + i);
		else
			look_at_entry(fat, entries + i);
	}
}

/* Where its parts lie, as the boot sector says; nothing is believed yet but that it is one. */
static u64 locate(struct hib_fat *fat, const void *page)
{
	u64 sector = get_unaligned_le16(page + SECTOR_AT);
	u64 table_sectors = get_unaligned_le16(page + TABLE_SMALL_AT) ?:
			    get_unaligned_le32(page + TABLE_AT);
	u64 nr_root = get_unaligned_le16(page + NR_ROOT_AT);

	fat->entry_shift = get_unaligned_le16(page + TABLE_SMALL_AT) ? 1 : 2;
	fat->cluster_bytes = byte_at(page, PER_CLUSTER_AT) * sector;
	fat->table = get_unaligned_le16(page + RESERVED_AT) * sector;
	fat->root = fat->table + byte_at(page, NR_TABLES_AT) * table_sectors * sector;
	fat->root_bytes = (nr_root * ENTRY_BYTES + sector - 1) & ~(sector - 1);
	fat->data = fat->root + fat->root_bytes;
	return table_sectors * sector;
}

static bool is_fat(const void *page)
{
	u16 sector = get_unaligned_le16(page + SECTOR_AT);

	return get_unaligned_le16(page + MARK_AT) == MARK && is_power(sector) && sector >= 512 &&
	       sector <= HIB_BLOCK_BYTES && is_power(byte_at(page, PER_CLUSTER_AT)) &&
	       get_unaligned_le16(page + RESERVED_AT) && byte_at(page, NR_TABLES_AT) &&
	       byte_at(page, MEDIA_AT) >= 0xf0;
}

static bool fits(const struct hib_fat *fat, u64 table_bytes)
{
	return fat->table + table_bytes <= HIB_FAT_READS_MAX * HIB_BLOCK_BYTES &&
	       fat->nr_clusters && fat->nr_clusters < FAT32_LAST - FIRST_CLUSTER &&
	       (fat->nr_clusters + FIRST_CLUSTER) << fat->entry_shift <= table_bytes;
}

static bool begin_fat(struct hib_fat *fat, const void *page, u64 bytes, u8 id[HIB_ID_BYTES])
{
	u64 table_bytes = locate(fat, page), all;

	all = (u64)(get_unaligned_le16(page + NR_SMALL_AT) ?: get_unaligned_le32(page + NR_AT)) *
	      get_unaligned_le16(page + SECTOR_AT);
	if (all > bytes || fat->data >= all)
		return false;
	fat->nr_clusters = div64_u64(all - fat->data, fat->cluster_bytes);
	if (!fits(fat, table_bytes) || (fat->entry_shift == 1 && fat->nr_clusters <= FAT12_MOST))
		return false;
	memcpy(id, page + (fat->entry_shift == 1 ? ID_SMALL_AT : ID_AT), ID_BYTES);
	if (fat->entry_shift == 2)
		found(fat, get_unaligned_le32(page + ROOT_AT), 0);
	read_next(fat, HIB_FAT_TABLE, 0, fat->table + table_bytes);
	return true;
}

static bool is_exfat(const void *page)
{
	u8 sector = byte_at(page, EXFAT_SECTOR_AT);

	return get_unaligned_le16(page + MARK_AT) == MARK &&
	       !memcmp(page + EXFAT_AT, EXFAT, strlen(EXFAT)) && sector >= 9 && sector <= 12 &&
	       byte_at(page, EXFAT_PER_CLUSTER_AT) <= 25 - sector;
}

static bool begin_exfat(struct hib_fat *fat, const void *page, u64 bytes, u8 id[HIB_ID_BYTES])
{
	u8 sector = byte_at(page, EXFAT_SECTOR_AT);
	u64 table_bytes = (u64)get_unaligned_le32(page + EXFAT_TABLE_NR_AT) << sector;
	u64 all = get_unaligned_le64(page + EXFAT_NR_AT);

	fat->is_exfat = true;
	fat->entry_shift = 2;
	fat->cluster_bytes = 1ull << (sector + byte_at(page, EXFAT_PER_CLUSTER_AT));
	fat->table = (u64)get_unaligned_le32(page + EXFAT_TABLE_AT) << sector;
	fat->data = (u64)get_unaligned_le32(page + EXFAT_DATA_AT) << sector;
	fat->nr_clusters = get_unaligned_le32(page + EXFAT_CLUSTERS_AT);
	if (all > bytes >> sector || !fat->table || fat->data < fat->table + table_bytes ||
	    fat->data + fat->nr_clusters * fat->cluster_bytes > all << sector ||
	    !fits(fat, table_bytes))
		return false;
	memcpy(id, EXFAT, strlen(EXFAT));
	memcpy(id + strlen(EXFAT), page + EXFAT_ID_AT, sizeof(u32));
	found(fat, get_unaligned_le32(page + EXFAT_ROOT_AT), 0);
	read_next(fat, HIB_FAT_TABLE, 0, fat->table + table_bytes);
	return true;
}

/**
 * hib_fat_begin() - Begin to read a FAT or exFAT file system.
 * @fat: Receives what is known so far.
 * @page: The first block of the device.
 * @bytes: Length of the device.
 * @id: Receives by what it is known: FAT: its number and label; exFAT: "EXFAT" and its number.
 *
 * Return: false if there is none, if it does not lie on the device or is a FAT12, or if its table
 * is too long; @fat and @id are not to be used then.
 */
bool hib_fat_begin(struct hib_fat *fat, const void *page, u64 bytes, u8 id[HIB_ID_BYTES])
{
	*fat = (struct hib_fat) { .part = HIB_FAT_UNKNOWN };
	memset(id, 0, HIB_ID_BYTES);
	if (is_exfat(page))
		return begin_exfat(fat, page, bytes, id);
	return is_fat(page) && begin_fat(fat, page, bytes, id);
}

/**
 * hib_fat_wants() - Is another block to be read?
 * @fat: From hib_fat_begin().
 *
 * Return: true if it is the one in which @fat->at lies.
 */
bool hib_fat_wants(const struct hib_fat *fat)
{
	return fat->part < HIB_FAT_DONE;
}

/**
 * hib_fat_feed() - Read a block.
 * @fat: Wants it.
 * @page: The block, as it is on the medium.
 */
void hib_fat_feed(struct hib_fat *fat, const void *page)
{
	size_t from = fat->at % HIB_BLOCK_BYTES;
	size_t bytes = min(HIB_BLOCK_BYTES - from, fat->end - fat->at);

	if (fat->nr_reads++ == HIB_FAT_READS_MAX) {
		fat->part = HIB_FAT_UNKNOWN;
		return;
	}
	if (fat->part == HIB_FAT_LINK)
		return follow(fat, page + from);
	fat->digest = xxh64(page + from, bytes, fat->digest);
	if (fat->part == HIB_FAT_DIRECTORY)
		look_for_directories(fat, page + from, bytes);
	fat->at += bytes;
	if (fat->at == fat->end && fat->part != HIB_FAT_UNKNOWN)
		read_on(fat);
}
