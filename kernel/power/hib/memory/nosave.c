// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: nosave - memory that is never saved nor restored
 *
 * Regions that the architecture registers while it boots: firmware's, and holes
 * in the memory map. And those that a user names, since firmware uses them and
 * tells nobody: hibernate.nosave=START-END,... in bytes. These are kept from
 * everybody else, so that no kernel has anything there that it would miss; a
 * region in which something lies already is refused.
 *
 * The list is made at boot, and never changes.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "nosave.h"
#include <linux/bits.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/suspend.h>
#include "pure/pfnset.h"

#define NOSAVE_ASKED_MAX	8u
#define NOSAVE_END_MAX		BIT_ULL(52)	/* no processor has more address lines */

/**
 * struct nosave_region - Page frames that hold nothing to be saved.
 * @next: Another region, or NULL.
 * @start: The first frame.
 * @end: Past the last frame.
 */
struct nosave_region {
	struct nosave_region *next;
	unsigned long start;
	unsigned long end;
};

static struct nosave_region *nosave_regions __ro_after_init;
static struct nosave_region nosave_asked[NOSAVE_ASKED_MAX] __ro_after_init;

static void __init nosave_add(struct nosave_region *region, unsigned long start_pfn,
			      unsigned long end_pfn)
{
	*region = (struct nosave_region) {
		.next = nosave_regions, .start = start_pfn, .end = end_pfn,
	};
	nosave_regions = region;
	pr_info("Registered nosave memory: [mem %#010llx-%#010llx]\n",
		(u64)PFN_PHYS(start_pfn), (u64)PFN_PHYS(end_pfn) - 1);
}

/**
 * register_nosave_region() - Name page frames that are never saved nor restored.
 * @start_pfn: First frame.
 * @end_pfn: First one after the region.
 *
 * Empty regions are ignored; order and overlap do not matter.
 *
 * Context: Boot, while memblock is the allocator.
 */
void __init register_nosave_region(unsigned long start_pfn, unsigned long end_pfn)
{
	struct nosave_region *region;

	if (start_pfn >= end_pfn)
		return;

	region = memblock_alloc(sizeof(*region), SMP_CACHE_BYTES);
	if (!region)
		panic("hibernation: no memory for a nosave region\n");
	nosave_add(region, start_pfn, end_pfn);
}

/**
 * hib_nosave_parse() - Read one region as a user writes it.
 * @at: START-END, in bytes, each with K, M or G behind it; moved to what comes next.
 * @start: Receives its first byte, rounded down to a page.
 * @end: Receives the first byte after it, rounded up, so END may also be its last byte.
 *
 * Context: Any.
 * Return: 0, or -EINVAL; then neither is written.
 */
int hib_nosave_parse(const char **at, u64 *start, u64 *end)
{
	char *rest;
	u64 from, to;

	from = memparse(*at, &rest);
	if (rest == *at || *rest != '-')
		return -EINVAL;
	*at = rest + 1;
	to = memparse(*at, &rest);
	if (rest == *at || (*rest && *rest != ',') || from >= to || to > NOSAVE_END_MAX)
		return -EINVAL;
	*at = *rest ? rest + 1 : rest;
	*start = round_down(from, PAGE_SIZE);
	*end = round_up(to, PAGE_SIZE);
	return 0;
}

/* The first MiB is kept from everybody by the architecture, and never given back. */
static bool __init nosave_is_in_use(u64 start, u64 end)
{
	start = max_t(u64, start, SZ_1M);
	return start < end && memblock_is_region_reserved(start, end - start);
}

static int __init nosave_setup(char *str)
{
	const char *at = str;
	unsigned int nr = 0;
	u64 start, end;

	while (at && *at) {
		if (hib_nosave_parse(&at, &start, &end) || nr == NOSAVE_ASKED_MAX) {
			pr_warn("hibernate.nosave=%s: not START-END,... or too many, ignored from %s on\n",
				str, at);
			break;
		}
		if (nosave_is_in_use(start, end)) {
			pr_warn("hibernate.nosave: %#llx-%#llx is in use already, ignored\n",
				start, end - 1);
			continue;
		}
		memblock_reserve(start, end - start);
		nosave_add(&nosave_asked[nr++], PHYS_PFN(start), PHYS_PFN(end));
	}
	return 0;
}
early_param("hibernate.nosave", nosave_setup);

/**
 * hib_nosave_has() - Does a frame of a range belong to firmware?
 * @start_pfn: First frame.
 * @end_pfn: One past the last.
 *
 * Return: true when one lies in a region that is never saved nor restored.
 */
bool hib_nosave_has(unsigned long start_pfn, unsigned long end_pfn)
{
	for (struct nosave_region *r = nosave_regions; r; r = r->next)
		if (start_pfn < r->end && r->start < end_pfn)
			return true;
	return false;
}

/**
 * hib_nosave_collect() - Add all regions to a set.
 * @set: Receives them; what lies beyond its end is left out.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_nosave_collect(struct hib_pfnset *set)
{
	for (struct nosave_region *r = nosave_regions; r; r = r->next) {
		unsigned long end = min(r->end, set->end_pfn);
		int ret;

		if (r->start >= end)
			continue;
		ret = hib_pfnset_add_range(set, r->start, end);
		if (ret)
			return ret;
	}
	return 0;
}
