// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: settings - the parameters, and where they come from
 *
 * The command line and sysfs write the parameters, and a session reads them. If a
 * transition could read a parameter at the same time, it is written under
 * system_transition_mutex.
 *
 * An option of the command line is taken even if its value is bad. The value is then
 * named in the log and ignored.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "settings.h"
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include "pure/format.h"
#include "stream/codec.h"

/* The parameters stay in /sys/module/hibernate/parameters/, whatever this file is called. */
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "hibernate."

#define RESUMEWAIT_MAX_S	86400u

#ifdef CONFIG_HIBERNATION_RESUME_AUTO
#define SPEC_DEFAULT	HIB_SPEC_AUTO
#else
#define SPEC_DEFAULT	CONFIG_PM_STD_PARTITION
#endif

struct hib_settings hib_settings = {
	.spec = SPEC_DEFAULT,
	.codec = IS_ENABLED(CONFIG_HIBERNATION_COMP_LZO) ? &hib_codec_lzo :
		 IS_ENABLED(CONFIG_HIBERNATION_COMP_LZ4) ? &hib_codec_lz4 :
		 IS_ENABLED(CONFIG_HIBERNATION_COMP_ZSTD) ? &hib_codec_zstd :
		 IS_ENABLED(CONFIG_HIBERNATION_COMP_NONE) ? &hib_codec_none : NULL,
	.mode = HIB_MODE_SHUTDOWN,
	.areas = HIB_MEMBERS_MAX,
	.tries = 2,
	.freeze_fs = true,
	.freeze_fs_limit_s = 10,
	.wipe = HIB_ERASE_HEADER,
	.wipe_limit_s = 10,
	.emergency_limit_s = 10,
	.saver_limit_s = 120,
	.cancel_by_key = true,
};

/* The device is needed also after noresume, to find and retire an image. */
static int __init resume_setup(char *str)
{
	if (strscpy(hib_settings.spec, str, sizeof(hib_settings.spec)) < 0) {
		pr_warn("resume= is longer than %zu characters, ignored\n",
			sizeof(hib_settings.spec) - 1);
		hib_settings.spec[0] = '\0';
	}
	return 1;
}
__setup("resume=", resume_setup);

static int __init resume_offset_setup(char *str)
{
	u64 block;

	if (kstrtou64(str, 10, &block))
		pr_warn("resume_offset=%s is not a number, ignored\n", str);
	else
		hib_settings.resume_block = block;
	return 1;
}
__setup("resume_offset=", resume_offset_setup);

static int __init resumewait_setup(char *str)
{
	unsigned int seconds;

	if (!*str)
		hib_settings.resume_wait_s = -1;
	else if (*str != '=' || kstrtouint(str + 1, 10, &seconds) || seconds > RESUMEWAIT_MAX_S)
		pr_warn("resumewait%s is not understood, ignored\n", str);
	else
		hib_settings.resume_wait_s = seconds;
	return 1;
}
__setup("resumewait", resumewait_setup);

static int __init resumedelay_setup(char *str)
{
	if (kstrtouint(str, 10, &hib_settings.resume_delay_s))
		pr_warn("resumedelay=%s is not a number, ignored\n", str);
	return 1;
}
__setup("resumedelay=", resumedelay_setup);

static int __init noresume_setup(char *str)
{
	hib_settings.noresume = true;
	return 1;
}
__setup("noresume", noresume_setup);

static int __init nohibernate_setup(char *str)
{
	hib_settings.noresume = true;
	hib_settings.disabled = true;
	return 1;
}
__setup("nohibernate", nohibernate_setup);

static int __init hibernate_setup(char *str)
{
	if (str_has_prefix(str, "noresume")) {
		hib_settings.noresume = true;
	} else if (str_has_prefix(str, "nocompress")) {
		hib_settings.codec = &hib_codec_none;
	} else if (str_has_prefix(str, "no")) {
		hib_settings.noresume = true;
		hib_settings.disabled = true;
	} else if (!strcmp(str, "retry")) {
		hib_settings.retry = true;
	} else if (!strcmp(str, HIB_SPEC_AUTO)) {
		strscpy(hib_settings.spec, HIB_SPEC_AUTO, sizeof(hib_settings.spec));
	} else if (str_has_prefix(str, "protect_image")) {
		hib_settings.protect_image = IS_ENABLED(CONFIG_STRICT_KERNEL_RWX);
	} else {
		pr_warn("hibernate=%s is not understood, ignored\n", str);
	}
	return 1;
}
__setup("hibernate=", hibernate_setup);

static int compressor_set(const char *val, const struct kernel_param *kp)
{
	const struct hib_codec_ops *codec = NULL;
	char name[16];

	if (strscpy(name, val, sizeof(name)) < 0)
		return -EINVAL;
	val = strim(name);
	if (strcmp(val, "auto")) {
		codec = hib_codec_by_name(val);
		if (!codec)
			return -EINVAL;
	}
	if (!mutex_trylock(&system_transition_mutex))
		return -EBUSY;
	hib_settings.codec = codec;
	mutex_unlock(&system_transition_mutex);
	return 0;
}

static int compressor_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", hib_settings.codec ? hib_settings.codec->name : "auto");
}

static const struct kernel_param_ops compressor_ops = {
	.set = compressor_set,
	.get = compressor_get,
};
module_param_cb(compressor, &compressor_ops, NULL, 0644);
MODULE_PARM_DESC(compressor, "Codec of the image: auto, lzo, lz4, zstd or none");

module_param_named(require_armed, hib_settings.require_armed, bool, 0644);
MODULE_PARM_DESC(require_armed, "Refuse to hibernate to a place that this boot did not look at");

module_param_named(live_resume, hib_settings.live_resume, bool, 0644);
MODULE_PARM_DESC(live_resume, "Resume by a write to /sys/power/resume although disks were mounted");

static const char * const guard_names[] = {
	[HIB_GUARD_WAIT] = "wait",
	[HIB_GUARD_STRICT] = "strict",
	[HIB_GUARD_OFF] = "off",
};

static int guard_set(const char *val, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(guard_names, val);

	if (mode < 0)
		return mode;
	hib_settings.guard = mode;
	return 0;
}

static int guard_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", guard_names[hib_settings.guard]);
}

static const struct kernel_param_ops guard_ops = {
	.set = guard_set,
	.get = guard_get,
};
module_param_cb(guard, &guard_ops, NULL, 0644);
MODULE_PARM_DESC(guard, "If file systems of an image are not there: wait, strict or off");

module_param_named(verify, hib_settings.verify, bool, 0644);
MODULE_PARM_DESC(verify, "Digest every saved frame and compare after the resume");

static const char * const precopy_names[] = {
	[HIB_PRECOPY_AUTO] = "auto",
	[HIB_PRECOPY_ALWAYS] = "always",
	[HIB_PRECOPY_NEVER] = "never",
};

static int precopy_set(const char *val, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(precopy_names, val);

	if (mode < 0)
		return mode;
	hib_settings.precopy = mode;
	return 0;
}

static int precopy_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", precopy_names[hib_settings.precopy]);
}

static const struct kernel_param_ops precopy_ops = {
	.set = precopy_set,
	.get = precopy_get,
};
module_param_cb(precopy, &precopy_ops, NULL, 0644);
MODULE_PARM_DESC(precopy, "Write pages before the atomic point: auto, always or never");

static int tries_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, 100);
}

static const struct kernel_param_ops tries_ops = {
	.set = tries_set,
	.get = param_get_uint,
};
module_param_cb(tries, &tries_ops, &hib_settings.tries, 0644);
MODULE_PARM_DESC(tries, "Boots that may begin to load an image before it is given up");

/* Later on, /sys/power/hibernate/target can open it. */
module_param_string(target, hib_settings.target, sizeof(hib_settings.target), 0);
MODULE_PARM_DESC(target, "Device or file that is set aside for images");

static int areas_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, HIB_MEMBERS_MAX);
}

static const struct kernel_param_ops areas_ops = {
	.set = areas_set,
	.get = param_get_uint,
};
module_param_cb(areas, &areas_ops, &hib_settings.areas, 0644);
MODULE_PARM_DESC(areas, "Swap areas that an image may lie in; 1: the one of resume= alone");

module_param_named(freeze_fs, hib_settings.freeze_fs, bool, 0644);
MODULE_PARM_DESC(freeze_fs, "Hold file systems while an image is made and written");

static int limit_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, 600);
}

static const struct kernel_param_ops limit_ops = {
	.set = limit_set,
	.get = param_get_uint,
};
module_param_cb(freeze_fs_limit, &limit_ops, &hib_settings.freeze_fs_limit_s, 0644);
MODULE_PARM_DESC(freeze_fs_limit, "Seconds that all file systems together have to come to rest");

static const char * const wipe_names[HIB_NR_ERASES] = {
	[HIB_ERASE_NONE] = "none",
	[HIB_ERASE_HEADER] = "header",
	[HIB_ERASE_DISCARD] = "discard",
	[HIB_ERASE_ZERO] = "zero",
};

static int wipe_set(const char *val, const struct kernel_param *kp)
{
	int how = sysfs_match_string(wipe_names, val);

	if (how < 0)
		return how;
	hib_settings.wipe = how;
	return 0;
}

static int wipe_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", wipe_names[hib_settings.wipe]);
}

static const struct kernel_param_ops wipe_ops = {
	.set = wipe_set,
	.get = wipe_get,
};
module_param_cb(wipe, &wipe_ops, NULL, 0644);
MODULE_PARM_DESC(wipe, "What is done with an image after its use: none, header, discard or zero");

module_param_cb(wipe_limit, &limit_ops, &hib_settings.wipe_limit_s, 0644);
MODULE_PARM_DESC(wipe_limit, "Seconds that discarding or overwriting an image may take");

module_param_cb(emergency_limit, &limit_ops, &hib_settings.emergency_limit_s, 0644);
MODULE_PARM_DESC(emergency_limit, "Profile emergency: seconds that optional waits may take together");

static int cancel_set(const char *val, const struct kernel_param *kp)
{
	if (sysfs_streq(val, "key"))
		hib_settings.cancel_by_key = true;
	else if (sysfs_streq(val, "off"))
		hib_settings.cancel_by_key = false;
	else
		return -EINVAL;
	return 0;
}

static int cancel_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", hib_settings.cancel_by_key ? "key" : "off");
}

static const struct kernel_param_ops cancel_ops = {
	.set = cancel_set,
	.get = cancel_get,
};
module_param_cb(cancel, &cancel_ops, NULL, 0644);
MODULE_PARM_DESC(cancel, "Esc and the power button cancel hibernation while tasks are frozen: key or off");

static const char * const progress_names[] = {
	[HIB_PROGRESS_AUTO] = "auto",
	[HIB_PROGRESS_LINES] = "lines",
	[HIB_PROGRESS_OFF] = "off",
};

static int progress_set(const char *val, const struct kernel_param *kp)
{
	int where = sysfs_match_string(progress_names, val);

	if (where < 0)
		return where;
	hib_settings.progress = where;
	return 0;
}

static int progress_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", progress_names[hib_settings.progress]);
}

static const struct kernel_param_ops progress_ops = {
	.set = progress_set,
	.get = progress_get,
};
module_param_cb(progress, &progress_ops, NULL, 0644);
MODULE_PARM_DESC(progress, "Progress on the screen and in the log (auto), in the log (lines), or off");

static int memmap_set(const char *val, const struct kernel_param *kp)
{
	if (sysfs_streq(val, "strict"))
		hib_settings.same_map = true;
	else if (sysfs_streq(val, "tolerant"))
		hib_settings.same_map = false;
	else
		return -EINVAL;
	return 0;
}

static int memmap_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", hib_settings.same_map ? "strict" : "tolerant");
}

static const struct kernel_param_ops memmap_ops = {
	.set = memmap_set,
	.get = memmap_get,
};
module_param_cb(memmap, &memmap_ops, NULL, 0644);
MODULE_PARM_DESC(memmap, "Firmware's memory map: tolerant of tables that moved, or strict");
