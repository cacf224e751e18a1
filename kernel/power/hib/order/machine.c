// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: machine - what is known of this system between two transitions
 *
 * Who owns it, what firmware offers, how the last transition ended, and how much
 * memory this boot took where that decides whether the next one can load an image.
 * No user sets any of it: parameters are in settings.
 *
 * Context: written by the owner of a transition, or at boot.
 */
#include "machine.h"
#include <linux/cache.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/suspend.h>

struct hib_machine hib_machine = {
	.lock = __SPIN_LOCK_UNLOCKED(hib_machine.lock),
};

/* FACS hardware signature, set by the ACPI code; 0: neither recorded nor checked. */
u32 swsusp_hardware_signature __ro_after_init;

/**
 * hib_machine_claim() - Take the exclusive token.
 *
 * Return: false when a transition has it already.
 */
bool hib_machine_claim(void)
{
	return !atomic_cmpxchg(&hib_machine.busy, 0, 1);
}

/**
 * hib_machine_unclaim() - Give the token back.
 */
void hib_machine_unclaim(void)
{
	atomic_set(&hib_machine.busy, 0);
}

/**
 * hib_machine_ram_pages() - Page frames of the machine.
 *
 * Memory that was taken offline since the boot is there again after the next
 * one, and memory that was added stays.
 *
 * Return: Their number, offline ones included.
 */
u64 hib_machine_ram_pages(void)
{
	return max_t(u64, hib_machine.ram_pages, get_num_physpages());
}

/**
 * hib_machine_keep_result() - Keep how a transition ended.
 * @result: It is copied.
 *
 * Context: Process context.
 */
void hib_machine_keep_result(const struct hib_result *result)
{
	spin_lock(&hib_machine.lock);
	hib_machine.last.result = *result;
	spin_unlock(&hib_machine.lock);
}

/**
 * hib_machine_keep_stats() - Keep the figures of a transition.
 * @stats: They are copied.
 *
 * Context: Process context.
 */
void hib_machine_keep_stats(const struct hib_stats *stats)
{
	spin_lock(&hib_machine.lock);
	hib_machine.last.stats = *stats;
	spin_unlock(&hib_machine.lock);
}

/**
 * hib_machine_last() - What was kept of the last transition.
 * @last: Receives a copy.
 *
 * Context: Process context.
 */
void hib_machine_last(struct hib_last *last)
{
	spin_lock(&hib_machine.lock);
	*last = hib_machine.last;
	spin_unlock(&hib_machine.lock);
}
