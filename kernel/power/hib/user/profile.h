/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PROFILE_H
#define HIB_PROFILE_H

#include <linux/types.h>

struct kobj_attribute;
struct kobject;

ssize_t hib_profile_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf);
ssize_t hib_profile_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			  size_t n);

#endif
