/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_AWAKE_H
#define HIB_AWAKE_H

#include "pure/step.h"

/* A step of both ways; @context is the session. */
int hib_awake_enter(void *context);
void hib_awake_leave(void *context, enum hib_outcome outcome);

#endif
