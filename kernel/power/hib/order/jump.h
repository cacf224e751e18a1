/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_JUMP_H
#define HIB_JUMP_H

#include <linux/types.h>
#include "pure/format.h"
#include "pure/step.h"

struct hib_up;

struct hib_step_table hib_jump_steps(void);
int hib_jump(struct hib_up *u);
bool hib_jump_again(struct hib_up *u, int error);
int hib_jump_mark(struct hib_up *u, enum hib_image_state state);
void hib_jump_ignore_events(struct hib_up *u);

#endif
