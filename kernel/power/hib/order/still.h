/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STILL_H
#define HIB_STILL_H

#include "pure/step.h"

extern const struct hib_step hib_still_console;		/* the kernel's terminal */
extern const struct hib_step hib_still_notifiers;	/* drivers and services know */
extern const struct hib_step hib_still_tasks;		/* user space stands still */
extern const struct hib_step hib_still_threads;		/* and so do kernel threads */
extern const struct hib_step hib_still_hotplug;		/* no device comes or goes */

#endif
