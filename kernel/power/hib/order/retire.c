// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: retire - an image that must not be resumed any more
 *
 * The system goes on, so the image that it has written is about to be wrong: the
 * next boot must not resume it. The record is retired. If its block cannot be
 * written, the header that it leads to is wiped, which lies in another block, and
 * the next boot refuses what it finds. If that fails too, the machine is switched
 * off: nothing was thawed, so the image is the session.
 *
 * Context: process context, devices working, tasks and kernel threads frozen.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "retire.h"
#include <linux/blk_types.h>
#include <linux/printk.h>
#include "device/bio.h"
#include "device/commit.h"
#include "down.h"
#include "inject.h"
#include "poweroff.h"

/* -ESTALE: the commit did not reach the disk, or the record is of another image. */
static int retire_record(struct hib_down *d)
{
	int ret = hib_inject(&d->s, "withdraw") ?: hib_inject(&d->s, "withdraw_all");

	ret = ret ?: hib_commit_retire(&d->s.store, d->s.image_id);
	return ret == -ESTALE ? 0 : ret;
}

static int retire_header(struct hib_down *d)
{
	int ret;

	if (!d->s.store.header_block)
		return -ENODATA;
	hib_store_header(&d->s.store);
	ret = hib_inject(&d->s, "withdraw_all") ?: hib_store_write_header(&d->s.store);
	return ret ?: hib_bio_flush(d->s.store.bdev);
}

/**
 * hib_retire() - See to it that no boot resumes the image of this session.
 * @d: Its image counts or may count; or this is the kernel that was in it.
 *
 * In the restored kernel a failure is harmless: the record says jumping, from
 * which no boot resumes.
 *
 * Does not return if the machine had to be switched off.
 */
void hib_retire(struct hib_down *d)
{
	int ret = retire_record(d);

	if (!ret)
		return;
	pr_err("the image could not be marked as spent: %pe\n", ERR_PTR(ret));
	if (!d->committed)
		return;
	ret = retire_header(d);
	if (!ret) {
		pr_notice("its header is wiped instead: the next boot will refuse it\n");
		return;
	}
	pr_crit("a valid image is on the disk and cannot be withdrawn: %pe\n", ERR_PTR(ret));
	hib_poweroff(false);
}
