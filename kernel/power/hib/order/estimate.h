/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ESTIMATE_H
#define HIB_ESTIMATE_H

#include <linux/types.h>

struct hib_down;

/**
 * struct hib_estimate - What an image of the present memory would be like.
 * @pages: Pages that it would have.
 * @expected_bytes: Its length, by a sample of the pages.
 * @worst_bytes: Its length if no page shrinks.
 * @room_bytes: Free in its place.
 */
struct hib_estimate {
	u64 pages;
	u64 expected_bytes;
	u64 worst_bytes;
	u64 room_bytes;
};

int hib_estimate_take(struct hib_down *d, struct hib_estimate *e);
int hib_estimate_check_room(struct hib_down *d);
ssize_t hib_estimate_show(char *buf);

#endif
