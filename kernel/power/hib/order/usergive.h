/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_USERGIVE_H
#define HIB_USERGIVE_H

#include "pure/userimage.h"

struct hib_down;

/**
 * struct hib_usergive - An image that a program reads.
 * @d: The way down.
 * @plan: Of the image; all zero: there is none.
 * @header: Its header, as a block.
 * @block: The block that is made.
 * @segment: The segment that is read.
 * @next: The next block.
 * @pfn: Where the page list goes on.
 */
struct hib_usergive {
	struct hib_down *d;
	struct hib_userimage plan;
	struct hib_disk_header *header;
	void *block;
	void *segment;
	u64 next;
	unsigned long pfn;
};

int hib_usergive_init(struct hib_usergive *g, struct hib_down *d);
void hib_usergive_exit(struct hib_usergive *g);
void hib_usergive_forget(struct hib_usergive *g);
int hib_usergive_begin(struct hib_usergive *g);
u64 hib_usergive_bytes(const struct hib_usergive *g);
const void *hib_usergive_next(struct hib_usergive *g);

#endif
