// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: fsdigest - what changes in a file system when anyone mounts it
 *
 * A few blocks of a device tell which file system is on it, and are digested. They are
 * those that a writable mount cannot leave as they are:
 *
 * ext2, ext3, ext4: the super block, with its state, number and time of mounts.
 *
 * XFS: the super block, and the log where its head lies: each mount that is more than a
 * look writes there. The log is written around and around, and each of its sectors begins with
 * the number of the round. So the head is found by bisection. The log must lie inside, and in
 * whole blocks.
 *
 * btrfs: the super block, which has a generation. It is another one on each device, and
 * so are the UUIDs, so each device is a file system of its own here.
 *
 * f2fs: the super block and both checkpoints. Without a checkpoint nothing that was
 * written counts.
 *
 * FAT, exFAT: all that describes files, see fat.c.
 *
 * The caller reads the blocks::
 *
 *   begin -> while (wants) read f->block, feed -> f->step is DONE or UNKNOWN
 *
 * Blocks that are asked for lie on the device, and there are no more than 40 of them, whatever
 * the device holds; or HIB_FAT_READS_MAX behind the first, if that is the one of a FAT.
 *
 * No state, any context.
 */
#include "fsdigest.h"

#define EXT_AT		1024
#define EXT_BYTES	1024
#define EXT_MAGIC_AT	(EXT_AT + 0x38)
#define EXT_MAGIC	"\x53\xef"
#define EXT_UUID_AT	(EXT_AT + 0x68)

#define XFS_MAGIC	"XFSB"
#define XFS_UUID_AT	32
#define XFS_LOG_AT	48	/* the first block of the log: group and block in it */
#define XFS_GROUP_AT	84	/* blocks of a group */
#define XFS_NR_LOG_AT	96
#define XFS_SHIFT_AT	120	/* of a block */
#define XFS_PART_AT	124	/* bits of the block in a group */
#define XFS_RECORD	0xfeedbabeu	/* begins a record; its cycle comes behind */

#define BTRFS_BLOCK	16
#define BTRFS_MAGIC_AT	64
#define BTRFS_MAGIC	"_BHRfS_M"
#define BTRFS_POOL_AT	32
#define BTRFS_NR_AT	136
#define BTRFS_UUID_AT	267

#define F2FS_AT		1024
#define F2FS_MAGIC	"\x10\x20\xf5\xf2"
#define F2FS_SHIFT_AT	(F2FS_AT + 16)	/* of a block */
#define F2FS_SEG_AT	(F2FS_AT + 20)	/* of the blocks of a segment */
#define F2FS_PACK_AT	(F2FS_AT + 76)
#define F2FS_UUID_AT	(F2FS_AT + 108)
#define F2FS_SEG_MOST	16

static bool has(const void *page, size_t at, const char *magic)
{
	return !memcmp(page + at, magic, strlen(magic));
}

static void digest(struct hib_fsdigest *f, const void *page, size_t bytes)
{
	f->guard.digest = xxh64(page, bytes, f->guard.digest);
}

/* A file system without a UUID cannot be found again. */
static void is_kind(struct hib_fsdigest *f, enum hib_guard_kind kind, const void *uuid)
{
	f->guard.kind = kind;
	memcpy(f->guard.id, uuid, HIB_ID_BYTES);
}

static void want(struct hib_fsdigest *f, enum hib_fsdigest_step step, u64 block)
{
	f->step = block < f->nr_blocks && memchr_inv(f->guard.id, 0, HIB_ID_BYTES) ?
		step : HIB_FSDIGEST_UNKNOWN;
	f->block = block;
}

static void done(struct hib_fsdigest *f)
{
	want(f, HIB_FSDIGEST_DONE, 0);
}

static void feed_xfs(struct hib_fsdigest *f, const void *page)
{
	u64 log = get_unaligned_be64(page + XFS_LOG_AT);
	u8 shift = *(const u8 *)(page + XFS_SHIFT_AT), part = *(const u8 *)(page + XFS_PART_AT);
	u64 block, bytes;

	f->step = HIB_FSDIGEST_UNKNOWN;
	if (shift < 9 || shift > 16 || part > 31 || !log || log >> part > U32_MAX)
		return;
	block = (log >> part) * get_unaligned_be32(page + XFS_GROUP_AT);
	block += log & ((1ULL << part) - 1);
	bytes = (u64)get_unaligned_be32(page + XFS_NR_LOG_AT) << shift;
	if (block >= f->nr_blocks << HIB_BLOCK_SHIFT >> shift || bytes < 2ULL * HIB_BLOCK_BYTES ||
	    (block << shift) % HIB_BLOCK_BYTES || bytes % HIB_BLOCK_BYTES)
		return;
	f->log = block << shift >> HIB_BLOCK_SHIFT;
	f->nr_log = bytes >> HIB_BLOCK_SHIFT;
	if (f->nr_log > f->nr_blocks - f->log)
		return;
	is_kind(f, HIB_GUARD_XFS, page + XFS_UUID_AT);
	digest(f, page, HIB_BLOCK_BYTES);
	want(f, HIB_FSDIGEST_CYCLE, f->log);
}

static u32 cycle_of(const void *page)
{
	u32 word = get_unaligned_be32(page);

	return word == XFS_RECORD ? get_unaligned_be32(page + 4) : word;
}

/* The head lies in @low or begins behind it. */
static void search(struct hib_fsdigest *f)
{
	if (f->high - f->low > 1)
		want(f, HIB_FSDIGEST_SEARCH, f->log + (f->low + f->high) / 2);
	else
		want(f, HIB_FSDIGEST_HEAD, f->log + f->low);
}

static void feed_cycle(struct hib_fsdigest *f, const void *page)
{
	f->cycle = cycle_of(page);
	f->low = 0;
	f->high = f->nr_log;
	search(f);
}

static void feed_search(struct hib_fsdigest *f, const void *page)
{
	if (cycle_of(page) == f->cycle)
		f->low = f->block - f->log;
	else
		f->high = f->block - f->log;
	search(f);
}

static void feed_head(struct hib_fsdigest *f, const void *page)
{
	__le64 low = cpu_to_le64(f->low);

	digest(f, page, HIB_BLOCK_BYTES);
	digest(f, &low, sizeof(low));
	want(f, HIB_FSDIGEST_LAST, f->log + (f->low + 1) % f->nr_log);
}

static void feed_f2fs(struct hib_fsdigest *f, const void *page)
{
	u32 segment = get_unaligned_le32(page + F2FS_SEG_AT);

	f->step = HIB_FSDIGEST_UNKNOWN;
	if (get_unaligned_le32(page + F2FS_SHIFT_AT) != HIB_BLOCK_SHIFT || segment > F2FS_SEG_MOST)
		return;
	is_kind(f, HIB_GUARD_F2FS, page + F2FS_UUID_AT);
	digest(f, page, HIB_BLOCK_BYTES);
	f->last = get_unaligned_le32(page + F2FS_PACK_AT) + (1ULL << segment);
	want(f, HIB_FSDIGEST_PACK, get_unaligned_le32(page + F2FS_PACK_AT));
}

static void want_fat(struct hib_fsdigest *f)
{
	f->guard.digest = f->fat.digest;
	if (hib_fat_wants(&f->fat))
		want(f, HIB_FSDIGEST_FAT, f->fat.at >> HIB_BLOCK_SHIFT);
	else if (f->fat.part == HIB_FAT_DONE)
		done(f);
	else
		f->step = HIB_FSDIGEST_UNKNOWN;
}

static void feed_super(struct hib_fsdigest *f, const void *page)
{
	if (has(page, EXT_MAGIC_AT, EXT_MAGIC)) {
		is_kind(f, HIB_GUARD_EXT, page + EXT_UUID_AT);
		digest(f, page + EXT_AT, EXT_BYTES);
		done(f);
	} else if (has(page, 0, XFS_MAGIC)) {
		feed_xfs(f, page);
	} else if (has(page, F2FS_AT, F2FS_MAGIC)) {
		feed_f2fs(f, page);
	} else if (hib_fat_begin(&f->fat, page, f->nr_blocks << HIB_BLOCK_SHIFT, f->guard.id)) {
		f->guard.kind = f->fat.is_exfat ? HIB_GUARD_EXFAT : HIB_GUARD_FAT;
		want_fat(f);
	} else {
		f->step = f->nr_blocks > BTRFS_BLOCK ? HIB_FSDIGEST_BTRFS : HIB_FSDIGEST_UNKNOWN;
		f->block = BTRFS_BLOCK;
	}
}

static void feed_btrfs(struct hib_fsdigest *f, const void *page)
{
	f->step = HIB_FSDIGEST_UNKNOWN;
	if (!has(page, BTRFS_MAGIC_AT, BTRFS_MAGIC))
		return;
	is_kind(f, HIB_GUARD_BTRFS, page + BTRFS_UUID_AT);
	memcpy(f->pool, page + BTRFS_POOL_AT, HIB_ID_BYTES);
	f->nr_in_pool = get_unaligned_le64(page + BTRFS_NR_AT);
	digest(f, page, HIB_BLOCK_BYTES);
	done(f);
}

/**
 * hib_fsdigest_begin() - Begin to look at a device.
 * @f: Receives what is known so far.
 * @nr_blocks: Blocks of the device.
 */
void hib_fsdigest_begin(struct hib_fsdigest *f, u64 nr_blocks)
{
	*f = (struct hib_fsdigest) { .nr_in_pool = 1 };
	f->step = nr_blocks ? HIB_FSDIGEST_SUPER : HIB_FSDIGEST_UNKNOWN;
	f->nr_blocks = min(nr_blocks, 1ULL << HIB_MEMBER_SHIFT);
}

/**
 * hib_fsdigest_wants() - Is another block to be read?
 * @f: From hib_fsdigest_begin().
 *
 * Return: true if it is block @f->block of the device.
 */
bool hib_fsdigest_wants(const struct hib_fsdigest *f)
{
	return f->step < HIB_FSDIGEST_DONE;
}

/**
 * hib_fsdigest_feed() - Look at a block.
 * @f: Wants it.
 * @page: The block, as it is on the medium.
 */
void hib_fsdigest_feed(struct hib_fsdigest *f, const void *page)
{
	switch (f->step) {
	case HIB_FSDIGEST_SUPER:
		return feed_super(f, page);
	case HIB_FSDIGEST_BTRFS:
		return feed_btrfs(f, page);
	case HIB_FSDIGEST_CYCLE:
		return feed_cycle(f, page);
	case HIB_FSDIGEST_SEARCH:
		return feed_search(f, page);
	case HIB_FSDIGEST_HEAD:
		return feed_head(f, page);
	case HIB_FSDIGEST_FAT:
		hib_fat_feed(&f->fat, page);
		return want_fat(f);
	case HIB_FSDIGEST_PACK:
		digest(f, page, HIB_BLOCK_BYTES);
		return want(f, HIB_FSDIGEST_LAST, f->last);
	case HIB_FSDIGEST_LAST:
		digest(f, page, HIB_BLOCK_BYTES);
		return done(f);
	default:
		return;
	}
}
