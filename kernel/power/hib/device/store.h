/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STORE_H
#define HIB_STORE_H

#include <linux/blk_types.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include "pure/extent.h"
#include "pure/format.h"
#include "pure/header.h"
#include "pure/io.h"
#include "place.h"

struct file;
struct page;

#define HIB_STORE_WHY_BYTES	96u

/**
 * struct hib_store_device - A device of a place beside the root device.
 * @bdev: It. Way down: somebody else's claim. Way up: from @file.
 * @file: Way up: exclusive handle.
 */
struct hib_store_device {
	struct block_device *bdev;
	struct file *file;
};

/**
 * struct hib_store - The place of an image, open.
 * @place: Its kind. Way up: NULL until the commit record tells it.
 * @own: Way down: what belongs to the kind.
 * @bdev: The root device. Way down: somebody else's claim, not opened by us. Way up:
 *	from @file.
 * @file: Way up: exclusive handle; NULL on the way down.
 * @root_block: The block that carries the commit record.
 * @members: All devices, by their numbers; the root device is number 0.
 * @others: Those that are open, by their numbers; number 0 is not used.
 * @used: Way down: members that hold something, once the extents were written.
 * @extents: Image blocks to blocks of members.
 * @header_block: Device block of the image header, 0: none yet.
 * @blackbox_block: Way down: block of the root device for the black box, 0: none.
 * @image_blocks: Way down: image blocks written so far. Blocks past them take the
 *	extent leaves.
 * @why: Way down: why the first place that was passed over cannot hold an image.
 * @meter: How fast its devices are, all together.
 * @page: One page of scratch memory for single blocks.
 * @lock: Several workers write and take blocks.
 */
struct hib_store {
	const struct hib_place_ops *place;
	void *own;
	struct block_device *bdev;
	struct file *file;
	u64 root_block;
	struct hib_members members;
	struct hib_store_device others[HIB_MEMBERS_MAX];
	DECLARE_BITMAP(used, HIB_MEMBERS_MAX);
	struct hib_extents extents;
	u64 header_block;
	u64 blackbox_block;
	u64 image_blocks;
	char why[HIB_STORE_WHY_BYTES];
	struct hib_io_meter meter;
	struct page *page;
	struct mutex lock;	/* own, extents, the numbers of blocks, used */
};

/* --- store.c: the way down. Process context, may sleep. --- */

int hib_store_open(struct hib_store *s, const struct hib_place_wanted *wanted);
void hib_store_close(struct hib_store *s);
u64 hib_store_room(const struct hib_store *s);
int hib_store_reserve(struct hib_store *s, u64 nr_blocks);
void hib_store_give_back(struct hib_store *s);

/* Place for leaf @index of the extent chain; s->lock held. */
int hib_store_take_leaf(struct hib_store *s, u32 index, u64 *block);

/* probe.c: read a little, so that the meter knows something. */
void hib_store_probe(struct hib_store *s);

/* store_io.c; the device is a struct hib_store. */
extern const struct hib_io_ops hib_store_io_ops;

/* --- chain.c, store.c: way down, after the data --- */
int hib_store_write_extents(struct hib_store *s, const u8 id[HIB_ID_BYTES],
			    u64 *first_block, u32 *nr_leaves);
void hib_store_members(const struct hib_store *s, struct hib_members *members);
struct hib_disk_header *hib_store_header(struct hib_store *s);	/* zeroed, to be filled */
int hib_store_write_header(struct hib_store *s);
/* --- store.c: both ways --- */

/**
 * hib_store_bdev() - The device that a block is on.
 * @s: Open store.
 * @block: Member and block, checked.
 *
 * Return: Its device.
 */
static inline struct block_device *hib_store_bdev(const struct hib_store *s, u64 block)
{
	u32 member = hib_block_member(block);

	return member ? s->others[member].bdev : s->bdev;
}

int hib_store_init(struct hib_store *s);
void hib_store_exit(struct hib_store *s);
/* store_io.c: move image blocks that lie in s->extents; as hib_io_ops read and write. */
int hib_store_transfer(struct hib_store *s, enum req_op op, u64 offset,
		       struct page **pages, unsigned int nr_pages, struct hib_io_done *done);

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
