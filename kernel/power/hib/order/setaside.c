// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: setaside - the target that the administrator set
 *
 * hibernate.target= names it, or a write to /sys/power/hibernate/target. It is open
 * from then on, until another one is set. One on the command line is opened when it is
 * first needed, as its driver may not be there before.
 *
 * Context: process context, system_transition_mutex held: a transition uses the target.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "setaside.h"
#include <linux/err.h>
#include <linux/string.h>
#include "device/target.h"
#include "pure/mib.h"
#include "machine.h"
#include "settings.h"

static int setaside_open(const char *spec, bool force)
{
	struct hib_target *target = NULL;
	int ret = hib_target_open(spec, force, &target);

	if (ret)
		return ret;
	hib_machine.target = target;
	pr_info("%s is set aside for images: %llu MiB from block %llu on\n", spec,
		hib_blocks_to_mib(target->blocks.nr_blocks), target->member.root_block);
	return 0;
}

static void setaside_drop(void)
{
	if (hib_machine.target)
		hib_target_close(hib_machine.target);
	hib_machine.target = NULL;
	hib_settings.target[0] = '\0';
}

/**
 * hib_setaside_set() - Set another target, or none.
 * @text: "none", or a device or file, with " force" behind it if what it holds may be
 *	destroyed. White space around it is ignored.
 *
 * Return: 0; -EINVAL, or why it cannot be one, see hib_target_open(). Nothing is set
 * aside then.
 */
int hib_setaside_set(const char *text)
{
	char spec[HIB_SPEC_BYTES];
	bool force = false;
	char *behind;
	int ret;

	if (strscpy(spec, skip_spaces(text)) <= 0)
		return -EINVAL;
	strim(spec);
	behind = strrchr(spec, ' ');
	if (behind && !strcmp(behind, " force")) {
		force = true;
		*behind = '\0';
		strim(spec);
	}
	if (!*spec)
		return -EINVAL;
	setaside_drop();
	if (!strcmp(spec, "none"))
		return 0;
	ret = setaside_open(spec, force);
	if (!ret)
		strscpy(hib_settings.target, spec);
	return ret;
}

/**
 * hib_setaside_ensure() - Open the target that the command line names.
 *
 * Return: 0: it is open, or there is none to be; or why it cannot be one.
 */
int hib_setaside_ensure(void)
{
	if (hib_machine.target || !hib_settings.target[0])
		return 0;
	return setaside_open(hib_settings.target, false);
}
