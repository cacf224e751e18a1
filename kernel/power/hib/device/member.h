/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MEMBER_H
#define HIB_MEMBER_H

#include <linux/blkdev.h>
#include "store.h"

#define HIB_MEMBER_WHY_BYTES	96u

/* Of the claims of the way up: nothing to call. They tell its claim from that of a mount. */
extern const struct blk_holder_ops hib_member_holder_ops;

int hib_member_open_all(struct hib_store *s, const struct hib_members *wanted,
			blk_mode_t mode, unsigned int wait_s, char why[HIB_MEMBER_WHY_BYTES]);
void hib_member_close_all(struct hib_store *s);
int hib_member_flush_all(struct hib_store *s);

#endif
