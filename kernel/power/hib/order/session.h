/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SESSION_H
#define HIB_SESSION_H

#include <linux/hibernation_arch.h>
#include <linux/ktime.h>
#include <linux/pm.h>
#include "pure/budget.h"
#include "pure/handover.h"
#include "pure/header.h"
#include "pure/io.h"
#include "memory/pool.h"
#include "quiesce.h"
#include "last.h"
#include "memory/relocate.h"
#include "settings.h"
#include "memory/snapshot.h"
#include "device/store.h"
#include "stream/stream.h"
#include "supers.h"

struct hib_awake;

/**
 * struct hib_next - What a step that failed tells the next attempt.
 * @again: There is to be one.
 * @full: The store was full before all was written.
 * @frames: Frames that attempts were short of, all of them together.
 * @pages: With @blocks: so many pages of what is to be saved,
 * @blocks: took so many blocks when they were written, or would take them; 0: not
 *	known, and no reason to ask.
 */
struct hib_next {
	bool again;
	bool full;
	u64 frames;
	u64 pages, blocks;
};

/**
 * struct hib_session - Owner of one transition.
 * @mode: Decided at the start; a fallback does not change the setting.
 * @image_id: Of the image being made, another one in each attempt, or loaded.
 * @result: Filled by hib_session_fail(); the first failure counts.
 * @stats: Collected on the way.
 * @started: When the transition began.
 * @store: The place of the image.
 * @stream: Its pages as segments.
 * @awake: Disks that are held awake.
 * @progress: Added to by lower layers.
 * @header: The image's header.
 * @record: The image's commit record.
 * @snapshot: Way down: memory's half.
 * @came: Way down, restored kernel: what the boot kernel left.
 * @budget: Way down: what was decided.
 * @nr_expected: Way down: pages that the image of this attempt should have.
 * @next: Way down: what the next attempt has to know of this one.
 * @filesystems: Way down: super blocks that are held.
 * @nofs: Way down: the task's scope before file systems were held.
 * @supers: Super blocks whose clean cache may give way, while frames are taken.
 * @quiesce: The nest of devices, CPUs and interrupts.
 * @free_at_thaw: Way down: free pages before devices come back from the copy.
 * @tables: Way down: firmware's tables, as they were before the copy.
 * @armed: Wake-up events shall end it (/sys/power/wakeup_count was written).
 * @platform_begun: Firmware was told; it must be told the end.
 * @committed: The image counts, or may count: its record was sent.
 * @described: Way up: @header was found sound.
 * @resumed: This is the restored kernel.
 * @fit: Way up: how the image fits this machine.
 * @image: Way up: frames of the image.
 * @early: Way up: of these and others, those with a page that was written early.
 * @stale: Way up: of these, those whose early page does not count.
 * @pool: Way up: frames that it is loaded into.
 * @relocation: Way up: moves of the final copy.
 * @jump: Way up: how control is passed.
 * @digests: Way up: digest leaves in spare frames.
 * @nr_digests: How many these are.
 * @counted: Way up: this boot is among the tries of the record.
 * @masters: Way up: devices without a driver that were stopped.
 * @nr_refused: Way up: tries that ended with a refusal that may pass.
 * @nested: Way up: inside a way down (test_resume), tasks are frozen already.
 */
struct hib_session {
	enum hib_mode mode;
	u8 image_id[HIB_ID_BYTES];
	struct hib_result result;
	struct hib_stats stats;
	ktime_t started;
	struct hib_store store;
	struct hib_stream stream;
	struct hib_awake *awake;
	struct hib_progress progress;
	struct hib_header header;
	struct hib_commit_record record;

	struct hib_snapshot snapshot;
	struct hib_handover came;
	struct hib_budget budget;
	u64 nr_expected;
	struct hib_next next;
	struct hib_filesystems *filesystems;
	unsigned int nofs;
	struct hib_supers supers;
	struct hib_quiesce quiesce;
	u64 free_at_thaw;
	struct hib_arch_tables *tables;
	bool armed;
	bool platform_begun;
	bool committed;
	bool described;
	bool resumed;

	struct hib_arch_fit fit;
	struct hib_pfnset image;
	struct hib_pfnset early;
	struct hib_pfnset stale;
	struct hib_pool pool;
	struct hib_relocation relocation;
	struct hib_arch_jump *jump;
	struct hib_disk_leaf **digests;
	u32 nr_digests;
	bool counted;
	struct hib_masters *masters;
	unsigned int nr_refused;
	bool nested;
};

struct hib_session *hib_session_begin(enum hib_mode mode, int *error);
void hib_session_end(struct hib_session *s);
__printf(3, 4)
int hib_session_fail(struct hib_session *s, int error, const char *fmt, ...);
void hib_session_ask_frames(struct hib_session *s, u64 nr_pages);
void hib_session_ask_room(struct hib_session *s, u64 pages, u64 blocks);
void hib_session_report(struct hib_session *s, const char *phase, const char *step);

#endif
