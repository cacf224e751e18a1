// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: machine - what is known of this system between two transitions
 *
 * This is who owns the system, what firmware offers, how the last transition ended, and
 * how much memory this boot took. The last decides whether the next boot can load an
 * image. Users set nothing of it: parameters are in settings.c.
 *
 * Context: the owner of a transition writes it, or the boot.
 */
#include "machine.h"
#include <linux/cache.h>
#include <linux/dmi.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <linux/uuid.h>
#include "device/nvram.h"
#include "pure/owner.h"
#include "settings.h"

struct hib_machine hib_machine = {
	.lock = __SPIN_LOCK_UNLOCKED(hib_machine.lock),
};

/* Hardware signature from the FACS, set by the ACPI code; 0: neither recorded nor checked. */
u32 swsusp_hardware_signature __ro_after_init;

/**
 * hib_machine_claim() - Claim the system for one transition.
 *
 * Return: false if another transition has claimed it.
 */
bool hib_machine_claim(void)
{
	return !atomic_cmpxchg(&hib_machine.busy, 0, 1);
}

/**
 * hib_machine_unclaim() - End the claim.
 */
void hib_machine_unclaim(void)
{
	atomic_set(&hib_machine.busy, 0);
}

/**
 * hib_machine_ram_pages() - Page frames of the machine.
 *
 * Memory that was taken offline since the boot is online again after the next boot.
 * Memory that was added stays.
 *
 * Return: Their number, offline ones included.
 */
u64 hib_machine_ram_pages(void)
{
	return max_t(u64, hib_machine.ram_pages, get_num_physpages());
}

/**
 * hib_machine_owner() - Which installation is this?
 * @owner: Receives it.
 *
 * Context: Process context.
 */
void hib_machine_owner(struct hib_owner *owner)
{
	const char *text = dmi_get_system_info(DMI_PRODUCT_UUID);
	uuid_t uuid;

	*owner = (struct hib_owner) { .root_hash = hib_owner_root_hash(saved_command_line) };
	if (text && !uuid_parse(text, &uuid))
		memcpy(owner->firmware_id, uuid.b, HIB_ID_BYTES);
}

/**
 * hib_machine_place() - Where is an image to be written?
 * @quiet: Nothing is to be said in the log.
 *
 * Return: What hib_store_open() takes.
 */
struct hib_place_wanted hib_machine_place(bool quiet)
{
	return (struct hib_place_wanted) {
		.target = hib_machine.target,
		.dev = hib_settings.resume_dev,
		.root_block = hib_settings.resume_block,
		.most_members = hib_settings.areas,
		.quiet = quiet,
	};
}

/**
 * hib_machine_looked() - This boot has looked for an image at a place.
 * @dev: Its device.
 * @root_block: Its root block.
 */
void hib_machine_looked(dev_t dev, u64 root_block)
{
	hib_machine.looked_dev = dev;
	hib_machine.looked_block = root_block;
}

/**
 * hib_machine_searched() - This boot has looked for an image on each device.
 * @root_block: At this block and at the beginning.
 */
void hib_machine_searched(u64 root_block)
{
	hib_machine.searched = true;
	hib_machine.searched_block = root_block;
}

/**
 * hib_machine_armed() - Has this boot looked for an image at a place?
 * @dev: Device of the place.
 * @root_block: Its root block.
 *
 * If it has, the next boot will, too, as far as that can be known. The next boot also
 * looks where firmware's variables say.
 *
 * Context: Process context. Sleeps.
 * Return: true when it has.
 */
bool hib_machine_armed(dev_t dev, u64 root_block)
{
	if (hib_machine.looked_dev == dev && hib_machine.looked_block == root_block)
		return true;
	return hib_machine.searched &&
	       (!root_block || root_block == hib_machine.searched_block ||
		hib_nvram_has(root_block));
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
 * hib_machine_keep_timeline() - Keep the steps of a transition.
 * @timeline: They are copied.
 *
 * Context: Process context.
 */
void hib_machine_keep_timeline(const struct hib_timeline *timeline)
{
	spin_lock(&hib_machine.lock);
	hib_machine.timeline = *timeline;
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

/**
 * hib_machine_timeline() - The steps of the last transition.
 * @timeline: Receives a copy.
 *
 * Context: Process context.
 */
void hib_machine_timeline(struct hib_timeline *timeline)
{
	spin_lock(&hib_machine.lock);
	*timeline = hib_machine.timeline;
	spin_unlock(&hib_machine.lock);
}
