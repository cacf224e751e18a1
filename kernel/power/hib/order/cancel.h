/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_CANCEL_H
#define HIB_CANCEL_H

#include <linux/types.h>

void hib_cancel_open(void);
int hib_cancel_ask(void);
bool hib_cancel_asked(void);
bool hib_cancel_close(void);
void hib_cancel_end(void);

#endif
