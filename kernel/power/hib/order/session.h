/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SESSION_H
#define HIB_SESSION_H

#include <linux/ktime.h>
#include <linux/types.h>
#include "device/store.h"
#include "pure/header.h"
#include "pure/io.h"
#include "pure/record.h"
#include "stream/stream.h"
#include "last.h"
#include "quiesce.h"
#include "settings.h"
#include "supers.h"

struct hib_awake;
struct hib_filesystems;

/**
 * struct hib_session - What both ways have: the owner of one transition.
 * @mode: Decided at the start; a fallback does not change the setting.
 * @image_id: Of the image being made, another one in each attempt, or loaded.
 * @result: Filled by hib_session_fail(); the first failure counts.
 * @stats: Collected on the way.
 * @started: When the transition began.
 * @event_before: What notifiers are told at its start,
 * @event_after: and at its end.
 * @armed: Wake-up events shall end it (/sys/power/wakeup_count was written).
 * @store: The place of the image.
 * @stream: Its pages as segments.
 * @progress: Added to by lower layers.
 * @header: The image's header.
 * @record: The image's commit record.
 * @awake: Disks that are held awake.
 * @filesystems: Super blocks that are held; NULL: none.
 * @supers: Super blocks whose clean cache may give way, while frames are taken.
 * @quiesce: The nest of devices, CPUs and interrupts.
 */
struct hib_session {
	enum hib_mode mode;
	u8 image_id[HIB_ID_BYTES];
	struct hib_result result;
	struct hib_stats stats;
	ktime_t started;
	unsigned long event_before;
	unsigned long event_after;
	bool armed;
	struct hib_store store;
	struct hib_stream stream;
	struct hib_progress progress;
	struct hib_header header;
	struct hib_commit_record record;
	struct hib_awake *awake;
	struct hib_filesystems *filesystems;
	struct hib_supers supers;
	struct hib_quiesce quiesce;
};

int hib_session_begin(struct hib_session *s, enum hib_mode mode);
void hib_session_end(struct hib_session *s);
__printf(3, 4)
int hib_session_fail(struct hib_session *s, int error, const char *fmt, ...);
void hib_session_report(struct hib_session *s, const char *phase, const char *step);

#endif
