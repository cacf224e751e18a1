/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_QUIET_H
#define HIB_QUIET_H

#include "pure/step.h"

int hib_quiet_exec(int (*func)(void *data), void *data);
struct hib_step_table hib_quiet_steps(void);

#endif
