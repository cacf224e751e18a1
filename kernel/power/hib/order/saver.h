/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SAVER_H
#define HIB_SAVER_H

int hib_saver_run(void);

#endif
