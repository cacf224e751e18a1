/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LOAD_H
#define HIB_LOAD_H

#include <linux/types.h>
#include "pure/step.h"

struct hib_down;
struct hib_up;

/* Who asks for an image to be loaded. */
enum hib_load_when {
	HIB_LOAD_EARLY,		/* the boot; it asks once more when more devices have come */
	HIB_LOAD_LAST,		/* the boot; without the image it goes on */
	HIB_LOAD_ASKED,		/* a user, also for an image that is kept */
};

int hib_load(dev_t dev, u64 root_block, enum hib_load_when when);
int hib_load_nested(struct hib_down *down);
int hib_load_try(struct hib_up *u);
void hib_load_report(struct hib_up *u, const char *step);
int hib_load_retire(dev_t dev, u64 root_block);
struct hib_step_table hib_load_steps(const struct hib_up *u);

#endif
