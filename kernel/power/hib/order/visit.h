/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_VISIT_H
#define HIB_VISIT_H

#include "crossing.h"
#include "session.h"

int hib_visit(struct hib_session *s, struct hib_crossing *c);
struct hib_step_table hib_visit_steps(void);

#endif
