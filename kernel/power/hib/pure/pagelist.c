// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pagelist - the order of an image's pages
 *
 * Some pages may have been written early, while devices still worked. A page
 * that differed at the copy, or was free by then, is stale: it keeps its index
 * in the order, and the reader skips it. So a frame may have two indexes in an
 * image, of which one is valid.
 *
 * The sets belong to the caller, who read them from a disk. No state, no
 * allocation, any context.
 */
#include "pagelist.h"

/**
 * hib_pagelist_check() - Can the three sets be those of one image?
 * @list: Its sets.
 * @why: Set to what is wrong when an errno is returned.
 *
 * Return: 0, or -EBADMSG: a stale frame was never written early, or one that
 * counts is not saved.
 */
int hib_pagelist_check(const struct hib_pagelist *list, const char **why)
{
	unsigned long nr_counting = list->early->nr_set - list->stale->nr_set;
	unsigned long nr_saved;

	*why = "a stale page was not written early";
	if (hib_pfnset_count_common(list->stale, list->early) != list->stale->nr_set)
		return -EBADMSG;
	*why = "a page that was written early is not saved";
	nr_saved = hib_pfnset_count_common(list->early, list->saved) -
		   hib_pfnset_count_common(list->stale, list->saved);
	return nr_saved == nr_counting ? 0 : -EBADMSG;
}
