/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CPUS_H
#define HIB_CPUS_H

#include <linux/cpu.h>
#include <linux/cpumask.h>

/**
 * struct hib_cpus - CPUs that were online before a transition stopped them.
 * @online: The set of these CPUs.
 * @smt: Whether SMT siblings were allowed.
 */
struct hib_cpus {
	cpumask_var_t online;
	enum cpuhp_smt_control smt;
};

#ifdef CONFIG_PM_SLEEP_SMP
int hib_cpus_wake(struct hib_cpus *c);
void hib_cpus_put_back(const struct hib_cpus *c);
void hib_cpus_park(const struct hib_cpus *c);
#else
static inline int hib_cpus_wake(struct hib_cpus *c)
{
	return 0;
}

static inline void hib_cpus_put_back(const struct hib_cpus *c)
{
}

static inline void hib_cpus_park(const struct hib_cpus *c)
{
}
#endif

#endif
