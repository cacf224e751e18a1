// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: powerdown - to sleep, as the mode says
 *
 * The image is valid. The machine goes to sleep through firmware or through suspend to
 * memory, or it is switched off. In mode test_resume the image is resumed at once. If it has
 * slept in memory as long as it should, it is switched off, too.
 *
 * If sleep is refused for another reason than a wake-up event, the machine is switched
 * off: nothing was thawed, so the next boot resumes the image and nothing is lost.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "powerdown.h"
#include <linux/err.h>
#include <linux/printk.h>
#include <linux/suspend.h>
#include "down.h"
#include "hybrid.h"
#include "load.h"
#include "platform.h"
#include "poweroff.h"

static int powerdown_sleep(struct hib_down *d)
{
	switch (d->s.mode) {
	case HIB_MODE_PLATFORM:
		return hib_platform_enter(d);
	case HIB_MODE_SUSPEND:
		return hib_hybrid_enter(d);
	default:
		hib_poweroff(d->s.mode == HIB_MODE_REBOOT);
	}
}

/**
 * hib_powerdown() - Put the machine to sleep, as the mode says.
 * @d: After hib_attempt_write(); its image is valid.
 *
 * Context: Process context, tasks and kernel threads frozen, allocations restricted.
 * Return: Only if the machine stays on: 0 if it was woken from memory, or if a wake-up
 * event ended the power-down; in mode test_resume the errno of the way up. The image is
 * still valid then; hib_attempt_drop() retires it.
 */
int hib_powerdown(struct hib_down *d)
{
	int ret;

	d->step = "power_down";
	if (d->s.mode == HIB_MODE_TEST_RESUME)
		return hib_load_nested(d);
	ret = pm_wakeup_pending() ? -EBUSY : powerdown_sleep(d);
	if (ret == HIB_HYBRID_OVER) {
		pr_info("slept long enough, the image is on the disk: switching off\n");
		hib_poweroff(false);
	}
	if (!ret || ret == -EAGAIN || ret == -EBUSY) {
		events_check_enabled = false;
		if (ret)
			hib_session_fail(&d->s, ret, "wakeup: an event arrived");
		return 0;
	}
	pr_err("%s could not power down: %pe, switching off\n",
	       d->s.mode == HIB_MODE_SUSPEND ? "suspend" : "platform", ERR_PTR(ret));
	hib_poweroff(false);
}
