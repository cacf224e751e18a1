// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hybrid - memory stays powered while the image is already safe
 *
 * Mode suspend: the image is committed, then the machine is suspended to
 * memory. Woken from there, the image is retired before anything is thawed,
 * and the way down ends as if it had been turned back. If the power fails
 * meanwhile, nothing ran since the copy that an image does not know, and the
 * next boot resumes it.
 *
 * Notifiers were told of a hibernation and hear of no suspend. Firmware's S4
 * methods have no part in it: what it is told is what any suspend tells it.
 *
 * Context: process context, everything frozen, allocations restricted.
 */
#include "hybrid.h"
#include <linux/suspend.h>
#include "../../power.h"
#include "down.h"
#include "inject.h"

/**
 * hib_hybrid_enter() - Suspend to memory beside an image that counts.
 * @d: The way down; its copy of memory is given back to the drivers.
 *
 * The state is the one that /sys/power/mem_sleep names.
 *
 * Return: 0 after the machine slept and was woken from memory; -EBUSY or
 * -EAGAIN for a wake-up event; or the errno of what refused. Devices work
 * again in each case, and the image still counts.
 */
int hib_hybrid_enter(struct hib_down *d)
{
	hib_stream_release(&d->s.stream);
	hib_snapshot_release_frames(&d->snapshot);
	pm_suspend_clear_flags();
	return hib_inject(&d->s, "suspend") ?: suspend_devices_and_enter(mem_sleep_current);
}
