/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LAST_H
#define HIB_LAST_H

#include <linux/types.h>
#include "pure/format.h"

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
 * @changed_pages: Of these, stale ones.
 * @copied_pages: Page frames that were copied.
 * @dropped_pages: Pages of clean cache that were dropped.
 * @reclaimed_pages: Other pages that were reclaimed.
 * @image_bytes: Length of the image on its device.
 * @atomic_ns: Time with interrupts off for the copy.
 * @write_ns: Time for coding and writing page data.
 * @wait_ns: Of this, time that its threads waited for the device, all together.
 * @total_ns: Time from the request to the commit.
 * @boot_ns: Boot kernel: time from its start to the start of loading.
 * @read_ns: Boot kernel: time for reading, checking and decoding page data.
 * @read_bytes: Boot kernel: bytes read for that.
 * @moved_pages: Boot kernel: frames moved by the final copy.
 * @verify_checked: Frames compared after the resume.
 * @verify_excepted: Frames that may differ, and do.
 * @verify_wrong: Frames that must not differ, and do.
 * @nr_chunks: Chunks of the image by the codec of their body.
 * @workers: Threads that coded the image.
 * @attempts: Attempts that were made.
 */
struct hib_stats {
	u64 saved_pages, same_pages, image_bytes;
	u64 precopied_pages, changed_pages, copied_pages;
	u64 dropped_pages, reclaimed_pages;
	u64 atomic_ns, write_ns, wait_ns, total_ns;
	u64 boot_ns, read_ns, read_bytes, moved_pages;
	u64 verify_checked, verify_excepted, verify_wrong;
	u32 nr_chunks[HIB_NR_CODECS];
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
