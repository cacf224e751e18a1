// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: attempt - one try to make an image, and what follows from it
 *
 * platform begin -> memory -> freeze kernel threads -> slots -> precopy ->
 * { quiesce { copy } } -> write -> commit -> power down.
 *
 * When it turns out at the atomic point that more changed, or was allocated,
 * than there is room for, or when the store is full before all is written, the
 * attempt is left and made anew, a few times, with more room or a smaller image:
 * memory can be reclaimed only while kernel threads run. The step that failed
 * says what it wants (struct hib_next), under an image id of its own: what lies
 * on the device from an attempt before must not pass for this one's.
 *
 * The restored kernel comes back inside the copy and leaves the same steps.
 * Past the commit the machine must go down, or the image must be retired,
 * before a task is thawed.
 *
 * Context: process context, tasks and file systems frozen.
 */
#include "attempt.h"
#include <linux/hibernation_arch.h>
#include <linux/random.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "bound.h"
#include "stream/codec.h"
#include "hybrid.h"
#include "inject.h"
#include "load.h"
#include "moment.h"
#include "platform.h"
#include "poweroff.h"
#include "report.h"
#include "still.h"
#include "down.h"
#include "withdraw.h"
#include "write.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

#define ATTEMPT_TESTED	1	/* a pm_test level was reached */
#define ATTEMPTS	3u
/* Pages in the order of an image: each frame twice at most. */
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
	attempt_platform_end(context);
	attempt_drop_tables(context);
}

static int memory_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);
	int ret;

	get_random_bytes(d->s.image_id, sizeof(d->s.image_id));
	ret = hib_snapshot_create(&d->snapshot);
	if (ret)
		return hib_session_fail(&d->s, ret, "memory: page frame sets");

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
	return hib_quiesce_test_reached(TEST_FREEZER) ? ATTEMPT_TESTED : 0;
}

static int slots_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);
	u64 want = hib_budget_worst_blocks(d->nr_expected, hib_settings.verify);
	u64 room = hib_store_room(&d->s.store);
	int ret;

	if (hib_settings.codec == &hib_codec_none && room < want)
		return hib_session_fail(&d->s, -ENOSPC,
					"swap: %llu MiB free, %llu MiB may be needed", room >> 8,
					want >> 8);
	want = hib_budget_worst_blocks(d->budget.copy + d->budget.precopy, hib_settings.verify);
	ret = hib_store_reserve(&d->s.store, want);
	return ret ? hib_session_fail(&d->s, ret, "swap: %llu MiB free", room >> 8) : 0;
}

/*
 * The restored kernel and a failed attempt alike: no image, no slots. As long as
 * the image counts, allocations stay restricted: what they push out would be
 * missing from memory when it is resumed.
 */
static void slots_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	WARN_ON_ONCE(d->committed && !pm_suspended_storage());
	if (d->committed || d->resumed)
		hib_withdraw(d);
	d->committed = false;
	pm_restore_gfp_mask();
	hib_store_free_slots(&d->s.store);
}

static int precopy_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);

	return d->budget.precopy ? hib_write_early(d) : 0;
}

static const struct hib_step * const attempt_steps[] = {
	HIB_STEP(.name = "platform_begin", .enter = platform_enter, .leave = platform_leave),
	HIB_STEP(.name = "memory", .enter = memory_enter, .leave = memory_leave),
	&hib_still_threads,
	HIB_STEP(.name = "freezer_test", .enter = freezer_test_enter),
	HIB_STEP(.name = "slots", .enter = slots_enter, .leave = slots_leave, .leave_owed = true),
	HIB_STEP(.name = "precopy", .enter = precopy_enter),
};

/**
 * hib_attempt_steps() - The steps of an attempt before the copy, for those who list them.
 *
 * Return: The table.
 */
struct hib_step_table hib_attempt_steps(void)
{
	return (struct hib_step_table) { attempt_steps, ARRAY_SIZE(attempt_steps) };
}

static int attempt_sleep(struct hib_down *d)
{
	switch (d->s.mode) {
	case HIB_MODE_PLATFORM:
		return hib_platform_enter(d);
	case HIB_MODE_SUSPEND:
		return hib_hybrid_enter(d);
	default:
		hib_poweroff(d->s.mode == HIB_MODE_REBOOT);
	}
}

/* Returns only when the machine stays on: woken from memory, a wake-up event, or a test. */
static int attempt_power_down(struct hib_down *d)
{
	int ret;

	if (d->s.mode == HIB_MODE_TEST_RESUME)
		return hib_load_nested(d);
	ret = pm_wakeup_pending() ? -EBUSY : attempt_sleep(d);
	if (!ret || ret == -EAGAIN || ret == -EBUSY) {
		events_check_enabled = false;
		if (ret)
			hib_session_fail(&d->s, ret, "wakeup: an event arrived");
		return 0;
	}
	pr_err("%s could not power down: %pe, switching off\n",
	       d->s.mode == HIB_MODE_SUSPEND ? "suspend" : "platform", ERR_PTR(ret));
	hib_poweroff(false);
}

static int attempt_write_and_go(struct hib_down *d, const char **step)
{
	int ret;

	*step = "write";
	ret = hib_inject(&d->s, "write") ?: hib_write_image(d);
	/* The last look before the image counts; writing may have taken minutes. */
	if (!ret && pm_wakeup_pending())
		ret = hib_session_fail(&d->s, -EBUSY, "wakeup: an event arrived");
	if (ret)
		return ret;
	*step = "commit";
	ret = hib_inject(&d->s, "commit") ?: hib_write_commit(d);
	if (ret)
		return ret;

	d->s.stats.total_ns = ktime_to_ns(ktime_sub(ktime_get_boottime(), d->s.started));
	hib_session_report(&d->s, "hibernate", "commit");
	*step = "power_down";
	return attempt_power_down(d);
}

/* Exact or nothing: what differs is said, loudly, where a script finds it. */
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
 * What the restored kernel makes of the record that the boot kernel left. The
 * same image resumed twice must not give the same random numbers.
 */
static void attempt_resumed(struct hib_down *d)
{
	struct hib_handover *h = &d->came;

	d->s.stats.saved_pages = d->snapshot.saved.nr_set;
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

static int attempt_image(struct hib_down *d, const char **step)
{
	bool tested;
	int ret;

	*step = "copy";
	pr_info("Creating image: %*phN\n", HIB_ID_BYTES, d->s.image_id);
	ret = hib_moment_copy(d, &tested);
	attempt_platform_end(d);
	if (ret == -ENOMEM && !d->s.result.error && d->snapshot.nr_short)
		attempt_short(d);
	if (ret < 0 || tested)
		return tested ? 0 : ret;
	if (ret == HIB_ARCH_RESUMED) {
		attempt_resumed(d);
		return 0;
	}

	return attempt_write_and_go(d, step);
}

static int attempt_make(struct hib_down *d, const char **step)
{
	struct hib_step_run run = {
		.steps = attempt_steps,
		.nr_steps = ARRAY_SIZE(attempt_steps),
		.context = &d->s,
		.inject = hib_inject,
	};
	int ret;

	d->s.stats.attempts++;
	d->s.stats.precopied_pages = 0;
	d->s.stats.changed_pages = 0;
	d->s.stats.write_ns = 0;
	ret = hib_step_enter_all(&run);
	if (!ret)
		ret = attempt_image(d, step);
	else
		*step = run.failed;
	hib_step_leave_all(&run, d->resumed ? HIB_RESUMED : HIB_FAILED);
	return ret;
}

/* Another one, if a step of the last one asked for it. What that failed for is over then. */
static bool attempt_again(struct hib_down *d)
{
	if (!d->next.again || d->s.stats.attempts >= ATTEMPTS)
		return false;
	pr_info("attempt %u of %u failed: %s\n", d->s.stats.attempts, ATTEMPTS, d->s.result.reason);
	d->next.again = false;
	d->s.result = (struct hib_result) {};
	return true;
}

/**
 * hib_attempt_all() - Make an image and power down, or come back in it.
 * @d: The way down.
 * @step: Receives the name of the step that failed.
 *
 * Return: 0 when the system slept and came back, when a pm_test level was
 * reached or a wake-up event turned the power-down back; or an errno, most of
 * them noted in @d, with all of the attempt undone.
 */
int hib_attempt_all(struct hib_down *d, const char **step)
{
	int ret;

	do {
		ret = attempt_make(d, step);
	} while (ret < 0 && attempt_again(d));
	return ret;
}
