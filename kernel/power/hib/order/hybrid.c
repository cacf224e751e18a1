// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hybrid - an image on the disk while memory stays powered
 *
 * In mode suspend the image is committed, and then the machine is suspended to memory.
 * When the machine is woken from memory, the image is retired before anything is thawed,
 * and the way down ends. If the power fails before that, the next boot resumes the
 * image: no task ran since the copy, so the image is still right.
 *
 * With /sys/power/hibernate/after_suspend an alarm of the real-time clock wakes the machine
 * after that time, and it is switched off at once: the image is there already, and no task
 * needs to run for it. An alarm timer programs the clock, so the alarm of a user stays.
 *
 * Notifiers were told of a hibernation and are not told of a suspend. Firmware's methods
 * for S4 are not called; firmware is told what every suspend to memory tells it.
 *
 * Context: process context, everything frozen, allocations restricted.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "hybrid.h"
#include <linux/alarmtimer.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/rtc.h>
#include <linux/suspend.h>
#include "../../power.h"
#include "down.h"
#include "inject.h"
#include "settings.h"

/* The real-time clock counts whole seconds, so it may wake the machine this much too early. */
#define HYBRID_EARLY_MS	2000

static enum alarmtimer_restart hybrid_rang(struct alarm *alarm, ktime_t now)
{
	return ALARMTIMER_NORESTART;
}

/* Returns false if nothing will wake the machine. */
static bool hybrid_set_alarm(struct hib_down *d)
{
	ktime_t wanted = ktime_set(hib_settings.after_suspend_s, 0), possible;
	struct rtc_device *rtc = alarmtimer_get_rtcdev();

	if (!wanted)
		return false;
	if (!rtc) {
		pr_warn("no clock can wake this machine: it stays suspended\n");
		return false;
	}
	/* Many can be set for a day. The alarm timer would wake the machine then, but not end. */
	possible = rtc_bound_alarmtime(rtc, wanted);
	if (possible < wanted)
		pr_info("the clock counts no further than %lld s: the machine is switched off then\n",
			ktime_divns(possible, NSEC_PER_SEC));
	alarm_init(&d->alarm, ALARM_BOOTTIME, hybrid_rang);
	alarm_start_relative(&d->alarm, possible);
	return true;
}

/* Whoever wakes the machine in the moment of the alarm finds it switched off. */
static bool hybrid_alarm_is_over(struct hib_down *d)
{
	s64 left_ms = ktime_to_ms(alarm_expires_remaining(&d->alarm));

	alarm_cancel(&d->alarm);
	return left_ms <= HYBRID_EARLY_MS;
}

/**
 * hib_hybrid_enter() - Suspend to memory while the image is valid.
 * @d: The way down. The frames of the copy are freed, as drivers may need memory.
 *
 * /sys/power/mem_sleep names the state.
 *
 * Return: 0 after the machine slept and was woken from memory; %HIB_HYBRID_OVER if it slept
 * as long as it should; -EBUSY or -EAGAIN for a wake-up event; or the errno of the driver or
 * CPU that refused. In each case devices work again and the image is still valid.
 */
int hib_hybrid_enter(struct hib_down *d)
{
	bool is_set;
	int ret;

	hib_stream_release(&d->s.stream);
	hib_snapshot_release_frames(&d->snapshot);
	pm_suspend_clear_flags();
	is_set = hybrid_set_alarm(d);
	ret = hib_inject(&d->s, "suspend") ?: suspend_devices_and_enter(mem_sleep_current);
	return is_set && hybrid_alarm_is_over(d) && !ret ? HIB_HYBRID_OVER : ret;
}
