/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BOUND_H
#define HIB_BOUND_H

struct hib_session;

int hib_bound_memory(struct hib_session *s);

#endif
