// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: moment - the one point in time that an image holds
 *
 * The nest of devices, CPUs and interrupts is entered, memory is copied, and
 * all of it comes back to write the copy out. The same call returns a second
 * time, in the restored kernel: what it touches there was complete in saved
 * memory before.
 *
 * The order behind that return is strict. Memory is compared first, when
 * nothing has run yet; frames are given back before drivers may want some.
 *
 * Context: process context outside, interrupts off and one CPU inside.
 */
#include "moment.h"
#include <linux/hibernation_arch.h>
#include <linux/kasan.h>
#include <linux/sched/clock.h>
#include <linux/suspend.h>
#include <linux/vmstat.h>
#include <trace/events/power.h>
#include "memory/scrub.h"
#include "down.h"
#include "inject.h"
#include "machine.h"

static int moment_take(void *arg)
{
	struct hib_down *d = arg;

	return hib_snapshot_take(&d->snapshot);
}

/* What the comparison after the resume works on may differ. */
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

/* Before anybody can call firmware: nothing may be where this kernel has it. */
static void moment_check_services(struct hib_down *d)
{
	const struct hib_handover *h = d->snapshot.handover;
	u32 services = hib_handover_is_sound(h, d->s.image_id) ? h->services :
							       HIB_ARCH_SERVICES_UNKNOWN;

	if (services != HIB_ARCH_SERVICES_THERE)
		hib_arch_services_lost(services);
}

/*
 * The atomic part, straight: one CPU, interrupts off. The call in the middle
 * returns in this kernel when the copy is made, and again in the restored one;
 * nothing may run there before memory was compared.
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
		events_check_enabled = false;
		moment_check_services(d);
		hib_arch_tables_put_back(d->tables);
		hib_scrub_free();
	}
	if (d->s.quiesce.platform)
		hib_machine.platform->leave();
	return ret;
}

/* Drivers may need much memory to come back: give it before they do. */
static void moment_release(void *arg, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(arg);

	if (outcome == HIB_RESUMED) {
		d->came = *d->snapshot.handover;
		memzero_explicit(d->snapshot.handover, sizeof(*d->snapshot.handover));
	}
	if (outcome != HIB_MADE)
		hib_snapshot_release_frames(&d->snapshot);
	d->free_at_thaw = nr_free_pages();
}

/* Remember what the drivers took; the next image keeps that much free. */
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
 * hib_moment_copy() - Quiesce the machine and copy memory; or come back in it.
 * @d: Tasks and kernel threads are frozen, the snapshot's frames are there.
 * @tested: Set when a pm_test level turned the way back.
 *
 * Devices and CPUs are at work again on return, whatever became of it.
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
