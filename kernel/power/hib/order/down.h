/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_DOWN_H
#define HIB_DOWN_H

#include <linux/alarmtimer.h>
#include <linux/container_of.h>
#include <linux/hibernation_arch.h>
#include "device/erase.h"
#include "device/volume.h"
#include "memory/snapshot.h"
#include "pure/budget.h"
#include "pure/handover.h"
#include "pure/step.h"
#include "second.h"
#include "session.h"

/**
 * struct hib_next - What a step that failed tells the next attempt.
 * @again: There should be another attempt.
 * @full: The store was full before all was written.
 * @frames: Sum of the frames that were missing in the attempts so far.
 * @pages: A number of pages of the image, for the ratio of pages to blocks.
 * @blocks: Blocks that @pages took when they were written, or would take by a sample;
 *	0: the ratio is not known and not needed.
 */
struct hib_next {
	bool again;
	bool full;
	u64 frames;
	u64 pages, blocks;
};

/**
 * struct hib_down - One way down: from a running system to an image.
 * @s: What both ways have.
 * @step: The last step or point that was begun; NULL: none yet.
 * @hold: Steps that are entered while the system is held.
 * @attempt: Steps that are entered while there is a copy.
 * @broken: Frames that were known to be broken before tasks were frozen; NULL: none.
 * @snapshot: Frames of the image, and the copies.
 * @came: Restored kernel: receives the handover record.
 * @budget: How many pages are copied, precopied and reclaimed.
 * @nr_expected: Pages that the image of this attempt is expected to have.
 * @next: What the next attempt has to know of this one.
 * @volumes: Devices of mounted file systems that are at rest.
 * @nofs: The allocation scope of the task before file systems were held.
 * @free_at_thaw: Free pages before devices come back from the copy.
 * @tables: Firmware's tables, as they were before the copy.
 * @writer: Who writes the image. If a program does, there is no place for it.
 * @second: The second kernel, if it writes the image, as long as an attempt lasts.
 * @platform_begun: Firmware was told of the beginning and must be told of the end.
 * @committed: The commit record was sent, so the image is valid or may be valid.
 * @resumed: This is the restored kernel.
 * @wipe: What is done with the blocks of an image that ends.
 * @wiped: Its blocks, if they are discarded or overwritten.
 * @alarm: Mode suspend: ends the sleep.
 */
struct hib_down {
	struct hib_session s;
	const char *step;
	struct hib_step_run hold;
	struct hib_step_run attempt;
	struct hib_broken *broken;
	struct hib_snapshot snapshot;
	struct hib_handover *came;
	struct hib_budget budget;
	u64 nr_expected;
	struct hib_next next;
	struct hib_volumes volumes;
	unsigned int nofs;
	u64 free_at_thaw;
	struct hib_arch_tables *tables;
	enum hib_writer writer;
	struct hib_second second;
	bool platform_begun;
	bool committed;
	bool resumed;
	enum hib_erase_how wipe;
	struct hib_extents wiped;
	struct alarm alarm;
};

/**
 * hib_down_of() - Get the way down from the context of a step.
 * @session: The context, a struct hib_session in a struct hib_down.
 *
 * Return: The struct hib_down.
 */
static inline struct hib_down *hib_down_of(void *session)
{
	return container_of((struct hib_session *)session, struct hib_down, s);
}

struct hib_down *hib_down_begin(enum hib_mode mode, int *error);
void hib_down_end(struct hib_down *d);
void hib_down_ask_frames(struct hib_down *d, u64 nr_pages);
void hib_down_ask_room(struct hib_down *d, u64 pages, u64 blocks);

#endif
