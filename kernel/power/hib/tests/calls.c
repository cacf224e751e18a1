// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: calls - the calls of the way down, one at a time, for tests
 *
 * debugfs file hib_calls. A write holds the system and releases it, then holds it
 * again, copies memory, drops the copy, copies once more, makes it an image that
 * counts, and drops that: all that a face of the kernel could do that goes on
 * afterwards. The write gives the first error.
 */
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/suspend.h>
#include "order/attempt.h"
#include "order/down.h"
#include "order/save.h"

/* Nobody asked for a pm_test level, and the image is retired before it can be resumed. */
static int calls_copy(struct hib_down *d)
{
	int ret = hib_attempt_copy(d);

	return ret > 0 ? -EINVAL : ret;
}

static int calls_copy_and_write(struct hib_down *d)
{
	int ret = calls_copy(d);

	hib_attempt_drop(d);
	if (ret)
		return ret;
	ret = calls_copy(d) ?: hib_attempt_write(d);
	hib_attempt_drop(d);
	return ret;
}

static int calls_run(struct hib_down *d)
{
	int ret = hib_save_hold(d);

	hib_save_release(d);
	ret = ret ?: hib_save_hold(d);
	if (!ret)
		ret = calls_copy_and_write(d);
	hib_save_release(d);
	return ret;
}

static int calls_set(void *data, u64 value)
{
	unsigned int flags = lock_system_sleep();
	struct hib_down *d;
	int ret;

	d = hib_down_begin(HIB_MODE_SHUTDOWN, &ret);
	if (d) {
		ret = calls_run(d);
		hib_down_end(d);
	}
	unlock_system_sleep(flags);
	return ret;
}
DEFINE_DEBUGFS_ATTRIBUTE(calls_fops, NULL, calls_set, "%llu\n");

static int __init calls_init(void)
{
	debugfs_create_file_unsafe("hib_calls", 0200, NULL, NULL, &calls_fops);
	return 0;
}
device_initcall(calls_init);
