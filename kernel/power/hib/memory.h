/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MEMORY_H
#define HIB_MEMORY_H

struct hib_session;

int hib_memory_bound(struct hib_session *s);
int hib_memory_retry(struct hib_session *s);

#endif
