/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FREEZER_H
#define HIB_FREEZER_H

struct hib_session;

int hib_freezer_tasks(struct hib_session *s);
int hib_freezer_threads(struct hib_session *s);

#endif
