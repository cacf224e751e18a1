/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LAST_H
#define HIB_LAST_H

#include <linux/types.h>

#define HIB_REASON_BYTES	160u

/**
 * struct hib_result - How a transition ended; shown by last_error.
 * @phase: "hibernate" or "resume"; NULL: none yet.
 * @step: The step that failed, "done" otherwise.
 * @error: Negative errno or 0.
 * @reason: One token, then details.
 */
struct hib_result {
	const char *phase;
	const char *step;
	int error;
	char reason[HIB_REASON_BYTES];
};

/**
 * struct hib_stats - Figures of the last transition.
 * @saved_pages: Page frames in the image.
 * @same_pages: Of these, same-filled ones.
 * @precopied_pages: Page frames written before the copy.
 * @changed_pages: Of these, those that did not count.
 * @copied_pages: Page frames that the copy took.
 * @dropped_pages: Clean cache that gave way.
 * @reclaimed_pages: Other pages that gave way.
 * @image_bytes: Length of the image on its device.
 * @atomic_ns: Interrupts off for the copy.
 * @write_ns: Coding and writing page data.
 * @total_ns: From the request to the commit.
 * @boot_ns: Boot kernel: from its start to that of loading.
 * @read_ns: Boot kernel: reading, checking and decoding page data.
 * @read_bytes: Boot kernel: bytes read for that.
 * @moved_pages: Boot kernel: frames moved by the final copy.
 * @verify_checked: Frames compared after the resume.
 * @verify_excepted: Frames that differ and may.
 * @verify_wrong: Frames that differ and must not.
 * @workers: Threads that coded the image.
 * @attempts: How often it was tried to make the image.
 */
struct hib_stats {
	u64 saved_pages, same_pages, image_bytes;
	u64 precopied_pages, changed_pages, copied_pages;
	u64 dropped_pages, reclaimed_pages;
	u64 atomic_ns, write_ns, total_ns;
	u64 boot_ns, read_ns, read_bytes, moved_pages;
	u64 verify_checked, verify_excepted, verify_wrong;
	u32 workers;
	u32 attempts;
};

/**
 * struct hib_last - What is kept of the last transition, for those who ask.
 * @result: How it ended.
 * @stats: Its figures.
 */
struct hib_last {
	struct hib_result result;
	struct hib_stats stats;
};

#endif
