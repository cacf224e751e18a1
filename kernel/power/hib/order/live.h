/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_LIVE_H
#define HIB_LIVE_H

int hib_live(void);

#endif
