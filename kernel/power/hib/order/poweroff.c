// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: poweroff - switching off or restarting when the image is valid
 *
 * Some modes do not use S4 of firmware, and S4 or suspend to memory may be refused. In
 * these cases the machine is switched off here: it must not continue to run while the
 * image is valid. If the machine cannot be switched off, it is halted. The image stays
 * valid.
 *
 * Drivers are called once more and may wait for something that is frozen, so there is a
 * deadline.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "poweroff.h"
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/reboot.h>
#include "deadline.h"

/**
 * hib_poweroff() - Switch off or restart without the platform.
 * @reboot: Restart instead of switching off.
 *
 * Does not return: a system that runs while its image is valid would lose data.
 *
 * Context: Process context.
 */
void __noreturn hib_poweroff(bool reboot)
{
	/* The deadline is not ended: there is no way back, and a halt may hang, too. */
	hib_deadline_start(reboot);
	/* This is printed before, as nothing can be printed when consoles and CPUs are stopped. */
	pr_info("the image is safe, %s\n", reboot ? "restarting" : "switching off");
	if (reboot)
		kernel_restart(NULL);
	else if (kernel_can_power_off())
		kernel_power_off();

	pr_crit("the machine cannot switch itself off: the image is safe, switch it off by hand\n");
	/* If a power-off returns, everything is shut down already, and interrupts are off. */
	if (kernel_can_power_off())
		machine_halt();
	kernel_halt();
	while (1)
		msleep(1000);
}
