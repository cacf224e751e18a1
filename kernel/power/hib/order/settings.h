/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SETTINGS_H
#define HIB_SETTINGS_H

#include <linux/types.h>
#include "pure/budget.h"

struct hib_codec_ops;
struct hib_session;
struct platform_hibernation_ops;

enum hib_mode {
	HIB_MODE_PLATFORM,
	HIB_MODE_SHUTDOWN,
	HIB_MODE_REBOOT,
	HIB_MODE_SUSPEND,
	HIB_MODE_TEST_RESUME,
	HIB_NR_MODES,
};

#define HIB_REASON_BYTES	160u
#define HIB_SPEC_BYTES		256u

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
 * @precopied_pages: Page frames written before the atomic point.
 * @changed_pages: Of these, those that did not count.
 * @copied_pages: Page frames copied at the atomic point.
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
 * struct hib_settings - What outlives a transition.
 * @spec: Device as given by resume= or PM_STD_PARTITION; empty: none.
 * @resume_dev: Device in use, 0: none.
 * @resume_block: Page offset of the swap header on it.
 * @resume_delay_s: Seconds before the device is looked for.
 * @resume_wait_s: Seconds to wait for it; -1: for ever.
 * @noresume: Do not resume at boot.
 * @disabled: nohibernate.
 * @protect_image: Loaded pages are read-only until the jump.
 * @codec: Wanted codec; NULL: auto.
 * @mode: What /sys/power/disk shows.
 * @image_size: Wanted size of an image, bytes.
 * @whole_size: Memory at the start, bytes: an @image_size of so much or more is no limit.
 * @reserved_size: Kept free for drivers, bytes.
 * @precopy: When pages are written before the atomic point.
 * @verify: Digest every saved frame and compare after the resume.
 * @tries: Boots that may begin to load an image.
 * @freeze_fs: Hold file systems while an image is made and written.
 * @freeze_fs_limit_s: How long all of them together have to come to rest.
 * @same_map: Refuse an image when the firmware's memory map differs at all.
 * @fail_step: Step to fail, for tests.
 * @fail_error: With this errno.
 * @wake_step: Step before which a wake-up event comes, for tests.
 * @wake_source: Where it comes from.
 * @platform: Firmware callbacks, NULL: none.
 * @entering: Devices are being powered down for hibernation.
 * @busy: A transition owns the system (hibernation_in_progress()).
 * @result: Of the last transition.
 * @stats: Of the last transition.
 * @boot_pages: Memory in use when this boot looked for an image.
 * @thaw_pages: What devices took when they last came back from the copy.
 * @added_online: The kernel put added memory online by itself when this boot looked for an image.
 * @added_pages: Memory that was added and online then; if @added_online, only that of drivers.
 * @ram_pages: Page frames of the machine at boot, when none was offline.
 */
struct hib_settings {
	char spec[HIB_SPEC_BYTES];
	dev_t resume_dev;
	u64 resume_block;
	unsigned int resume_delay_s;
	int resume_wait_s;
	bool noresume;
	bool disabled;
	bool protect_image;
	const struct hib_codec_ops *codec;
	enum hib_mode mode;
	unsigned long image_size;
	unsigned long whole_size;
	unsigned long reserved_size;
	enum hib_budget_precopy precopy;
	bool verify;
	unsigned int tries;
	bool freeze_fs;
	unsigned int freeze_fs_limit_s;
	bool same_map;
	char fail_step[32];
	int fail_error;
	char wake_step[32];
	struct wakeup_source *wake_source;
	const struct platform_hibernation_ops *platform;
	bool entering;
	atomic_t busy;
	struct hib_result result;
	struct hib_stats stats;
	u64 boot_pages;
	u64 thaw_pages;
	u64 added_pages;
	bool added_online;
	u64 ram_pages;
};

extern struct hib_settings hib_settings;

#endif
