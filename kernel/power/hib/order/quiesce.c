// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: quiesce - devices, firmware, CPUs, interrupts: one nest for all uses
 *
 * The same steps surround the copy, the jump, the power-down and
 * hibernate_quiet_exec(). Only the messages to drivers and the callbacks of firmware
 * differ. The steps are left in the reverse order, and the message to drivers then
 * depends on the outcome::
 *
 *	use		down		up: made  resumed  failed   tested
 *	snapshot	FREEZE		    THAW  RESTORE  RECOVER  THAW
 *	restore		QUIESCE		    -     -        RECOVER  -
 *	power down	HIBERNATE	    -     -        RESTORE  -
 *	exec		FREEZE		    THAW  -        THAW     -
 *
 * If another kernel has run inside of it, devices are restored in each case.
 *
 * Allocations are restricted from before devices stop until the image is written or
 * given up. This also keeps the swap slots of copied pages from being used again. So if
 * an image was made, the restriction outlives the nest, and the session ends it.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "quiesce.h"
#include <linux/console.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/pm.h>
#include <linux/suspend.h>
#include <linux/syscore_ops.h>
#include "../../power.h"
#include "machine.h"
#include "mark.h"
#include "quiesce_cpus.h"
#include "settings.h"

#define QUIESCE_TEST_DELAY_MS	5000u

static pm_message_t quiesce_down(const struct hib_quiesce *q)
{
	switch (q->use) {
	case HIB_QUIESCE_RESTORE:
		return PMSG_QUIESCE;
	case HIB_QUIESCE_POWER_DOWN:
		return PMSG_HIBERNATE;
	default:
		return PMSG_FREEZE;
	}
}

static pm_message_t quiesce_up(const struct hib_quiesce *q, enum hib_outcome outcome)
{
	if (q->use == HIB_QUIESCE_EXEC)
		return PMSG_THAW;
	if (q->use == HIB_QUIESCE_POWER_DOWN)
		return PMSG_RESTORE;
	switch (outcome) {
	case HIB_RESUMED:
		return PMSG_RESTORE;
	case HIB_FAILED:
		return q->left ? PMSG_RESTORE : PMSG_RECOVER;
	default:
		return q->left ? PMSG_RESTORE : PMSG_THAW;
	}
}

/**
 * hib_quiesce_test_reached() - Is this the level that pm_test asks for?
 * @level: A TEST_* level.
 *
 * If so, waits for the five seconds that a test takes.
 *
 * Context: Any. The wait is busy, so that it works with interrupts off.
 * Return: true if the transition has to be undone from here.
 */
bool hib_quiesce_test_reached(int level)
{
	if (pm_test_level != level)
		return false;
	pr_info("debug: Waiting for 5 seconds.\n");
	mdelay(QUIESCE_TEST_DELAY_MS);
	return true;
}

static int quiesce_test(struct hib_quiesce *q, int level)
{
	if (q->use != HIB_QUIESCE_SNAPSHOT)
		return 0;
	return hib_quiesce_test_reached(level) ? HIB_QUIESCE_TESTED : 0;
}

static int prepare_enter(void *context)
{
	return dpm_prepare(quiesce_down(context));
}

static void prepare_leave(void *context, enum hib_outcome outcome)
{
	dpm_complete(quiesce_up(context, outcome));
}

static int console_enter(void *context)
{
	suspend_console();
	return 0;
}

static void console_leave(void *context, enum hib_outcome outcome)
{
	resume_console();
}

static int gfp_enter(void *context)
{
	struct hib_quiesce *q = context;

	if (!q->gfp_held)
		pm_restrict_gfp_mask();
	return 0;
}

static void gfp_leave(void *context, enum hib_outcome outcome)
{
	struct hib_quiesce *q = context;

	if (!q->gfp_held && outcome != HIB_MADE && outcome != HIB_RESUMED)
		pm_restore_gfp_mask();
}

static int suspend_enter(void *context)
{
	struct hib_quiesce *q = context;
	int ret = dpm_suspend(quiesce_down(q));

	if (!ret)
		return 0;
	if (q->platform && hib_machine.platform->recover)
		hib_machine.platform->recover();
	if (q->release)
		q->release(q->arg, HIB_FAILED);
	return ret;
}

static void suspend_leave(void *context, enum hib_outcome outcome)
{
	dpm_resume(quiesce_up(context, outcome));
}

static int devices_enter(void *context)
{
	return quiesce_test(context, TEST_DEVICES);
}

static void devices_leave(void *context, enum hib_outcome outcome)
{
	struct hib_quiesce *q = context;

	if (q->release)
		q->release(q->arg, outcome);
}

static int late_enter(void *context)
{
	return dpm_suspend_end(quiesce_down(context));
}

static void late_leave(void *context, enum hib_outcome outcome)
{
	dpm_resume_start(quiesce_up(context, outcome));
}

static int firmware_enter(void *context)
{
	struct hib_quiesce *q = context;

	if (!q->platform)
		return 0;
	switch (q->use) {
	case HIB_QUIESCE_RESTORE:
		return hib_machine.platform->pre_restore();
	case HIB_QUIESCE_POWER_DOWN:
		return hib_machine.platform->prepare();
	default:
		return hib_machine.platform->pre_snapshot();
	}
}

static void firmware_leave(void *context, enum hib_outcome outcome)
{
	struct hib_quiesce *q = context;

	if (!q->platform)
		return;
	if (q->use == HIB_QUIESCE_RESTORE)
		hib_machine.platform->restore_cleanup();
	else
		hib_machine.platform->finish();
}

static int firmware_test_enter(void *context)
{
	return quiesce_test(context, TEST_PLATFORM);
}

static int cpus_test_enter(void *context)
{
	return quiesce_test(context, TEST_CPUS);
}

/* One CPU, interrupts on: firmware's last call before the power goes, and its first one after. */
static int firmware_last_enter(void *context)
{
	struct hib_quiesce *q = context;
	bool sleep = q->use == HIB_QUIESCE_POWER_DOWN;

	if (q->platform && sleep && hib_machine.platform->going_to_sleep)
		hib_machine.platform->going_to_sleep();
	return 0;
}

static void firmware_last_leave(void *context, enum hib_outcome outcome)
{
	struct hib_quiesce *q = context;
	bool slept = q->use == HIB_QUIESCE_POWER_DOWN || outcome == HIB_RESUMED;

	if (q->platform && slept && hib_machine.platform->back_from_sleep)
		hib_machine.platform->back_from_sleep();
}

static int interrupts_enter(void *context)
{
	local_irq_disable();
	system_state = SYSTEM_SUSPEND;
	return 0;
}

static void interrupts_leave(void *context, enum hib_outcome outcome)
{
	system_state = SYSTEM_RUNNING;
	local_irq_enable();
}

static int syscore_enter(void *context)
{
	return syscore_suspend();
}

static void syscore_leave(void *context, enum hib_outcome outcome)
{
	syscore_resume();
}

static int syscore_test_enter(void *context)
{
	return quiesce_test(context, TEST_CORE);
}

/* These steps are also those of hibernate_quiet_exec(). */
static const struct hib_step quiesce_prepare = {
	.name = "prepare_devices", .enter = prepare_enter, .leave = prepare_leave,
	.leave_owed = true,
};

static const struct hib_step quiesce_suspend = {
	.name = "suspend_devices", .enter = suspend_enter, .leave = suspend_leave,
	.leave_owed = true,
};

static const struct hib_step quiesce_late = {
	.name = "suspend_devices_late", .enter = late_enter, .leave = late_leave,
};

static const struct hib_step quiesce_platform = {
	.name = "platform", .enter = firmware_enter, .leave = firmware_leave, .leave_owed = true,
};

static const struct hib_step * const quiesce_steps[] = {
	&quiesce_prepare,
	HIB_STEP(.name = "suspend_console", .enter = console_enter, .leave = console_leave),
	HIB_STEP(.name = "restrict_memory", .enter = gfp_enter, .leave = gfp_leave),
	&quiesce_suspend,
	HIB_STEP(.name = "devices", .enter = devices_enter, .leave = devices_leave,
		 .leave_owed = true),
	&quiesce_late,
	&quiesce_platform,
	HIB_STEP(.name = "platform_test", .enter = firmware_test_enter),
	&hib_quiesce_offline_cpus,
	&hib_quiesce_cpus,
	HIB_STEP(.name = "cpus_test", .enter = cpus_test_enter),
	HIB_STEP(.name = "platform_last", .enter = firmware_last_enter,
		 .leave = firmware_last_leave),
	HIB_STEP(.name = "interrupts", .enter = interrupts_enter, .leave = interrupts_leave),
	HIB_STEP(.name = "syscore", .enter = syscore_enter, .leave = syscore_leave),
	HIB_STEP(.name = "syscore_test", .enter = syscore_test_enter),
};

/**
 * hib_quiesce_steps() - The steps of the nest around copy, jump and power-down.
 *
 * For a list of all steps.
 *
 * Return: The table.
 */
struct hib_step_table hib_quiesce_steps(void)
{
	return (struct hib_step_table) { quiesce_steps, ARRAY_SIZE(quiesce_steps) };
}

/* hibernate_quiet_exec() leaves CPUs, interrupts and allocations alone. */
static const struct hib_step * const quiesce_quiet_steps[] = {
	&quiesce_prepare,
	&quiesce_suspend,
	&quiesce_late,
	&quiesce_platform,
};

/**
 * hib_quiesce_quiet_steps() - The steps of the nest of hibernate_quiet_exec().
 *
 * For a list of all steps.
 *
 * Return: The table.
 */
struct hib_step_table hib_quiesce_quiet_steps(void)
{
	return (struct hib_step_table) {
		quiesce_quiet_steps, ARRAY_SIZE(quiesce_quiet_steps),
	};
}

static int quiesce_inject(void *context, const char *name)
{
	struct hib_quiesce *q = context;

	return q->inject(q->arg, name);
}

static void quiesce_mark(void *context, const char *name, enum hib_step_mark mark, int ret)
{
	struct hib_quiesce *q = context;

	hib_mark(q->arg, name, mark, ret);
}

/**
 * hib_quiesce_enter() - Quiesce the machine.
 * @q: The use and its options.
 *
 * Context: Process context, tasks frozen. If it returns 0, one CPU runs with interrupts
 * off, except for %HIB_QUIESCE_EXEC.
 * Return: 0; %HIB_QUIESCE_TESTED if the level of pm_test was reached; or the errno of the
 * step that @q->run.failed names. hib_quiesce_leave() is owed in each case.
 */
int hib_quiesce_enter(struct hib_quiesce *q)
{
	struct hib_step_table table = q->use == HIB_QUIESCE_EXEC ? hib_quiesce_quiet_steps() :
								   hib_quiesce_steps();

	q->run = (struct hib_step_run) {
		.steps = table.steps,
		.nr_steps = table.nr_steps,
		.context = q,
		.inject = q->inject ? quiesce_inject : NULL,
		.mark = quiesce_mark,
	};
	return hib_step_enter_all(&q->run);
}

/**
 * hib_quiesce_leave() - Leave all steps that were entered, in reverse order.
 * @q: After hib_quiesce_enter(), whatever that returned.
 * @outcome: How the transition goes on; decides the messages to drivers.
 *
 * Context: As hib_quiesce_enter() left it; afterwards process context.
 */
void hib_quiesce_leave(struct hib_quiesce *q, enum hib_outcome outcome)
{
	hib_step_leave_all(&q->run, outcome);
}
