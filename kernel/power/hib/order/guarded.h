/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_GUARDED_H
#define HIB_GUARDED_H

struct hib_down;
struct hib_up;

void hib_guarded_find(struct hib_down *d);
void hib_guarded_note(struct hib_down *d);
int hib_guarded_check(struct hib_up *u);

#endif
