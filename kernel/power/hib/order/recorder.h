/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RECORDER_H
#define HIB_RECORDER_H

#include "pure/step.h"

struct hib_down;
struct hib_up;

int hib_recorder_make(struct hib_down *d);
void hib_recorder_open(struct hib_up *u);
void hib_recorder_close(struct hib_up *u);
void hib_recorder_write(struct hib_up *u);
void hib_recorder_mark(void *session, const char *step, enum hib_step_mark mark, int ret);
/* While pages are read: write now and then how far it is. */
void hib_recorder_follow(struct hib_up *u);
void hib_recorder_rest(struct hib_up *u);

#endif
