// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: search - an image of this installation, on any device
 *
 * Where nobody said where an image may be, each device is looked at once: does it have a
 * commit record, at its beginning or at one of a few more blocks, and does the header
 * that this leads to name this installation? Images of others, for example on a stick
 * that was plugged in, are named and left alone. So is a second image of this
 * installation: one of the two is older than the disks, and nobody can say which.
 *
 * Devices come and go. A search remembers which ones it has looked at, so that looking
 * again is cheap. A device that cannot be read yet, because it is claimed or has no
 * size, is looked at the next time.
 *
 * Nothing is written.
 *
 * Context: process context. Sleeps.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "search.h"
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "pure/owner.h"
#include "bio.h"
#include "scan.h"

/* More devices than that are not remembered, and looked at each time. */
#define SEARCH_SEEN_MAX	1024u

/**
 * struct search_seen - A device that was looked at.
 * @dev: Its number.
 * @diskseq: Which disk had that number.
 */
struct search_seen {
	dev_t dev;
	u64 diskseq;
};

/**
 * struct hib_search - A search that goes on while devices come.
 * @mine: The installation whose image is wanted.
 * @blocks: Where on each device a commit record may be.
 * @nr_blocks: How many of them.
 * @record: The commit record that was found last.
 * @header: Its header.
 * @page: Scratch memory.
 * @nr_seen: How many devices were looked at.
 * @seen: These.
 */
struct hib_search {
	struct hib_owner mine;
	u64 blocks[HIB_SEARCH_BLOCKS];
	unsigned int nr_blocks;
	struct hib_commit_record record;
	struct hib_header header;
	void *page;
	unsigned int nr_seen;
	struct search_seen seen[SEARCH_SEEN_MAX];
};

/**
 * hib_search_begin() - Begin a search, at the beginning of each device.
 * @mine: The installation whose image is wanted; it is copied.
 *
 * Context: Process context. Sleeps.
 * Return: It, for hib_search_end(); NULL: no memory.
 */
struct hib_search *hib_search_begin(const struct hib_owner *mine)
{
	struct hib_search *s = kvzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->mine = *mine;
	s->nr_blocks = 1;
	s->page = (void *)__get_free_page(GFP_KERNEL);
	if (s->page)
		return s;
	kvfree(s);
	return NULL;
}

/**
 * hib_search_add() - Look at another block of each device, too.
 * @s: The search; it has not looked yet.
 * @root_block: The block. There is room for %HIB_SEARCH_BLOCKS; more are ignored.
 */
void hib_search_add(struct hib_search *s, u64 root_block)
{
	for (unsigned int i = 0; i < s->nr_blocks; i++)
		if (s->blocks[i] == root_block)
			return;
	if (s->nr_blocks < HIB_SEARCH_BLOCKS)
		s->blocks[s->nr_blocks++] = root_block;
}

/**
 * hib_search_end() - End it.
 * @s: From hib_search_begin(), or NULL.
 *
 * Context: Process context.
 */
void hib_search_end(struct hib_search *s)
{
	if (!s)
		return;
	free_page((unsigned long)s->page);
	kvfree(s);
}

static bool was_seen(const struct hib_search *s, const struct block_device *bdev)
{
	for (unsigned int i = 0; i < s->nr_seen; i++)
		if (s->seen[i].dev == bdev->bd_dev &&
		    s->seen[i].diskseq == bdev->bd_disk->diskseq)
			return true;
	return false;
}

static void remember(struct hib_search *s, const struct block_device *bdev)
{
	if (s->nr_seen < SEARCH_SEEN_MAX)
		s->seen[s->nr_seen++] = (struct search_seen) {
			bdev->bd_dev, bdev->bd_disk->diskseq
		};
}

/* Is there a sound record at @root_block that leads to a sound header? */
static bool read_image(struct hib_search *s, struct block_device *bdev, u64 root_block)
{
	u64 nr_blocks = hib_bio_device_blocks(bdev);
	const char *why;

	if (root_block >= nr_blocks || hib_bio_read_block(bdev, root_block, s->page) ||
	    hib_commit_parse(s->page + HIB_COMMIT_OFFSET, nr_blocks, &s->record, &why))
		return false;
	return !hib_bio_read_block(bdev, s->record.header_block, s->page) &&
	       !hib_header_parse(s->page, &s->record, nr_blocks, &s->header, &why);
}

static bool is_mine(struct hib_search *s, struct block_device *bdev, u64 root_block)
{
	if (!read_image(s, bdev, root_block))
		return false;
	if (hib_owner_is_same(&s->header.owner, &s->mine))
		return true;
	pr_notice("%pg holds an image of another installation (%s): it is left alone\n", bdev,
		  s->header.release);
	return false;
}

/* Which of the blocks? Their number if none. */
static unsigned int look_at(struct hib_search *s, struct device *device)
{
	struct block_device *bdev = dev_to_bdev(device);
	struct file *file;
	unsigned int i;

	if (was_seen(s, bdev) || !hib_scan_is_worth_reading(bdev, 1, NULL))
		return s->nr_blocks;
	file = bdev_file_open_by_dev(device->devt, BLK_OPEN_READ, NULL, NULL);
	if (IS_ERR(file))
		return s->nr_blocks;
	remember(s, bdev);
	for (i = 0; i < s->nr_blocks; i++)
		if (is_mine(s, file_bdev(file), s->blocks[i]))
			break;
	bdev_fput(file);
	return i;
}

/**
 * hib_search_look() - Look at the devices that were not looked at yet.
 * @s: The search.
 * @dev: Receives the device of an image of this installation,
 * @root_block: and its block there.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0		- one was found
 * * -ENODEV	- there is none, so far
 * * -ENOTUNIQ	- there are several; they are named in the log
 */
int hib_search_look(struct hib_search *s, dev_t *dev, u64 *root_block)
{
	struct block_device *found = NULL;
	struct class_dev_iter iter;
	struct device *device;
	int ret = -ENODEV;

	class_dev_iter_init(&iter, &block_class, NULL, NULL);
	while ((device = class_dev_iter_next(&iter))) {
		unsigned int i = look_at(s, device);

		if (i == s->nr_blocks)
			continue;
		if (!found) {
			found = dev_to_bdev(get_device(device));
			*root_block = s->blocks[i];
			ret = 0;
		} else if (!hib_scan_is_same_place(found, dev_to_bdev(device))) {
			pr_err("%pg and %pg hold images of this installation, neither is used: name one with resume=\n",
			       found, dev_to_bdev(device));
			ret = -ENOTUNIQ;
		}
	}
	class_dev_iter_exit(&iter);
	if (!ret)
		*dev = found->bd_dev;
	if (found)
		put_device(&found->bd_device);
	return ret;
}

/**
 * hib_search_is_mine() - Is there an image of this installation at a place?
 * @s: A search, for whose image it is.
 * @dev: Device of the place.
 * @root_block: Its root block.
 *
 * Context: Process context. Sleeps.
 * Return: true when there is; false also if the device cannot be read.
 */
bool hib_search_is_mine(struct hib_search *s, dev_t dev, u64 root_block)
{
	struct file *file = bdev_file_open_by_dev(dev, BLK_OPEN_READ, NULL, NULL);
	bool mine;

	if (IS_ERR(file))
		return false;
	mine = is_mine(s, file_bdev(file), root_block);
	bdev_fput(file);
	return mine;
}
