// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: commit - the record that makes an image count
 *
 * The last 512 bytes of the swap header page hold a signature and, while an
 * image is there, the commit record. Everything else of the page stays as
 * mkswap wrote it, so writing the ten bytes of the signature back is enough to
 * get the swap area back, with its UUID and its label.
 *
 * An image's life is what this file writes, each time one block with FUA::
 *
 *   swap area -> make -> ready -> set_state ... -> retire -> swap area
 *
 * Each function reads the block first and refuses unless it finds what it
 * expects. So a device that was exchanged, an area that mkswap made again, or the
 * image of somebody else is left alone. When a write fails, the block holds
 * either the old or the new record: it lies within one 512-byte sector and
 * has a tag, so a torn page cannot pass for an image.
 *
 * Nothing is kept between calls; the store's scratch page is used.
 *
 * Context: process context, devices working. May sleep.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "commit.h"
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/string.h>
#include "bio.h"
#include "member.h"
#include "store.h"

static struct hib_disk_commit *record_of(struct hib_store *s)
{
	return page_address(s->page) + HIB_COMMIT_OFFSET;
}

static int root_read(struct hib_store *s)
{
	return hib_bio_read_block(s->bdev, s->root_block, page_address(s->page));
}

/* The page cache of the device may hold the block as it was: drop it there. */
static int root_write(struct hib_store *s, blk_opf_t flags)
{
	int ret = hib_bio_write_block(s->bdev, s->root_block, page_address(s->page), flags);

	invalidate_mapping_pages(s->bdev->bd_mapping, s->root_block, s->root_block);
	return ret;
}

/*
 * The record in the scratch page. The signature that the root block gets back tells
 * the kind of place. Where the kind is known, on the way down, it stays what it is:
 * what was taken has to be given back to it.
 */
static int root_parse(struct hib_store *s, struct hib_commit_record *r, const char **why)
{
	int ret = hib_commit_parse(record_of(s), hib_bio_device_blocks(s->bdev), r, why);
	const struct hib_place_ops *place;

	if (ret)
		return ret;
	place = s->place ?: hib_place_by_signature(r->saved_signature);
	if (!place || memcmp(place->signature, r->saved_signature, HIB_SIGNATURE_BYTES)) {
		*why = "commit saved_signature";
		return -EBADMSG;
	}
	s->place = place;
	return 0;
}

/**
 * hib_commit_read() - Look for an image.
 * @s: Open store.
 * @r: Result.
 * @why: With -EBADMSG and -EOPNOTSUPP: what is wrong, in a few words.
 *
 * Nothing is written.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0			- @r is a sound record
 * * -ENODATA		- no image here
 * * -EBADMSG		- the signature is there, the record is damaged
 * * -EOPNOTSUPP	- a record of a version not known here
 * * -EIO		- the block cannot be read
 */
int hib_commit_read(struct hib_store *s, struct hib_commit_record *r, const char **why)
{
	int ret = root_read(s);

	if (ret) {
		*why = "swap header unreadable";
		return ret;
	}
	return root_parse(s, r, why);
}

/*
 * Turn the record in the scratch page into what was there before, and write it.
 * What the record says was there is not looked at, as it may be damaged: a place
 * whose kind no sound record told is taken for one of the first kind.
 */
static int put_signature_back(struct hib_store *s)
{
	const struct hib_place_ops *place = s->place ?: hib_places[0];
	struct hib_disk_commit *disk = record_of(s);

	memset(disk, 0, sizeof(*disk));
	memcpy(disk->signature, place->signature, HIB_SIGNATURE_BYTES);
	return root_write(s, REQ_PREFLUSH | REQ_FUA);
}

/**
 * hib_commit_make() - Make a complete image valid.
 * @s: Store that holds the image.
 * @r: The record; its saved signature is the place's.
 * @begun: Set to true right before the record is sent, and left alone otherwise.
 *
 * Flushes all devices, then writes the record with FUA: on return 0 the image is valid. The
 * block must still carry the signature of a place without an image. A write that
 * failed may have reached the disk all the same, so the place's signature is written
 * over it: this kernel goes on changing its disks.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0		- the image is valid
 * * -ESTALE	- the block is no longer the root of a place without an image
 * * -EIO	- flush, read or write failed
 */
int hib_commit_make(struct hib_store *s, const struct hib_commit_record *r, bool *begun)
{
	struct hib_disk_commit *disk = record_of(s);
	struct hib_commit_record record = *r;
	int ret;

	ret = hib_member_flush_all(s) ?: hib_bio_flush(s->bdev);
	if (ret)
		return ret;
	ret = root_read(s);
	if (ret)
		return ret;
	if (memcmp(disk->signature, s->place->signature, HIB_SIGNATURE_BYTES)) {
		pr_err("%pg: block %llu carries signature '%10pE', '%10pE' wanted: not written\n",
		       s->bdev, s->root_block, disk->signature, s->place->signature);
		return -ESTALE;
	}

	memcpy(record.saved_signature, s->place->signature, HIB_SIGNATURE_BYTES);
	hib_commit_build(disk, &record);
	*begun = true;
	ret = root_write(s, REQ_PREFLUSH | REQ_FUA);
	if (ret && put_signature_back(s))
		pr_emerg("%pg: block %llu may hold an image that must not be resumed: boot with noresume\n",
			 s->bdev, s->root_block);
	return ret;
}

/* Read the block; does it hold a sound record with @id? */
static int root_read_image(struct hib_store *s, const u8 *id)
{
	struct hib_commit_record found;
	const char *why = "no image";
	int ret = root_read(s);

	if (ret)
		return ret;
	ret = root_parse(s, &found, &why);
	if (ret) {
		pr_err("%pg: block %llu: %s, image %*phN wanted: left alone\n",
		       s->bdev, s->root_block, why, HIB_ID_BYTES, id);
		return -ESTALE;
	}
	if (memcmp(found.image_id, id, HIB_ID_BYTES)) {
		pr_err("%pg: block %llu holds image %*phN, %*phN wanted: left alone\n",
		       s->bdev, s->root_block, HIB_ID_BYTES, found.image_id, HIB_ID_BYTES, id);
		return -ESTALE;
	}
	return 0;
}

/**
 * hib_commit_set_state() - Rewrite the record with another state.
 * @s: Open store.
 * @r: The record to write; the one on disk must carry the same image id.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0		- the new state is durable
 * * -ESTALE	- the block holds no record, or another image's; not written
 * * -EIO	- read or write failed
 */
int hib_commit_set_state(struct hib_store *s, const struct hib_commit_record *r)
{
	int ret = root_read_image(s, r->image_id);

	if (ret)
		return ret;
	hib_commit_build(record_of(s), r);
	return root_write(s, REQ_PREFLUSH | REQ_FUA);
}

/**
 * hib_commit_retire() - End an image: put the place's signature back.
 * @s: Open store.
 * @id: Only when the record on disk carries this id. NULL: whatever the record
 *	holds, as long as the block carries the signature of an image.
 *
 * The record's other bytes become zero.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0		- the area is swap again, durably
 * * -ESTALE	- another image is there, or none; not written
 * * -EIO	- read or write failed
 */
int hib_commit_retire(struct hib_store *s, const u8 *id)
{
	int ret;

	ret = id ? root_read_image(s, id) : root_read(s);
	if (ret)
		return ret;
	if (memcmp(record_of(s)->signature, HIB_SIGNATURE, HIB_SIGNATURE_BYTES))
		return -ESTALE;
	return put_signature_back(s);
}
