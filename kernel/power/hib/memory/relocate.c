// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: relocate - the list that the final jump walks
 *
 * Frames that the boot kernel itself uses are loaded somewhere else and moved
 * into place by the architecture's last loop, when nothing of the boot kernel
 * is needed any more. The list lies in frames that no move writes; they are
 * owned by whoever gave them.
 *
 * Context: process context, one owner.
 */
#include "relocate.h"
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/mm.h>

static struct hib_move *relocation_extend(struct hib_relocation *r, unsigned long dst_pfn,
					  unsigned long src_pfn)
{
	struct hib_move *move;

	if (!r->last || !r->last->nr)
		return NULL;
	move = &r->last->moves[r->last->nr - 1];
	if (move->dst_pfn + move->nr_pages != dst_pfn || move->src_pfn + move->nr_pages != src_pfn)
		return NULL;
	return move;
}

static int relocation_add_page(struct hib_relocation *r)
{
	struct hib_move_page *page = r->page_alloc(r->arg);

	if (!page)
		return -ENOMEM;
	if (r->last)
		r->last->next_phys = virt_to_phys(page);
	else
		r->first = page;
	r->last = page;
	return 0;
}

/**
 * hib_relocation_add() - One frame to be moved at the end.
 * @r: The list.
 * @dst_pfn: Where it belongs.
 * @src_pfn: Where it was loaded.
 *
 * Adjacent frames become one move. Moves are performed in the order they were
 * added.
 *
 * Return: 0, or -ENOMEM when there was no page for the list.
 */
int hib_relocation_add(struct hib_relocation *r, unsigned long dst_pfn, unsigned long src_pfn)
{
	struct hib_move *move = relocation_extend(r, dst_pfn, src_pfn);
	int ret;

	r->nr_pages++;
	if (move) {
		move->nr_pages++;
		return 0;
	}
	if (!r->last || r->last->nr == HIB_MOVES_PER_PAGE) {
		ret = relocation_add_page(r);
		if (ret)
			return ret;
	}
	r->last->moves[r->last->nr++] = (struct hib_move) {
		.dst_pfn = dst_pfn, .src_pfn = src_pfn, .nr_pages = 1,
	};
	return 0;
}

/**
 * hib_relocation_first() - Where the list begins.
 * @r: The list.
 *
 * Return: Physical address of the first page of moves, 0 for an empty list.
 */
u64 hib_relocation_first(const struct hib_relocation *r)
{
	return r->first ? virt_to_phys(r->first) : 0;
}
