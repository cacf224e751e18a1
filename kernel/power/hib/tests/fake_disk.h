/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FAKE_DISK_H
#define HIB_FAKE_DISK_H

#include <linux/blk_types.h>
#include <linux/spinlock_types.h>

struct gendisk;
struct kunit;

#define FAKE_DISK_OPS	64u

/**
 * struct fake_disk_op - A bio that came.
 * @opf: Its operation and flags.
 * @block: First block.
 * @nr_blocks: Length; 0: a flush.
 */
struct fake_disk_op {
	blk_opf_t opf;
	u64 block;
	u64 nr_blocks;
};

/**
 * struct fake_disk - A disk in memory that remembers what it was asked.
 * @disk: For the block layer.
 * @bytes: Its content.
 * @lock: Guards the members below.
 * @ops: The bios since fake_disk_arm(), the first FAKE_DISK_OPS of them.
 * @nr_ops: How many came.
 * @fail: Number of the one that fails; -1: none.
 * @delay_ms: How long each answer takes.
 * @torn: A write that fails reaches the disk all the same.
 */
struct fake_disk {
	struct gendisk *disk;
	u8 *bytes;
	spinlock_t lock;	/* guards the members below */
	struct fake_disk_op ops[FAKE_DISK_OPS];
	int nr_ops;
	int fail;
	unsigned int delay_ms;
	bool torn;
};

/* Has a cache that is to be flushed. Goes at the end of the test. */
struct fake_disk *fake_disk_create(struct kunit *test, u64 nr_blocks);
/* The same, and can discard: what is discarded reads as zeros. */
struct fake_disk *fake_disk_create_discarding(struct kunit *test, u64 nr_blocks);
/* Forget what came; let the @fail-th bio from now on fail, -1: none. */
void fake_disk_arm(struct fake_disk *d, int fail);
void *fake_disk_block(struct fake_disk *d, u64 block);
dev_t fake_disk_dev(struct fake_disk *d);

#endif
