/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ATTEMPT_H
#define HIB_ATTEMPT_H

#include <linux/types.h>
#include "pure/step.h"

struct hib_down;

/* What came of hib_attempt_copy(), unless it is an errno. */
enum hib_attempt_result {
	HIB_ATTEMPT_COPIED,	/* the copy is in memory */
	HIB_ATTEMPT_TESTED,	/* a pm_test level was reached */
	HIB_ATTEMPT_RESUMED,	/* this is the restored kernel */
};

int hib_attempt_copy(struct hib_down *d);
int hib_attempt_write(struct hib_down *d);
void hib_attempt_drop(struct hib_down *d);
bool hib_attempt_again(struct hib_down *d);
struct hib_step_table hib_attempt_steps(bool by_user);
void hib_attempt_platform_end(struct hib_down *d);

#endif
