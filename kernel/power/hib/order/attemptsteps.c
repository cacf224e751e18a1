// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: attemptsteps - the steps of an attempt, up to the copy
 *
 * lock hotplug -> tell firmware -> take memory -> freeze kernel threads -> take slots ->
 * precopy. Where a program writes the image, hotplug is locked by the caller, and what
 * belongs to a place is left out.
 *
 * A step that is left gives back all that it took, so the table can be entered again.
 *
 * Context: process context, tasks frozen.
 */
#include <linux/hibernation_arch.h>
#include <linux/random.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "pure/mib.h"
#include "stream/codec.h"
#include "attempt.h"
#include "bound.h"
#include "down.h"
#include "emergency.h"
#include "inject.h"
#include "machine.h"
#include "platform.h"
#include "retire.h"
#include "second.h"
#include "still.h"
#include "watermarks.h"
#include "wipe.h"
#include "write.h"

/* Pages in the order of an image at most: each frame may be in it twice. */
#define ATTEMPT_PLACES	(2ull * get_num_physpages())

static void attempt_drop_tables(struct hib_down *d)
{
	hib_arch_tables_drop(d->tables);
	d->tables = NULL;
}

static int platform_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);
	int ret;

	pm_suspend_clear_flags();
	d->s.quiesce.platform = d->s.mode == HIB_MODE_PLATFORM;
	d->tables = hib_arch_tables_keep();
	if (!d->tables)
		return hib_session_fail(&d->s, -ENOMEM,
					"platform: memory for a copy of its tables");
	ret = hib_platform_begin(d->s.quiesce.platform, PMSG_FREEZE);
	if (ret) {
		attempt_drop_tables(d);
		return hib_session_fail(&d->s, ret, "platform: firmware part refused to begin");
	}
	d->platform_begun = d->s.quiesce.platform;
	return 0;
}

/**
 * hib_attempt_platform_end() - Tell firmware that the part of a copy is over.
 * @d: The way down. If firmware was not told of a beginning, nothing happens.
 *
 * Context: Process context.
 */
void hib_attempt_platform_end(struct hib_down *d)
{
	hib_platform_end(d->platform_begun);
	d->platform_begun = false;
}

static void platform_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	hib_attempt_platform_end(d);
	attempt_drop_tables(d);
}

static int attempt_sets(struct hib_down *d)
{
	int ret = hib_snapshot_create(&d->snapshot, d->broken);

	if (ret == -EBUSY)
		return hib_session_fail(&d->s, ret,
			"memory: a huge page has a hardware error since tasks are frozen");
	return ret ? hib_session_fail(&d->s, ret, "memory: page frame sets") : 0;
}

static int attempt_stream(struct hib_down *d)
{
	const struct hib_codec_ops *codec = hib_emergency_codec(&d->s);
	int ret;

	d->s.stream.io = (struct hib_io) { &hib_store_io_ops, &d->s.store };
	d->s.stream.progress = &d->s.progress;
	d->s.stream.mixed = !codec;
	d->s.stream.write_only = d->s.emergency;
	d->s.stream.codec = codec ?: &hib_codec_zstd;
	d->s.stream.room_bytes = U64_MAX;
	memcpy(d->s.stream.image_id, d->s.image_id, sizeof(d->s.stream.image_id));
	ret = hib_stream_prepare(&d->s.stream, 0, ATTEMPT_PLACES);
	if (ret)
		return hib_session_fail(&d->s, ret, "memory: segment buffers");
	hib_stream_walk_pages(&d->s.stream, hib_snapshot_exclude, &d->snapshot);
	return 0;
}

static void attempt_drop_memory(struct hib_down *d)
{
	hib_stream_release(&d->s.stream);
	hib_snapshot_destroy(&d->snapshot);
	hib_watermarks_restore(&d->s);
}

static int memory_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);
	int ret;

	get_random_bytes(d->s.image_id, sizeof(d->s.image_id));
	ret = attempt_sets(d);
	if (ret)
		return ret;

	hib_watermarks_lower(&d->s);
	if (d->writer == HIB_WRITER_SELF)
		ret = attempt_stream(d);
	ret = ret ?: hib_bound_memory(d);
	if (ret)
		attempt_drop_memory(d);
	return ret;
}

static void memory_leave(void *context, enum hib_outcome outcome)
{
	attempt_drop_memory(hib_down_of(context));
}

static int freezer_test_enter(void *context)
{
	return hib_quiesce_test_reached(TEST_FREEZER) ? HIB_ATTEMPT_TESTED : 0;
}

static int slots_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);
	u64 want = hib_budget_worst_blocks(d->nr_expected, hib_settings.verify);
	u64 room = hib_store_room(&d->s.store);
	int ret;

	if (hib_emergency_codec(&d->s) == &hib_codec_none && room < want)
		return hib_session_fail(&d->s, -ENOSPC,
					"swap: %llu MiB free, %llu MiB may be needed",
					hib_blocks_to_mib(room), hib_blocks_to_mib(want));
	want = hib_budget_worst_blocks(d->budget.copy + d->budget.precopy, hib_settings.verify);
	ret = hib_store_reserve(&d->s.store, want);
	if (ret)
		return hib_session_fail(&d->s, ret, "swap: %llu MiB free", hib_blocks_to_mib(room));
	return 0;
}

/*
 * In the restored kernel and after a failure, the image is retired and its slots are
 * freed. As long as the image is valid, allocations stay restricted: what they push out
 * would be missing from memory when it is resumed. They also stay restricted while the
 * image's blocks are wiped, as none of them may be taken meanwhile.
 */
static void slots_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	WARN_ON_ONCE(d->committed && !pm_suspended_storage());
	hib_wipe_begin(d);
	if (d->committed || d->resumed)
		hib_wipe_header(d, hib_retire(d));
	d->committed = false;
	hib_store_give_back(&d->s.store);
	hib_wipe_blocks(d);
	pm_restore_gfp_mask();
}

static int precopy_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);

	return d->budget.precopy ? hib_write_early(d) : 0;
}

/* The copy restricts allocations, and whoever needs them no more lifts that. */
static int restricted_enter(void *context)
{
	return 0;
}

static void restricted_leave(void *context, enum hib_outcome outcome)
{
	pm_restore_gfp_mask();
}

static const struct hib_step attempt_platform = {
	.name = "platform_begin", .enter = platform_enter, .leave = platform_leave,
};

static const struct hib_step attempt_memory = {
	.name = "memory", .enter = memory_enter, .leave = memory_leave,
};

static const struct hib_step attempt_freezer_test = {
	.name = "freezer_test", .enter = freezer_test_enter,
};

static const struct hib_step * const attempt_steps[] = {
	&hib_still_hotplug,
	&attempt_platform,
	&attempt_memory,
	&hib_still_threads,
	&attempt_freezer_test,
	HIB_STEP(.name = "slots", .enter = slots_enter, .leave = slots_leave, .leave_owed = true),
	HIB_STEP(.name = "precopy", .enter = precopy_enter),
#ifdef CONFIG_HIBERNATION_SECOND
	&hib_second_step,
#endif
};

/* A program writes the image. Allocations are restricted until it gives the copy up. */
static const struct hib_step * const attempt_user_steps[] = {
	&attempt_platform,
	&attempt_memory,
	&hib_still_threads,
	&attempt_freezer_test,
	HIB_STEP(.name = "restricted", .enter = restricted_enter, .leave = restricted_leave),
};

/**
 * hib_attempt_steps() - The steps of an attempt before the copy, for a list of all steps.
 * @by_user: Those where a program writes the image.
 *
 * Return: The table.
 */
struct hib_step_table hib_attempt_steps(bool by_user)
{
	if (by_user)
		return (struct hib_step_table) {
			attempt_user_steps, ARRAY_SIZE(attempt_user_steps)
		};
	return (struct hib_step_table) { attempt_steps, ARRAY_SIZE(attempt_steps) };
}
