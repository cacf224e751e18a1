// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: quiet - a caller of hibernate_quiet_exec(), for tests
 *
 * debugfs file hib_quiet. Written "N": a function runs while all devices are
 * quiet, counts itself, and returns -N; the write gives what came of it. Read:
 * how often it ran.
 */
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/suspend.h>

/**
 * struct quiet - The function's life.
 * @ran: How often.
 * @value: What it returns.
 */
struct quiet {
	u64 ran;
	int value;
};

static int quiet_call(void *data)
{
	struct quiet *quiet = data;

	quiet->ran++;
	return quiet->value;
}

static int quiet_set(void *data, u64 value)
{
	struct quiet *quiet = data;

	if (value > MAX_ERRNO)
		return -EINVAL;
	quiet->value = -(int)value;
	return hibernate_quiet_exec(quiet_call, quiet);
}

static int quiet_get(void *data, u64 *value)
{
	*value = ((struct quiet *)data)->ran;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(quiet_fops, quiet_get, quiet_set, "%llu\n");

static int __init quiet_init(void)
{
	static struct quiet quiet;

	debugfs_create_file_unsafe("hib_quiet", 0600, NULL, &quiet, &quiet_fops);
	return 0;
}
device_initcall(quiet_init);
