// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: boot - an image that this boot may resume
 *
 * The boot looks for an image once, after all initcalls. If the device comes later,
 * an initramfs or an administrator asks again by a write to /sys/power/resume.
 *
 * A boot that was told not to resume retires the image instead, also if the device
 * comes late. File systems change from now on, and a later boot must not resume an
 * image that is older than they are.
 *
 * Context: process context. Takes system_transition_mutex.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "boot.h"
#include <linux/crash_dump.h>
#include <linux/delay.h>
#include <linux/device/driver.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/init_syscalls.h>
#include <linux/initrd.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <linux/swap.h>
#include "../../power.h"
#include "device/locate.h"
#include "device/nvram.h"
#include "device/place.h"
#include "device/search.h"
#include "memory/added.h"
#include "memory/pool.h"
#include "order/live.h"
#include "order/load.h"
#include "order/machine.h"
#include "order/settings.h"
#include "pure/owner.h"

/* If a boot must not resume and the device is not there, it looks for it this long. */
#define RETIRE_WATCH_S	300u
/* A look takes time or finds the device busy: the pause between two looks grows. */
#define RETIRE_PAUSE_S	8u

/* Between two looks for devices that were not there; when disks are mounted, there is time. */
#define SEARCH_PAUSE_MS		200u
#define SEARCH_PAUSE_LIVE_MS	1000u
/* Whether disks are mounted takes a thread to find out, and only ends the search. */
#define SEARCH_LIVE_MS		10000u

/* Said when there was an image. */
#define RETIRE_TOLD	"an image was retired, as this boot was told not to resume"
#define RETIRE_LATE	"an image was retired, as disks were mounted before it was found"
#define RETIRE_STALE	"an image of this installation was retired, as it is older than the disks"
#define RETIRE_WITHOUT	"an image was retired, as this boot goes on without its device"

/*
 * Record how much memory a kernel like this one takes when it looks for an image, and
 * how much memory was added by then. It looks at the end of the initcalls, or later
 * when an initramfs asks. If swap is in use, the system runs already, and its size
 * says nothing about a boot.
 */
static void resume_measure_footprint(void)
{
	u64 nr_pages;

	if (total_swap_pages)
		return;
	drain_all_pages(NULL);
	nr_pages = totalram_pages() - nr_free_pages() - hib_pool_huge_unused();
	hib_machine.boot_pages = max(hib_machine.boot_pages, nr_pages);
	hib_machine.added_online = hib_added_comes_online();
	hib_machine.added_pages = hib_added_pages(hib_machine.added_online);
}

/*
 * A crash kernel often has the command line of the kernel that crashed, with
 * resume=. If that kernel crashed while it powered down, the image is whole and the
 * next ordinary boot resumes it. So a crash kernel neither resumes nor retires it.
 */
static bool resume_is_anothers_business(void)
{
	if (hib_settings.saver) {
		pr_info("this kernel writes the image of another one\n");
		return true;
	}
	if (!is_kdump_kernel())
		return false;
	pr_info("this is a crash kernel: images are left alone\n");
	return true;
}

static bool resume_wanted(void)
{
	return !hib_settings.noresume && hibernation_available();
}

/* If the image is only to be retired, the boot does not wait for its device. */
static int __init resume_locate(bool wanted, dev_t *dev)
{
	return hib_locate_wait(hib_settings.spec, hib_settings.resume_block,
			       wanted ? hib_settings.resume_delay_s : 0,
			       wanted ? hib_settings.resume_wait_s : 0, dev);
}

/* Is nothing left to do, because the device was looked at? @what: logged if there was an image. */
static bool resume_retire(dev_t dev, u64 root_block, const char *what)
{
	int ret;

	mutex_lock(&system_transition_mutex);
	ret = hib_load_retire(dev, root_block);
	mutex_unlock(&system_transition_mutex);
	if (!ret)
		pr_notice("%s\n", what);
	return !ret || ret == -ENODATA || hib_place_is_active(dev, root_block);
}

/* The same for the place that resume= names, which the next boot looks at, too. */
static bool resume_retire_named(dev_t dev)
{
	bool done = resume_retire(dev, hib_settings.resume_block, RETIRE_TOLD);

	if (done)
		hib_machine_looked(dev, hib_settings.resume_block);
	return done;
}

/*
 * The device may come long after the initcalls, with a module that an initramfs
 * loads. Somebody else who looks at it may claim it for a moment. The watch ends when
 * a resume is asked for by hand, or when the device was looked at: a device that is in
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
		ret = hib_locate_late(hib_settings.spec, hib_settings.resume_block, &dev);
		if (!ret && resume_retire_named(dev))
			break;
		if (!ret || hib_locate_is_slow(hib_settings.spec))
			pause_s = min(2 * pause_s, RETIRE_PAUSE_S);
	}
	return 0;
}

/*
 * If a device of the image is missing, the image is left for another try. If this boot
 * goes on without the device, however late, the image is retired.
 */
static int retire_when_live(void *unused)
{
	while (hib_live() <= 0)
		schedule_timeout_idle(HZ);
	resume_retire(hib_machine.watched_dev, hib_machine.watched_block, RETIRE_WITHOUT);
	hib_machine.watched_dev = 0;
	return 0;
}

static void resume_watch(int (*watch)(void *unused))
{
	kthread_run(watch, NULL, "hib-retire");
}

static int resume_now(enum hib_load_when when)
{
	unsigned int flags = lock_system_sleep();
	int ret;

	resume_measure_footprint();
	ret = hib_load(hib_settings.resume_dev, hib_settings.resume_block, when);
	unlock_system_sleep(flags);
	if (ret == -EAGAIN && !hib_machine.watched_dev) {
		hib_machine.watched_block = hib_settings.resume_block;
		hib_machine.watched_dev = hib_settings.resume_dev;
		resume_watch(retire_when_live);
	}
	return ret;
}

static bool resume_is_auto(void)
{
	return !strcmp(hib_settings.spec, HIB_SPEC_AUTO);
}

/*
 * Without resume= or a word against it, nobody asked for a search: then an image of this
 * installation is only retired, if it is to be.
 */
static bool search_is_over(void)
{
	return resume_wanted() && !resume_is_auto();
}

/* An image was found by itself: resume it, or see to it that no later boot does. */
static void resume_found(dev_t dev, u64 root_block)
{
	pr_info("%u:%u holds an image of this installation\n", MAJOR(dev), MINOR(dev));
	if (!resume_wanted()) {
		resume_retire(dev, root_block, RETIRE_TOLD);
	} else if (hib_live() > 0) {
		resume_retire(dev, root_block, RETIRE_LATE);
	} else {
		hib_settings.resume_dev = dev;
		hib_settings.resume_block = root_block;
		resume_now(HIB_LOAD_EARLY);
	}
}

/* Not beside a transition, when devices are quiesced. */
static int resume_search_look(struct hib_search *search, dev_t *dev, u64 *root_block)
{
	int ret = -ENODEV;

	if (!mutex_trylock(&system_transition_mutex))
		return ret;
	ret = hib_search_look(search, dev, root_block);
	mutex_unlock(&system_transition_mutex);
	return ret;
}

/*
 * Devices may come with modules that an initramfs loads, or be unlocked by it. When disks
 * are mounted, a device is looked at for some minutes more, to retire its image.
 */
static int resume_search_late(void *arg)
{
	unsigned int pause_ms = SEARCH_PAUSE_MS, waited_ms = 0, live_ms = 0;
	struct hib_search *search = arg;
	u64 root_block;
	dev_t dev;
	int ret;

	do {
		ret = resume_search_look(search, &dev, &root_block);
		if (ret != -ENODEV)
			break;
		msleep(pause_ms);
		waited_ms += pause_ms;
		if (!live_ms && waited_ms % SEARCH_LIVE_MS == 0 && hib_live() > 0)
			pause_ms = SEARCH_PAUSE_LIVE_MS;
		if (pause_ms == SEARCH_PAUSE_LIVE_MS)
			live_ms += pause_ms;
	} while (live_ms < RETIRE_WATCH_S * MSEC_PER_SEC && !search_is_over());
	hib_search_end(search);
	if (!ret && !search_is_over())
		resume_found(dev, root_block);
	return ret;
}

static void __init resume_search(const struct hib_owner *mine)
{
	struct hib_search *search = hib_search_begin(mine);
	u64 blocks[HIB_NVRAM_BLOCKS], root_block;
	unsigned int nr = hib_nvram_blocks(blocks);
	dev_t dev;
	int ret;

	if (!search)
		return;
	hib_search_add(search, hib_settings.resume_block);
	for (unsigned int i = 0; i < nr; i++)
		hib_search_add(search, blocks[i]);
	wait_for_device_probe();
	ret = hib_search_look(search, &dev, &root_block);
	if (resume_is_auto())
		hib_machine_searched(hib_settings.resume_block);
	if (ret == -ENODEV &&
	    !IS_ERR(kthread_run(resume_search_late, search, "hib-search")))
		return;
	hib_search_end(search);
	if (!ret)
		resume_found(dev, root_block);
}

/*
 * Nobody named a place. With noresume the image may be where only an initramfs or EFI's
 * variables would have led, so it is searched for, unless another installation may look
 * like this one.
 */
static void __init resume_unnamed(bool wanted)
{
	struct hib_owner mine;

	hib_machine_owner(&mine);
	if (resume_is_auto() || (!wanted && hib_owner_is_certain(&mine)))
		resume_search(&mine);
}

/*
 * A place was named when disks are mounted. If it has an image of this installation, no
 * boot may resume it any more. What is not certainly ours may be of a disk that was only
 * plugged in.
 */
static void resume_retire_stale(dev_t dev, u64 root_block)
{
	struct hib_search *search;
	struct hib_owner mine;
	bool is_mine;

	hib_machine_owner(&mine);
	if (hib_place_is_active(dev, root_block) || !hib_owner_is_certain(&mine))
		return;
	search = hib_search_begin(&mine);
	if (!search)
		return;
	is_mine = hib_search_is_mine(search, dev, root_block);
	hib_search_end(search);
	if (is_mine && !resume_retire(dev, root_block, RETIRE_STALE))
		pr_warn("%u:%u holds an image that is older than the disks, and is in use: do not resume it\n",
			MAJOR(dev), MINOR(dev));
}

/**
 * hib_boot_resume() - Look for an image in the area that is set, and resume it.
 *
 * Nothing is resumed where this boot has begun to change its disks, unless
 * hibernate.live_resume says so. An image that is certainly of this installation is then
 * retired.
 *
 * Context: Process context. Takes system_transition_mutex.
 * Return: Only when nothing was resumed; -EPERM in a crash kernel or on a running
 * system, otherwise see hib_load().
 */
int hib_boot_resume(void)
{
	if (resume_is_anothers_business())
		return -EPERM;
	if (!hib_settings.live_resume && hib_live() > 0) {
		pr_info("%u:%u is the place for an image from now on: disks are mounted, nothing is resumed\n",
			MAJOR(hib_settings.resume_dev), MINOR(hib_settings.resume_dev));
		resume_retire_stale(hib_settings.resume_dev, hib_settings.resume_block);
		return -EPERM;
	}
	hib_settings.noresume = false;
	return resume_now(HIB_LOAD_EARLY);
}

/**
 * hib_boot_retry() - Resume the image in the area that is set, also if it is kept.
 *
 * Context: Process context. Takes system_transition_mutex.
 * Return: Only when nothing was resumed; -EPERM in a crash kernel, or if hibernation is not
 * available; otherwise see hib_load().
 */
int hib_boot_retry(void)
{
	if (resume_is_anothers_business() || !hibernation_available())
		return -EPERM;
	return resume_now(HIB_LOAD_ASKED);
}

/* The boot looks by itself; an initramfs may ask again through sysfs. */
static int __init hib_resume_at_boot(void)
{
	bool wanted = resume_wanted();
	dev_t dev;

	/* It is unpacked at the same time, and loading an image leaves no memory for it. */
	wait_for_initramfs();
	hib_machine.ram_pages = get_num_physpages();
	resume_measure_footprint();
	if (resume_is_anothers_business())
		return 0;
	if (resume_is_auto() || !hib_settings.spec[0]) {
		resume_unnamed(wanted);
		return 0;
	}
	if (resume_locate(wanted, &dev)) {
		if (!wanted)
			resume_watch(resume_retire_late);
		return 0;
	}
	hib_settings.resume_dev = dev;
	if (!wanted) {
		if (!resume_retire_named(dev))
			resume_watch(resume_retire_late);
		return 0;
	}
	resume_now(init_eaccess("/init") ? HIB_LOAD_LAST : HIB_LOAD_EARLY);
	return 0;
}
late_initcall_sync(hib_resume_at_boot);
