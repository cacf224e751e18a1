// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: deadline - a power-down that does not end
 *
 * When the image is valid and everything is frozen, drivers and reboot notifiers are
 * called once more. Some of them may wait for something that is frozen: a journal, a
 * server, or a disk that has died. No task can interrupt them. So a kernel thread that
 * does not freeze waits for a minute. Then it logs who waits, and switches the machine
 * off or restarts it without calling drivers.
 *
 * This loses nothing: file systems are held or at rest, and the image and its record
 * are durable. If the machine cannot be switched off this way, it stays as it is, and a
 * line says that the power may be cut.
 *
 * When interrupts are off for good, the thread cannot run any more.
 *
 * Context: process context, devices working or not.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "deadline.h"
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>

#define DEADLINE_S	60u

static void deadline_end(bool reboot)
{
	pr_crit("no end after %u s: something waits for what is frozen; the image is safe, %s at once\n",
		DEADLINE_S, reboot ? "restarting" : "switching off");
	show_state_filter(TASK_UNINTERRUPTIBLE);
	if (reboot)
		emergency_restart();
	if (kernel_can_power_off())
		kernel_power_off_now();
	pr_crit("the machine cannot switch itself off: the image is safe, switch it off by hand\n");
}

static int deadline_watch(void *reboot)
{
	long left = DEADLINE_S * HZ;

	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!kthread_should_stop())
			left = schedule_timeout(left);
		__set_current_state(TASK_RUNNING);
		if (left)
			continue;
		deadline_end(reboot);
		left = MAX_SCHEDULE_TIMEOUT;
	}
	return 0;
}

/**
 * hib_deadline_start() - Limit the time that the power-down may take.
 * @reboot: Restart instead of switching off.
 *
 * Return: The watcher, for hib_deadline_stop() if the machine stays on; or NULL if there
 * was no memory for it, and there is no limit.
 */
struct task_struct *hib_deadline_start(bool reboot)
{
	struct task_struct *watcher = kthread_run(deadline_watch, (void *)(unsigned long)reboot,
						  "hib-deadline");

	return IS_ERR(watcher) ? NULL : watcher;
}

/**
 * hib_deadline_stop() - The machine stays on.
 * @watcher: From hib_deadline_start(); may be NULL.
 */
void hib_deadline_stop(struct task_struct *watcher)
{
	if (watcher)
		kthread_stop(watcher);
}
