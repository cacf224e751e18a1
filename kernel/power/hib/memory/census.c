// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: census - which page frames are saved, and why
 *
 * A frame is saved when it is online RAM and in use. Not saved: free
 * frames, regions registered as nosave (firmware's, holes), frames that must
 * not be touched at all (offline, balloon, poisoned, unaccepted), reserved
 * ones that the direct map does not show (guard pages), and those the caller
 * names (the pool's, segment buffers).
 *
 * hib_census_take() counts while the system runs, by kind: an estimate for
 * budget. Kinds are hints: they are read from a struct page that may change
 * meanwhile, and nothing depends on them.
 * hib_census_collect() makes the final set, at the copy, with interrupts off on
 * the only CPU and per-CPU page lists drained. The page allocator cannot run
 * then, so its state is read without locks.
 */
#include "census.h"
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/sched.h>
#include <linux/set_memory.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

/*
 * In a huge page in use the mark does not tell which frame is broken: see broken.c.
 * Of a free one nobody needs a frame.
 */
static bool census_is_broken(struct page *page)
{
	struct folio *folio = page_folio(page);

	if (!folio_test_hugetlb(folio))
		return PageHWPoison(page);
	return PageHWPoison(&folio->page) && !folio_ref_count(folio);
}

static bool census_must_not_touch(struct page *page)
{
	return PageOffline(page) || census_is_broken(page) || PageUnaccepted(page) ||
	       page_is_guard(page);
}

static bool census_is_saveable(struct page *page)
{
	if (census_must_not_touch(page))
		return false;
	return !PageReserved(page) || kernel_page_present(page);
}

/*
 * Nobody holds the folio: it may be freed, split or merged while it is looked
 * at. So its words are read as they are; the usual questions assert that it is
 * what it was taken for.
 */
static enum hib_census_kind census_cache_kind(unsigned long flags)
{
	if (flags & BIT(PG_swapbacked))
		return HIB_KIND_SHMEM;
	if (flags & (BIT(PG_dirty) | BIT(PG_writeback)))
		return HIB_KIND_CACHE_DIRTY;
	return HIB_KIND_CACHE_CLEAN;
}

static bool census_is_mapped(const struct folio *folio)
{
	return atomic_read(folio_test_large(folio) ? &folio->_large_mapcount :
						     &folio->_mapcount) >= 0;
}

static enum hib_census_kind census_kind(struct page *page)
{
	struct folio *folio = page_folio(page);
	unsigned long flags = READ_ONCE(folio->flags);

	if (PageReserved(page))
		return HIB_KIND_RESERVED;
	if (folio_test_slab(folio))
		return HIB_KIND_SLAB;
	if (PageTable(page))
		return HIB_KIND_PAGE_TABLES;
	if (folio_test_hugetlb(folio))
		return HIB_KIND_SHMEM;
	if (folio_test_anon(folio))
		return HIB_KIND_ANON;
	/* If the folio is not on a list, another owner may use the word of its mapping. */
	if (!(flags & BIT(PG_lru)) || !READ_ONCE(folio->mapping))
		return HIB_KIND_OTHER;
	return census_cache_kind(flags);
}

static void census_count(struct hib_census *census, unsigned long start, unsigned long end)
{
	for (unsigned long pfn = start; pfn < end; pfn++) {
		struct page *page = pfn_to_page(pfn);
		enum hib_census_kind kind = census_kind(page);

		census->kinds[kind]++;
		if (kind == HIB_KIND_CACHE_CLEAN && !census_is_mapped(page_folio(page)))
			census->droppable++;
	}
}

/**
 * struct census_visitor - A walk over all memory.
 * @nosave: Frames that are never saved,
 * @run: and where the frame that is looked at is among them.
 * @set: Receives the saveable frames; NULL: none are collected.
 * @kinds: Only frames of these kinds are collected; 0: of any.
 * @census: Receives counts; NULL: nothing is counted.
 * @may_sleep: The system runs.
 */
struct census_visitor {
	const struct hib_pfnset *nosave;
	struct hib_pfnrun run;
	struct hib_pfnset *set;
	unsigned int kinds;
	struct hib_census *census;
	bool may_sleep;
};

static int census_add_kinds(struct census_visitor *v, unsigned long start, unsigned long end)
{
	int ret = 0;

	for (unsigned long pfn = start; pfn < end && !ret; pfn++)
		if (v->kinds & BIT(census_kind(pfn_to_page(pfn))))
			ret = hib_pfnset_add(v->set, pfn);
	return ret;
}

/* A run of saveable frames. */
static int census_emit(struct census_visitor *v, unsigned long start, unsigned long end)
{
	if (start >= end)
		return 0;
	if (v->census) {
		v->census->saveable += end - start;
		census_count(v->census, start, end);
	}
	if (!v->set)
		return 0;
	return v->kinds ? census_add_kinds(v, start, end) :
			  hib_pfnset_add_range(v->set, start, end);
}

/* Frames between two places to schedule. Runs are cut there, too: a large one is many steps. */
#define CENSUS_STEP_PFNS	8192ul

/* Only where a step ends: a call for each frame that is not saved would cost more than the look. */
static void census_pause(const struct census_visitor *v, unsigned long pfn, unsigned long next)
{
	if (v->may_sleep && pfn / CENSUS_STEP_PFNS != next / CENSUS_STEP_PFNS)
		cond_resched();
}

static int census_visit_zone(struct census_visitor *v, struct zone *zone)
{
	unsigned long end = zone_end_pfn(zone), pfn = zone->zone_start_pfn;
	unsigned long run = pfn;	/* saveable from here to pfn */
	int ret;

	v->run = (struct hib_pfnrun) {};
	while (pfn < end) {
		struct page *page = hib_census_page(zone, pfn);
		unsigned long skip = page ? hib_census_free_pages(page) : 1;
		bool saveable = !skip && !hib_pfnset_run_has(v->nosave, &v->run, pfn) &&
				census_is_saveable(page);

		if (saveable && (pfn + 1) % CENSUS_STEP_PFNS) {
			pfn++;
			continue;
		}
		ret = census_emit(v, run, saveable ? pfn + 1 : pfn);
		if (ret)
			return ret;
		run = pfn + (skip ?: 1);
		census_pause(v, pfn, run);
		pfn = run;
	}
	return census_emit(v, run, min(pfn, end));
}

static int census_visit(struct census_visitor *v)
{
	struct zone *zone;
	int ret;

	for_each_populated_zone(zone) {
		ret = census_visit_zone(v, zone);
		if (ret)
			return ret;
	}
	return 0;
}

static u64 census_reclaimable(void)
{
	return global_node_page_state(NR_ACTIVE_ANON) + global_node_page_state(NR_INACTIVE_ANON) +
	       global_node_page_state(NR_ACTIVE_FILE) + global_node_page_state(NR_INACTIVE_FILE) +
	       global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B);
}

/**
 * hib_census_take() - Count what memory holds now.
 * @nosave: Frames that are never saved.
 * @census: Result.
 *
 * An estimate: the system runs on.
 *
 * Context: Process context. Sleeps.
 */
void hib_census_take(const struct hib_pfnset *nosave, struct hib_census *census)
{
	struct census_visitor v = { .nosave = nosave, .census = census, .may_sleep = true };

	*census = (struct hib_census) {};
	lru_add_drain_all();
	/* Freed pages wait in lists of each CPU and look used; after an attempt these are long. */
	drain_all_pages(NULL);
	census_visit(&v);
	census->free = global_zone_page_state(NR_FREE_PAGES);
	census->reclaimable = census_reclaimable();
}

/**
 * hib_census_sum() - Frames of several kinds.
 * @census: Taken.
 * @kinds: A bit for each kind.
 *
 * Return: Their number.
 */
u64 hib_census_sum(const struct hib_census *census, unsigned int kinds)
{
	u64 sum = 0;

	for (enum hib_census_kind kind = 0; kind < HIB_NR_KINDS; kind++)
		if (kinds & BIT(kind))
			sum += census->kinds[kind];
	return sum;
}

/**
 * hib_census_kind_name() - What a kind is called in /sys/power/hibernate/census.
 * @kind: The kind.
 *
 * Return: One word.
 */
const char *hib_census_kind_name(enum hib_census_kind kind)
{
	static const char * const names[HIB_NR_KINDS] = {
		[HIB_KIND_ANON] = "anon",
		[HIB_KIND_CACHE_CLEAN] = "cache_clean",
		[HIB_KIND_CACHE_DIRTY] = "cache_dirty",
		[HIB_KIND_SHMEM] = "shmem",
		[HIB_KIND_SLAB] = "slab",
		[HIB_KIND_PAGE_TABLES] = "page_tables",
		[HIB_KIND_RESERVED] = "reserved",
		[HIB_KIND_OTHER] = "other",
	};

	return names[kind];
}

/**
 * hib_census_cover() - Prepare a set so that hib_census_collect() cannot fail.
 * @set: Gets bitmap pages for all of memory.
 *
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int hib_census_cover(struct hib_pfnset *set)
{
	struct zone *zone;
	int ret;

	for_each_populated_zone(zone) {
		ret = hib_pfnset_cover(set, zone->zone_start_pfn, zone_end_pfn(zone));
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * hib_census_collect() - The set of frames to save, at the copy.
 * @nosave: Frames that are never saved.
 * @set: Covered by hib_census_cover(), empty.
 *
 * Context: Interrupts off, one CPU, per-CPU page lists drained.
 * Return: 0, or -ENOMEM when memory appeared that @set does not cover.
 */
int hib_census_collect(const struct hib_pfnset *nosave, struct hib_pfnset *set)
{
	struct census_visitor v = { .nosave = nosave, .set = set };

	lockdep_assert_irqs_disabled();
	return census_visit(&v);
}

/**
 * hib_census_collect_kinds() - Frames that look as if they were of some kinds.
 * @nosave: Frames that are never saved.
 * @kinds: A bit for each kind.
 * @set: Covered by hib_census_cover(); they are added.
 *
 * A guess: the system runs on.
 *
 * Context: Process context. Sleeps.
 * Return: 0, or -ENOMEM when memory appeared that @set does not cover.
 */
int hib_census_collect_kinds(const struct hib_pfnset *nosave, unsigned int kinds,
			     struct hib_pfnset *set)
{
	struct census_visitor v = {
		.nosave = nosave, .set = set, .kinds = kinds, .may_sleep = true,
	};

	return census_visit(&v);
}
