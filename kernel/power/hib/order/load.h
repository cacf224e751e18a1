/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LOAD_H
#define HIB_LOAD_H

#include <linux/types.h>
#include "pure/step.h"

struct hib_down;
struct hib_up;

int hib_load(dev_t dev, u64 root_block, bool again);
int hib_load_nested(struct hib_down *down);
int hib_load_try(struct hib_up *u);
void hib_load_report(struct hib_up *u, const char *step);
int hib_load_retire(dev_t dev, u64 root_block);
struct hib_step_table hib_load_steps(const struct hib_up *u);

#endif
