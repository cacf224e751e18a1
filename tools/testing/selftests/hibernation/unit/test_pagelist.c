// SPDX-License-Identifier: GPL-2.0
#include "pagelist.h"
#include "tap.h"

#define END	(2 * HIB_PFNSET_PAGE_PFNS)

static struct hib_pfnset saved, early, stale;
static const struct hib_pagelist list = { &saved, &early, &stale };
static const char *why;

/* 1000 frames are saved; 640 of them and 60 free ones were written early. */
static void begin(void)
{
	hib_pfnset_init(&saved, END);
	hib_pfnset_init(&early, END);
	hib_pfnset_init(&stale, END);
	hib_pfnset_add_range(&saved, HIB_PFNSET_PAGE_PFNS - 500, HIB_PFNSET_PAGE_PFNS + 500);
	hib_pfnset_add_range(&early, HIB_PFNSET_PAGE_PFNS - 140, HIB_PFNSET_PAGE_PFNS + 560);
	hib_pfnset_add_range(&stale, HIB_PFNSET_PAGE_PFNS + 500, HIB_PFNSET_PAGE_PFNS + 560);
	why = "not set";
}

static void end(void)
{
	hib_pfnset_exit(&stale);
	hib_pfnset_exit(&early);
	hib_pfnset_exit(&saved);
}

TEST(pagelist_of_one_image_is_sound)
{
	begin();
	check_number(hib_pagelist_check(&list, &why), 0);
	/* Changed, and saved: it counts as a copy. */
	hib_pfnset_add(&stale, HIB_PFNSET_PAGE_PFNS);
	check_number(hib_pagelist_check(&list, &why), 0);
	end();
}

TEST(pagelist_without_precopy_is_the_saved_frames)
{
	begin();
	hib_pfnset_clear(&early);
	hib_pfnset_clear(&stale);
	check_number(hib_pagelist_check(&list, &why), 0);
	check(!hib_pagelist_counts_early(&list, HIB_PFNSET_PAGE_PFNS));
	end();
}

TEST(pagelist_tells_which_early_page_counts)
{
	begin();
	check(hib_pagelist_counts_early(&list, HIB_PFNSET_PAGE_PFNS + 499));
	check(!hib_pagelist_counts_early(&list, HIB_PFNSET_PAGE_PFNS + 500));
	check(!hib_pagelist_counts_early(&list, HIB_PFNSET_PAGE_PFNS - 141));
	end();
}

TEST(pagelist_refuses_early_page_that_is_not_saved)
{
	begin();
	hib_pfnset_remove(&stale, HIB_PFNSET_PAGE_PFNS + 530);
	check_number(hib_pagelist_check(&list, &why), -EBADMSG);
	check_text(why, "a page that was written early is not saved");
	end();
}

TEST(pagelist_refuses_stale_page_that_was_not_written_early)
{
	begin();
	hib_pfnset_add(&stale, HIB_PFNSET_PAGE_PFNS - 400);
	check_number(hib_pagelist_check(&list, &why), -EBADMSG);
	check_text(why, "a stale page was not written early");
	hib_pfnset_remove(&stale, HIB_PFNSET_PAGE_PFNS - 400);
	hib_pfnset_add(&stale, 3);
	check_number(hib_pagelist_check(&list, &why), -EBADMSG);
	end();
}

/* The same number out, another one in: sums alone would not notice. */
TEST(pagelist_refuses_what_only_sums_up)
{
	begin();
	hib_pfnset_remove(&stale, HIB_PFNSET_PAGE_PFNS + 530);
	hib_pfnset_add(&stale, HIB_PFNSET_PAGE_PFNS + 10);
	check_number(hib_pagelist_check(&list, &why), -EBADMSG);
	end();
}
