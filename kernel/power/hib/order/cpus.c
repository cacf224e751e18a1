// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: cpus - CPUs that are switched off, before and after a restore
 *
 * A CPU is offline if the user switched it off, or if it is a sibling and SMT is
 * switched off. Such a CPU sleeps in code and page tables of the kernel that stopped
 * it. A restore overwrites both.
 *
 * Boot kernel: hib_cpus_wake() starts these CPUs, so that they are stopped together with
 * the others. They then sleep in HLT, and not in an MWAIT that ends when somebody writes
 * to the monitored memory. If there is no jump, hib_cpus_put_back() switches them off
 * again.
 *
 * Restored kernel: the CPUs that were online at the copy are started by the same call as
 * after a copy. Nobody would start the CPUs that were switched off at the copy. They
 * would sleep in memory that now has another content, and a machine check, an NMI or the
 * end of an SMI would make them run it. So hib_cpus_park() starts each and stops it
 * again. It then sleeps in memory of the restored kernel.
 *
 * Context: process context, no task runs, device hotplug locked, CPU hotplug
 * enabled. No state.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "cpus.h"
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/printk.h>

#ifdef CONFIG_HOTPLUG_SMT
/* All other writers hold the lock of device hotplug, as the caller does. */
static void cpus_set_smt(enum cpuhp_smt_control smt)
{
	cpu_smt_control = smt;
}
#else
static void cpus_set_smt(enum cpuhp_smt_control smt)
{
}
#endif

/* From here on siblings can be started. */
static void cpus_allow_all(enum cpuhp_smt_control was)
{
	if (was == CPU_SMT_DISABLED || was == CPU_SMT_FORCE_DISABLED)
		cpus_set_smt(CPU_SMT_ENABLED);
}

/* Stop a CPU as its file in sysfs does; that does nothing if the device is marked as offline. */
static int cpus_stop_one(unsigned int cpu)
{
	struct device *dev = get_cpu_device(cpu);
	int ret = dev->offline ? cpu_device_down(dev) : device_offline(dev);

	if (ret < 0)
		pr_err("CPU %u cannot be switched off again: %pe\n", cpu, ERR_PTR(ret));
	return ret;
}

/**
 * hib_cpus_put_back() - Switch off the CPUs that were off before hib_cpus_wake().
 * @c: From that function.
 */
void hib_cpus_put_back(const struct hib_cpus *c)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (!cpumask_test_cpu(cpu, c->online))
			cpus_stop_one(cpu);
	cpus_set_smt(c->smt);
}

/**
 * hib_cpus_wake() - Bring up all CPUs, so that they can be stopped for a restore.
 * @c: @c->online is allocated. Receives the state for hib_cpus_put_back().
 *
 * Return: 0; or the errno of a CPU, and all CPUs are as before.
 */
int hib_cpus_wake(struct hib_cpus *c)
{
	unsigned int cpu;
	int ret = 0;

	c->smt = cpu_smt_control;
	cpumask_copy(c->online, cpu_online_mask);
	cpus_allow_all(c->smt);
	for_each_present_cpu(cpu) {
		if (!ret && !cpu_online(cpu))
			ret = cpu_device_up(get_cpu_device(cpu));
	}
	if (ret)
		hib_cpus_put_back(c);
	return ret;
}

/* A CPU that was online at the copy and did not come back does not exist any more. */
static bool cpus_is_parked_elsewhere(const struct hib_cpus *c, unsigned int cpu)
{
	return !cpu_online(cpu) && !cpumask_test_cpu(cpu, c->online) &&
	       cpumask_test_cpu(cpu, &cpus_booted_once_mask);
}

/**
 * hib_cpus_park() - In the restored kernel: start and stop again the CPUs that are off.
 * @c: @c->online has the CPUs that were online at the copy.
 */
void hib_cpus_park(const struct hib_cpus *c)
{
	enum cpuhp_smt_control smt = cpu_smt_control;
	unsigned int cpu, nr = 0;

	cpus_allow_all(smt);
	for_each_present_cpu(cpu) {
		if (!cpus_is_parked_elsewhere(c, cpu))
			continue;
		if (cpu_device_up(get_cpu_device(cpu)))
			pr_warn("CPU %u is off and cannot be started: it may be gone\n", cpu);
		else if (!cpus_stop_one(cpu))
			nr++;
	}
	cpus_set_smt(smt);
	if (nr)
		pr_info("%u CPUs that were switched off were put to rest anew\n", nr);
}
