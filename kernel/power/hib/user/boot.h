/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BOOT_H
#define HIB_BOOT_H

int hib_boot_resume(void);
int hib_boot_retry(void);

#endif
