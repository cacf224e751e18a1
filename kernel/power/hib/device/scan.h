/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SCAN_H
#define HIB_SCAN_H

#include <linux/types.h>

struct block_device;

/**
 * struct hib_scan - What a place carries in its header page.
 * @uuid: Its UUID, 16 bytes, if @label is NULL.
 * @label: Its label, or NULL.
 * @root_block: Where the header page lies.
 * @nr_blocks: The device has so many blocks at least.
 * @holder: Devices that somebody else claimed are skipped.
 * @volume: @uuid may also be that of the file system on the device.
 */
struct hib_scan {
	const u8 *uuid;
	const char *label;
	u64 root_block;
	u64 nr_blocks;
	const void *holder;
	bool volume;
};

bool hib_scan_is_disk(struct block_device *bdev);
bool hib_scan_is_worth_reading(struct block_device *bdev, u64 nr_blocks, const void *holder);
bool hib_scan_is_same_place(struct block_device *a, struct block_device *b);
int hib_scan_find(const struct hib_scan *wanted, dev_t *dev);

#endif
