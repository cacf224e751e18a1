/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_WATERMARKS_H
#define HIB_WATERMARKS_H

#include <linux/types.h>

struct hib_session;

void hib_watermarks_lower(struct hib_session *s);
void hib_watermarks_restore(struct hib_session *s);
u64 hib_watermarks_pages(void);

#endif
