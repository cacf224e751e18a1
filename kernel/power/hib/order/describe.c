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
#include <linux/suspend.h>
#include <linux/sysfs.h>
#include "device/place.h"
#include "read.h"
#include "up.h"

static ssize_t describe_image(struct hib_up *u, char *buf)
{
	const struct hib_header *h = &u->s.header;
	int ret = hib_read_check(u);

	if (ret == -ENODATA)
		return sysfs_emit(buf, "none\n");
	if (ret && !u->described)
		return sysfs_emit(buf, "unreadable %d %s\n", ret, u->s.result.reason);
	return sysfs_emit(buf,
			  "state %s\ntries %u\ncreated %llu\nkernel %s\npages %llu\nbytes %llu\n"
			  "resumable %s\n", hib_commit_state_name(u->s.record.state),
			  u->s.record.tries, h->created_s, h->release, h->nr_pages, h->image_bytes,
			  ret ? u->s.result.reason : "yes");
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
