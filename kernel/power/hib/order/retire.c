// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: retire - an image that must not be resumed any more
 *
 * If the system continues to run after it has written an image, the next boot must not
 * resume that image, as disks and memory change from now on. So the image is retired: the
 * signature of the place is put back over the record. If that block cannot be written,
 * the block of the header is wiped, and the next boot refuses the image. If that fails,
 * too, the machine is switched off. Nothing was thawed, so the next boot resumes the
 * image and nothing is lost.
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

static int retire_record(struct hib_down *d)
{
	int ret = hib_inject(&d->s, "withdraw") ?: hib_inject(&d->s, "withdraw_all");

	return ret ?: hib_commit_retire(&d->s.store, d->s.image_id);
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
 * hib_retire() - Retire the image of this session.
 * @d: Its image is valid or may be valid; or this is the restored kernel.
 *
 * In the restored kernel a failure is harmless: the record says "jumping", and no boot
 * resumes such an image.
 *
 * If the machine has to be switched off, does not return.
 *
 * Return: true if the image was there and cannot be resumed any more. If false, the record did
 * not reach the disk, the record there is that of another image, or it could not be written.
 */
bool hib_retire(struct hib_down *d)
{
	int ret = retire_record(d);

	if (!ret || ret == -ESTALE)
		return !ret;
	pr_err("the image could not be marked as spent: %pe\n", ERR_PTR(ret));
	if (!d->committed) {
		pr_notice("no boot resumes it again: the one that did has noted that in it\n");
		return false;
	}
	ret = retire_header(d);
	if (!ret) {
		pr_notice("its header is wiped instead: the next boot will refuse it\n");
		return true;
	}
	pr_crit("a valid image is on the disk and cannot be withdrawn: %pe\n", ERR_PTR(ret));
	hib_poweroff(false);
	return false;
}
