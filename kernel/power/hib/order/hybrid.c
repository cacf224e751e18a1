// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hybrid - an image on the disk while memory stays powered
 *
 * In mode suspend the image is committed, and then the machine is suspended to memory.
 * When the machine is woken from memory, the image is retired before anything is thawed,
 * and the way down ends. If the power fails before that, the next boot resumes the
 * image: no task ran since the copy, so the image is still right.
 *
 * Notifiers were told of a hibernation and are not told of a suspend. Firmware's methods
 * for S4 are not called; firmware is told what every suspend to memory tells it.
 *
 * Context: process context, everything frozen, allocations restricted.
 */
#include "hybrid.h"
#include <linux/suspend.h>
#include "../../power.h"
#include "down.h"
#include "inject.h"

/**
 * hib_hybrid_enter() - Suspend to memory while the image is valid.
 * @d: The way down. The frames of the copy are freed, as drivers may need memory.
 *
 * /sys/power/mem_sleep names the state.
 *
 * Return: 0 after the machine slept and was woken from memory; -EBUSY or -EAGAIN for a
 * wake-up event; or the errno of the driver or CPU that refused. In each case devices
 * work again and the image is still valid.
 */
int hib_hybrid_enter(struct hib_down *d)
{
	hib_stream_release(&d->s.stream);
	hib_snapshot_release_frames(&d->snapshot);
	pm_suspend_clear_flags();
	return hib_inject(&d->s, "suspend") ?: suspend_devices_and_enter(mem_sleep_current);
}
