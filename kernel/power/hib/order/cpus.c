// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: cpus - CPUs that are switched off, before and after a restore
 *
 * A CPU that is offline, by the user's hand or as the sibling of one where SMT
 * is switched off, sleeps in code and page tables of the kernel that stopped it.
 * A restore overwrites both.
 *
 * Boot kernel: hib_cpus_wake() brings them up, so that they are stopped together
 * with the others, in HLT and not in an MWAIT that a write would end. When there
 * is no jump, hib_cpus_put_back() switches off again what was off.
 *
 * Restored kernel: those that it had online are started by the same call as after
 * a copy. Those that it had switched off nobody would start: they would sleep
 * on in memory that is now something else, until a machine check, an NMI or the
 * end of an SMI makes them run it. hib_cpus_park() starts each and stops it again,
 * so that it sleeps where this kernel has it.
 *
 * Context: process context, no task runs, device hotplug locked, CPU hotplug
 * enabled. Nothing is kept.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "cpus.h"
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/printk.h>

#ifdef CONFIG_HOTPLUG_SMT
/* Those who change it otherwise hold the lock of device hotplug. */
static void cpus_set_smt(enum cpuhp_smt_control smt)
{
	cpu_smt_control = smt;
}
#else
static void cpus_set_smt(enum cpuhp_smt_control smt)
{
}
#endif

/* No CPU is refused for being a sibling. */
static void cpus_allow_all(enum cpuhp_smt_control was)
{
	if (was == CPU_SMT_DISABLED || was == CPU_SMT_FORCE_DISABLED)
		cpus_set_smt(CPU_SMT_ENABLED);
}

/* As its own file in sysfs does it, unless that says that it is off anyway. */
static int cpus_stop_one(unsigned int cpu)
{
	struct device *dev = get_cpu_device(cpu);
	int ret = dev->offline ? cpu_device_down(dev) : device_offline(dev);

	if (ret < 0)
		pr_err("CPU %u cannot be switched off again: %pe\n", cpu, ERR_PTR(ret));
	return ret;
}

/**
 * hib_cpus_put_back() - Switch off what was off before hib_cpus_wake().
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
 * @c: @c->online is allocated. Receives what is to be put back.
 *
 * Return: 0, or the errno of a CPU, with everything put back.
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

/* Not those that were online and did not come back: they are not there. */
static bool cpus_is_parked_elsewhere(const struct hib_cpus *c, unsigned int cpu)
{
	return !cpu_online(cpu) && !cpumask_test_cpu(cpu, c->online) &&
	       cpumask_test_cpu(cpu, &cpus_booted_once_mask);
}

/**
 * hib_cpus_park() - In the restored kernel: put CPUs that are off to rest anew.
 * @c: @c->online says which were at work when the image was made.
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
