/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SYNC_H
#define HIB_SYNC_H

void hib_sync(void);

#endif
