// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: member - the devices of a place beside its root device
 *
 * An image that does not fit one area, or is written to several at once, lies on
 * several devices. On the way down their kind of place knows them. On the way up the
 * header lists them, and each is looked for by the id in its header page: nothing in
 * that page says that there is a part of an image, so a device without the root
 * device means nothing. What is read from it is checked by the image's tags, like
 * everything else; a device that was written to since is noticed there.
 *
 * A device may come later than the root device. It is waited for as long as the
 * caller says. One that does not come is named.
 *
 * A second kernel, which writes the image of another one, opens them in the same way.
 *
 * A device is claimed for the store, and given up when the store is closed.
 *
 * Context: process context, devices working. May sleep.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "member.h"
#include <linux/delay.h>
#include <linux/device/driver.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/jiffies.h>
#include "bio.h"
#include "scan.h"

#define POLL_MS		250u

const struct blk_holder_ops hib_member_holder_ops = {};

/* Two swap files on one file system: the root device is claimed for this store already. */
static int member_open(struct hib_store *s, unsigned int nr, blk_mode_t mode)
{
	const struct hib_member *member = &s->members.member[nr];
	const struct hib_scan wanted = {
		.uuid = member->id,
		.root_block = member->root_block,
		.nr_blocks = member->nr_blocks,
		.holder = s,
	};
	struct file *file;
	dev_t dev;
	int ret = hib_scan_find(&wanted, &dev);

	if (ret)
		return ret;
	file = bdev_file_open_by_dev(dev, mode, s, &hib_member_holder_ops);
	if (IS_ERR(file))
		return PTR_ERR(file);
	s->others[nr].file = file;
	s->others[nr].bdev = file_bdev(file);
	return 0;
}

/* How many are not there; opens those that are. */
static int open_present(struct hib_store *s, blk_mode_t mode, unsigned int *nr_missing)
{
	*nr_missing = 0;
	for (unsigned int i = 1; i < HIB_MEMBERS_MAX; i++) {
		int ret;

		if (!s->members.member[i].nr_blocks || s->others[i].bdev)
			continue;
		ret = member_open(s, i, mode);
		if (ret && ret != -ENODEV)
			return ret;
		*nr_missing += ret == -ENODEV;
	}
	return 0;
}

static int name_missing(const struct hib_store *s, char why[HIB_MEMBER_WHY_BYTES])
{
	for (unsigned int i = 1; i < HIB_MEMBERS_MAX; i++) {
		const struct hib_member *member = &s->members.member[i];

		if (!member->nr_blocks || s->others[i].bdev)
			continue;
		snprintf(why, HIB_MEMBER_WHY_BYTES, "swap area with UUID %pUb is missing",
			 member->id);
		break;
	}
	return -ENODEV;
}

/**
 * hib_member_open_all() - Open the devices that an image lies on.
 * @s: Store whose root device is open. Those that are open already stay.
 * @wanted: The devices, sound, from the image's header.
 * @mode: %BLK_OPEN_READ; with %BLK_OPEN_WRITE, if they are to be written.
 * @wait_s: How long to wait for those that are not there, seconds.
 * @why: Receives what is wrong, in a few words, with an errno.
 *
 * What was opened is closed with the store, also after an error.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0
 * * -ENODEV	- one is missing; @why names it
 * * -ENOTUNIQ	- two devices carry its id
 * * -EBUSY	- somebody else claimed it
 */
int hib_member_open_all(struct hib_store *s, const struct hib_members *wanted,
			blk_mode_t mode, unsigned int wait_s, char why[HIB_MEMBER_WHY_BYTES])
{
	unsigned long end = jiffies + wait_s * HZ;
	unsigned int nr_missing;
	int ret;

	s->members = *wanted;
	ret = open_present(s, mode, &nr_missing);
	if (!ret && nr_missing && wait_s) {
		pr_info("waiting up to %u s for %u more devices of the image\n", wait_s,
			nr_missing);
		wait_for_device_probe();
	}
	while (!ret && nr_missing && time_before(jiffies, end)) {
		msleep(POLL_MS);
		ret = open_present(s, mode, &nr_missing);
	}
	if (!ret && nr_missing)
		ret = name_missing(s, why);
	else if (ret)
		strscpy(why, "one of several cannot be opened", HIB_MEMBER_WHY_BYTES);
	return ret;
}

/**
 * hib_member_close_all() - Give the devices up.
 * @s: The store.
 *
 * Context: Process context. Sleeps.
 */
void hib_member_close_all(struct hib_store *s)
{
	for (unsigned int i = 1; i < HIB_MEMBERS_MAX; i++) {
		if (s->others[i].file)
			bdev_fput(s->others[i].file);
		s->others[i] = (struct hib_store_device) {};
	}
}

/**
 * hib_member_flush_all() - Make what lies on the devices durable.
 * @s: Store of the way down.
 *
 * The root device is not among them: the commit record's write flushes it.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or the errno of a device.
 */
int hib_member_flush_all(struct hib_store *s)
{
	int ret = 0;

	for (unsigned int i = 1; !ret && i < HIB_MEMBERS_MAX; i++)
		if (test_bit(i, s->used))
			ret = hib_bio_flush(s->others[i].bdev);
	return ret;
}
