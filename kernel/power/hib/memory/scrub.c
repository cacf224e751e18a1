// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: scrub - free frames as the page allocator left them
 *
 * An image holds no free frames. After a resume they hold what the boot kernel
 * left there, but with poisoning or init_on_free the allocator relies on their
 * content. They are written once, before anybody can allocate one.
 *
 * No state. Nothing can fail.
 */
#include "scrub.h"
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include "census.h"
#include "copy.h"

static void scrub_pages(struct page *page, unsigned long nr)
{
	for (; nr--; page++) {
		bool shown = hib_copy_show(page);

		if (want_init_on_free())
			clear_highpage(page);
		else
			__kernel_poison_pages(page, 1);
		hib_copy_hide(page, shown);
	}
}

/**
 * hib_scrub_free() - Make free frames look as the page allocator left them.
 *
 * After a resume they hold what the boot kernel left there; with poisoning or
 * init_on_free the allocator relies on their content.
 *
 * Context: Interrupts off, one CPU, right after the restored kernel took over.
 */
void hib_scrub_free(void)
{
	struct zone *zone;

	if (!want_init_on_free() && !page_poisoning_enabled_static())
		return;

	for_each_populated_zone(zone) {
		unsigned long pfn = zone->zone_start_pfn, end = zone_end_pfn(zone);

		while (pfn < end) {
			struct page *page = hib_census_page(zone, pfn);
			unsigned long nr = page ? hib_census_free_pages(page) : 0;

			if (nr)
				scrub_pages(page, nr);
			pfn += nr ?: 1;
		}
	}
}
