/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LANDING_H
#define HIB_LANDING_H

struct hib_up;

void *hib_landing_spare(struct hib_up *u);
int hib_landing_frames(struct hib_up *u);

#endif
