// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: emergency - what the profile emergency changes
 *
 * The battery is nearly empty: the image has to be valid and the machine off as soon as
 * possible. How fast it resumes matters less. So with this profile
 *
 * * clean cache is dropped before the image is made, and image_size is not looked at;
 * * each chunk is stored in the way that is written fastest, whatever codec was named;
 * * the machine is switched off without firmware's S4 and without a sleep in memory;
 * * waits that a transition can do without share one limit, see pure/patience.c.
 *
 * The limit ends waits and never the transition. What data safety needs is waited for as
 * ever: sync as long as pages are written, tasks that freeze, the image itself.
 *
 * The profile is read once, when the transition begins. With the profile normal each
 * function here answers with what holds without one.
 *
 * Context: process context.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "emergency.h"
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/timekeeping.h>
#include "pure/patience.h"
#include "session.h"
#include "settings.h"

/**
 * hib_emergency_begin() - Read the profile, when the kernel is asked to hibernate.
 * @s: The session, new. With the profile emergency, its mode may be changed.
 */
void hib_emergency_begin(struct hib_session *s)
{
	s->emergency = hib_settings.profile == HIB_PROFILE_EMERGENCY;
	if (!s->emergency)
		return;
	if (s->mode == HIB_MODE_PLATFORM || s->mode == HIB_MODE_SUSPEND) {
		pr_info("emergency: the machine will be switched off as in mode shutdown\n");
		s->mode = HIB_MODE_SHUTDOWN;
	}
}

/**
 * hib_emergency_left_ms() - How much time is left for what can be done without?
 * @s: The session.
 *
 * Return: Milliseconds; 0: none, or the profile is normal.
 */
unsigned int hib_emergency_left_ms(const struct hib_session *s)
{
	if (!s->emergency)
		return 0;
	return hib_patience_left_ms(hib_settings.emergency_limit_s,
				    ktime_ms_delta(ktime_get_boottime(), s->started));
}

/**
 * hib_emergency_wait_ms() - How long may a wait take that the transition can do without?
 * @s: The session.
 * @usual_ms: Its limit with the profile normal.
 *
 * Return: Milliseconds, at most @usual_ms.
 */
unsigned int hib_emergency_wait_ms(const struct hib_session *s, unsigned int usual_ms)
{
	return s->emergency ? hib_patience_wait_ms(usual_ms, hib_emergency_left_ms(s)) : usual_ms;
}

/**
 * hib_emergency_codec() - Which codec has this image?
 * @s: The session.
 *
 * Return: The codec; NULL: a way is chosen for each chunk.
 */
const struct hib_codec_ops *hib_emergency_codec(const struct hib_session *s)
{
	return s->emergency ? NULL : hib_settings.codec;
}

/**
 * hib_emergency_image_size() - How large is this image wanted?
 * @s: The session.
 *
 * A small image_size would have memory swapped out first, which is writing, too.
 *
 * Return: Bytes; ULONG_MAX: any size.
 */
unsigned long hib_emergency_image_size(const struct hib_session *s)
{
	return s->emergency ? ULONG_MAX : hib_settings.image_size;
}

/**
 * hib_emergency_tell() - Say how long it took.
 * @s: Its image is valid, and its figures are complete.
 */
void hib_emergency_tell(const struct hib_session *s)
{
	if (s->emergency)
		pr_info("emergency: the image is valid %llu ms after the request; the limit of optional waits was %u s\n",
			div_u64(s->stats.total_ns, NSEC_PER_MSEC), hib_settings.emergency_limit_s);
}
