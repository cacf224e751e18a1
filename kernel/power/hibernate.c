// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibernate - the names by which the kernel knows hibernation
 *
 * Entry points that other files call: hibernate(), the resume at boot,
 * hibernate_quiet_exec(), the platform's registration, and the questions that
 * may be asked at any time. They take the locks; what happens then is save's
 * and load's business.
 */
#include <linux/crash_dump.h>
#include <linux/export.h>
#include <linux/freezer.h>
#include <linux/hibernation_arch.h>
#include <linux/initrd.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/secretmem.h>
#include <linux/security.h>
#include <linux/suspend.h>
#include <linux/swap.h>
#include "memory/added.h"
#include "device/place.h"
#include "order/load.h"
#include "device/locate.h"
#include "order/platform.h"
#include "memory/pool.h"
#include "order/quiesce.h"
#include "order/report.h"
#include "order/resume.h"
#include "order/save.h"
#include "order/session.h"
#include "order/settings.h"
#include "power.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

/* How long a boot that must not resume looks for a device that is not there yet. */
#define RETIRE_WATCH_S	300u
/* Looks that are not cheap, or that found the device busy, become rare. */
#define RETIRE_PAUSE_S	8u

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
	return atomic_read(&hib_settings.busy);
}

/**
 * system_entering_hibernation() - Are devices being powered down for hibernation?
 *
 * Context: Any.
 * Return: true from before the first device until the power is off or the
 * power-down was rolled back.
 */
bool system_entering_hibernation(void)
{
	return hib_settings.entering;
}
EXPORT_SYMBOL(system_entering_hibernation);

/**
 * hibernation_set_ops() - Register the platform's callbacks.
 * @ops: All but @recover are required; NULL unregisters.
 *
 * The mode becomes platform; without callbacks, shutdown.
 *
 * Context: Process context. Sleeps.
 */
void hibernation_set_ops(const struct platform_hibernation_ops *ops)
{
	unsigned int flags;

	if (WARN_ON_ONCE(ops && !hib_platform_ops_complete(ops)))
		return;

	flags = lock_system_sleep();
	hib_settings.platform = ops;
	if (ops)
		hib_settings.mode = HIB_MODE_PLATFORM;
	else if (hib_settings.mode == HIB_MODE_PLATFORM)
		hib_settings.mode = HIB_MODE_SHUTDOWN;
	unlock_system_sleep(flags);
}
EXPORT_SYMBOL_GPL(hibernation_set_ops);

/* Said before anything is locked or frozen. */
static int hibernate_refuse(int error, const char *reason)
{
	struct hib_result result = { .phase = "hibernate", .step = "check", .error = error };

	strscpy(result.reason, reason);
	hib_settings.result = result;
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
 * Return: @func's value, -EBUSY when a transition is going on, or the errno of
 * what could not be frozen.
 */
int hibernate_quiet_exec(int (*func)(void *data), void *data)
{
	struct hib_quiesce q = { .use = HIB_QUIESCE_EXEC };
	unsigned int flags = lock_system_sleep();
	int ret;

	q.platform = hib_settings.platform;
	if (!hib_session_claim()) {
		ret = -EBUSY;
		goto out_unlock;
	}
	pm_prepare_console();
	ret = pm_notifier_call_chain_robust(PM_HIBERNATION_PREPARE, PM_POST_HIBERNATION);
	if (ret)
		goto out_console;
	ret = freeze_processes();
	if (ret)
		goto out_notify;
	lock_device_hotplug();
	pm_suspend_clear_flags();
	ret = hib_platform_begin(q.platform, PMSG_FREEZE);
	if (ret)
		goto out_unlock_hotplug;
	ret = freeze_kernel_threads();
	if (ret)
		goto out_platform;

	ret = hib_quiesce_enter(&q);
	if (!ret)
		ret = func(data);
	hib_quiesce_leave(&q, ret < 0 ? HIB_FAILED : HIB_TESTED);
	thaw_kernel_threads();

out_platform:
	hib_platform_end(q.platform);
out_unlock_hotplug:
	unlock_device_hotplug();
	thaw_processes();
out_notify:
	pm_notifier_call_chain(PM_POST_HIBERNATION);
out_console:
	pm_restore_console();
	hib_session_unclaim();
out_unlock:
	unlock_system_sleep(flags);
	return ret;
}
EXPORT_SYMBOL_GPL(hibernate_quiet_exec);

/**
 * hibernate_image_size_init() - Default of /sys/power/image_size.
 *
 * All of memory: nothing is pushed out that would fit into the image.
 */
void __init hibernate_image_size_init(void)
{
	hib_settings.whole_size = totalram_pages() << PAGE_SHIFT;
	hib_settings.image_size = hib_settings.whole_size;
}

/**
 * hibernate_reserved_size_init() - Default of /sys/power/reserved_size: 1 MiB.
 */
void __init hibernate_reserved_size_init(void)
{
	hib_settings.reserved_size = SZ_1M;
}

/*
 * Memory that a kernel like this one takes while it looks for an image, and how
 * much was added by then: at the end of the initcalls, or later when an initramfs
 * asks. Where swap is in use the system runs already, and its size says nothing.
 */
static void resume_measure_footprint(void)
{
	u64 nr_pages = totalram_pages() - nr_free_pages() - hib_pool_huge_unused();

	if (total_swap_pages)
		return;
	hib_settings.boot_pages = max(hib_settings.boot_pages, nr_pages);
	hib_settings.added_online = hib_added_comes_online();
	hib_settings.added_pages = hib_added_pages(hib_settings.added_online);
}

/*
 * A kernel that saves what is left of a crashed one often has its command line.
 * If that one crashed while it powered down, the image is whole, and the next
 * ordinary boot resumes it: it is neither resumed nor retired here.
 */
static bool resume_is_anothers_business(void)
{
	if (!is_kdump_kernel())
		return false;
	pr_info("this is a crash kernel: images are left alone\n");
	return true;
}

/**
 * hib_resume() - Look for an image in the area that is set, and resume it.
 *
 * Context: Process context. Takes system_transition_mutex.
 * Return: Only when nothing was resumed; -EPERM in a crash kernel, otherwise see
 * hib_load().
 */
int hib_resume(void)
{
	unsigned int flags;
	int ret;

	if (resume_is_anothers_business())
		return -EPERM;
	flags = lock_system_sleep();
	resume_measure_footprint();
	ret = hib_load(hib_settings.resume_dev, hib_settings.resume_block);
	unlock_system_sleep(flags);
	return ret;
}

static bool resume_wanted(void)
{
	return !hib_settings.noresume && hibernation_available();
}

/* An image that is only to be retired is not waited for. */
static int __init resume_locate(bool wanted, dev_t *dev)
{
	if (!hib_settings.spec[0])
		return -ENODEV;
	return hib_locate_wait(hib_settings.spec, wanted ? hib_settings.resume_delay_s : 0,
			       wanted ? hib_settings.resume_wait_s : 0, dev);
}

/* Was it looked at, so that nothing is left to do? */
static bool resume_retire(dev_t dev)
{
	int ret;

	mutex_lock(&system_transition_mutex);
	ret = hib_load_retire(dev, hib_settings.resume_block);
	mutex_unlock(&system_transition_mutex);
	if (!ret)
		pr_notice("an image was retired, as this boot was told not to resume\n");
	return !ret || ret == -ENODATA || hib_place_is_active(dev, hib_settings.resume_block);
}

/*
 * The device may come long after the initcalls, with a module that an initramfs
 * loads, and be claimed for a moment by whoever else looks at it. A resume that
 * is asked for by hand ends the watch, and so does a look at the device: one in
 * use as swap holds no image.
 */
static int resume_retire_late(void *unused)
{
	unsigned int pause_s = 1;

	for (unsigned int waited_s = 0; waited_s < RETIRE_WATCH_S; waited_s += pause_s) {
		dev_t dev;
		int ret;

		schedule_timeout_idle(pause_s * HZ);
		if (resume_wanted())
			break;
		ret = hib_locate_late(hib_settings.spec, &dev);
		if (!ret && resume_retire(dev))
			break;
		if (!ret || hib_locate_is_slow(hib_settings.spec))
			pause_s = min(2 * pause_s, RETIRE_PAUSE_S);
	}
	return 0;
}

static void __init resume_watch(void)
{
	kthread_run(resume_retire_late, NULL, "hib-retire");
}

/* The boot's own attempt; an initramfs may make another through sysfs. */
static int __init hib_resume_at_boot(void)
{
	bool wanted = resume_wanted();
	dev_t dev;

	/* It is unpacked beside the initcalls: no memory is left for that while one loads. */
	wait_for_initramfs();
	hib_settings.ram_pages = get_num_physpages();
	resume_measure_footprint();
	if (resume_is_anothers_business())
		return 0;
	if (resume_locate(wanted, &dev)) {
		if (!wanted && hib_settings.spec[0])
			resume_watch();
		return 0;
	}
	hib_settings.resume_dev = dev;
	if (!wanted) {
		if (!resume_retire(dev))
			resume_watch();
		return 0;
	}
	hib_resume();
	return 0;
}
late_initcall_sync(hib_resume_at_boot);
