// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: broken - page frames with a hardware error inside huge pages
 *
 * The kernel marks a broken page frame by PG_hwpoison, and census leaves such a
 * frame alone: reading it is a machine check. In a page of hugetlbfs the mark is
 * on the first frame, whichever frame is broken, and a list says which ones are.
 * The other frames hold data that read() still gives, so they must be saved.
 *
 * The list is read under the mutex of memory_failure(), whose owner may wait for a
 * task or for a file system. So it is read before anything is held or frozen, by a
 * thread that is not waited for without a limit.
 *
 * hib_broken_ask() -> hib_broken_exclude() in each attempt -> hib_broken_changed()
 * at the copy -> hib_broken_forget(). Each page with an error adds to a counter of the
 * kernel. If the counter changed after the list was read, and a huge page in use
 * has the mark, it is not known which frames are broken: there is no image then. An
 * attempt looks for such a page when it begins. At the copy, with interrupts off, the
 * counter alone is compared: if it changed since that look, the next attempt looks.
 *
 * A free huge page cannot be held while the list is read. Census saves no frame of
 * a free one that has the mark.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "broken.h"
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/hugetlb.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/printk.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>

/**
 * struct hib_broken - Broken frames of huge pages, as far as the kernel knows them.
 * @frames: Their numbers.
 * @nr_errors: The kernel's counter of pages with errors when it was read.
 * @users: The thread that reads, and who asked; the last one frees it.
 * @done: All is read.
 * @ret: 0 or -ENOMEM; valid when it is done.
 */
struct hib_broken {
	struct hib_pfnset frames;
	long nr_errors;
	refcount_t users;
	struct completion done;
	int ret;
};

static bool broken_is_marked(struct page *page)
{
	return PageHead(page) && PageHuge(page) && PageHWPoison(page);
}

/* From @pfn on; afterwards @pfn is the frame behind the first one of what was found. */
static struct folio *broken_next(unsigned long *pfn, unsigned long end)
{
	while (*pfn < end) {
		struct page *page = pfn_to_online_page(*pfn);

		++*pfn;
		if (page && broken_is_marked(page))
			return page_folio(page);
		if (!(*pfn % PAGES_PER_SECTION))
			cond_resched();
	}
	return NULL;
}

/* Is there a huge page in use that has the mark? */
static bool broken_any(void)
{
	struct zone *zone;

	for_each_populated_zone(zone) {
		unsigned long pfn = zone->zone_start_pfn;
		struct folio *folio;

		while ((folio = broken_next(&pfn, zone_end_pfn(zone))))
			if (folio_ref_count(folio))
				return true;
	}
	return false;
}

static int broken_read_folio(struct hib_broken *b, struct folio *folio)
{
	unsigned long pfn = folio_pfn(folio);
	int ret = 0;

	for (long i = 0; i < folio_nr_pages(folio) && !ret; i++)
		if (is_raw_hwpoison_page_in_hugepage(folio_page(folio, i)))
			ret = hib_pfnset_add(&b->frames, pfn + i);
	return ret;
}

static int broken_read_zone(struct hib_broken *b, const struct zone *zone)
{
	unsigned long pfn = zone->zone_start_pfn;
	struct folio *folio;
	int ret = 0;

	while (!ret && (folio = broken_next(&pfn, zone_end_pfn(zone)))) {
		if (!folio_try_get(folio))
			continue;
		if (folio_test_hugetlb(folio))
			ret = broken_read_folio(b, folio);
		folio_put(folio);
	}
	return ret;
}

static int broken_read(struct hib_broken *b)
{
	struct zone *zone;
	int ret = 0;

	b->nr_errors = atomic_long_read(&num_poisoned_pages);
	get_online_mems();
	for_each_populated_zone(zone) {
		ret = broken_read_zone(b, zone);
		if (ret)
			break;
	}
	put_online_mems();
	return ret;
}

static int broken_thread(void *arg)
{
	struct hib_broken *b = arg;

	b->ret = broken_read(b);
	complete(&b->done);
	hib_broken_forget(b);
	return 0;
}

static struct hib_broken *broken_start(void)
{
	struct hib_broken *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return NULL;
	refcount_set(&b->users, 2);
	init_completion(&b->done);
	if (!hib_pfnset_init(&b->frames, max_pfn) &&
	    !IS_ERR(kthread_run(broken_thread, b, "hib-broken")))
		return b;
	hib_pfnset_exit(&b->frames);
	kfree(b);
	return NULL;
}

/**
 * hib_broken_ask() - Read which frames of huge pages have a hardware error.
 * @limit_ms: So long at most.
 *
 * Looks at memory only if the kernel knows of an error.
 *
 * Context: Process context, nothing held or frozen. Sleeps.
 * Return: What is known, to be given to hib_broken_forget(); NULL if there is no
 * error, and if it was not told in time.
 */
struct hib_broken *hib_broken_ask(unsigned int limit_ms)
{
	struct hib_broken *b;

	if (!atomic_long_read(&num_poisoned_pages))
		return NULL;
	b = broken_start();
	if (b && wait_for_completion_timeout(&b->done, msecs_to_jiffies(limit_ms)) && !b->ret)
		return b;
	pr_warn("broken page frames of huge pages, if there are any, are not known\n");
	hib_broken_forget(b);
	return NULL;
}

/**
 * hib_broken_forget() - The end of it.
 * @b: From hib_broken_ask(), or NULL.
 */
void hib_broken_forget(struct hib_broken *b)
{
	if (!b || !refcount_dec_and_test(&b->users))
		return;
	hib_pfnset_exit(&b->frames);
	kfree(b);
}

/**
 * hib_broken_changed() - Were there errors after hib_broken_exclude()?
 * @nr_errors: What that stored.
 *
 * Context: Any, also with interrupts off.
 * Return: true if a frame may be broken that was not at the look.
 */
bool hib_broken_changed(long nr_errors)
{
	return atomic_long_read(&num_poisoned_pages) != nr_errors;
}

/* The page may have been taken apart: then each frame has its own mark. */
static bool broken_is_still(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);

	return page && broken_is_marked(&page_folio(page)->page);
}

/**
 * hib_broken_exclude() - Frames of huge pages that must not be read.
 * @b: From hib_broken_ask(), or NULL.
 * @set: They are added.
 * @nr_errors: Receives the kernel's counter of pages with errors, as it was before the look.
 *
 * Context: Process context, tasks frozen, hotplug locked. Sleeps.
 * Return: 0; -ENOMEM; -EBUSY if it is not known which frames those are.
 */
int hib_broken_exclude(const struct hib_broken *b, struct hib_pfnset *set, long *nr_errors)
{
	unsigned long start, end = 0;
	long nr = 0;

	*nr_errors = atomic_long_read(&num_poisoned_pages);
	if (*nr_errors != (b ? b->nr_errors : 0) && broken_any())
		return -EBUSY;
	while (b && hib_pfnset_next_run(&b->frames, end, &start, &end)) {
		for (unsigned long pfn = start; pfn < end; pfn++) {
			if (!broken_is_still(pfn))
				continue;
			if (hib_pfnset_add(set, pfn))
				return -ENOMEM;
			nr++;
		}
	}
	if (nr)
		pr_info("%ld broken page frames of huge pages are not saved\n", nr);
	return 0;
}
