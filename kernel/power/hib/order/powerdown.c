// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: powerdown - to sleep, as the mode says
 *
 * The image counts. The machine goes to sleep through firmware, through suspend to
 * memory, or is switched off; in mode test_resume the image is resumed at once.
 * What is refused for another reason than a wake-up event ends in a power-off, as
 * nothing was thawed and the image is the session.
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
 * hib_powerdown() - Go to sleep beside an image that counts.
 * @d: After hib_attempt_write().
 *
 * Context: Process context, tasks and kernel threads frozen, allocations restricted.
 * Return: Only when the machine stays on: 0 when it was woken from memory or a
 * wake-up event turned it back; in mode test_resume, the errno of the way up.
 * The image still counts: hib_attempt_drop() retires it.
 */
int hib_powerdown(struct hib_down *d)
{
	int ret;

	d->step = "power_down";
	if (d->s.mode == HIB_MODE_TEST_RESUME)
		return hib_load_nested(d);
	ret = pm_wakeup_pending() ? -EBUSY : powerdown_sleep(d);
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
