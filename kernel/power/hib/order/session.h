/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SESSION_H
#define HIB_SESSION_H

#include <linux/ktime.h>
#include <linux/suspend.h>
#include <linux/types.h>
#include "device/store.h"
#include "pure/header.h"
#include "pure/io.h"
#include "pure/record.h"
#include "pure/timeline.h"
#include "stream/stream.h"
#include "last.h"
#include "quiesce.h"
#include "screen.h"
#include "settings.h"
#include "supers.h"

struct hib_awake;
struct hib_filesystems;
struct hib_keys;

/**
 * struct hib_session - What both ways have: the owner of one transition.
 * @mode: Mode of this transition; a fallback changes it here and not in the settings.
 * @emergency: The profile is emergency; read once, when it began.
 * @image_id: Id of the image. On the way down each attempt has another one.
 * @result: Result, filled by hib_session_fail() with the first failure.
 * @stats: Figures of this transition.
 * @timeline: Its steps, in memory of their own: the session is large enough without them.
 * @reported: Its result was told and kept, so its steps are kept, too.
 * @started: When the transition began.
 * @event_before: What notifiers are told at its start.
 * @event_after: What notifiers are told at its end.
 * @armed: Wake-up events end the transition, as /sys/power/wakeup_count was written.
 * @store: The place of the image.
 * @stream: Codes the pages of the image into segments, and back.
 * @progress: Counters that lower layers add to.
 * @screen: The line that shows them to the user.
 * @header: The header of the image.
 * @record: The commit record of the image.
 * @keys: Listens for keys that cancel the transition; NULL: nothing does.
 * @awake: Disks that are kept awake.
 * @filesystems: File systems that are held; NULL: none.
 * @watermarks: What the allocator kept free before they were lowered.
 * @watermarks_lowered: They are lowered now.
 * @reserve_pages: totalreserve_pages until then.
 * @supers: While frames are taken: super blocks whose clean cache may be dropped.
 * @quiesce: The nest of devices, CPUs and interrupts.
 */
struct hib_session {
	enum hib_mode mode;
	bool emergency;
	u8 image_id[HIB_ID_BYTES];
	struct hib_result result;
	struct hib_stats stats;
	struct hib_timeline *timeline;
	bool reported;
	ktime_t started;
	unsigned long event_before;
	unsigned long event_after;
	bool armed;
	struct hib_store store;
	struct hib_stream stream;
	struct hib_progress progress;
	struct hib_screen screen;
	struct hib_header header;
	struct hib_commit_record record;
	struct hib_keys *keys;
	struct hib_awake *awake;
	struct hib_filesystems *filesystems;
	struct hibernation_watermarks watermarks;
	bool watermarks_lowered;
	u64 reserve_pages;
	struct hib_supers supers;
	struct hib_quiesce quiesce;
};

int hib_session_begin(struct hib_session *s, enum hib_mode mode);
void hib_session_end(struct hib_session *s);
__printf(3, 4)
int hib_session_fail(struct hib_session *s, int error, const char *fmt, ...);
void hib_session_report(struct hib_session *s, const char *phase, const char *step);

#endif
