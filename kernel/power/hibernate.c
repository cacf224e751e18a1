// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hibernate - the names by which the kernel knows hibernation
 *
 * The functions that the rest of the kernel calls: hibernate(),
 * hibernate_quiet_exec(), the registration of the platform, and questions that may
 * be asked at any time. They take the locks. What happens then is in order/save.c.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/export.h>
#include <linux/hibernation_arch.h>
#include <linux/mm.h>
#include <linux/secretmem.h>
#include <linux/security.h>
#include <linux/suspend.h>
#include "order/machine.h"
#include "order/platform.h"
#include "order/quiet.h"
#include "order/report.h"
#include "order/save.h"
#include "order/settings.h"
#include "power.h"

/**
 * hibernation_available() - May this system hibernate at all?
 *
 * Context: Any process context, also early at boot. No locks.
 * Return: false when the command line, lockdown, secret memory or CXL memory
 * forbids it.
 */
bool hibernation_available(void)
{
	return !hib_settings.disabled && !security_locked_down(LOCKDOWN_HIBERNATION) &&
	       !secretmem_active() && !cxl_mem_active();
}

/**
 * hibernation_in_progress() - Does a transition own the system?
 *
 * Context: Any.
 * Return: true while it does.
 */
bool hibernation_in_progress(void)
{
	return atomic_read(&hib_machine.busy);
}

/**
 * system_entering_hibernation() - Are devices being powered down for hibernation?
 *
 * Context: Any.
 * Return: true from before the first device is stopped until the power is off, or
 * until all devices work again.
 */
bool system_entering_hibernation(void)
{
	return hib_machine.entering;
}
EXPORT_SYMBOL(system_entering_hibernation);

/**
 * hibernation_set_ops() - Register the platform's callbacks.
 * @ops: All but @recover are required; NULL unregisters.
 *
 * With callbacks the mode becomes platform, without them it becomes shutdown.
 *
 * Context: Process context. Sleeps.
 */
void hibernation_set_ops(const struct platform_hibernation_ops *ops)
{
	unsigned int flags;

	if (WARN_ON_ONCE(ops && !hib_platform_ops_complete(ops)))
		return;

	flags = lock_system_sleep();
	hib_machine.platform = ops;
	if (ops)
		hib_settings.mode = HIB_MODE_PLATFORM;
	else if (hib_settings.mode == HIB_MODE_PLATFORM)
		hib_settings.mode = HIB_MODE_SHUTDOWN;
	unlock_system_sleep(flags);
}
EXPORT_SYMBOL_GPL(hibernation_set_ops);

/* A refusal is printed before anything is locked or frozen. */
static int hibernate_refuse(int error, const char *reason)
{
	struct hib_result result = { .phase = "hibernate", .step = "check", .error = error };

	strscpy(result.reason, reason);
	hib_machine.last.result = result;
	hib_report_result(&result);
	return error;
}

/**
 * hibernate() - Save the system to disk and power down, or come back from that.
 *
 * Context: Process context, system_transition_mutex not held. Takes minutes.
 * Return: 0 when the system slept and came back; -EPERM when hibernation is not
 * available, -EOPNOTSUPP for a mode or machine that is not supported; otherwise
 * see hib_save().
 */
int hibernate(void)
{
	unsigned int flags;
	const char *why;
	int ret;

	if (!hibernation_available())
		return hibernate_refuse(-EPERM, "unavailable: disabled, lockdown or secretmem");
	ret = hib_arch_possible(&why);
	if (ret)
		return hibernate_refuse(ret, why);

	flags = lock_system_sleep();
	ret = hib_save(hib_settings.mode);
	unlock_system_sleep(flags);
	return ret;
}

/**
 * hibernate_quiet_exec() - Run a function while all devices are quiet.
 * @func: What to run.
 * @data: Passed to it.
 *
 * Context: Process context. Tasks, kernel threads and devices are frozen around
 * @func; CPUs and interrupts stay on.
 * Return: The value of @func; -EBUSY during another transition; -ENOMEM; or the errno of
 * what could not be frozen.
 */
int hibernate_quiet_exec(int (*func)(void *data), void *data)
{
	unsigned int flags = lock_system_sleep();
	int ret = hib_quiet_exec(func, data);

	unlock_system_sleep(flags);
	return ret;
}
EXPORT_SYMBOL_GPL(hibernate_quiet_exec);

/**
 * hibernate_image_size_init() - Default of /sys/power/image_size.
 *
 * The default is all of memory: nothing is reclaimed that would fit into the image.
 */
void __init hibernate_image_size_init(void)
{
	hib_machine.whole_size = totalram_pages() << PAGE_SHIFT;
	hib_settings.image_size = hib_machine.whole_size;
}

/**
 * hibernate_reserved_size_init() - Default of /sys/power/reserved_size: 1 MiB.
 */
void __init hibernate_reserved_size_init(void)
{
	hib_settings.reserved_size = SZ_1M;
}
