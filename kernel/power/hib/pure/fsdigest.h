/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FSDIGEST_H
#define HIB_FSDIGEST_H

#include "fat.h"
#include "guard.h"

/* What block is wanted next, and why. */
enum hib_fsdigest_step {
	HIB_FSDIGEST_SUPER,	/* block 0 */
	HIB_FSDIGEST_BTRFS,	/* the super block of a btrfs */
	HIB_FSDIGEST_CYCLE,	/* XFS: the first block of the log */
	HIB_FSDIGEST_SEARCH,	/* XFS: where does its head lie? */
	HIB_FSDIGEST_HEAD,	/* XFS: there */
	HIB_FSDIGEST_LAST,	/* the last block of any kind */
	HIB_FSDIGEST_PACK,	/* f2fs: the first checkpoint */
	HIB_FSDIGEST_FAT,	/* FAT: what it wants */
	HIB_FSDIGEST_DONE,	/* none: the file system is digested */
	HIB_FSDIGEST_UNKNOWN,	/* none: it is of no kind that is known */
};

/**
 * struct hib_fsdigest - A file system that is being looked at.
 * @step: What comes next.
 * @block: The block that is wanted.
 * @nr_blocks: Blocks of the device.
 * @guard: The file system, complete with %HIB_FSDIGEST_DONE.
 * @pool: btrfs: the UUID that all devices of the file system have.
 * @nr_in_pool: How many they are; 1 with other kinds.
 * @log: XFS: first block of the log.
 * @nr_log: XFS: its blocks.
 * @cycle: XFS: how often the log was written around when its first block was written.
 * @low: XFS: a block of the log that was written in that cycle.
 * @high: XFS: one behind it that was not, or the end of the log.
 * @last: Block of %HIB_FSDIGEST_LAST.
 * @fat: FAT: how far it was read.
 */
struct hib_fsdigest {
	enum hib_fsdigest_step step;
	u64 block;
	u64 nr_blocks;
	struct hib_guard guard;
	u8 pool[HIB_ID_BYTES];
	u64 nr_in_pool;
	u64 log;
	u64 nr_log;
	u32 cycle;
	u64 low;
	u64 high;
	u64 last;
	struct hib_fat fat;
};

void hib_fsdigest_begin(struct hib_fsdigest *f, u64 nr_blocks);
bool hib_fsdigest_wants(const struct hib_fsdigest *f);
void hib_fsdigest_feed(struct hib_fsdigest *f, const void *page);

#endif
