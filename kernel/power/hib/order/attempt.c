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
 * Where a program writes the image, an attempt ends with the copy, and what is taken for
 * writing is left out.
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
#include "cancel.h"
#include "down.h"
#include "emergency.h"
#include "inject.h"
#include "keys.h"
#include "machine.h"
#include "mark.h"
#include "moment.h"
#include "report.h"
#include "write.h"

#define ATTEMPTS	3u

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
	struct hib_handover *h = d->came;

	d->s.stats.saved_pages = d->snapshot.saved.nr_set;
	if (d->writer != HIB_WRITER_USER)
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
	d->s.stats.wait_ns = h->wait_ns;
	memcpy(d->s.stats.nr_chunks, h->nr_chunks, sizeof(h->nr_chunks));
	hib_timeline_take(d->s.timeline, h->steps, min(h->nr_steps, HIB_HANDOVER_STEPS));
	d->s.stats.changed_pages = h->nr_stale;
	if (d->writer != HIB_WRITER_SECOND)
		d->s.stats.copied_pages = d->s.stats.saved_pages + h->nr_stale -
					  d->s.stats.precopied_pages;
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
	hib_attempt_platform_end(d);
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
	const struct hib_step_table table = hib_attempt_steps(d->writer == HIB_WRITER_USER);
	int ret;

	d->attempt = (struct hib_step_run) {
		.steps = table.steps,
		.nr_steps = table.nr_steps,
		.context = &d->s,
		.inject = hib_inject,
		.mark = hib_mark,
	};
	d->s.timeline->kernel = HIB_TIMELINE_SAVING;
	d->s.stats.attempts++;
	d->s.stats.precopied_pages = 0;
	d->s.stats.changed_pages = 0;
	d->s.stats.write_ns = 0;
	d->s.stats.wait_ns = 0;
	memset(d->s.stats.nr_chunks, 0, sizeof(d->s.stats.nr_chunks));
	ret = hib_step_enter_all(&d->attempt);
	if (!ret)
		return attempt_copy(d);
	d->step = d->attempt.failed;
	return ret;
}

/* The last one before the image counts; writing may have taken minutes. */
static int attempt_last_check(struct hib_down *d)
{
	if (pm_wakeup_pending() || !hib_cancel_close())
		return hib_session_fail(&d->s, -EBUSY, "wakeup: an event arrived");
	return 0;
}

/* What comes after the copy is in no table: it is undone by dropping the attempt. */
static int attempt_step(struct hib_down *d, const char *name, int (*enter)(struct hib_down *d))
{
	int ret;

	d->step = name;
	ret = hib_inject(&d->s, name);
	if (ret)
		return ret;
	hib_mark(&d->s, name, HIB_STEP_ENTERS, 0);
	ret = enter(d);
	hib_mark(&d->s, name, HIB_STEP_ENTERED, ret);
	return ret;
}

static int attempt_make(struct hib_down *d)
{
	int ret;

	hib_keys_count(d->s.keys);
	ret = attempt_step(d, "write", hib_write_image);
	return ret ?: attempt_last_check(d) ?: attempt_step(d, "commit", hib_write_commit);
}

/**
 * hib_attempt_write() - Write the copy, and make it a valid image.
 * @d: After hib_attempt_copy() made a copy.
 *
 * After this the machine must power down, or hib_attempt_drop() must retire the image.
 *
 * Context: Process context, tasks and kernel threads frozen, allocations restricted.
 * Return: 0; or an errno noted in @d: -ENOSPC, -EIO, -ENOMEM, -EBUSY for a wake-up event or if
 * it was cancelled.
 */
int hib_attempt_write(struct hib_down *d)
{
	int ret;

	if (d->writer == HIB_WRITER_SECOND)
		ret = attempt_step(d, "written", hib_second_written) ?: attempt_last_check(d);
	else
		ret = attempt_make(d);
	if (ret)
		return ret;

	d->s.stats.total_ns = ktime_to_ns(ktime_sub(ktime_get_boottime(), d->s.started));
	hib_emergency_tell(&d->s);
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
	if (!d->next.again || d->s.stats.attempts >= ATTEMPTS || hib_cancel_asked())
		return false;
	pr_info("attempt %u of %u failed: %s\n", d->s.stats.attempts, ATTEMPTS,
		d->s.result.reason);
	hib_keys_count(d->s.keys);
	d->next.again = false;
	d->s.result = (struct hib_result) {};
	return true;
}
