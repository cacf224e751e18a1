// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: watermarks - what the page allocator keeps free during a transition
 *
 * The allocator keeps memory free, vm.min_free_kbytes, for those who cannot wait. With
 * transparent huge pages it keeps much more, so that blocks of memory can be moved
 * together, and for a while even more whenever a block was split. Each CPU has lists of
 * free pages, too, which may be long. Nobody needs that while tasks are frozen, and no
 * image can have what is kept. So during a transition the lists are short, and the
 * allocator keeps half of what it would keep without huge pages, as there is hardly more
 * than one task that allocates. Both sides of an image do that: it is part of how much a
 * boot kernel can load.
 *
 * What drivers need is kept in addition: reserved_size.
 *
 * Context: process context, tasks frozen, memory hotplug locked.
 */
#include "watermarks.h"
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/suspend.h>
#include "session.h"

/* The allocator itself has sqrt(16 * KiB), between these limits. */
#define WATERMARKS_FACTOR	4ul
#define WATERMARKS_LEAST_KIB	128ul
#define WATERMARKS_MOST_KIB	131072ul
/* Between two marks it has at least this share of the lowest one. */
#define WATERMARKS_SHARE	4u

static int watermarks_enough(void)
{
	unsigned long kib = nr_free_buffer_pages() << (PAGE_SHIFT - 10);

	return clamp(int_sqrt(kib * WATERMARKS_FACTOR), WATERMARKS_LEAST_KIB, WATERMARKS_MOST_KIB);
}

/* The largest fraction makes the shortest lists. */
static struct hibernation_watermarks watermarks_low(int min_free_kbytes)
{
	return (struct hibernation_watermarks) {
		.min_free_kbytes = min_free_kbytes, .pcp_high_fraction = INT_MAX,
	};
}

/**
 * hib_watermarks_lower() - Keep less memory free from now on.
 * @s: The transition, which remembers what was kept before.
 *
 * A user who has the allocator keep even less gets that.
 */
void hib_watermarks_lower(struct hib_session *s)
{
	struct hibernation_watermarks *before = &s->watermarks;
	int enough = watermarks_enough();

	*before = watermarks_low(enough);
	hibernation_exchange_watermarks(before);
	if (before->min_free_kbytes < enough) {
		struct hibernation_watermarks less = watermarks_low(before->min_free_kbytes);

		hibernation_exchange_watermarks(&less);
	}
}

/**
 * hib_watermarks_restore() - Keep as much free as before.
 * @s: The transition. If it has not lowered anything, nothing happens.
 */
void hib_watermarks_restore(struct hib_session *s)
{
	if (s->watermarks.min_free_kbytes)
		hibernation_exchange_watermarks(&s->watermarks);
	s->watermarks = (struct hibernation_watermarks) {};
}

/**
 * hib_watermarks_pages() - What must be free so that nobody has to reclaim.
 *
 * It is less than the totalreserve_pages of the allocator, which is about what kswapd
 * wants to be free, and what low zones keep from those who can do with others.
 *
 * Return: Pages.
 */
u64 hib_watermarks_pages(void)
{
	struct zone *zone;
	u64 sum = 0;

	for_each_populated_zone(zone)
		sum += min_wmark_pages(zone);
	return sum + sum / WATERMARKS_SHARE;
}
