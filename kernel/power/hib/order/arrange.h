/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ARRANGE_H
#define HIB_ARRANGE_H

#include <linux/types.h>

struct hib_session;

int hib_arrange(struct hib_session *s);
int hib_arrange_handover(struct hib_session *s);
void hib_arrange_release(struct hib_session *s);
void *hib_arrange_address(void *session, u64 index);

#endif
