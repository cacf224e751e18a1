/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SAVE_H
#define HIB_SAVE_H

#include "pure/step.h"
#include "settings.h"

struct hib_down;

int hib_save(enum hib_mode mode);
int hib_save_hold(struct hib_down *d);
void hib_save_release(struct hib_down *d);
struct hib_step_table hib_save_steps(bool by_user);

#endif
