// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: wipe - what becomes of an image's blocks after its use
 *
 * An image is a copy of memory. When it was resumed, or when the system goes on without
 * having slept, hibernate.wipe says what is done with its blocks::
 *
 *	hib_wipe_begin()	the record is there: list the blocks
 *	(the image is retired, if it was committed)
 *	hib_wipe_header()	the blocks of header and black box are held: overwrite them
 *	(all blocks are given back)
 *	hib_wipe_blocks()	nobody can take a block: discard or overwrite the others
 *
 * The kernel that made the image has the list in memory. The restored kernel knows only
 * those blocks that were taken before the copy, so it reads the list from the disk, as the
 * boot kernel did. In its swap map they are free. Tasks and kernel threads are frozen and
 * allocations are restricted, so nothing is swapped out and no slot is taken. This ends
 * after hib_wipe_blocks(). Therefore the blocks are wiped now and not later, while tasks
 * run, and there is a limit of time.
 *
 * No failure here makes a transition fail. The log has a line about what could not be done.
 *
 * Context: process context, devices working, tasks and kernel threads frozen.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "wipe.h"
#include <linux/blk_types.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include "device/bio.h"
#include "device/erase.h"
#include "pure/mib.h"
#include "down.h"
#include "read.h"
#include "up.h"

static bool has_blocks(enum hib_erase_how wipe)
{
	return wipe == HIB_ERASE_DISCARD || wipe == HIB_ERASE_ZERO;
}

static void move_list(struct hib_extents *to, struct hib_extents *from)
{
	*to = *from;
	hib_extents_init(from);
}

/* The image on the disk must be the one that this kernel was resumed from. */
static int read_list(struct hib_down *d, struct hib_up *u)
{
	int ret = hib_store_open_device_shared(&u->s.store, &d->s.store);

	if (ret)
		return ret;
	ret = hib_read_record(u);
	if (!ret && memcmp(u->s.image_id, d->s.image_id, HIB_ID_BYTES))
		ret = -ESTALE;
	ret = ret ?: hib_read_blocks(u);
	if (!ret)
		move_list(&d->wiped, &u->s.store.extents);
	hib_store_close_device(&u->s.store);
	return ret;
}

static int list_of_restored(struct hib_down *d)
{
	struct hib_up *u = hib_up_begin_nested(d);
	int ret;

	if (!u)
		return -ENOMEM;
	ret = read_list(d, u);
	hib_up_end(u);
	return ret;
}

/**
 * hib_wipe_begin() - List the blocks of an image that ends.
 * @d: Its record is still there, or nothing was committed.
 *
 * Nothing is wiped if nothing was written, or if the attempt failed between precopy and the
 * copy: allocations are not restricted then, and a page may be on its way to a block that
 * is free now.
 */
void hib_wipe_begin(struct hib_down *d)
{
	int ret = 0;

	d->wipe = HIB_ERASE_NONE;
	if (!pm_suspended_storage() || (!d->resumed && !d->s.store.extents.nr))
		return;
	if (has_blocks(hib_settings.wipe) && d->resumed)
		ret = list_of_restored(d);
	else if (has_blocks(hib_settings.wipe))
		move_list(&d->wiped, &d->s.store.extents);
	if (ret)
		pr_notice("the image is not wiped, its blocks are not known: %pe\n", ERR_PTR(ret));
	else
		d->wipe = hib_settings.wipe;
}

/**
 * hib_wipe_header() - Overwrite header and black box: without a header other blocks mean nothing.
 * @d: After hib_wipe_begin(); its blocks are held.
 * @retired: What hib_retire() returned.
 *
 * The restored kernel wipes nothing unless it has found and retired its own image: the device
 * may be another one. The kernel that made the image holds the blocks that it wrote to.
 */
void hib_wipe_header(struct hib_down *d, bool retired)
{
	struct hib_store *s = &d->s.store;
	int ret;

	if (d->resumed && !retired)
		d->wipe = HIB_ERASE_NONE;
	if (d->wipe == HIB_ERASE_NONE || !s->header_block)
		return;
	ret = hib_bio_write_block(s->bdev, s->header_block, hib_store_header(s), REQ_FUA);
	if (!ret && s->blackbox_block)
		ret = hib_bio_write_block(s->bdev, s->blackbox_block, hib_store_header(s), 0);
	if (!ret)
		return;
	pr_notice("the image is not wiped: %pe\n", ERR_PTR(ret));
	d->wipe = HIB_ERASE_NONE;
}

static const char *why_incomplete(int error)
{
	switch (error) {
	case 0:
		return "; others are in use";
	case -ETIME:
		return "; hibernate.wipe_limit was reached";
	case -EOPNOTSUPP:
		return "; a device cannot discard";
	case -ESTALE:
		return "; a device was replaced by another one";
	default:
		return "; an error ended it";
	}
}

/**
 * hib_wipe_blocks() - Discard or overwrite the other blocks.
 * @d: After hib_wipe_header(); the blocks were given back, and nobody can take one.
 */
void hib_wipe_blocks(struct hib_down *d)
{
	struct hib_erase e = {
		.how = d->wipe,
		.limit_ms = hib_settings.wipe_limit_s * MSEC_PER_SEC,
	};
	ktime_t start = ktime_get();
	int ret;

	if (has_blocks(d->wipe)) {
		ret = hib_erase_blocks(&d->s.store, &d->wiped, &e);
		pr_info("%llu of %llu MiB of the image %s in %lld ms%s\n",
			hib_blocks_to_mib(e.nr_done), hib_blocks_to_mib(e.nr_blocks),
			d->wipe == HIB_ERASE_ZERO ? "overwritten" : "discarded",
			ktime_ms_delta(ktime_get(), start),
			!ret && e.nr_done == e.nr_blocks ? "" : why_incomplete(ret));
	}
	hib_extents_exit(&d->wiped);
	d->wipe = HIB_ERASE_NONE;
}
