// SPDX-License-Identifier: GPL-2.0
/* Which blocks are asked for, and what counts, on devices that are made here. */
#include "fsdigest.h"
#include "tap.h"

#define NR_BLOCKS	64u
#define LOG_AT		40u
#define LOG_BLOCKS	16u
#define READS_MAX	40u

static u8 disk[NR_BLOCKS][HIB_BLOCK_BYTES];
static u64 nr_blocks;
static u64 asked[READS_MAX + 1];
static unsigned int nr_asked;

static void put_be32(u8 *at, u32 value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = value >> (24 - 8 * i);
}

static void put_le32(u8 *at, u32 value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = value >> (8 * i);
}

static void blank(void)
{
	memset(disk, 0, sizeof(disk));
	nr_blocks = NR_BLOCKS;
}

static void make_ext(void)
{
	blank();
	memcpy(disk[0] + 1080, "\x53\xef", 2);
	memcpy(disk[0] + 1128, "0123456789abcdef", HIB_ID_BYTES);
}

/* The log was written up to sector @head of round @cycle. */
static void make_xfs_of_round(unsigned int head, u32 cycle)
{
	blank();
	memcpy(disk[0], "XFSB", 4);
	memcpy(disk[0] + 32, "an XFS with a log", HIB_ID_BYTES);
	put_be32(disk[0] + 52, (2 << 5) | 8);	/* group 2, block 8 */
	put_be32(disk[0] + 84, 16);
	put_be32(disk[0] + 96, LOG_BLOCKS);
	disk[0][120] = 12;
	disk[0][124] = 5;
	for (unsigned int i = 0; i < LOG_BLOCKS * 8; i++) {
		u8 *sector = disk[LOG_AT + i / 8] + 512 * (i % 8);

		put_be32(sector, i < head ? cycle : cycle - 1);
		if (i % 3)
			continue;
		put_be32(sector, 0xfeedbabe);
		put_be32(sector + 4, i < head ? cycle : cycle - 1);
	}
}

static void make_xfs(unsigned int head)
{
	make_xfs_of_round(head, 7);
}

static void make_btrfs(void)
{
	blank();
	memcpy(disk[16] + 64, "_BHRfS_M", 8);
	memcpy(disk[16] + 32, "the file system!", HIB_ID_BYTES);
	memcpy(disk[16] + 267, "one of three dev", HIB_ID_BYTES);
	disk[16][136] = 3;
}

static void make_f2fs(void)
{
	blank();
	memcpy(disk[0] + 1024, "\x10\x20\xf5\xf2", 4);
	put_le32(disk[0] + 1040, 12);
	put_le32(disk[0] + 1044, 3);
	put_le32(disk[0] + 1100, 20);
	memcpy(disk[0] + 1132, "an f2fs, 2 packs", HIB_ID_BYTES);
}

static struct hib_fsdigest looked(void)
{
	struct hib_fsdigest f;

	nr_asked = 0;
	hib_fsdigest_begin(&f, nr_blocks);
	while (hib_fsdigest_wants(&f)) {
		check(f.block < nr_blocks && nr_asked < READS_MAX);
		if (f.block >= nr_blocks || nr_asked == READS_MAX)
			break;
		asked[nr_asked++] = f.block;
		hib_fsdigest_feed(&f, disk[f.block]);
	}
	return f;
}

static struct hib_guard taken(u32 kind)
{
	struct hib_fsdigest f = looked();

	check_number(f.step, HIB_FSDIGEST_DONE);
	check_number(f.guard.kind, kind);
	check_number(f.guard.flags, 0);
	return f.guard;
}

static bool is_unknown(void)
{
	return looked().step == HIB_FSDIGEST_UNKNOWN;
}

/* Does a changed byte change the digest? */
static bool counts(unsigned int block, unsigned int byte)
{
	u64 before = looked().guard.digest;
	struct hib_fsdigest f;

	disk[block][byte] ^= 0x10;
	f = looked();
	disk[block][byte] ^= 0x10;
	return f.step != HIB_FSDIGEST_DONE || f.guard.digest != before;
}

static bool block_counts(unsigned int block)
{
	for (unsigned int byte = 0; byte < HIB_BLOCK_BYTES; byte += 61)
		if (!counts(block, byte))
			return false;
	return counts(block, HIB_BLOCK_BYTES - 1);
}

TEST(fsdigest_of_ext_is_that_of_its_super_block)
{
	struct hib_guard guard;

	make_ext();
	guard = taken(HIB_GUARD_EXT);
	check(!memcmp(guard.id, "0123456789abcdef", HIB_ID_BYTES));
	check(guard.digest == xxh64(disk[0] + 1024, 1024, 0));
	check_number(nr_asked, 1);
	for (unsigned int i = 0; i < HIB_BLOCK_BYTES; i++)
		check(counts(0, i) == (i >= 1024 && i < 2048));
}

TEST(fsdigest_of_xfs_has_the_head_of_the_log)
{
	for (unsigned int head = 1; head <= LOG_BLOCKS * 8; head++) {
		unsigned int at = LOG_AT + (head - 1) / 8;

		make_xfs(head);
		taken(HIB_GUARD_XFS);
		check(block_counts(at));
		check(block_counts(at + 1 < LOG_AT + LOG_BLOCKS ? at + 1 : LOG_AT));
	}
	make_xfs(9);
	check(block_counts(0));
	check(!counts(LOG_AT + 7, 100) && !counts(LOG_AT - 1, 100));
}

/* Whatever is written to the log, it is another one. */
TEST(fsdigest_of_xfs_notices_each_sector)
{
	u64 before = 0;

	for (u32 cycle = 1; cycle < 4; cycle++) {
		for (unsigned int head = 1; head <= LOG_BLOCKS * 8; head++) {
			u64 now;

			make_xfs_of_round(head, cycle);
			now = taken(HIB_GUARD_XFS).digest;
			check(now != before);
			before = now;
		}
	}
}

TEST(fsdigest_of_xfs_wants_a_log_inside)
{
	make_xfs(9);
	put_be32(disk[0] + 52, 0);		/* it is elsewhere */
	check(is_unknown());
	make_xfs(9);
	put_be32(disk[0] + 96, NR_BLOCKS - LOG_AT);
	check(!is_unknown());
	put_be32(disk[0] + 96, NR_BLOCKS - LOG_AT + 1);
	check(is_unknown());
	put_be32(disk[0] + 96, 1);
	check(is_unknown());
	make_xfs(9);
	put_be32(disk[0] + 48, 0xffffffff);
	check(is_unknown());
	make_xfs(9);
	put_be32(disk[0] + 84, 0xffffffff);
	check(is_unknown());
	for (unsigned int shift = 0; shift < 256; shift++) {
		make_xfs(9);
		disk[0][120] = shift;
		check(shift == 12 || shift == 9 || shift == 10 || shift == 11 || is_unknown());
		make_xfs(9);
		disk[0][124] = shift;
		looked();
	}
	make_xfs(9);
	disk[0][120] = 9;			/* half a block */
	put_be32(disk[0] + 52, (2 << 5) | 9);
	put_be32(disk[0] + 96, 64);
	check(is_unknown());
}

TEST(fsdigest_of_btrfs_is_that_of_a_device)
{
	struct hib_fsdigest f;

	make_btrfs();
	f = looked();
	check_number(f.step, HIB_FSDIGEST_DONE);
	check_number(f.guard.kind, HIB_GUARD_BTRFS);
	check(!memcmp(f.guard.id, "one of three dev", HIB_ID_BYTES));
	check(!memcmp(f.pool, "the file system!", HIB_ID_BYTES));
	check_number(f.nr_in_pool, 3);
	check(block_counts(16) && !counts(15, 0) && !counts(17, 0));
	nr_blocks = 16;
	check(is_unknown());
}

TEST(fsdigest_of_f2fs_has_both_checkpoints)
{
	make_f2fs();
	check(!memcmp(taken(HIB_GUARD_F2FS).id, "an f2fs, 2 packs", HIB_ID_BYTES));
	check_number(nr_asked, 3);
	check_number(asked[1], 20);
	check_number(asked[2], 28);
	check(block_counts(0) && block_counts(20) && block_counts(28) && !counts(21, 0));
	nr_blocks = 28;
	check(is_unknown());
	nr_blocks = 20;
	check(is_unknown());
	make_f2fs();
	put_le32(disk[0] + 1040, 14);
	check(is_unknown());
	make_f2fs();
	put_le32(disk[0] + 1044, 17);
	check(is_unknown());
}

TEST(fsdigest_wants_a_uuid)
{
	make_ext();
	memset(disk[0] + 1128, 0, HIB_ID_BYTES);
	check(is_unknown());
	make_xfs(3);
	memset(disk[0] + 32, 0, HIB_ID_BYTES);
	check(is_unknown());
	make_btrfs();
	memset(disk[16] + 267, 0, HIB_ID_BYTES);
	check(is_unknown());
	make_f2fs();
	memset(disk[0] + 1132, 0, HIB_ID_BYTES);
	check(is_unknown());
}

TEST(fsdigest_does_not_know_others)
{
	blank();
	check(is_unknown());
	check_number(nr_asked, 2);
	memcpy(disk[0] + 4086, "SWAPSPACE2", 10);
	check(is_unknown());
	nr_blocks = 0;
	check(is_unknown());
	check_number(nr_asked, 0);
}
