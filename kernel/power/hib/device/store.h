/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STORE_H
#define HIB_STORE_H

#include <linux/blk_types.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include "area.h"
#include "pure/extent.h"
#include "pure/format.h"
#include "pure/header.h"
#include "pure/io.h"

struct file;
struct page;

/**
 * struct hib_store - One swap area as the place of an image.
 * @bdev: The device. Way down: the active area's own, not opened by us. Way up:
 *	from @file.
 * @file: Way up: exclusive handle; NULL on the way down.
 * @swap_type: Way down: index of the area; -1 otherwise.
 * @root_block: Block of the swap header page, which carries the commit record.
 * @extents: Image blocks to device blocks.
 * @slots: Way down: the slots behind @extents, in runs, to be freed; block is the slot.
 * @header_block: Device block of the image header, 0: none yet.
 * @header_slot: Way down: its slot.
 * @leaf_slots: Way down: slots of extent leaves (taken by hib_store_write_extents()).
 * @image_blocks: Way down: image blocks written so far. Blocks past them take the
 *	extent leaves.
 * @saved_signature: Signature found on the swap header.
 * @why: Way down: why the first area that was passed over cannot hold an image.
 * @page: One page of scratch memory for single blocks.
 * @lock: Several workers write and take slots.
 */
struct hib_store {
	struct block_device *bdev;
	struct file *file;
	int swap_type;
	u64 root_block;
	struct hib_extents extents;
	struct hib_extents slots;
	struct hib_extents leaf_slots;
	u64 header_block;
	unsigned long header_slot;
	u64 image_blocks;
	u8 saved_signature[HIB_SIGNATURE_BYTES];
	char why[HIB_AREA_WHY_BYTES];
	struct page *page;
	struct mutex lock;	/* extents, slots, leaf_slots, image_blocks */
};

/* --- swap.c: the way down. Process context, may sleep. --- */

/*
 * Choose the area: that of @dev and @offset_block when @dev is set, else the
 * first writable one. Verifies the swap signature, refuses areas without a
 * block device and with bad-page entries under the commit record.
 * -ENODEV no usable area, -EOPNOTSUPP, -EIO.
 */
int hib_store_open_swap(struct hib_store *s, dev_t dev, u64 offset_block);
void hib_store_close_swap(struct hib_store *s);	/* slots must have been freed */
u64 hib_store_room(const struct hib_store *s);	/* free blocks */
/* The header's slot, and memory for the lists of @nr_blocks. -ENODEV, -ENOSPC. */
int hib_store_reserve(struct hib_store *s, u64 nr_blocks);
void hib_store_free_slots(struct hib_store *s);	/* idempotent */

/* Place for leaf @index of the extent chain; s->lock held. */
int hib_store_take_leaf(struct hib_store *s, u32 index, u64 *block);

extern const struct hib_io_ops hib_store_io_ops;	/* device is a struct hib_store */

/* --- chain.c, store.c: way down, after the data --- */
int hib_store_write_extents(struct hib_store *s, const u8 id[HIB_ID_BYTES],
			    u64 *first_block, u32 *nr_leaves);
struct hib_disk_header *hib_store_header(struct hib_store *s);	/* zeroed, to be filled */
int hib_store_write_header(struct hib_store *s);
/* --- store.c: both ways --- */
int hib_store_init(struct hib_store *s);
void hib_store_exit(struct hib_store *s);
/* Move image blocks that lie in s->extents; as hib_io_ops read and write. */
int hib_store_transfer(struct hib_store *s, enum req_op op, u64 offset,
		       const struct hib_buffer *buf, unsigned int nr_pages,
		       struct hib_io_done *done);

/* --- store.c: the way up. Exclusive, for reading and writing; -EBUSY, -ENXIO. --- */
int hib_store_open_device(struct hib_store *s, dev_t dev, u64 root_block);
/*
 * test_resume: the area of an open way-down store, which is in use as swap and
 * cannot be opened. @down stays open as long as @s.
 */
int hib_store_open_device_shared(struct hib_store *s, const struct hib_store *down);
void hib_store_close_device(struct hib_store *s);	/* either kind */
u64 hib_store_device_blocks(const struct hib_store *s);
bool hib_store_has_block(const struct hib_store *s, u64 block);
int hib_store_read_header(struct hib_store *s, u64 header_block, struct hib_disk_header *disk);
/* Follow the chain of extent leaves. -EBADMSG with *@why. */
int hib_store_read_extents(struct hib_store *s, const u8 id[HIB_ID_BYTES], u64 first_block,
			   u32 nr_leaves, u64 nr_extents, u64 image_blocks, const char **why);

#endif
