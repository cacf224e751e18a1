// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: save - the way down, as a table of steps
 *
 * claim -> console -> notifiers -> preflight -> sync -> freeze tasks -> freeze
 * file systems -> hotplug lock -> platform begin -> memory -> freeze kernel
 * threads -> slots -> { quiesce { copy } } -> write -> commit -> power down.
 *
 * Everything a step enters is left in reverse, told what became of it. The
 * restored kernel comes back inside the copy and leaves the same steps: what
 * they need was complete in saved memory by then. Past the commit the machine
 * must go down, or the image must be retired, before a task is thawed.
 */
#include "save.h"
#include <linux/freezer.h>
#include <linux/hibernation_arch.h>
#include <linux/memory_hotplug.h>
#include <linux/random.h>
#include <linux/suspend.h>
#include "../power.h"
#include "bound.h"
#include "codec.h"
#include "commit.h"
#include "filesystems.h"
#include "load.h"
#include "moment.h"
#include "platform.h"
#include "report.h"
#include "session.h"
#include "write.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

#define SAVE_TESTED	1	/* a pm_test level was reached */
#define SAVE_ATTEMPTS	3u

static int console_enter(void *context)
{
	pm_prepare_console();
	return 0;
}

static void console_leave(void *context, enum hib_outcome outcome)
{
	pm_restore_console();
}

static int notifiers_enter(void *context)
{
	int ret = pm_notifier_call_chain_robust(PM_HIBERNATION_PREPARE, PM_POST_HIBERNATION);

	return ret ? hib_session_fail(context, ret, "notifier: a driver or service objects") : 0;
}

static void notifiers_leave(void *context, enum hib_outcome outcome)
{
	pm_notifier_call_chain(PM_POST_HIBERNATION);
}

/* Nothing is frozen yet: the cheapest moment to say no. */
static int preflight_enter(void *context)
{
	struct hib_session *s = context;
	int ret;

	ret = hib_store_open_swap(&s->store, hib_settings.resume_dev, hib_settings.resume_block);
	if (ret == -ENODEV)
		return hib_session_fail(s, ret, "swap: no usable swap area");
	if (ret)
		return hib_session_fail(s, ret, "swap: area cannot hold an image");
	return 0;
}

static void preflight_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	hib_store_close_swap(&s->store);
}

static int sync_enter(void *context)
{
	ksys_sync_helper();
	return 0;
}

static int tasks_enter(void *context)
{
	int ret = freeze_processes();

	return ret ? hib_session_fail(context, ret, "freezer: a task refused or a wakeup came") : 0;
}

static void tasks_leave(void *context, enum hib_outcome outcome)
{
	thaw_processes();
}

static int filesystems_enter(void *context)
{
	struct hib_session *s = context;
	const char *failed = "?";
	int ret = hib_filesystems_freeze(&s->filesystems, &failed);

	return ret ? hib_session_fail(s, ret, "filesystem: %s refused to freeze", failed) : 0;
}

static void filesystems_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;

	hib_filesystems_thaw(s->filesystems);
	s->filesystems = NULL;
}

static int hotplug_enter(void *context)
{
	lock_device_hotplug();
	return 0;
}

static void hotplug_leave(void *context, enum hib_outcome outcome)
{
	unlock_device_hotplug();
}

static int save_platform_begin(struct hib_session *s)
{
	int ret = hib_platform_begin(s->quiesce.platform, PMSG_FREEZE);

	if (ret)
		return hib_session_fail(s, ret, "platform: firmware part refused to begin");
	s->platform_begun = s->quiesce.platform;
	return 0;
}

static void save_platform_end(struct hib_session *s)
{
	hib_platform_end(s->platform_begun);
	s->platform_begun = false;
}

static int platform_enter(void *context)
{
	struct hib_session *s = context;

	pm_suspend_clear_flags();
	s->quiesce.platform = s->mode == HIB_MODE_PLATFORM;
	return save_platform_begin(s);
}

static void platform_leave(void *context, enum hib_outcome outcome)
{
	save_platform_end(context);
}

static void save_exclude(void *arg, struct page *page)
{
	hib_snapshot_exclude(arg, page);
}

static int memory_enter(void *context)
{
	struct hib_session *s = context;
	int ret;

	ret = hib_snapshot_create(&s->snapshot);
	if (ret)
		return hib_session_fail(s, ret, "memory: page frame sets");

	s->stream.io = (struct hib_io) { &hib_store_io_ops, &s->store };
	s->stream.pages = (struct hib_pages) { hib_pool_table_address, &s->snapshot.pool, 0 };
	s->stream.progress = &s->progress;
	s->stream.codec = hib_settings.codec ?: &hib_codec_lz4;
	memcpy(s->stream.image_id, s->image_id, sizeof(s->stream.image_id));
	ret = hib_stream_prepare(&s->stream, 0, get_num_physpages());
	if (ret) {
		hib_snapshot_destroy(&s->snapshot);
		return hib_session_fail(s, ret, "memory: segment buffers");
	}
	hib_stream_walk_pages(&s->stream, save_exclude, &s->snapshot);

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
	int ret = freeze_kernel_threads();

	return ret ? hib_session_fail(context, ret, "freezer: a kernel thread refused") : 0;
}

static void threads_leave(void *context, enum hib_outcome outcome)
{
	thaw_kernel_threads();
}

static int freezer_test_enter(void *context)
{
	return hib_quiesce_test_reached(TEST_FREEZER) ? SAVE_TESTED : 0;
}

static int slots_enter(void *context)
{
	struct hib_session *s = context;
	u64 want = hib_budget_worst_blocks(s->budget.copy, hib_settings.verify);
	u64 room = hib_store_room(&s->store);
	int ret;

	if (hib_settings.codec == &hib_codec_none && room < want)
		return hib_session_fail(s, -ENOSPC, "swap: %llu MiB free, %llu MiB may be needed",
					room >> 8, want >> 8);
	ret = hib_store_reserve(&s->store, want);
	return ret ? hib_session_fail(s, ret, "swap: %llu MiB free", room >> 8) : 0;
}

/*
 * The restored kernel and a failed attempt alike: no image, no slots. -ESTALE:
 * the commit did not reach the disk, or somebody else's record is there.
 */
static void slots_leave(void *context, enum hib_outcome outcome)
{
	struct hib_session *s = context;
	int ret;

	if (s->committed || s->resumed) {
		ret = hib_commit_retire(&s->store, s->image_id);
		if (ret && ret != -ESTALE)
			pr_err("the image could not be marked as spent: %pe\n", ERR_PTR(ret));
		/* A live system beside a valid image would be corruption. */
		if (ret && ret != -ESTALE && s->committed) {
			pr_crit("a valid image is on the disk and cannot be withdrawn\n");
			hib_platform_off(false);
		}
	}
	s->committed = false;
	hib_store_free_slots(&s->store);
}

static const struct hib_step save_steps[] = {
	{ .name = "console", .enter = console_enter, .leave = console_leave },
	{ .name = "notifiers", .enter = notifiers_enter, .leave = notifiers_leave },
	{ .name = "preflight", .enter = preflight_enter, .leave = preflight_leave },
	{ .name = "sync", .enter = sync_enter },
	{ .name = "freeze_tasks", .enter = tasks_enter, .leave = tasks_leave },
	{ .name = "freeze_filesystems", .enter = filesystems_enter, .leave = filesystems_leave },
	{ .name = "hotplug", .enter = hotplug_enter, .leave = hotplug_leave },
	{ .name = "platform_begin", .enter = platform_enter, .leave = platform_leave },
	{ .name = "memory", .enter = memory_enter, .leave = memory_leave },
	{ .name = "freeze_threads", .enter = threads_enter, .leave = threads_leave },
	{ .name = "freezer_test", .enter = freezer_test_enter },
	{ .name = "slots", .enter = slots_enter, .leave = slots_leave, .leave_owed = true },
};

static int save_copy_retrying(struct hib_session *s, bool *tested)
{
	for (unsigned int attempt = 1;; attempt++) {
		int ret = hib_moment_copy(s, tested);

		if (ret != -ENOMEM || !s->snapshot.nr_short)
			return ret;
		if (attempt == SAVE_ATTEMPTS)
			return hib_session_fail(s, ret, "memory: %llu pages short, attempt %u",
						s->snapshot.nr_short, attempt);
		/* The firmware side believes by now that the sleep is over. */
		save_platform_end(s);
		ret = hib_bound_retry(s) ?: save_platform_begin(s);
		if (ret)
			return ret;
	}
}

/* Returns only when the machine stays on: a wake-up event, or a test. */
static int save_power_down(struct hib_session *s)
{
	int ret;

	switch (s->mode) {
	case HIB_MODE_TEST_RESUME:
		return hib_load_nested(s);
	case HIB_MODE_PLATFORM:
		ret = hib_platform_enter();
		if (ret == -EAGAIN || ret == -EBUSY) {
			events_check_enabled = false;
			hib_session_fail(s, ret, "wakeup: an event arrived");
			return 0;
		}
		pr_err("platform could not power down: %pe, switching off\n", ERR_PTR(ret));
		fallthrough;
	case HIB_MODE_SHUTDOWN:
		hib_platform_off(false);
	default:
		hib_platform_off(true);
	}
}

static void save_report(struct hib_session *s, const char *phase, const char *step)
{
	s->result.phase = phase;
	if (!s->result.step || !s->result.error)
		s->result.step = step;
	hib_settings.result = s->result;
	hib_settings.stats = s->stats;
	hib_report_result(&s->result);
}

static int save_write_and_go(struct hib_session *s, const char **step)
{
	int ret;

	*step = "write";
	ret = hib_session_inject(s, "write") ?: hib_write_image(s);
	if (ret)
		return ret;
	*step = "commit";
	ret = hib_session_inject(s, "commit") ?: hib_write_commit(s);
	if (ret)
		return ret;

	s->stats.total_ns = ktime_to_ns(ktime_sub(ktime_get_boottime(), s->started));
	save_report(s, "hibernate", "commit");
	*step = "power_down";
	return save_power_down(s);
}

/* Exact or nothing: what differs is said, loudly, where a script finds it. */
static void save_check_verify(struct hib_session *s)
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
static void save_resumed(struct hib_session *s)
{
	struct hib_handover *h = &s->came;

	s->stats.saved_pages = s->snapshot.saved.nr_set;
	if (h->magic != HIB_HANDOVER_MAGIC || h->version != HIB_HANDOVER_VERSION ||
	    memcmp(h->image_id, s->image_id, HIB_ID_BYTES)) {
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
	save_check_verify(s);
}

static int save_image(struct hib_session *s, const char **step)
{
	bool tested;
	int ret;

	*step = "copy";
	pr_info("Creating image:\n");
	ret = save_copy_retrying(s, &tested);
	save_platform_end(s);
	if (ret < 0 || tested)
		return tested ? 0 : ret;
	if (ret == HIB_ARCH_RESUMED) {
		save_resumed(s);
		return 0;
	}

	pr_info("Image created (%lu pages copied)\n", s->snapshot.saved.nr_set);
	ret = save_write_and_go(s, step);
	pm_restore_gfp_mask();
	return ret;
}

static int save_run(struct hib_session *s)
{
	struct hib_step_run run = {
		.steps = save_steps,
		.nr_steps = ARRAY_SIZE(save_steps),
		.context = s,
		.inject = hib_session_inject,
	};
	const char *step = NULL;
	int ret;

	ret = hib_step_enter_all(&run);
	if (!ret)
		ret = save_image(s, &step);
	else
		step = run.failed;
	hib_step_leave_all(&run, s->resumed ? HIB_RESUMED : HIB_FAILED);
	if (ret < 0)
		hib_session_fail(s, ret, "failed");
	save_report(s, s->resumed ? "resume" : "hibernate", s->result.error ? step : "done");
	return min(ret, 0);
}

/**
 * hib_save() - Hibernate.
 * @mode: How to power down.
 *
 * Context: Process context, system_transition_mutex held. Sleeps.
 * Return: 0 after the system slept and came back, after a pm_test level, and
 * when a wake-up event turned the power-down back; else a negative errno with
 * the system as before:
 * * -EBUSY	- another transition; a task refused to freeze; a wake-up event
 * * -ENODEV	- no usable swap area
 * * -ENOSPC	- the image does not fit
 * * -ENOMEM	- not enough memory for the copy
 * * -EIO	- the device
 */
int hib_save(enum hib_mode mode)
{
	struct hib_session *s;
	int ret;

	s = hib_session_begin(mode, &ret);
	if (!s)
		return ret;
	pr_info("hibernation entry\n");
	ret = save_run(s);
	hib_session_end(s);
	pr_info("hibernation exit\n");
	return ret;
}
