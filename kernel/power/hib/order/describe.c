// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: describe - the image on a device, in words
 *
 * For /sys/power/hibernate/image_info. It makes the same checks as a resume and changes
 * nothing. It claims the system as a transition does, so that no image is made at the
 * same time.
 *
 * Context: process context.
 */
#include "describe.h"
#include <linux/blkdev.h>
#include <linux/suspend.h>
#include <linux/sysfs.h>
#include "device/member.h"
#include "device/place.h"
#include "read.h"
#include "up.h"

static struct block_device *member_bdev(const struct hib_store *s, unsigned int nr)
{
	return nr ? s->others[nr].bdev : s->bdev;
}

/* A line for each device of the image, also if the check ended before they were looked for. */
static ssize_t describe_members(struct hib_up *u, char *buf, ssize_t at)
{
	const struct hib_members *members = &u->s.header.members;
	char why[HIB_MEMBER_WHY_BYTES];
	ssize_t count = 0;

	hib_member_open_all(&u->s.store, members, BLK_OPEN_READ, 0, why);
	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++) {
		const struct hib_member *member = &members->member[i];
		struct block_device *bdev = member_bdev(&u->s.store, i);

		if (!member->nr_blocks)
			continue;
		if (bdev)
			count += sysfs_emit_at(buf, at + count, "member %u %pUb %u:%u %pg\n", i,
					       member->id, MAJOR(bdev->bd_dev),
					       MINOR(bdev->bd_dev), bdev);
		else
			count += sysfs_emit_at(buf, at + count, "member %u %pUb missing\n", i,
					       member->id);
	}
	return count;
}

static ssize_t describe_image(struct hib_up *u, char *buf)
{
	const struct hib_header *h = &u->s.header;
	bool is_kept;
	ssize_t count;
	int ret;

	u->asked = true;
	ret = hib_read_check(u);
	is_kept = u->s.record.state == HIB_STATE_KEPT;

	if (ret == -ENODATA)
		return sysfs_emit(buf, "none\n");
	if (ret && !u->described)
		return sysfs_emit(buf, "unreadable %d %s\n", ret, u->s.result.reason);
	count = sysfs_emit(buf,
			   "state %s\ntries %u\ncreated %llu\nkernel %s\npages %llu\nbytes %llu\n"
			   "resumable %s\n", hib_commit_state_name(u->s.record.state),
			   u->s.record.tries, h->created_s, h->release, h->nr_pages,
			   h->image_bytes,
			   ret ? u->s.result.reason : is_kept ? "on request" : "yes");
	if (is_kept)
		count += sysfs_emit_at(buf, count, "kept %s\n", u->s.record.reason);
	return count + describe_members(u, buf, count);
}

/**
 * hib_describe() - Describe the image at the known place, for image_info.
 * @dev: Device; 0: no device is set.
 * @root_block: Block of the swap header on it.
 * @buf: A sysfs buffer.
 *
 * Changes nothing. A place that is in use holds no image.
 *
 * Return: Bytes written to @buf, or -EBUSY, -ENOMEM.
 */
ssize_t hib_describe(dev_t dev, u64 root_block, char *buf)
{
	unsigned int flags = lock_system_sleep();
	struct hib_up *u;
	ssize_t count;
	int ret;

	u = hib_up_begin(hib_settings.mode, &ret);
	if (!u) {
		count = ret;
		goto out_unlock;
	}
	ret = dev && !hib_place_is_active(dev, root_block) ?
	      hib_store_open_device(&u->s.store, dev, root_block) : -ENODEV;
	if (ret) {
		count = sysfs_emit(buf, "none\n");
	} else {
		count = describe_image(u, buf);
		hib_store_close_device(&u->s.store);
	}
	hib_up_end(u);
out_unlock:
	unlock_system_sleep(flags);
	return count;
}
