// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: moment - the point in time of which an image holds the state
 *
 * Devices, CPUs and interrupts are quiesced, memory is copied, and all of them work
 * again so that the copy can be written. The same call returns a second time, in the
 * restored kernel. What that kernel uses then was complete in saved memory before the
 * copy.
 *
 * After the second return the order is strict. Memory is compared first, before anything
 * else runs. Then frames are given back, before drivers may need some.
 *
 * Context: process context outside, interrupts off and one CPU inside.
 */
#include "moment.h"
#include <linux/hibernation_arch.h>
#include <linux/kasan.h>
#include <linux/sched/clock.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include <linux/vmstat.h>
#include <trace/events/power.h>
#include "memory/scrub.h"
#include "down.h"
#include "inject.h"
#include "machine.h"

static int moment_take(void *arg)
{
	struct hib_down *d = arg;

	if (d->writer == HIB_WRITER_SECOND)
		return hib_second_take(d);
	return hib_snapshot_take(&d->snapshot);
}

/* The memory that the comparison after a resume works with may differ. */
static void moment_except(struct hib_down *d)
{
	d->snapshot.verify = (struct hib_verify) {};
	hib_snapshot_except(&d->snapshot, task_stack_page(current), THREAD_SIZE);
#ifdef CONFIG_KASAN_GENERIC
	hib_snapshot_except(&d->snapshot, kasan_mem_to_shadow(task_stack_page(current)),
			    THREAD_SIZE >> KASAN_SHADOW_SCALE_SHIFT);
#endif
	hib_snapshot_except(&d->snapshot, d, sizeof(*d));
}

static void moment_verify(struct hib_down *d)
{
	struct hib_verify *v = &d->snapshot.verify;

	if (!hib_snapshot_verify(&d->snapshot, d->s.image_id))
		return;
	d->s.stats.verify_checked = v->checked;
	d->s.stats.verify_excepted = v->excepted;
	d->s.stats.verify_wrong = v->wrong;
}

/* Before anybody can call firmware: its services may not be where this kernel maps them. */
static void moment_check_services(struct hib_down *d)
{
	const struct hib_handover *h = d->snapshot.handover;
	u32 services = hib_handover_is_sound(h, d->s.image_id) ? h->services :
							       HIB_ARCH_SERVICES_UNKNOWN;

	if (services != HIB_ARCH_SERVICES_THERE)
		hib_arch_services_lost(services);
}

/*
 * The part with one CPU and interrupts off. hib_arch_suspend() returns in the saving kernel
 * when the copy is made, and again in the restored kernel. There nothing else may run before
 * memory was compared.
 */
static int moment_point(struct hib_down *d)
{
	u64 start;
	int ret;

	if (pm_wakeup_pending())
		return hib_session_fail(&d->s, -EBUSY, "wakeup: an event arrived");

	save_processor_state();
	trace_suspend_resume(TPS("machine_suspend"), PM_EVENT_HIBERNATE, true);
	start = sched_clock();
	ret = hib_arch_suspend(moment_take, d);
	if (ret == HIB_ARCH_RESUMED)
		moment_verify(d);
	else
		d->s.stats.atomic_ns = sched_clock() - start;
	restore_processor_state();
	trace_suspend_resume(TPS("machine_suspend"), PM_EVENT_HIBERNATE, false);

	if (ret == HIB_ARCH_RESUMED) {
		d->resumed = true;
		hib_timeline_start(d->s.timeline, HIB_TIMELINE_RESTORED, ktime_get_mono_fast_ns());
		events_check_enabled = false;
		moment_check_services(d);
		hib_arch_tables_put_back(d->tables);
		hib_scrub_free();
	} else if (!ret) {
		d->s.timeline->kernel = HIB_TIMELINE_WRITING;
	}
	if (d->s.quiesce.platform)
		hib_machine.platform->leave();
	return ret;
}

/* Drivers may need much memory to resume their devices, so frames are given back before. */
static void moment_release(void *arg, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(arg);

	if (outcome == HIB_RESUMED) {
		*d->came = *d->snapshot.handover;
		memzero_explicit(d->snapshot.handover, sizeof(*d->snapshot.handover));
	}
	if (outcome != HIB_MADE)
		hib_snapshot_release_frames(&d->snapshot);
	d->free_at_thaw = nr_free_pages();
}

/* Record how many pages the drivers took: the next image leaves that many free. */
static void moment_note_thaw(const struct hib_down *d)
{
	u64 left = nr_free_pages();

	hib_machine.thaw_pages = d->free_at_thaw - min(d->free_at_thaw, left);
}

static enum hib_outcome moment_outcome(int ret)
{
	if (ret < 0)
		return HIB_FAILED;
	return ret == HIB_ARCH_RESUMED ? HIB_RESUMED : HIB_MADE;
}

/**
 * hib_moment_copy() - Quiesce the machine and copy memory.
 * @d: Tasks and kernel threads are frozen, and the frames of the snapshot are reserved.
 * @tested: Set if a pm_test level was reached.
 *
 * Returns a second time in the restored kernel. In each case devices and CPUs work again
 * on return.
 *
 * Context: Process context. Interrupts are off in the middle.
 * Return:
 * * 0			- a copy was made
 * * %HIB_ARCH_RESUMED	- this is the restored kernel
 * * a positive value	- a pm_test level was reached, @tested is set
 * * -EBUSY		- a wake-up event arrived; or, nothing noted, memory broke meanwhile
 * * -ENOMEM		- with d->snapshot.nr_short set: more frames than reserved
 * * other		- of the device, the firmware or the CPU that refused
 */
int hib_moment_copy(struct hib_down *d, bool *tested)
{
	struct hib_quiesce *q = &d->s.quiesce;
	enum hib_outcome outcome;
	bool entered;
	int ret;

	q->use = HIB_QUIESCE_SNAPSHOT;
	q->left = false;
	q->inject = hib_inject;
	q->release = moment_release;
	q->arg = &d->s;
	moment_except(d);

	ret = hib_quiesce_enter(q);
	entered = !ret;
	*tested = ret == HIB_QUIESCE_TESTED;
	if (ret < 0) {
		d->s.result.step = q->run.failed;
		hib_session_fail(&d->s, ret, "quiesce: a device, the firmware or a CPU refused");
	}
	if (entered)
		ret = moment_point(d);
	outcome = *tested ? HIB_TESTED : moment_outcome(ret);
	hib_quiesce_leave(q, outcome);
	if (entered)
		moment_note_thaw(d);
	return ret;
}
