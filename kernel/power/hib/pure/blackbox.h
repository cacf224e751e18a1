/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BLACKBOX_H
#define HIB_BLACKBOX_H

#include "format.h"

struct hib_timeline;

u64 hib_blackbox_tag(const struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES]);
void hib_blackbox_build(struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES],
			const struct hib_timeline *t);
bool hib_blackbox_is_of(const struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES]);
/* 0, or -EBADMSG with nothing read. */
int hib_blackbox_read(const struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES],
		      struct hib_timeline *t);

#endif
