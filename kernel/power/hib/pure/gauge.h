/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_GAUGE_H
#define HIB_GAUGE_H

#include "hib_pure.h"

#define HIB_GAUGE_TEXT_BYTES	96u

/**
 * struct hib_gauge - How far a transition is.
 * @percent: Share of pages that are done, rounded down; 0 to 100.
 * @mb_per_s: Mean rate since the start, in MB of memory.
 * @left_s: Seconds that are left at that rate, rounded up.
 * @known: The rate means something; otherwise the last two are 0.
 */
struct hib_gauge {
	unsigned int percent;
	u64 mb_per_s;
	u64 left_s;
	bool known;
};

void hib_gauge_read(struct hib_gauge *m, u64 done, u64 nr_pages, u64 elapsed_ms);
void hib_gauge_text(const struct hib_gauge *m, const char *what, const char *hint,
		    char text[HIB_GAUGE_TEXT_BYTES]);

#endif
