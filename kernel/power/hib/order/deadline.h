/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_DEADLINE_H
#define HIB_DEADLINE_H

#include <linux/types.h>

struct task_struct;

struct task_struct *hib_deadline_start(bool reboot);
void hib_deadline_stop(struct task_struct *watcher);

#endif
