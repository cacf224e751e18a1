// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: limit - a second kernel that hangs is given up
 *
 * While a second kernel runs, the first one cannot look after it. So the second kernel has a
 * timer from early on, which is set back whenever there is progress. If it runs out, the
 * machine is restarted: the image is valid already, or the swap area is as it was. Going
 * back would not do, as devices may be writing to memory.
 *
 * A second kernel that does not even serve timers is left to a hardware watchdog.
 *
 * Context: any, but for the end.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "limit.h"
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/timer.h>
#include "machine.h"
#include "settings.h"

static void limit_over(struct timer_list *timer)
{
	pr_crit("no progress for %u s: restarting the machine\n", hib_settings.saver_limit_s);
	emergency_restart();
}

/**
 * hib_limit_extend() - There is progress.
 *
 * Can be asked, like pm_wakeup_pending(), whether writing should stop.
 *
 * Return: false.
 */
bool hib_limit_extend(void)
{
	if (hib_settings.saver)
		mod_timer(&hib_machine.limit, jiffies + hib_settings.saver_limit_s * HZ);
	return false;
}

/**
 * hib_limit_end() - The second kernel is about to be left.
 *
 * Context: Process context, one CPU, interrupts off.
 */
void hib_limit_end(void)
{
	timer_delete(&hib_machine.limit);
}

static int __init limit_begin(void)
{
	timer_setup(&hib_machine.limit, limit_over, 0);
	hib_limit_extend();
	return 0;
}
early_initcall(limit_begin);
