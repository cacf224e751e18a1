// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: poweroff - the end, when an image is safe
 *
 * For the modes that do without firmware's S4, and for whatever S4 or suspend to
 * memory refused. Once an image counts, the machine must not go on running as if
 * nothing had happened. What a machine cannot do, the next best does: power off,
 * halt. The image stays valid.
 *
 * There is a deadline: drivers are called once more, and may wait for what is
 * frozen.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "poweroff.h"
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/reboot.h>
#include "deadline.h"

/**
 * hib_poweroff() - Switch off, or restart, without the platform's help.
 * @reboot: Restart instead.
 *
 * A live system beside a valid image would be corruption: does not return.
 *
 * Context: Process context.
 */
void __noreturn hib_poweroff(bool reboot)
{
	/* Not stopped: there is no way back, and a halt may hang, too. */
	hib_deadline_start(reboot);
	/* Said before, as nothing can be said once consoles and CPUs are gone. */
	pr_info("the image is safe, %s\n", reboot ? "restarting" : "switching off");
	if (reboot)
		kernel_restart(NULL);
	else if (kernel_can_power_off())
		kernel_power_off();

	pr_crit("the machine cannot switch itself off: the image is safe, switch it off by hand\n");
	/* A power-off that comes back has shut everything down already, and left interrupts off. */
	if (kernel_can_power_off())
		machine_halt();
	kernel_halt();
	while (1)
		msleep(1000);
}
