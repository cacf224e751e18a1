// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: attempt - one run of the steps that make an image
 *
 * An attempt has three calls. The caller has held the system before::
 *
 *	hib_attempt_copy()	lock hotplug, tell firmware, take memory, freeze kernel
 *				threads, take slots, precopy, quiesce, copy
 *	hib_attempt_write()	segments, lists, header, commit record
 *	hib_attempt_drop()	leaves all steps that were entered
 *
 * If the copy needs more frames than the pool has, or if the store is full before all is
 * written, there is another attempt, with more frames or a smaller image. Memory can be
 * reclaimed only while kernel threads run, so all steps are left before. The step that
 * failed notes what it needs in &struct hib_next. Each attempt has an image id of its
 * own, so that blocks of an earlier attempt do not pass for blocks of a later one.
 *
 * The restored kernel returns from the copy and leaves the same steps. After the commit,
 * the machine must power down, or the image must be retired before a task is thawed.
 *
 * Context: process context, tasks and file systems frozen.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "attempt.h"
#include <linux/hibernation_arch.h>
#include <linux/random.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "pure/mib.h"
#include "stream/codec.h"
#include "bound.h"
#include "down.h"
#include "inject.h"
#include "machine.h"
#include "moment.h"
#include "platform.h"
#include "report.h"
#include "retire.h"
#include "still.h"
#include "write.h"

#define ATTEMPTS	3u
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

static void attempt_platform_end(struct hib_down *d)
{
	hib_platform_end(d->platform_begun);
	d->platform_begun = false;
}

static void platform_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	attempt_platform_end(d);
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

static int memory_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);
	int ret;

	get_random_bytes(d->s.image_id, sizeof(d->s.image_id));
	ret = attempt_sets(d);
	if (ret)
		return ret;

	d->s.stream.io = (struct hib_io) { &hib_store_io_ops, &d->s.store };
	d->s.stream.progress = &d->s.progress;
	d->s.stream.codec = hib_settings.codec ?: &hib_codec_lz4;
	memcpy(d->s.stream.image_id, d->s.image_id, sizeof(d->s.stream.image_id));
	ret = hib_stream_prepare(&d->s.stream, 0, ATTEMPT_PLACES);
	if (ret) {
		hib_snapshot_destroy(&d->snapshot);
		return hib_session_fail(&d->s, ret, "memory: segment buffers");
	}
	hib_stream_walk_pages(&d->s.stream, hib_snapshot_exclude, &d->snapshot);

	ret = hib_bound_memory(d);
	if (ret) {
		hib_stream_release(&d->s.stream);
		hib_snapshot_destroy(&d->snapshot);
	}
	return ret;
}

static void memory_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	hib_stream_release(&d->s.stream);
	hib_snapshot_destroy(&d->snapshot);
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

	if (hib_settings.codec == &hib_codec_none && room < want)
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
 * would be missing from memory when it is resumed.
 */
static void slots_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	WARN_ON_ONCE(d->committed && !pm_suspended_storage());
	if (d->committed || d->resumed)
		hib_retire(d);
	d->committed = false;
	pm_restore_gfp_mask();
	hib_store_give_back(&d->s.store);
}

static int precopy_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);

	return d->budget.precopy ? hib_write_early(d) : 0;
}

static const struct hib_step * const attempt_steps[] = {
	&hib_still_hotplug,
	HIB_STEP(.name = "platform_begin", .enter = platform_enter, .leave = platform_leave),
	HIB_STEP(.name = "memory", .enter = memory_enter, .leave = memory_leave),
	&hib_still_threads,
	HIB_STEP(.name = "freezer_test", .enter = freezer_test_enter),
	HIB_STEP(.name = "slots", .enter = slots_enter, .leave = slots_leave, .leave_owed = true),
	HIB_STEP(.name = "precopy", .enter = precopy_enter),
};

/**
 * hib_attempt_steps() - The steps of an attempt before the copy, for a list of all steps.
 *
 * Return: The table.
 */
struct hib_step_table hib_attempt_steps(void)
{
	return (struct hib_step_table) { attempt_steps, ARRAY_SIZE(attempt_steps) };
}

/* If a frame differs, the result line says so, where a script finds it. */
static void attempt_check_verify(struct hib_down *d)
{
	const struct hib_verify *v = &d->snapshot.verify;

	if (!v->checked)
		return;
	hib_report_verify(v);
	if (v->wrong || v->checked != d->s.stats.saved_pages)
		hib_session_fail(&d->s, -EBADMSG,
				 "verify: %llu of %llu frames differ, %llu checked", v->wrong,
				 d->s.stats.saved_pages, v->checked);
}

/*
 * The restored kernel reads the handover record. If an image is resumed twice, the two
 * resumes must not produce the same random numbers.
 */
static void attempt_resumed(struct hib_down *d)
{
	struct hib_handover *h = &d->came;

	d->s.stats.saved_pages = d->snapshot.saved.nr_set;
	hib_machine_looked(d->s.store.bdev->bd_dev, d->s.store.root_block);
	if (!hib_handover_is_sound(h, d->s.image_id)) {
		pr_warn("the boot kernel left no record\n");
		return;
	}
	add_vmfork_randomness(h->entropy, sizeof(h->entropy));
	memzero_explicit(h->entropy, sizeof(h->entropy));
	d->s.stats.boot_ns = h->boot_ns;
	d->s.stats.read_ns = h->read_ns;
	d->s.stats.read_bytes = h->read_bytes;
	d->s.stats.moved_pages = h->nr_moved;
	d->s.stats.image_bytes = h->image_bytes;
	d->s.stats.write_ns = h->write_ns;
	d->s.stats.changed_pages = h->nr_stale;
	d->s.stats.copied_pages = d->s.stats.saved_pages + h->nr_stale - d->s.stats.precopied_pages;
	attempt_check_verify(d);
}

static void attempt_short(struct hib_down *d)
{
	u64 nr_pages = d->snapshot.nr_short;

	hib_down_ask_frames(d, nr_pages);
	hib_session_fail(&d->s, -ENOMEM, "memory: %llu pages short at the atomic point", nr_pages);
}

/* The next attempt looks whether it matters. */
static void attempt_broke(struct hib_down *d)
{
	hib_down_ask_frames(d, 0);
	hib_session_fail(&d->s, -EBUSY, "memory: a hardware error at the atomic point");
}

static int attempt_copy(struct hib_down *d)
{
	bool tested;
	int ret;

	d->step = "copy";
	pr_info("Creating image: %*phN\n", HIB_ID_BYTES, d->s.image_id);
	ret = hib_moment_copy(d, &tested);
	attempt_platform_end(d);
	if (ret == -ENOMEM && !d->s.result.error && d->snapshot.nr_short)
		attempt_short(d);
	if (ret == -EBUSY && !d->s.result.error)
		attempt_broke(d);
	if (tested)
		return HIB_ATTEMPT_TESTED;
	if (ret != HIB_ARCH_RESUMED)
		return ret;
	attempt_resumed(d);
	return HIB_ATTEMPT_RESUMED;
}

/**
 * hib_attempt_copy() - Make a copy of memory.
 * @d: Held by hib_save_hold().
 *
 * Returns a second time in the restored kernel. hib_attempt_drop() is owed in each case.
 * After an error hib_attempt_again() tells whether to make another attempt.
 *
 * Context: Process context, tasks and file systems frozen. Afterwards, until it is
 * dropped, kernel threads are frozen and hotplug of devices is locked.
 * Return:
 * * %HIB_ATTEMPT_COPIED	- 0; hib_attempt_write() writes the copy
 * * %HIB_ATTEMPT_TESTED	- a pm_test level was reached; there is no copy
 * * %HIB_ATTEMPT_RESUMED	- this is the restored kernel
 * * an errno			- of the step that refused; most are noted in @d
 */
int hib_attempt_copy(struct hib_down *d)
{
	int ret;

	d->attempt = (struct hib_step_run) {
		.steps = attempt_steps,
		.nr_steps = ARRAY_SIZE(attempt_steps),
		.context = &d->s,
		.inject = hib_inject,
	};
	d->s.stats.attempts++;
	d->s.stats.precopied_pages = 0;
	d->s.stats.changed_pages = 0;
	d->s.stats.write_ns = 0;
	ret = hib_step_enter_all(&d->attempt);
	if (!ret)
		return attempt_copy(d);
	d->step = d->attempt.failed;
	return ret;
}

/**
 * hib_attempt_write() - Write the copy, and make it a valid image.
 * @d: After hib_attempt_copy() made a copy.
 *
 * After this the machine must power down, or hib_attempt_drop() must retire the image.
 *
 * Context: Process context, tasks and kernel threads frozen, allocations restricted.
 * Return: 0; or an errno noted in @d: -ENOSPC, -EIO, -ENOMEM, -EBUSY for a wake-up event.
 */
int hib_attempt_write(struct hib_down *d)
{
	int ret;

	d->step = "write";
	ret = hib_inject(&d->s, "write") ?: hib_write_image(d);
	/* The last check before the image is valid; writing may have taken minutes. */
	if (!ret && pm_wakeup_pending())
		ret = hib_session_fail(&d->s, -EBUSY, "wakeup: an event arrived");
	if (ret)
		return ret;
	d->step = "commit";
	ret = hib_inject(&d->s, "commit") ?: hib_write_commit(d);
	if (ret)
		return ret;

	d->s.stats.total_ns = ktime_to_ns(ktime_sub(ktime_get_boottime(), d->s.started));
	hib_session_report(&d->s, "hibernate", "commit");
	return 0;
}

/**
 * hib_attempt_drop() - Give up the copy, and the image if there is one.
 * @d: After hib_attempt_copy(), whatever that returned. If the copy was dropped before,
 *	nothing happens.
 *
 * A valid image is retired. Kernel threads run again.
 *
 * Context: Process context.
 */
void hib_attempt_drop(struct hib_down *d)
{
	hib_step_leave_all(&d->attempt, d->resumed ? HIB_RESUMED : HIB_FAILED);
}

/**
 * hib_attempt_again() - Should there be another attempt?
 * @d: Its copy was dropped, after an errno of hib_attempt_copy() or hib_attempt_write().
 *
 * A step that fails because frames or blocks are missing asks for another attempt. If
 * there is one, the note of the failure is dropped.
 *
 * Return: true if a step asked for it and some attempts are left.
 */
bool hib_attempt_again(struct hib_down *d)
{
	if (!d->next.again || d->s.stats.attempts >= ATTEMPTS)
		return false;
	pr_info("attempt %u of %u failed: %s\n", d->s.stats.attempts, ATTEMPTS,
		d->s.result.reason);
	d->next.again = false;
	d->s.result = (struct hib_result) {};
	return true;
}
