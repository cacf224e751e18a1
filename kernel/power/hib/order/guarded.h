/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_GUARDED_H
#define HIB_GUARDED_H

struct hib_header;
struct hib_up;
struct hib_volumes;

void hib_guarded_find(struct hib_volumes *volumes);
void hib_guarded_note(const struct hib_volumes *volumes, struct hib_header *h);
int hib_guarded_check(struct hib_up *u);

#endif
