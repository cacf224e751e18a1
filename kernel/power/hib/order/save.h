/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SAVE_H
#define HIB_SAVE_H

#include "settings.h"
#include "pure/step.h"

int hib_save(enum hib_mode mode);
struct hib_step_table hib_save_steps(void);

#endif
