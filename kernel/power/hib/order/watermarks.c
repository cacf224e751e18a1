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
 * Drivers still find as much as before: what was kept until then is not given to copies,
 * and can be had without reclaim now.
 *
 * Context: process context, tasks frozen, memory hotplug locked.
 */
#include "watermarks.h"
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/suspend.h>
#include <linux/swap.h>
#include "session.h"

/* Half of what the allocator itself has, which is sqrt(16 * KiB), 256 MiB at most. */
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

	s->reserve_pages = totalreserve_pages;
	*before = watermarks_low(enough);
	hibernation_exchange_watermarks(before);
	s->watermarks_lowered = true;
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
	if (s->watermarks_lowered)
		hibernation_exchange_watermarks(&s->watermarks);
	s->watermarks_lowered = false;
}

/**
 * hib_watermarks_pages() - What a boot kernel keeps free when it loads an image.
 *
 * Nobody has to reclaim as long as that much is free. It is less than what kswapd wants to
 * be free, and what low zones keep from those who can do with others is not part of it.
 * It does not depend on what a user has set here, as no boot kernel knows of that.
 *
 * Return: Pages.
 */
u64 hib_watermarks_pages(void)
{
	u64 pages = (u64)watermarks_enough() >> (PAGE_SHIFT - 10);

	return pages + pages / WATERMARKS_SHARE;
}
