// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: save - the way down, as a table of steps
 *
 * The system is claimed and held: console, notifiers, preflight, awake, keys, sync, memory
 * errors, hold file systems, freeze tasks. Then an attempt copies memory and writes the
 * image (attempt.c), and the machine powers down.
 *
 * hib_save() makes these calls one after the other; another face of the kernel may
 * make them one at a time::
 *
 *	hib_down_begin()
 *	hib_save_hold()
 *	hib_attempt_copy()	returns once more in the restored kernel
 *	hib_attempt_write()	the image is valid from here on
 *	hib_powerdown()
 *	hib_attempt_drop()	the copy, and the image if there is one
 *	hib_save_release()
 *	hib_down_end()
 *
 * Steps are left in reverse order, and each is told the outcome. The restored kernel
 * returns from the copy and leaves the same steps: what they need was complete in saved
 * memory before the copy.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "save.h"
#include <linux/blkdev.h>
#include <linux/sched/mm.h>
#include "device/nvram.h"
#include "memory/added.h"
#include "memory/broken.h"
#include "pure/mib.h"
#include "attempt.h"
#include "awake.h"
#include "cancel.h"
#include "down.h"
#include "emergency.h"
#include "estimate.h"
#include "filesystems.h"
#include "guarded.h"
#include "inject.h"
#include "keys.h"
#include "machine.h"
#include "mark.h"
#include "powerdown.h"
#include "second.h"
#include "setaside.h"
#include "still.h"
#include "sync.h"

/* Killing who uses a broken page may take a while. */
#define SAVE_ERRORS_LIMIT_MS	5000u

/* If the next boot has less memory when it looks for the image, it refuses the image. */
static int preflight_memory(struct hib_down *d)
{
	u64 nr_pages = hib_added_pages(hib_machine.added_online);

	if (nr_pages <= hib_machine.added_pages)
		return 0;
	return hib_session_fail(&d->s, -EOPNOTSUPP,
		"memory: %llu MiB that came online late are missing in the next boot: offline them first",
		hib_pages_to_mib(nr_pages - hib_machine.added_pages));
}

static int preflight_store(struct hib_down *d)
{
	struct hib_place_wanted wanted;
	int ret = hib_setaside_ensure();

	if (ret)
		return hib_session_fail(&d->s, ret, "target: %s cannot be one",
					hib_settings.target);
	wanted = hib_machine_place(false);
	ret = hib_store_open(&d->s.store, &wanted);
	if (ret == -ENODEV)
		return hib_session_fail(&d->s, ret, "swap: no usable swap area");
	if (ret)
		return hib_session_fail(&d->s, ret, "swap: area cannot hold an image: %s",
					d->s.store.why[0] ? d->s.store.why : "see above");
	return 0;
}

/*
 * A boot that never looked for an image there says that the next one may not either. One
 * that searches can be told by a variable of firmware.
 */
static int preflight_armed(struct hib_down *d)
{
	const struct hib_store *s = &d->s.store;

	if (hib_machine_armed(s->bdev->bd_dev, s->root_block))
		return 0;
	if (hib_machine.searched && !hib_nvram_keep(s->root_block))
		return 0;
	if (hib_settings.require_armed)
		return hib_session_fail(&d->s, -EPERM,
					"armed: this boot did not look for an image on %pg",
					s->bdev);
	pr_warn("this boot did not look for an image on %pg at block %llu: see to it that the next one does, with resume=\n",
		s->bdev, s->root_block);
	return 0;
}

/* Nothing is frozen yet: a refusal costs least here. */
static int preflight_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);
	int ret = preflight_memory(d) ?: preflight_store(d);

	if (ret)
		return ret;
	if (d->writer == HIB_WRITER_SECOND)
		ret = hib_second_check(d);
	ret = ret ?: preflight_armed(d) ?: hib_estimate_check_room(d);
	if (ret)
		hib_store_close(&d->s.store);
	return ret;
}

static void preflight_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	hib_store_close(&d->s.store);
}

static int keys_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);

	if (hib_settings.cancel_by_key)
		d->s.keys = hib_keys_listen();
	return 0;
}

static void keys_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	hib_keys_forget(d->s.keys);
	d->s.keys = NULL;
}

static int sync_enter(void *context)
{
	return hib_sync(context);
}

/* While nothing is held or frozen: whoever handles an error may wait for a task. */
static int errors_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);

	d->broken = hib_broken_ask(SAVE_ERRORS_LIMIT_MS);
	return 0;
}

static void errors_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	hib_broken_forget(d->broken);
	d->broken = NULL;
}

/*
 * As long as file systems are held, this task must not wait for one. So its allocations
 * do not reclaim inodes.
 */
static int filesystems_enter(void *context)
{
	unsigned int usual_ms = hib_settings.freeze_fs_limit_s * 1000;
	struct hib_down *d = hib_down_of(context);

	if (hib_settings.freeze_fs)
		d->s.filesystems = hib_filesystems_hold(hib_emergency_wait_ms(&d->s, usual_ms));
	d->nofs = memalloc_nofs_save();
	hib_guarded_find(d);
	return 0;
}

static void filesystems_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	memalloc_nofs_restore(d->nofs);
	hib_filesystems_forget(d->s.filesystems);
	d->s.filesystems = NULL;
}

static const struct hib_step save_sync = {
	.name = "sync", .enter = sync_enter,
};

static const struct hib_step save_errors = {
	.name = "memory_errors", .enter = errors_enter, .leave = errors_leave,
};

static const struct hib_step * const save_steps[] = {
	&hib_still_console,
	&hib_still_notifiers,
	HIB_STEP(.name = "preflight", .enter = preflight_enter, .leave = preflight_leave),
	&hib_awake_step,
	HIB_STEP(.name = "keys", .enter = keys_enter, .leave = keys_leave),
	&save_sync,
	&save_errors,
	HIB_STEP(.name = "hold_filesystems", .enter = filesystems_enter,
		 .leave = filesystems_leave),
	&hib_still_tasks,
};

/*
 * A program writes the image. It may write to a file, so file systems are not held. It has
 * its own console, and notifiers were told when it began.
 */
static const struct hib_step * const save_user_steps[] = {
	&hib_awake_step,
	&save_sync,
	&save_errors,
	&hib_still_tasks,
};

/**
 * hib_save_steps() - The outer steps of the way down, for a list of all steps.
 * @by_user: Those where a program writes the image.
 *
 * Return: The table.
 */
struct hib_step_table hib_save_steps(bool by_user)
{
	if (by_user)
		return (struct hib_step_table) { save_user_steps, ARRAY_SIZE(save_user_steps) };
	return (struct hib_step_table) { save_steps, ARRAY_SIZE(save_steps) };
}

/**
 * hib_save_hold() - Hold file systems and freeze tasks.
 * @d: From hib_down_begin().
 *
 * No lock that is taken here is still held on return.
 *
 * Context: Process context, system_transition_mutex held. Sleeps.
 * Return: 0, and hib_save_release() is owed; or an errno, noted in @d, and nothing is
 * held.
 */
int hib_save_hold(struct hib_down *d)
{
	const struct hib_step_table table = hib_save_steps(d->writer == HIB_WRITER_USER);
	int ret;

	d->hold = (struct hib_step_run) {
		.steps = table.steps,
		.nr_steps = table.nr_steps,
		.context = &d->s,
		.inject = hib_inject,
		.mark = hib_mark,
	};
	ret = hib_step_enter_all(&d->hold);
	if (!ret)
		return 0;
	d->step = d->hold.failed;
	return hib_session_fail(&d->s, ret, "failed");
}

/**
 * hib_save_release() - Thaw tasks and release file systems.
 * @d: After hib_save_hold(); its copy was dropped. This may be the restored kernel. If
 *	nothing is held, nothing happens.
 *
 * Context: Process context.
 */
void hib_save_release(struct hib_down *d)
{
	hib_step_leave_all(&d->hold, d->resumed ? HIB_RESUMED : HIB_FAILED);
}

/* Copy, write and sleep; if room was short, make another attempt. */
static int save_image(struct hib_down *d)
{
	int ret;

	do {
		ret = hib_attempt_copy(d);
		if (ret == HIB_ATTEMPT_COPIED)
			ret = hib_attempt_write(d) ?: hib_powerdown(d);
		hib_attempt_drop(d);
	} while (ret < 0 && hib_attempt_again(d));
	return ret;
}

static int save_run(struct hib_down *d)
{
	int ret;

	hib_cancel_open();
	ret = hib_save_hold(d) ?: save_image(d);
	hib_save_release(d);
	if (ret < 0)
		hib_session_fail(&d->s, ret, "failed");
	hib_cancel_end();
	hib_session_report(&d->s, d->resumed ? "resume" : "hibernate",
			   d->s.result.error ? d->step : "done");
	/* What was cancelled returned an errno of its own. */
	return d->s.result.error == -ECANCELED ? -ECANCELED : min(ret, 0);
}

/**
 * hib_save() - Hibernate.
 * @mode: How to power down.
 *
 * Context: Process context, system_transition_mutex held. Sleeps.
 * Return:
 * * 0		- the system slept and came back; or a pm_test level was reached; or
 *		  a wake-up event ended the power-down
 * * -EBUSY	- another transition; a task did not freeze; a wake-up event; memory broke
 * * -ENODEV	- no usable swap area
 * * -ENOSPC	- the image does not fit
 * * -EPERM	- this boot did not look for an image there, and has to
 * * -ENOMEM	- not enough memory for the copy
 * * -EIO	- the device
 * * -ECANCELED	- by a key, or by a write to /sys/power/hibernate/cancel
 * * -EOPNOTSUPP	- memory would be missing in the next boot
 *
 * After an error the system is as before.
 */
int hib_save(enum hib_mode mode)
{
	struct hib_down *d;
	int ret;

	d = hib_down_begin(mode, &ret);
	if (!d)
		return ret;
	pr_info("hibernation entry\n");
	d->writer = hib_settings.writer;
	hib_emergency_begin(&d->s);
	ret = save_run(d);
	hib_down_end(d);
	pr_info("hibernation exit\n");
	return ret;
}
