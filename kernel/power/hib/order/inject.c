// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: inject - steps that fail on purpose, and wake-up events between steps
 *
 * A test names a step by the parameter fail_step or wake_step. Before a step begins,
 * its table calls hib_inject(); so does each point that is no row of a table.
 * user/steplist.c lists the names.
 *
 * Only with CONFIG_HIBERNATION_DEBUG. Only the parameters write the one object.
 */
#include "inject.h"
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include "session.h"

/* The parameters stay in /sys/module/hibernate/parameters/, whatever this file is called. */
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "hibernate."

/**
 * struct hib_injection - What a test wants.
 * @fail_step: Step that fails; empty: none.
 * @fail_error: Errno of that failure.
 * @wake_step: Step before which a wake-up event arrives; empty: none.
 * @wake_source: Source of that event.
 */
struct hib_injection {
	char fail_step[HIB_INJECT_BYTES];
	int fail_error;
	char wake_step[HIB_INJECT_BYTES];
	struct wakeup_source *wake_source;
};

static struct hib_injection hib_injection;

/* NAME or NAME:ERRNO (positive); empty: none. */
static int fail_step_set(const char *val, const struct kernel_param *kp)
{
	char text[HIB_INJECT_BYTES];
	unsigned int number = EIO;
	char *colon;

	if (strscpy(text, val, sizeof(text)) < 0)
		return -EINVAL;
	text[strcspn(text, "\n")] = '\0';
	colon = strchr(text, ':');
	if (colon) {
		*colon = '\0';
		if (kstrtouint(colon + 1, 10, &number) || !number || number > MAX_ERRNO)
			return -EINVAL;
	}
	strscpy(hib_injection.fail_step, text);
	hib_injection.fail_error = -(int)number;
	return 0;
}

static int fail_step_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s:%d\n", hib_injection.fail_step, -hib_injection.fail_error);
}

static const struct kernel_param_ops fail_step_ops = {
	.set = fail_step_set,
	.get = fail_step_get,
};
module_param_cb(fail_step, &fail_step_ops, NULL, 0644);
MODULE_PARM_DESC(fail_step, "Step of a transition to fail, NAME[:ERRNO]");

static int wake_step_set(const char *val, const struct kernel_param *kp)
{
	char text[HIB_INJECT_BYTES];

	if (strscpy(text, val, sizeof(text)) < 0)
		return -EINVAL;
	text[strcspn(text, "\n")] = '\0';
	if (system_state < SYSTEM_RUNNING)
		return -EBUSY;
	if (text[0] && !hib_injection.wake_source)
		hib_injection.wake_source = wakeup_source_register(NULL, "hibernate_test");
	if (text[0] && !hib_injection.wake_source)
		return -ENOMEM;
	strscpy(hib_injection.wake_step, text);
	return 0;
}

static int wake_step_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", hib_injection.wake_step);
}

static const struct kernel_param_ops wake_step_ops = {
	.set = wake_step_set,
	.get = wake_step_get,
};
module_param_cb(wake_step, &wake_step_ops, NULL, 0600);
MODULE_PARM_DESC(wake_step, "Step of a transition before which a wake-up event comes");

/**
 * hib_inject() - Should this step fail or meet a wake-up event, for a test?
 * @session: A struct hib_session.
 * @step: Name of the step about to be entered.
 *
 * Return: 0, or the errno that the step fails with.
 */
int hib_inject(void *session, const char *step)
{
	if (hib_injection.wake_step[0] && !strcmp(step, hib_injection.wake_step))
		pm_wakeup_ws_event(hib_injection.wake_source, 0, false);
	if (!hib_injection.fail_step[0] || strcmp(step, hib_injection.fail_step))
		return 0;
	return hib_session_fail(session, hib_injection.fail_error, "injected");
}
