// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: writer - who writes the image: the parameters and the files
 *
 * hibernate.writer= and /sys/power/hibernate/writer say whether this kernel writes its image
 * or a second one does, which was loaded by kexec. /sys/power/hibernate/window says which
 * memory the second one runs in, and a write to /sys/power/hibernate/keep boots it beforehand.
 *
 * In the second kernel hibernate.saver= says where the record of the first one is, and a write
 * to /sys/power/hibernate/save does what that asks for.
 */
#include <linux/init.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <linux/sysfs.h>
#include "order/kept.h"
#include "order/saver.h"
#include "order/settings.h"

/* As all parameters of hibernation, whatever this file is called. */
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "hibernate."

static const char * const writer_names[] = {
	[HIB_WRITER_SELF] = "self",
	[HIB_WRITER_SECOND] = "second",
};

static int writer_set(const char *val, const struct kernel_param *kp)
{
	int writer = sysfs_match_string(writer_names, val);

	if (writer < 0)
		return writer;
	hib_settings.writer = writer;
	return 0;
}

static int writer_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", writer_names[hib_settings.writer]);
}

static const struct kernel_param_ops writer_ops = {
	.set = writer_set,
	.get = writer_get,
};
module_param_cb(writer, &writer_ops, NULL, 0644);
MODULE_PARM_DESC(writer, "Who writes the image: self or second");

module_param_named(saver, hib_settings.saver, ullong, 0444);
MODULE_PARM_DESC(saver, "This is a second kernel: physical address of the record that it works by");

static int limit_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 10, 3600);
}

static const struct kernel_param_ops limit_ops = {
	.set = limit_set,
	.get = param_get_uint,
};
module_param_cb(saver_limit, &limit_ops, &hib_settings.saver_limit_s, 0644);
MODULE_PARM_DESC(saver_limit, "This is a second kernel: seconds without progress before the machine is restarted");

static ssize_t writer_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	bool second = hib_settings.writer == HIB_WRITER_SECOND;

	return sysfs_emit(buf, second ? "self [second]\n" : "[self] second\n");
}

static ssize_t writer_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			    size_t n)
{
	return writer_set(buf, NULL) ?: n;
}

static struct kobj_attribute writer_attr = __ATTR_RW(writer);

static ssize_t window_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct hib_windows *w = &hib_settings.windows;
	ssize_t count = 0;

	for (unsigned int i = 0; i < w->nr; i++)
		count += sysfs_emit_at(buf, count, "%s%#llx-%#llx", i ? "," : "",
				       PFN_PHYS(w->range[i].start_pfn),
				       PFN_PHYS(w->range[i].end_pfn));
	return count + sysfs_emit_at(buf, count, "\n");
}

static ssize_t window_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			    size_t n)
{
	unsigned int flags = lock_system_sleep();
	int ret = hib_windows_parse(buf, &hib_settings.windows);

	if (!ret)
		hib_kept_drop();
	unlock_system_sleep(flags);
	return ret ?: n;
}

/* It tells where memory lies, so only root may read it. */
static struct kobj_attribute window_attr = __ATTR_RW_MODE(window, 0600);

static ssize_t keep_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", hib_kept_pages() << PAGE_SHIFT);
}

static ssize_t keep_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			  size_t n)
{
	unsigned int flags;
	bool keep;
	int ret = kstrtobool(buf, &keep);

	if (ret)
		return ret;
	if (keep && !hibernation_available())
		return -EPERM;
	flags = lock_system_sleep();
	if (keep)
		ret = hib_kept_make();
	else
		hib_kept_drop();
	unlock_system_sleep(flags);
	return ret ?: n;
}

static struct kobj_attribute keep_attr = __ATTR_RW(keep);

static ssize_t save_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			  size_t n)
{
	unsigned int flags;
	int ret;

	if (!hib_settings.saver)
		return -ENOENT;
	flags = lock_system_sleep();
	ret = hib_saver_run();
	unlock_system_sleep(flags);
	return ret ?: n;
}

static struct kobj_attribute save_attr = __ATTR_WO(save);

static struct attribute *hibernate_attrs[] = {
	&writer_attr.attr,
	&window_attr.attr,
	&keep_attr.attr,
	&save_attr.attr,
	NULL
};

static const struct attribute_group writer_group = {
	.name = "hibernate",
	.attrs = hibernate_attrs,
};

/* The folder is made by sysfs.c. */
static int __init hib_writer_init(void)
{
	return sysfs_merge_group(power_kobj, &writer_group);
}
postcore_initcall(hib_writer_init);
