// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: window - page frames that a second kernel has for itself
 *
 * A user names them to both kernels, as ranges of bytes. What the first kernel had in them
 * has to be elsewhere while the second one runs, so their frames are also counted through,
 * across all ranges.
 *
 * Pure: no state, any context.
 */
#include "window.h"

/* The value of a hexadecimal digit, or -1. */
static int windows_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One number with the bounds of a page frame, from "0x10000"; past it, or NULL. */
static const char *windows_number(const char *at, u64 *pfn)
{
	u64 value = 0;
	unsigned int digits = 0;

	if (at[0] == '0' && at[1] == 'x')
		at += 2;
	for (; digits < 16; digits++, at++) {
		int digit = windows_digit(*at);

		if (digit < 0)
			break;
		value = value << 4 | digit;
	}
	*pfn = value / HIB_BLOCK_BYTES;
	return digits && !(value % HIB_BLOCK_BYTES) ? at : NULL;
}

/**
 * hib_windows_parse() - Read windows as a user writes them.
 * @text: "START-END,..." in hexadecimal bytes: multiples of the page size, ascending, END
 *	is past the last byte. A line break may follow. Empty: there is none.
 * @w: Result.
 *
 * Return: 0, or -EINVAL, and @w is as it was.
 */
int hib_windows_parse(const char *text, struct hib_windows *w)
{
	struct hib_windows read = {};
	const char *at = text;

	while (*at && *at != '\n') {
		struct hib_window *range = &read.range[read.nr];

		if (read.nr == HIB_WINDOWS_MAX)
			return -EINVAL;
		if (read.nr++ && *at++ != ',')
			return -EINVAL;
		at = windows_number(at, &range->start_pfn);
		if (!at || *at++ != '-')
			return -EINVAL;
		at = windows_number(at, &range->end_pfn);
		if (!at)
			return -EINVAL;
	}
	if (at[0] && at[1])
		return -EINVAL;
	if (read.nr && !hib_windows_are_sound(&read))
		return -EINVAL;
	*w = read;
	return 0;
}

/**
 * hib_windows_are_sound() - Can a kernel run in them?
 * @w: From a user, or from another kernel.
 *
 * Return: true if there is one at least, none is empty, they ascend and do not touch.
 */
bool hib_windows_are_sound(const struct hib_windows *w)
{
	u64 end = 0;

	if (!w->nr || w->nr > HIB_WINDOWS_MAX)
		return false;
	for (unsigned int i = 0; i < w->nr; i++) {
		const struct hib_window *range = &w->range[i];

		if ((i && range->start_pfn <= end) || range->start_pfn >= range->end_pfn ||
		    range->end_pfn > HIB_WINDOWS_END_PFN)
			return false;
		end = range->end_pfn;
	}
	return true;
}

/**
 * hib_windows_pages() - How many page frames do they have?
 * @w: Sound, or none.
 *
 * Return: Their number.
 */
u64 hib_windows_pages(const struct hib_windows *w)
{
	u64 nr = 0;

	for (unsigned int i = 0; i < w->nr; i++)
		nr += w->range[i].end_pfn - w->range[i].start_pfn;
	return nr;
}

/**
 * hib_windows_index() - Which one of their page frames is this?
 * @w: Sound, or none.
 * @pfn: Any page frame.
 *
 * Return: Its place among all frames of the windows; their number if it is in none.
 */
u64 hib_windows_index(const struct hib_windows *w, u64 pfn)
{
	u64 before = 0;

	for (unsigned int i = 0; i < w->nr; i++) {
		const struct hib_window *range = &w->range[i];

		if (pfn >= range->start_pfn && pfn < range->end_pfn)
			return before + (pfn - range->start_pfn);
		before += range->end_pfn - range->start_pfn;
	}
	return before;
}

/**
 * hib_windows_frame() - Which page frame has this place among those of the windows?
 * @w: Sound.
 * @index: Below hib_windows_pages().
 *
 * Return: The frame whose hib_windows_index() is @index.
 */
u64 hib_windows_frame(const struct hib_windows *w, u64 index)
{
	const struct hib_window *range = w->range;

	for (; index >= range->end_pfn - range->start_pfn; range++)
		index -= range->end_pfn - range->start_pfn;
	return range->start_pfn + index;
}
