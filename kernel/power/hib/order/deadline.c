// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: deadline - a power-down that does not come to its end
 *
 * When the image is safe and all is frozen, drivers and reboot notifiers are
 * called once more, and some of them wait for what is frozen: a journal, a
 * server, a disk that has died. Nobody is left to interrupt them. So a kernel
 * thread, which nothing freezes, looks at the clock, and after a minute says who
 * waits, and switches the machine off, or restarts it, without asking anybody.
 *
 * That loses nothing: file systems are held or at rest, the image and its
 * record are durable. A machine that cannot be switched off that way stays as
 * it is, with a line that says that the power may be cut.
 *
 * Once interrupts are off for good nobody watches any more.
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
 * hib_deadline_start() - From now on there is a minute to power down.
 * @reboot: Restart instead.
 *
 * Return: To be stopped if the machine stays on after all. NULL: there was no
 * memory for it; then nobody watches.
 */
struct task_struct *hib_deadline_start(bool reboot)
{
	struct task_struct *watcher = kthread_run(deadline_watch, (void *)(unsigned long)reboot,
						  "hib-deadline");

	return IS_ERR(watcher) ? NULL : watcher;
}

/**
 * hib_deadline_stop() - The machine stays on.
 * @watcher: From hib_deadline_start(); NULL is fine.
 */
void hib_deadline_stop(struct task_struct *watcher)
{
	if (watcher)
		kthread_stop(watcher);
}
