/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_TARGET_H
#define HIB_TARGET_H

#include <linux/types.h>
#include "pure/extent.h"
#include "area.h"

struct block_device;
struct file;
struct swap_info_struct;

/**
 * struct hib_target - A device or file that is set aside for images.
 * @file: It: claimed if it is a device, open for reading if it is a file.
 * @bdev: The device, or the one that the file lies on.
 * @pin: Of a file: what its file system was told, so that its blocks stay; NULL: a device.
 * @member: How a header names it.
 * @blocks: Its blocks, in order; the first one is the root block.
 * @nr_taken: So many of these are taken; the root block always is.
 */
struct hib_target {
	struct file *file;
	struct block_device *bdev;
	struct swap_info_struct *pin;
	struct hib_member member;
	struct hib_extents blocks;
	u64 nr_taken;
};

/**
 * hib_target_use() - What the disk of a target is, beside a place for images.
 * @t: It.
 *
 * Return: The use.
 */
static inline enum hib_area_use hib_target_use(const struct hib_target *t)
{
	return t->pin ? HIB_AREA_IN_USE : HIB_AREA_ALONE;
}

int hib_target_open(const char *spec, bool force, struct hib_target **target);
void hib_target_close(struct hib_target *t);

#endif
