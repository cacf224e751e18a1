// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: broken - page frames with a hardware error inside huge pages
 *
 * The kernel marks a broken page frame by PG_hwpoison, and census leaves such a
 * frame alone: reading it is a machine check. In a page of hugetlbfs the mark is
 * on the first frame, whichever frame is broken, and a list says which ones are.
 * The other frames hold data that read() still gives, so they must be saved.
 *
 * The list is asked under a mutex, and so before the copy, while tasks are frozen.
 * An error between that and the copy, in a huge page that had none, is missed.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "broken.h"
#include <linux/hugetlb.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/printk.h>
#include <linux/sched.h>

/* Of one huge page; -ENOMEM, or how many frames were added. */
static long broken_add(struct folio *folio, struct hib_pfnset *set)
{
	unsigned long pfn = folio_pfn(folio);
	long nr = 0;

	for (long i = 0; i < folio_nr_pages(folio); i++) {
		if (!is_raw_hwpoison_page_in_hugepage(folio_page(folio, i)))
			continue;
		if (hib_pfnset_add(set, pfn + i))
			return -ENOMEM;
		nr++;
	}
	return nr;
}

static long broken_add_zone(const struct zone *zone, struct hib_pfnset *set)
{
	unsigned long end = zone_end_pfn(zone), next;
	long nr = 0;

	for (unsigned long pfn = zone->zone_start_pfn; pfn < end; pfn = next) {
		struct page *page = pfn_to_online_page(pfn);
		long added = 0;

		next = pfn + 1;
		if (page && PageHead(page) && PageHuge(page)) {
			struct folio *folio = page_folio(page);

			next = pfn + folio_nr_pages(folio);
			added = folio_test_hwpoison(folio) ? broken_add(folio, set) : 0;
		}
		if (added < 0)
			return added;
		nr += added;
		if (!(pfn % PAGES_PER_SECTION))
			cond_resched();
	}
	return nr;
}

/**
 * hib_broken_collect() - Frames of huge pages that cannot be read.
 * @set: They are added.
 *
 * Looks at memory only where the kernel knows of an error.
 *
 * Context: Process context, tasks frozen. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_broken_collect(struct hib_pfnset *set)
{
	struct zone *zone;
	long nr = 0;

	if (!atomic_long_read(&num_poisoned_pages))
		return 0;
	for_each_populated_zone(zone) {
		long added = broken_add_zone(zone, set);

		if (added < 0)
			return added;
		nr += added;
	}
	if (nr)
		pr_info("%ld broken page frames of huge pages are not saved\n", nr);
	return 0;
}
