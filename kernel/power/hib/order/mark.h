/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MARK_H
#define HIB_MARK_H

#include "pure/step.h"

void hib_mark(void *session, const char *step, enum hib_step_mark mark, int ret);

#endif
