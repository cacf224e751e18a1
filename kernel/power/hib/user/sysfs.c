// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: sysfs - /sys/power files of hibernation
 *
 * The files that programs know from earlier kernels accept what they always accepted.
 * The new files are in /sys/power/hibernate/. This file decides nothing.
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/kobject.h>
#include <linux/suspend.h>
#include <linux/sysfs.h>
#include "../../power.h"
#include "device/locate.h"
#include "device/place.h"
#include "memory/snapshot.h"
#include "order/cancel.h"
#include "order/describe.h"
#include "order/estimate.h"
#include "order/load.h"
#include "order/machine.h"
#include "order/setaside.h"
#include "order/settings.h"
#include "answers.h"
#include "boot.h"
#include "log.h"
#include "profile.h"

/* Each function that shows or stores a file begins like this. */
#define POWER_SHOW(_name)							\
	static ssize_t _name##_show(struct kobject *kobj,			\
				    struct kobj_attribute *attr, char *buf)
#define POWER_STORE(_name)							\
	static ssize_t _name##_store(struct kobject *kobj,			\
				     struct kobj_attribute *attr, const char *buf, size_t n)

static const char * const mode_names[HIB_NR_MODES] = {
	[HIB_MODE_PLATFORM] = "platform",
	[HIB_MODE_SHUTDOWN] = "shutdown",
	[HIB_MODE_REBOOT] = "reboot",
	[HIB_MODE_SUSPEND] = "suspend",
	[HIB_MODE_TEST_RESUME] = "test_resume",
};

static bool mode_is_available(enum hib_mode mode)
{
	switch (mode) {
	case HIB_MODE_PLATFORM:
		return hib_machine.platform;
	case HIB_MODE_SUSPEND:
		return IS_ENABLED(CONFIG_SUSPEND);
	default:
		return true;
	}
}

POWER_SHOW(disk)
{
	ssize_t count = 0;

	if (!hibernation_available())
		return sysfs_emit(buf, "[disabled]\n");

	for (enum hib_mode mode = 0; mode < HIB_NR_MODES; mode++) {
		if (!mode_is_available(mode))
			continue;
		count += sysfs_emit_at(buf, count, mode == hib_settings.mode ? "[%s] " : "%s ",
				       mode_names[mode]);
	}
	buf[count - 1] = '\n';
	return count;
}

POWER_STORE(disk)
{
	unsigned int flags;
	int mode;

	if (!hibernation_available())
		return -EPERM;
	mode = __sysfs_match_string(mode_names, HIB_NR_MODES, buf);
	if (mode < 0 || !mode_is_available(mode))
		return -EINVAL;

	flags = lock_system_sleep();
	hib_settings.mode = mode;
	unlock_system_sleep(flags);
	pm_pr_dbg("Hibernation mode set to '%s'\n", mode_names[mode]);
	return n;
}
power_attr(disk);

POWER_SHOW(resume)
{
	return sysfs_emit(buf, "%d:%d\n", MAJOR(hib_settings.resume_dev),
			  MINOR(hib_settings.resume_dev));
}

/*
 * The count is returned even if nothing was resumed: programs take an error as fatal. On
 * a running system they name the place once more before they hibernate to it.
 */
POWER_STORE(resume)
{
	unsigned int flags;
	dev_t dev;
	int ret;

	if (!hibernation_available())
		return n;
	ret = hib_locate_parse(buf, hib_settings.resume_block, &dev);
	if (ret)
		return ret == -ENOMEM ? ret : -EINVAL;

	flags = lock_system_sleep();
	hib_settings.resume_dev = dev;
	unlock_system_sleep(flags);
	hib_boot_resume();
	return n;
}
power_attr(resume);

POWER_SHOW(resume_offset)
{
	return sysfs_emit(buf, "%llu\n", hib_settings.resume_block);
}

POWER_STORE(resume_offset)
{
	unsigned long long block;
	int ret = kstrtoull(buf, 0, &block);

	if (ret)
		return ret;
	hib_settings.resume_block = block;
	return n;
}
power_attr(resume_offset);

static ssize_t size_store(unsigned long *size, const char *buf, size_t n)
{
	if (sscanf(buf, "%lu", size) != 1)
		return -EINVAL;
	return n;
}

POWER_SHOW(image_size)
{
	return sysfs_emit(buf, "%lu\n", hib_settings.image_size);
}

POWER_STORE(image_size)
{
	return size_store(&hib_settings.image_size, buf, n);
}
power_attr(image_size);

POWER_SHOW(reserved_size)
{
	return sysfs_emit(buf, "%lu\n", hib_settings.reserved_size);
}

POWER_STORE(reserved_size)
{
	return size_store(&hib_settings.reserved_size, buf, n);
}
power_attr(reserved_size);

POWER_SHOW(target)
{
	return sysfs_emit(buf, "%s\n", hib_settings.target[0] ? hib_settings.target : "none");
}

POWER_STORE(target)
{
	unsigned int flags = lock_system_sleep();
	int ret = hibernation_available() ? hib_setaside_set(buf) : -EPERM;

	unlock_system_sleep(flags);
	return ret ?: n;
}
power_attr(target);

/* Answers to questions; a transition would be in their way. */
static ssize_t answer(ssize_t (*show)(char *buf), char *buf)
{
	unsigned int flags = lock_system_sleep();
	ssize_t count = show(buf);

	unlock_system_sleep(flags);
	return count;
}

/* The clock cannot be set to wake a machine that has hardly gone to sleep. */
#define AFTER_SUSPEND_LEAST_S	5u

POWER_SHOW(after_suspend)
{
	return sysfs_emit(buf, "%u\n", hib_settings.after_suspend_s);
}

POWER_STORE(after_suspend)
{
	unsigned int seconds;
	int ret = kstrtouint(buf, 0, &seconds);

	if (ret)
		return ret;
	if (seconds && seconds < AFTER_SUSPEND_LEAST_S)
		return -EINVAL;
	hib_settings.after_suspend_s = seconds;
	return n;
}
static struct kobj_attribute after_suspend_attr = __ATTR_RW(after_suspend);

static struct kobj_attribute profile_attr = __ATTR(profile, 0644, hib_profile_show,
						  hib_profile_store);

POWER_SHOW(available)
{
	return answer(hib_answers_available, buf);
}
/* Reads headers of devices, and goes through the memory of tasks: not for everybody. */
static struct kobj_attribute available_attr = __ATTR_RO_MODE(available, 0400);

POWER_SHOW(areas)
{
	return answer(hib_answers_areas, buf);
}
static struct kobj_attribute areas_attr = __ATTR_RO_MODE(areas, 0400);

POWER_SHOW(resume_armed)
{
	return answer(hib_answers_armed, buf);
}
static struct kobj_attribute resume_armed_attr = __ATTR_RO_MODE(resume_armed, 0400);

POWER_SHOW(estimate)
{
	return answer(hib_estimate_show, buf);
}
static struct kobj_attribute estimate_attr = __ATTR_RO_MODE(estimate, 0400);

/* 1 is the place that resume names; anything else names a device. */
POWER_STORE(discard)
{
	u64 root_block = hib_settings.resume_block;
	dev_t dev = hib_settings.resume_dev;
	unsigned int flags;
	int ret = 0;

	if (!sysfs_streq(buf, "1"))
		ret = hib_locate_parse(buf, root_block, &dev);
	if (ret)
		return ret;
	if (!dev)
		return -ENODEV;
	if (hib_place_is_active(dev, root_block))
		return -ENODATA;
	flags = lock_system_sleep();
	ret = hib_load_retire(dev, root_block);
	unlock_system_sleep(flags);
	return ret ?: n;
}
static struct kobj_attribute discard_attr = __ATTR_WO(discard);

/* No lock: whoever hibernates has it. */
POWER_STORE(cancel)
{
	int ret = sysfs_streq(buf, "1") ? hib_cancel_ask() : -EINVAL;

	return ret ?: n;
}
static struct kobj_attribute cancel_attr = __ATTR_WO(cancel);

POWER_STORE(retry)
{
	int ret = sysfs_streq(buf, "1") ? hib_boot_retry() : -EINVAL;

	return ret ?: n;
}
static struct kobj_attribute retry_attr = __ATTR_WO(retry);

POWER_SHOW(last_error)
{
	const struct hib_result *r;
	struct hib_last last;

	hib_machine_last(&last);
	r = &last.result;
	if (!r->phase)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "phase=%s step=%s errno=%d reason=%s\n", r->phase, r->step,
			  r->error, r->error ? r->reason : "ok");
}
power_attr_ro(last_error);

POWER_SHOW(stats)
{
	const struct hib_stats *s;
	struct hib_last last;

	hib_machine_last(&last);
	s = &last.stats;
	return sysfs_emit(buf,
			  "saved_pages %llu\nsame_pages %llu\nprecopied_pages %llu\n"
			  "changed_pages %llu\ncopied_pages %llu\ndropped_pages %llu\n"
			  "reclaimed_pages %llu\nattempts %u\nimage_bytes %llu\n"
			  "chunks_none %u\nchunks_lzo %u\nchunks_lz4 %u\nchunks_zstd %u\n"
			  "atomic_ns %llu\nwrite_ns %llu\nwait_ns %llu\ntotal_ns %llu\nboot_ns %llu\n"
			  "read_ns %llu\nread_bytes %llu\nmoved_pages %llu\nworkers %u\n"
			  "thaw_pages %llu\n"
			  "verify_checked %llu\nverify_excepted %llu\nverify_wrong %llu\n",
			  s->saved_pages, s->same_pages, s->precopied_pages, s->changed_pages,
			  s->copied_pages, s->dropped_pages, s->reclaimed_pages, s->attempts,
			  s->image_bytes, s->nr_chunks[HIB_CODEC_NONE], s->nr_chunks[HIB_CODEC_LZO],
			  s->nr_chunks[HIB_CODEC_LZ4], s->nr_chunks[HIB_CODEC_ZSTD], s->atomic_ns,
			  s->write_ns, s->wait_ns, s->total_ns, s->boot_ns, s->read_ns,
			  s->read_bytes, s->moved_pages,
			  s->workers, hib_machine.thaw_pages,
			  s->verify_checked, s->verify_excepted, s->verify_wrong);
}
power_attr_ro(stats);

POWER_SHOW(census)
{
	struct hib_census census;
	ssize_t count = 0;

	if (hib_snapshot_census(&census))
		return -ENOMEM;
	for (enum hib_census_kind kind = 0; kind < HIB_NR_KINDS; kind++)
		count += sysfs_emit_at(buf, count, "%s %llu\n", hib_census_kind_name(kind),
				       census.kinds[kind]);
	return count + sysfs_emit_at(buf, count, "free %llu\n", census.free);
}
/* A read walks through all of memory, so only root may read it. */
static struct kobj_attribute census_attr = __ATTR_RO_MODE(census, 0400);

POWER_SHOW(image_info)
{
	return hib_describe(hib_settings.resume_dev, hib_settings.resume_block, buf);
}
/* A read opens the device, so only root may read it. */
static struct kobj_attribute image_info_attr = __ATTR_RO_MODE(image_info, 0400);

static struct attribute *power_attrs[] = {
	&disk_attr.attr,
	&resume_attr.attr,
	&resume_offset_attr.attr,
	&image_size_attr.attr,
	&reserved_size_attr.attr,
	NULL
};

static const struct attribute_group power_group = {
	.attrs = power_attrs,
};

static struct attribute *hibernate_attrs[] = {
	&available_attr.attr,
	&areas_attr.attr,
	&resume_armed_attr.attr,
	&estimate_attr.attr,
	&discard_attr.attr,
	&cancel_attr.attr,
	&retry_attr.attr,
	&after_suspend_attr.attr,
	&profile_attr.attr,
	&target_attr.attr,
	&last_error_attr.attr,
	&stats_attr.attr,
	&image_info_attr.attr,
	&census_attr.attr,
	NULL
};

static struct bin_attribute *hibernate_bin_attrs[] = {
	&hib_log_attr,
	NULL
};

static const struct attribute_group hibernate_group = {
	.name = "hibernate",
	.attrs = hibernate_attrs,
	.bin_attrs = hibernate_bin_attrs,
};

static int __init hib_sysfs_init(void)
{
	int ret = sysfs_create_group(power_kobj, &power_group);

	return ret ?: sysfs_create_group(power_kobj, &hibernate_group);
}
core_initcall(hib_sysfs_init);
