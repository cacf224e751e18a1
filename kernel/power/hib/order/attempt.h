/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ATTEMPT_H
#define HIB_ATTEMPT_H

#include "pure/step.h"

struct hib_down;

int hib_attempt_all(struct hib_down *d, const char **step);
struct hib_step_table hib_attempt_steps(void);

#endif
