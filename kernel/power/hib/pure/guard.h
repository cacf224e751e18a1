/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_GUARD_H
#define HIB_GUARD_H

#include "format.h"

/**
 * struct hib_guard - A file system that must be on its disk as the image knows it.
 * @id: Its UUID; btrfs: that of the device; FAT: number and label.
 * @digest: Of what changes when anyone mounts it.
 * @kind: enum hib_guard_kind.
 * @flags: HIB_GUARD_LATE or 0.
 */
struct hib_guard {
	u8 id[HIB_ID_BYTES];
	u64 digest;
	u32 kind;
	u32 flags;
};

/**
 * struct hib_guards - The file systems of an image.
 * @nr: How many there are.
 * @guard: They.
 */
struct hib_guards {
	unsigned int nr;
	struct hib_guard guard[HIB_GUARDS_MAX];
};

const char *hib_guard_name(u32 kind);
bool hib_guards_add(struct hib_guards *guards, const struct hib_guard *guard);
int hib_guards_find(const struct hib_guards *guards, const struct hib_guard *guard);
void hib_guards_build(struct hib_disk_guard disk[HIB_GUARDS_MAX], const struct hib_guards *guards);
bool hib_guards_read(const struct hib_disk_guard disk[HIB_GUARDS_MAX], struct hib_guards *guards);

#endif
