/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_POWEROFF_H
#define HIB_POWEROFF_H

#include <linux/types.h>

void __noreturn hib_poweroff(bool reboot);

#endif
