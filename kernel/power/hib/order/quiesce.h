/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_QUIESCE_H
#define HIB_QUIESCE_H

#include <linux/types.h>
#include "pure/step.h"
#include "cpus.h"

enum hib_quiesce_use {
	HIB_QUIESCE_SNAPSHOT,	/* before the copy */
	HIB_QUIESCE_RESTORE,	/* boot kernel, before the jump */
	HIB_QUIESCE_POWER_DOWN,	/* image committed, into S4 */
	HIB_QUIESCE_EXEC,	/* hibernate_quiet_exec() */
};

/**
 * struct hib_quiesce - The nest of devices, firmware, CPUs and interrupts.
 * @use: What the nest is for; decides the messages to drivers.
 * @platform: Call the callbacks of the platform.
 * @left: Another kernel has run inside of it, and has used devices.
 * @gfp_held: Nested in another transition: allocations are restricted already, and stay
 *	restricted.
 * @inject: Optional, see &struct hib_step_run.
 * @release: Optional; called on the way back, when memory can be allocated and before
 *	drivers resume. Gives back memory that drivers may need.
 * @cpus: CPUs that were online before.
 * @arg: The struct hib_session; passed to @inject and @release.
 * @run: The steps as far as they were entered.
 */
struct hib_quiesce {
	enum hib_quiesce_use use;
	bool platform;
	bool left;
	bool gfp_held;
	int (*inject)(void *arg, const char *name);
	void (*release)(void *arg, enum hib_outcome outcome);
	void *arg;
	struct hib_cpus cpus;
	struct hib_step_run run;
};

/* A pm_test level was reached; this is no error. */
#define HIB_QUIESCE_TESTED	1

int hib_quiesce_enter(struct hib_quiesce *q);
void hib_quiesce_leave(struct hib_quiesce *q, enum hib_outcome outcome);
bool hib_quiesce_test_reached(int level);
struct hib_step_table hib_quiesce_steps(void);
struct hib_step_table hib_quiesce_quiet_steps(void);

#endif
