// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: gauge - how far a transition is, as numbers and as a line of text
 *
 * The rate is the mean since the start: the device takes data in bursts, and a rate of the
 * last moment would jump. In the first second, and before the first percent is done, it
 * means nothing and is left out.
 *
 * Pure functions; any context.
 */
#include "gauge.h"

#define GAUGE_LEAST_MS	1000u
/* So that no product overflows: 512 TiB of memory, 18 hours. */
#define GAUGE_MOST_PAGES	BIT_ULL(37)
#define GAUGE_MOST_MS		BIT_ULL(26)

/**
 * hib_gauge_read() - How far is it, how fast, and how long will it take?
 * @m: Receives the answer.
 * @done: Pages that are done.
 * @nr_pages: Pages in all; 0: there is nothing to do.
 * @elapsed_ms: Time since the first of them was begun.
 */
void hib_gauge_read(struct hib_gauge *m, u64 done, u64 nr_pages, u64 elapsed_ms)
{
	*m = (struct hib_gauge) { .percent = 100 };
	nr_pages = min(nr_pages, GAUGE_MOST_PAGES);
	done = min(done, nr_pages);
	elapsed_ms = min(elapsed_ms, GAUGE_MOST_MS);
	if (nr_pages)
		m->percent = div64_u64(done * 100, nr_pages);
	if (!done || !m->percent || elapsed_ms < GAUGE_LEAST_MS)
		return;
	m->known = true;
	m->mb_per_s = div64_u64(done << PAGE_SHIFT, elapsed_ms * 1000);
	m->left_s = div64_u64((nr_pages - done) * elapsed_ms + done * 1000 - 1, done * 1000);
}

/**
 * hib_gauge_text() - The line that a user sees.
 * @m: From hib_gauge_read().
 * @what: What is done, in a word.
 * @hint: What the user can do about it; NULL: nothing.
 * @text: Receives the line, without an end of line.
 */
void hib_gauge_text(const struct hib_gauge *m, const char *what, const char *hint,
		    char text[HIB_GAUGE_TEXT_BYTES])
{
	int used = snprintf(text, HIB_GAUGE_TEXT_BYTES, "Hibernation: %s %3u %%", what, m->percent);

	if (m->known && used < (int)HIB_GAUGE_TEXT_BYTES)
		used += snprintf(text + used, HIB_GAUGE_TEXT_BYTES - used,
				 "  %llu MB/s  %llu s left", m->mb_per_s, m->left_s);
	if (hint && used < (int)HIB_GAUGE_TEXT_BYTES)
		snprintf(text + used, HIB_GAUGE_TEXT_BYTES - used, "  %s", hint);
}
