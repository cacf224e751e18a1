// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: added - memory that was not there when the kernel started
 *
 * Firmware's map names the memory that a kernel starts with. What is added
 * later (ACPI memory devices, persistent memory used as RAM) is put online by
 * the kernel, where its policy says so, or by user space. In the second case a
 * boot that looks for an image before user space did that lacks the memory,
 * and would refuse the image.
 *
 * Context: process context.
 */
#include "added.h"
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>

/**
 * hib_added_pages() - Memory that was added and is online.
 *
 * Return: Page frames.
 */
u64 hib_added_pages(void)
{
	struct zone *zone;
	u64 nr_pages = 0;

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
