/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SETTINGS_H
#define HIB_SETTINGS_H

#include <linux/types.h>
#include "device/erase.h"
#include "device/locate.h"
#include "pure/budget.h"
#include "pure/relay.h"

struct hib_codec_ops;

enum hib_mode {
	HIB_MODE_PLATFORM,
	HIB_MODE_SHUTDOWN,
	HIB_MODE_REBOOT,
	HIB_MODE_SUSPEND,
	HIB_MODE_TEST_RESUME,
	HIB_NR_MODES,
};

enum hib_guard_mode {
	HIB_GUARD_WAIT,
	HIB_GUARD_STRICT,
	HIB_GUARD_OFF,
};

enum hib_profile {
	HIB_PROFILE_NORMAL,
	HIB_PROFILE_EMERGENCY,
	HIB_NR_PROFILES,
};

enum hib_writer {
	HIB_WRITER_SELF,	/* this kernel */
	HIB_WRITER_SECOND,	/* a second one, that was loaded by kexec */
	HIB_WRITER_USER,	/* a program, through /dev/snapshot */
};

enum hib_progress_where {
	HIB_PROGRESS_AUTO,
	HIB_PROGRESS_LINES,
	HIB_PROGRESS_OFF,
};

/**
 * struct hib_settings - The parameters.
 * @spec: Device as given by resume= or PM_STD_PARTITION; "auto": search; empty: none.
 * @resume_dev: Number of that device; 0: none.
 * @resume_block: Block of the swap header on it.
 * @target: Device or file that is set aside for images; empty: none.
 * @areas: How many swap areas an image may lie in.
 * @resume_delay_s: Seconds before the device is looked for.
 * @resume_wait_s: Seconds to wait for the device; -1: forever.
 * @require_armed: Refuse a place that this boot did not look at.
 * @live_resume: A write to /sys/power/resume resumes although disks have changed.
 * @guard: What becomes of an image whose file systems are not there.
 * @noresume: Do not resume at boot.
 * @retry: Resume also an image that is kept.
 * @disabled: nohibernate was given: this system neither hibernates nor resumes.
 * @protect_image: Loaded pages are read-only until the jump.
 * @codec: Wanted codec; NULL: auto.
 * @mode: What /sys/power/disk shows.
 * @writer: Who writes the image: this kernel or a second one.
 * @windows: What the second one runs in.
 * @saver: This is the second kernel: physical address of the record that it works by; 0: it
 *	is none.
 * @saver_limit_s: In the second kernel: seconds without progress before it is given up.
 * @profile: How much hurry there is.
 * @emergency_limit_s: With it: seconds that all optional waits may take together.
 * @image_size: Wanted size of an image, bytes.
 * @reserved_size: Kept free for drivers, bytes.
 * @precopy: When pages are written before the copy.
 * @verify: Digest every saved frame and compare after the resume.
 * @tries: Boots that may begin to load an image.
 * @freeze_fs: Hold file systems while an image is made and written.
 * @freeze_fs_limit_s: Seconds that all file systems together have to come to rest.
 * @after_suspend_s: Mode suspend: seconds until the machine is switched off; 0: never.
 * @wipe: What is done with the blocks of an image that is not needed any more.
 * @wipe_limit_s: Seconds that this may take.
 * @progress: Where a transition shows how far it is.
 * @cancel_by_key: Esc and the power button cancel the way down.
 * @same_map: Refuse an image if the memory map of firmware differs in anything.
 */
struct hib_settings {
	char spec[HIB_SPEC_BYTES];
	dev_t resume_dev;
	u64 resume_block;
	char target[HIB_SPEC_BYTES];
	unsigned int areas;
	unsigned int resume_delay_s;
	int resume_wait_s;
	bool require_armed;
	bool live_resume;
	enum hib_guard_mode guard;
	bool noresume;
	bool retry;
	bool disabled;
	bool protect_image;
	const struct hib_codec_ops *codec;
	enum hib_mode mode;
	enum hib_writer writer;
	struct hib_windows windows;
	u64 saver;
	unsigned int saver_limit_s;
	enum hib_profile profile;
	unsigned int emergency_limit_s;
	unsigned long image_size;
	unsigned long reserved_size;
	enum hib_budget_precopy precopy;
	bool verify;
	unsigned int tries;
	bool freeze_fs;
	unsigned int freeze_fs_limit_s;
	unsigned int after_suspend_s;
	enum hib_erase_how wipe;
	unsigned int wipe_limit_s;
	enum hib_progress_where progress;
	bool cancel_by_key;
	bool same_map;
};

extern struct hib_settings hib_settings;

#endif
