// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: log - the file log: which step of the last transition took how long
 *
 * Each read makes the text from the steps of the last transition, the one of last_error. It
 * does not change until the next one ends.
 *
 * Context: process context.
 */
#include "log.h"
#include <linux/slab.h>
#include <linux/string.h>
#include "order/machine.h"

/* What each kernel did, one after the other; those of the restored kernel surround the rest. */
static size_t log_text(const struct hib_timeline *timeline, char *text)
{
	size_t count = 0;

	for (u32 kernel = 0; kernel < HIB_TIMELINE_KERNELS; kernel++)
		for (u32 i = 0; i < timeline->nr; i++)
			if (timeline->steps[i].kernel == kernel)
				count += hib_timeline_line(&timeline->steps[i], text + count);
	return count;
}

/* A file of text may not be longer than a page, and this one may. */
static ssize_t log_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr,
			char *buf, loff_t offset, size_t bytes)
{
	struct hib_timeline *timeline = kmalloc(sizeof(*timeline), GFP_KERNEL);
	char *text = kmalloc(HIB_TIMELINE_STEPS * HIB_TIMELINE_LINE_BYTES, GFP_KERNEL);
	ssize_t ret = -ENOMEM;

	if (timeline && text) {
		hib_machine_timeline(timeline);
		ret = memory_read_from_buffer(buf, bytes, &offset, text, log_text(timeline, text));
	}
	kfree(text);
	kfree(timeline);
	return ret;
}

struct bin_attribute hib_log_attr = __BIN_ATTR_RO(log, 0);
