/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SCREEN_H
#define HIB_SCREEN_H

#include <linux/types.h>
#include "pure/gauge.h"

/**
 * struct hib_screen - The line that is on the screen, and what it covers.
 * @text: The line; empty: there is none.
 * @row: What its row held before; NULL: there was no memory to keep it.
 * @nr_cells: Cells in @row.
 */
struct hib_screen {
	char text[HIB_GAUGE_TEXT_BYTES];
	u16 *row;
	unsigned int nr_cells;
};

#ifdef CONFIG_VT
void hib_screen_show(struct hib_screen *screen, const char *text);
void hib_screen_end(struct hib_screen *screen, bool resumed);
#else
static inline void hib_screen_show(struct hib_screen *screen, const char *text) { }
static inline void hib_screen_end(struct hib_screen *screen, bool resumed) { }
#endif

#endif
