/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_WINDOW_H
#define HIB_WINDOW_H

#include "format.h"

#define HIB_WINDOWS_MAX		4u
/* Page frames are below this one, that of 64 TiB. */
#define HIB_WINDOWS_END_PFN	BIT_ULL(34)

/**
 * struct hib_window - Page frames that the second kernel has for itself.
 * @start_pfn: The first one.
 * @end_pfn: Past the last one.
 */
struct hib_window {
	u64 start_pfn;
	u64 end_pfn;
};

/**
 * struct hib_windows - All of them, in ascending order.
 * @nr: How many ranges there are.
 * @range: The ranges, apart from each other.
 */
struct hib_windows {
	u64 nr;
	struct hib_window range[HIB_WINDOWS_MAX];
};

int hib_windows_parse(const char *text, struct hib_windows *w);
bool hib_windows_are_sound(const struct hib_windows *w);
u64 hib_windows_pages(const struct hib_windows *w);
u64 hib_windows_index(const struct hib_windows *w, u64 pfn);
u64 hib_windows_frame(const struct hib_windows *w, u64 index);

#endif
