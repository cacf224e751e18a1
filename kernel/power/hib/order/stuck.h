/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STUCK_H
#define HIB_STUCK_H

#include <linux/sched.h>
#include <linux/workqueue.h>

/**
 * struct hib_stuck - The task that keeps the freezer waiting.
 * @work: Looks for it, shortly before the freezer gives up.
 * @pid: Its number; 0: none was seen.
 * @comm: Its name, which it may have chosen: only plain text of it.
 * @wchan: Where it waits in the kernel; 0: it runs.
 */
struct hib_stuck {
	struct delayed_work work;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	unsigned long wchan;
};

void hib_stuck_watch(struct hib_stuck *stuck, unsigned int limit_ms);
void hib_stuck_end(struct hib_stuck *stuck);

#endif
