/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SYNC_H
#define HIB_SYNC_H

struct hib_session;

int hib_sync(struct hib_session *s);

#endif
