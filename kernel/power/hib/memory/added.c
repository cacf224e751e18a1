// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: added - memory that was not there when the kernel started
 *
 * Firmware's map names the memory that a kernel starts with. What is added
 * later (ACPI memory devices, persistent memory used as RAM) is put online by
 * the kernel, where its policy says so, or by user space. In the second case a
 * boot that looks for an image before user space did that lacks the memory,
 * and would refuse the image. The same holds whatever the policy for memory that
 * a driver adds, which may be a module: a resource tells it from the others.
 *
 * Context: process context.
 */
#include "added.h"
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>

#define ADDED_BY_DRIVER	(IORESOURCE_SYSTEM_RAM | IORESOURCE_SYSRAM_DRIVER_MANAGED)

/* Memory goes online and offline in whole sections. */
static int added_count(struct resource *res, void *nr_pages)
{
	unsigned long end = PHYS_PFN(res->end + 1);

	for (unsigned long pfn = PFN_UP(res->start); pfn < end; pfn += PAGES_PER_SECTION)
		if (pfn_to_online_page(pfn))
			*(u64 *)nr_pages += PAGES_PER_SECTION;
	return 0;
}

/**
 * hib_added_pages() - Memory that was added and is online.
 * @by_driver: Only what a driver added, and the kernel does not find by itself.
 *
 * Return: Page frames.
 */
u64 hib_added_pages(bool by_driver)
{
	struct zone *zone;
	u64 nr_pages = 0;

	if (by_driver) {
		walk_iomem_res_desc(IORES_DESC_NONE, ADDED_BY_DRIVER, 0, -1, &nr_pages,
				    added_count);
		return nr_pages;
	}
	for_each_populated_zone(zone)
		nr_pages += zone->present_pages - zone->present_early_pages;
	return nr_pages;
}

/**
 * hib_added_comes_online() - Does the kernel put added memory online by itself?
 *
 * Return: The policy as it is now.
 */
bool hib_added_comes_online(void)
{
	return mhp_get_default_online_type() != MMOP_OFFLINE;
}
