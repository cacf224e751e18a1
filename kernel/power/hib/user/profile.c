// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: profile - how much hurry there is: the parameter and the file
 *
 * hibernate.profile= and /sys/power/hibernate/profile set the same. A transition reads it
 * once, when it begins, so no lock is needed. order/emergency.c says what it changes.
 */
#include "profile.h"
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include "order/settings.h"

/* As all parameters of hibernation, whatever this file is called. */
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "hibernate."

static const char * const profile_names[HIB_NR_PROFILES] = {
	[HIB_PROFILE_NORMAL] = "normal",
	[HIB_PROFILE_EMERGENCY] = "emergency",
};

static int profile_set(const char *val, const struct kernel_param *kp)
{
	int profile = sysfs_match_string(profile_names, val);

	if (profile < 0)
		return profile;
	hib_settings.profile = profile;
	return 0;
}

static int profile_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", profile_names[hib_settings.profile]);
}

static const struct kernel_param_ops profile_ops = {
	.set = profile_set,
	.get = profile_get,
};
module_param_cb(profile, &profile_ops, NULL, 0644);
MODULE_PARM_DESC(profile, "How much hurry there is: normal or emergency");

/**
 * hib_profile_show() - Both profiles, with the one that holds in brackets.
 * @kobj: Not used.
 * @attr: Not used.
 * @buf: A sysfs buffer.
 *
 * Return: Bytes written to @buf.
 */
ssize_t hib_profile_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t count = 0;

	for (enum hib_profile profile = 0; profile < HIB_NR_PROFILES; profile++)
		count += sysfs_emit_at(buf, count,
				       profile == hib_settings.profile ? "[%s] " : "%s ",
				       profile_names[profile]);
	buf[count - 1] = '\n';
	return count;
}

/**
 * hib_profile_store() - Set the profile.
 * @kobj: Not used.
 * @attr: Not used.
 * @buf: Its name.
 * @n: Bytes of it.
 *
 * Return: @n; or -EINVAL, and nothing has changed.
 */
ssize_t hib_profile_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			  size_t n)
{
	int ret = profile_set(buf, NULL);

	return ret ?: n;
}
