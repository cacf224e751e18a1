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
#include <linux/freezer.h>
#include <linux/hibernation_arch.h>
#include <linux/random.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "bound.h"
#include "stream/codec.h"
#include "freezer.h"
#include "hybrid.h"
#include "inject.h"
#include "load.h"
#include "moment.h"
#include "platform.h"
#include "poweroff.h"
#include "report.h"
#include "session.h"
#include "withdraw.h"
#include "write.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

#define ATTEMPT_TESTED	1	/* a pm_test level was reached */
#define ATTEMPTS	3u
/* Pages in the order of an image: each frame twice at most. */
#define ATTEMPT_PLACES	(2ull * get_num_physpages())

static void attempt_drop_tables(struct hib_session *s)
{
	hib_arch_tables_drop(s->tables);
	s->tables = NULL;
}

static int platform_enter(void *context)
{
	struct hib_session *s = context;
	int ret;

	pm_suspend_clear_flags();
	s->quiesce.platform = s->mode == HIB_MODE_PLATFORM;
	s->tables = hib_arch_tables_keep();
	if (!s->tables)
		return hib_session_fail(s, -ENOMEM, "platform: memory for a copy of its tables");
	ret = hib_platform_begin(s->quiesce.platform, PMSG_FREEZE);
	if (ret) {
		attempt_drop_tables(s);
		return hib_session_fail(s, ret, "platform: firmware part refused to begin");
	}
	s->platform_begun = s->quiesce.platform;
	return 0;
}

static void attempt_platform_end(struct hib_session *s)
{
	hib_platform_end(s->platform_begun);
	s->platform_begun = false;
}

static void platform_leave(void *context, enum hib_outcome outcome)
{
	attempt_platform_end(context);
	attempt_drop_tables(context);
}

static int memory_enter(void *context)
{
	struct hib_session *s = context;
	int ret;

	get_random_bytes(s->image_id, sizeof(s->image_id));
	ret = hib_snapshot_create(&s->snapshot);
	if (ret)
		return hib_session_fail(s, ret, "memory: page frame sets");

	s->stream.io = (struct hib_io) { &hib_store_io_ops, &s->store };
	s->stream.progress = &s->progress;
	s->stream.codec = hib_settings.codec ?: &hib_codec_lz4;
	memcpy(s->stream.image_id, s->image_id, sizeof(s->stream.image_id));
	ret = hib_stream_prepare(&s->stream, 0, ATTEMPT_PLACES);
	if (ret) {
		hib_snapshot_destroy(&s->snapshot);
		return hib_session_fail(s, ret, "memory: segment buffers");
	}
	hib_stream_walk_pages(&s->stream, hib_snapshot_exclude, &s->snapshot);

	ret = hib_bound_memory(s);
	if (ret) {
		hib_stream_release(&s->stream);
		hib_snapshot_destroy(&s->snapshot);
	}
	return ret;
}

static void memory_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	hib_stream_release(&s->stream);
	hib_snapshot_destroy(&s->snapshot);
}

static int threads_enter(void *context)
{
	return hib_freezer_threads(context);
}

static void threads_leave(void *context, enum hib_outcome outcome)
{
	thaw_kernel_threads();
}

static int freezer_test_enter(void *context)
{
	return hib_quiesce_test_reached(TEST_FREEZER) ? ATTEMPT_TESTED : 0;
}

static int slots_enter(void *context)
{
	struct hib_session *s = context;
	u64 want = hib_budget_worst_blocks(s->nr_expected, hib_settings.verify);
	u64 room = hib_store_room(&s->store);
	int ret;

	if (hib_settings.codec == &hib_codec_none && room < want)
		return hib_session_fail(s, -ENOSPC, "swap: %llu MiB free, %llu MiB may be needed",
					room >> 8, want >> 8);
	want = hib_budget_worst_blocks(s->budget.copy + s->budget.precopy, hib_settings.verify);
	ret = hib_store_reserve(&s->store, want);
	return ret ? hib_session_fail(s, ret, "swap: %llu MiB free", room >> 8) : 0;
}

/*
 * The restored kernel and a failed attempt alike: no image, no slots. As long as
 * the image counts, allocations stay restricted: what they push out would be
 * missing from memory when it is resumed.
 */
static void slots_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	WARN_ON_ONCE(s->committed && !pm_suspended_storage());
	if (s->committed || s->resumed)
		hib_withdraw(s);
	s->committed = false;
	pm_restore_gfp_mask();
	hib_store_free_slots(&s->store);
}

static int precopy_enter(void *context)
{
	struct hib_session *s = context;

	return s->budget.precopy ? hib_write_early(s) : 0;
}

static const struct hib_step attempt_steps[] = {
	{ .name = "platform_begin", .enter = platform_enter, .leave = platform_leave },
	{ .name = "memory", .enter = memory_enter, .leave = memory_leave },
	{ .name = "freeze_threads", .enter = threads_enter, .leave = threads_leave },
	{ .name = "freezer_test", .enter = freezer_test_enter },
	{ .name = "slots", .enter = slots_enter, .leave = slots_leave, .leave_owed = true },
	{ .name = "precopy", .enter = precopy_enter },
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

static int attempt_sleep(struct hib_session *s)
{
	switch (s->mode) {
	case HIB_MODE_PLATFORM:
		return hib_platform_enter(s);
	case HIB_MODE_SUSPEND:
		return hib_hybrid_enter(s);
	default:
		hib_poweroff(s->mode == HIB_MODE_REBOOT);
	}
}

/* Returns only when the machine stays on: woken from memory, a wake-up event, or a test. */
static int attempt_power_down(struct hib_session *s)
{
	int ret;

	if (s->mode == HIB_MODE_TEST_RESUME)
		return hib_load_nested(s);
	ret = pm_wakeup_pending() ? -EBUSY : attempt_sleep(s);
	if (!ret || ret == -EAGAIN || ret == -EBUSY) {
		events_check_enabled = false;
		if (ret)
			hib_session_fail(s, ret, "wakeup: an event arrived");
		return 0;
	}
	pr_err("%s could not power down: %pe, switching off\n",
	       s->mode == HIB_MODE_SUSPEND ? "suspend" : "platform", ERR_PTR(ret));
	hib_poweroff(false);
}

static int attempt_write_and_go(struct hib_session *s, const char **step)
{
	int ret;

	*step = "write";
	ret = hib_inject(s, "write") ?: hib_write_image(s);
	/* The last look before the image counts; writing may have taken minutes. */
	if (!ret && pm_wakeup_pending())
		ret = hib_session_fail(s, -EBUSY, "wakeup: an event arrived");
	if (ret)
		return ret;
	*step = "commit";
	ret = hib_inject(s, "commit") ?: hib_write_commit(s);
	if (ret)
		return ret;

	s->stats.total_ns = ktime_to_ns(ktime_sub(ktime_get_boottime(), s->started));
	hib_session_report(s, "hibernate", "commit");
	*step = "power_down";
	return attempt_power_down(s);
}

/* Exact or nothing: what differs is said, loudly, where a script finds it. */
static void attempt_check_verify(struct hib_session *s)
{
	const struct hib_verify *v = &s->snapshot.verify;

	if (!v->checked)
		return;
	hib_report_verify(v);
	if (v->wrong || v->checked != s->stats.saved_pages)
		hib_session_fail(s, -EBADMSG, "verify: %llu of %llu frames differ, %llu checked",
				 v->wrong, s->stats.saved_pages, v->checked);
}

/*
 * What the restored kernel makes of the record that the boot kernel left. The
 * same image resumed twice must not give the same random numbers.
 */
static void attempt_resumed(struct hib_session *s)
{
	struct hib_handover *h = &s->came;

	s->stats.saved_pages = s->snapshot.saved.nr_set;
	if (!hib_handover_is_sound(h, s->image_id)) {
		pr_warn("the boot kernel left no record\n");
		return;
	}
	add_vmfork_randomness(h->entropy, sizeof(h->entropy));
	memzero_explicit(h->entropy, sizeof(h->entropy));
	s->stats.boot_ns = h->boot_ns;
	s->stats.read_ns = h->read_ns;
	s->stats.read_bytes = h->read_bytes;
	s->stats.moved_pages = h->nr_moved;
	s->stats.image_bytes = h->image_bytes;
	s->stats.changed_pages = h->nr_stale;
	s->stats.copied_pages = s->stats.saved_pages + h->nr_stale - s->stats.precopied_pages;
	attempt_check_verify(s);
}

static void attempt_short(struct hib_session *s)
{
	u64 nr_pages = s->snapshot.nr_short;

	hib_session_ask_frames(s, nr_pages);
	hib_session_fail(s, -ENOMEM, "memory: %llu pages short at the atomic point", nr_pages);
}

static int attempt_image(struct hib_session *s, const char **step)
{
	bool tested;
	int ret;

	*step = "copy";
	pr_info("Creating image: %*phN\n", HIB_ID_BYTES, s->image_id);
	ret = hib_moment_copy(s, &tested);
	attempt_platform_end(s);
	if (ret == -ENOMEM && !s->result.error && s->snapshot.nr_short)
		attempt_short(s);
	if (ret < 0 || tested)
		return tested ? 0 : ret;
	if (ret == HIB_ARCH_RESUMED) {
		attempt_resumed(s);
		return 0;
	}

	return attempt_write_and_go(s, step);
}

static int attempt_make(struct hib_session *s, const char **step)
{
	struct hib_step_run run = {
		.steps = attempt_steps,
		.nr_steps = ARRAY_SIZE(attempt_steps),
		.context = s,
		.inject = hib_inject,
	};
	int ret;

	s->stats.attempts++;
	s->stats.precopied_pages = 0;
	s->stats.changed_pages = 0;
	s->stats.write_ns = 0;
	ret = hib_step_enter_all(&run);
	if (!ret)
		ret = attempt_image(s, step);
	else
		*step = run.failed;
	hib_step_leave_all(&run, s->resumed ? HIB_RESUMED : HIB_FAILED);
	return ret;
}

/* Another one, if a step of the last one asked for it. What that failed for is over then. */
static bool attempt_again(struct hib_session *s)
{
	if (!s->next.again || s->stats.attempts >= ATTEMPTS)
		return false;
	pr_info("attempt %u of %u failed: %s\n", s->stats.attempts, ATTEMPTS, s->result.reason);
	s->next.again = false;
	s->result = (struct hib_result) {};
	return true;
}

/**
 * hib_attempt_all() - Make an image and power down, or come back in it.
 * @s: The session.
 * @step: Receives the name of the step that failed.
 *
 * Return: 0 when the system slept and came back, when a pm_test level was
 * reached or a wake-up event turned the power-down back; or an errno, most of
 * them noted in @s, with all of the attempt undone.
 */
int hib_attempt_all(struct hib_session *s, const char **step)
{
	int ret;

	do {
		ret = attempt_make(s, step);
	} while (ret < 0 && attempt_again(s));
	return ret;
}
