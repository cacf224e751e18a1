// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: quiesce_cpus - the nest's steps that stop CPUs
 *
 * All CPUs except one are stopped. Before a restore, CPUs that are switched off are
 * started, so that they are stopped like the others. After a restore they are started
 * and stopped again.
 *
 * Context: process context; the context of each step is a struct hib_quiesce.
 */
#include "quiesce_cpus.h"
#include <linux/cpu.h>
#include <linux/cpuidle.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "quiesce.h"

/**
 * hibernate_resume_nonboot_cpu_disable() - Stop all CPUs except one before a restore.
 *
 * Used if the architecture has no function of its own.
 *
 * Return: 0 or errno.
 */
int __weak hibernate_resume_nonboot_cpu_disable(void)
{
	return suspend_disable_secondary_cpus();
}

/*
 * On the way down, notifiers disable hotplug of CPUs, also that from sysfs. On the way up
 * they do not; tasks are frozen, so nobody asks for it.
 */
static bool hotplug_is_off(const struct hib_quiesce *q)
{
	return q->use != HIB_QUIESCE_RESTORE || q->gfp_held;
}

/* CPUs that are switched off: before the others are stopped, and after they are started. */
static int offline_cpus_enter(void *context)
{
	struct hib_quiesce *q = context;
	int ret = 0;

	if (!zalloc_cpumask_var(&q->cpus.online, GFP_KERNEL))
		return -ENOMEM;
	if (q->use != HIB_QUIESCE_RESTORE) {
		cpumask_copy(q->cpus.online, cpu_online_mask);
		return 0;
	}
	if (hotplug_is_off(q))
		cpu_hotplug_enable();
	ret = hib_cpus_wake(&q->cpus);
	if (hotplug_is_off(q))
		cpu_hotplug_disable();
	if (ret)
		free_cpumask_var(q->cpus.online);
	return ret;
}

static void offline_cpus_leave(void *context, enum hib_outcome outcome)
{
	struct hib_quiesce *q = context;

	if (hotplug_is_off(q))
		cpu_hotplug_enable();
	if (q->use == HIB_QUIESCE_SNAPSHOT && outcome == HIB_RESUMED)
		hib_cpus_park(&q->cpus);
	else if (q->use == HIB_QUIESCE_RESTORE)
		hib_cpus_put_back(&q->cpus);
	if (hotplug_is_off(q))
		cpu_hotplug_disable();
	free_cpumask_var(q->cpus.online);
}

const struct hib_step hib_quiesce_offline_cpus = {
	.name = "offline_cpus", .enter = offline_cpus_enter, .leave = offline_cpus_leave,
};

static int cpus_enter(void *context)
{
	struct hib_quiesce *q = context;

	if (q->use != HIB_QUIESCE_RESTORE)
		return pm_sleep_disable_secondary_cpus();
	cpuidle_pause();
	return hibernate_resume_nonboot_cpu_disable();
}

static void cpus_leave(void *context, enum hib_outcome outcome)
{
	pm_sleep_enable_secondary_cpus();
}

const struct hib_step hib_quiesce_cpus = {
	.name = "cpus", .enter = cpus_enter, .leave = cpus_leave, .leave_owed = true,
};
