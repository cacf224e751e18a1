// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: choose - swap areas for an image
 *
 * An image begins in one area, which carries the commit record: the one that
 * resume= names, or one of the highest priority. The others follow in the order in
 * which they are filled. They help when the first one is full, or share the work if
 * they have its priority.
 *
 * Areas that lose their content with the power, that stand still with the tasks, or
 * whose header page is not what swapon takes, are passed over.
 *
 * Only questions: nothing is taken or written. The answer holds until swapoff, which
 * slots.c notices.
 *
 * Context: process context. May sleep.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "choose.h"
#include <linux/blkdev.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include "bio.h"
#include "root.h"

static int area_look(const struct swap_info_struct *si, const struct hib_place_wanted *wanted,
		     struct hib_chosen_area *found, void *page, char why[HIB_AREA_WHY_BYTES])
{
	u64 start = swapdev_block(found->type, 0);

	if (wanted->dev && (!si->bdev || si->bdev->bd_dev != wanted->dev))
		return -ENODEV;
	found->bdev = si->bdev;
	found->member.root_block = start;
	if (hib_area_refuses(si, why))
		return -EOPNOTSUPP;
	if (wanted->dev && start != wanted->root_block) {
		if (!wanted->quiet)
			pr_info("%pg: swap area %d starts at block %llu, resume offset is %llu\n",
				si->bdev, found->type, start, wanted->root_block);
		return -ENODEV;
	}
	found->prio = si->prio;
	found->member.nr_blocks = hib_bio_device_blocks(si->bdev);
	return hib_root_check(si->bdev, start, page, found->member.id, why);
}

/**
 * hib_choose_look() - Can an image lie in an area?
 * @type: Its index.
 * @wanted: Which area is wanted, or any.
 * @found: Receives what it is; its number, device and header also if it is refused.
 * @page: A page of scratch memory.
 * @why: Receives the reason if it cannot; else it is empty.
 *
 * The area is held against swapoff meanwhile.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -ENODEV if it is not active, or another one is wanted; -EOPNOTSUPP, -EIO.
 */
int hib_choose_look(int type, const struct hib_place_wanted *wanted,
		    struct hib_chosen_area *found, void *page, char why[HIB_AREA_WHY_BYTES])
{
	struct swap_info_struct *si;
	int ret;

	why[0] = '\0';
	if (!count_swap_pages(type, 0))
		return -ENODEV;
	si = get_swap_device(swp_entry(type, 1));
	if (!si)
		return -ENODEV;
	*found = (struct hib_chosen_area) { .type = type };
	ret = area_look(si, wanted, found, page, why);
	put_swap_device(si);
	return ret;
}

/* Put an area at number @at; those behind it move up. */
static void insert(struct hib_chosen *c, const struct hib_chosen_area *found, unsigned int at)
{
	for (unsigned int i = c->nr; i > at; i--)
		c->area[i] = c->area[i - 1];
	c->area[at] = *found;
	c->nr++;
}

/* The one that is wanted, or the first of the highest priority. */
static int choose_root(const struct hib_place_wanted *wanted, void *page, struct hib_chosen *c,
		       char why[HIB_AREA_WHY_BYTES])
{
	char reason[HIB_AREA_WHY_BYTES];
	struct hib_chosen_area found;
	int first_error = -ENODEV;

	for (int type = 0; type < MAX_SWAPFILES; type++) {
		int ret = hib_choose_look(type, wanted, &found, page, reason);

		if (reason[0] && !wanted->quiet)
			pr_info("swap area %d is not used for an image: %s\n", type, reason);
		if (reason[0] && !why[0])
			strscpy(why, reason, HIB_AREA_WHY_BYTES);
		if (ret && first_error == -ENODEV)
			first_error = ret;
		if (ret)
			continue;
		if (!c->nr || found.prio > c->area[0].prio)
			c->area[0] = found;
		c->nr = 1;
	}
	return c->nr ? 0 : first_error;
}

/* A device is found again by its id, so it needs one of its own. */
static bool id_is_unusable(const struct hib_chosen *c, const struct hib_member *member)
{
	if (!memchr_inv(member->id, 0, HIB_ID_BYTES))
		return true;
	for (unsigned int i = 0; i < c->nr; i++)
		if (!memcmp(c->area[i].member.id, member->id, HIB_ID_BYTES))
			return true;
	return false;
}

static void choose_others(unsigned int most, void *page, struct hib_chosen *c)
{
	const struct hib_place_wanted any = {};
	char reason[HIB_AREA_WHY_BYTES];
	struct hib_chosen_area found;

	for (int type = 0; type < MAX_SWAPFILES && c->nr < min(most, HIB_MEMBERS_MAX); type++) {
		unsigned int at = 1;

		if (type == c->area[0].type || hib_choose_look(type, &any, &found, page, reason) ||
		    id_is_unusable(c, &found.member))
			continue;
		while (at < c->nr && c->area[at].prio >= found.prio)
			at++;
		insert(c, &found, at);
	}
}

/**
 * hib_choose_areas() - Choose the swap areas for an image.
 * @wanted: Which one it must begin in, and how many there may be.
 * @page: A page of scratch memory.
 * @c: Receives them; zeroed before.
 * @why: Receives why the first one that was passed over cannot hold an image; empty
 *	before.
 *
 * Context: Process context. Sleeps.
 * Return:
 * * 0			- at least one was chosen
 * * -ENODEV		- none is active that is wanted
 * * -EOPNOTSUPP	- there is one, but an image cannot lie there
 * * -EIO
 */
int hib_choose_areas(const struct hib_place_wanted *wanted, void *page, struct hib_chosen *c,
		     char why[HIB_AREA_WHY_BYTES])
{
	int ret = choose_root(wanted, page, c, why);

	if (!ret)
		choose_others(wanted->most_members, page, c);
	return ret;
}
