/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BIO_H
#define HIB_BIO_H

#include <linux/blk_types.h>
#include "pure/io.h"

/* Blocks are pages of the device (8 sectors). */
/* Start @nr_pages at @block; call between hib_bio_begin() and hib_bio_end(). */
void hib_bio_begin(struct hib_io_done *done);
int hib_bio_submit(struct block_device *bdev, enum req_op op, u64 block,
		   struct page **pages, unsigned int nr_pages, struct hib_io_done *done);
void hib_bio_end(struct hib_io_done *done);
int hib_bio_wait(struct hib_io_done *done);

/* One block, and wait. @flags: REQ_PREFLUSH | REQ_FUA or 0. @data: one aligned page. */
int hib_bio_read_block(struct block_device *bdev, u64 block, void *data);
int hib_bio_write_block(struct block_device *bdev, u64 block, void *data, blk_opf_t flags);
int hib_bio_flush(struct block_device *bdev);

int hib_bio_discard(struct block_device *bdev, u64 block, u64 nr_blocks);
int hib_bio_zero(struct block_device *bdev, u64 block, u64 nr_blocks);

/* Whole blocks of the device. */
u64 hib_bio_device_blocks(struct block_device *bdev);

#endif
