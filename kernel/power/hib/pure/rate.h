/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RATE_H
#define HIB_RATE_H

#include "hib_pure.h"

/**
 * struct hib_rate - How fast a device is, while it has something to do.
 * @in_flight: Requests under way.
 * @last_ns: When a request last began or ended.
 * @bytes: Bytes of requests that ended since the last answer.
 * @busy_ns: Time since then during which at least one was under way.
 * @deep_ns: Of this, time during which there were more.
 * @mib_ns: What the device takes for a MiB; 0: not known.
 */
struct hib_rate {
	u32 in_flight;
	u64 last_ns;
	u64 bytes, busy_ns, deep_ns;
	u64 mib_ns;
};

void hib_rate_start(struct hib_rate *r, u64 now_ns);
void hib_rate_end(struct hib_rate *r, u64 now_ns, u64 bytes);
u64 hib_rate_mib_ns(struct hib_rate *r);

#endif
