// SPDX-License-Identifier: GPL-2.0
#include "placement.h"
#include "tap.h"

#define END	(2 * HIB_PFNSET_PAGE_PFNS)

static struct hib_pfnset image, owned;
static struct hib_placement p;

static void begin(void)
{
	hib_pfnset_init(&image, END);
	hib_pfnset_init(&owned, END);
	p = (struct hib_placement){ .image = &image, .owned = &owned };
}

static void end(void)
{
	hib_pfnset_exit(&owned);
	hib_pfnset_exit(&image);
}

TEST(placement_counts_in_place_bouncing_and_spare)
{
	begin();
	hib_pfnset_add_range(&image, 100, 200);
	hib_pfnset_add_range(&owned, 150, 270);
	hib_placement_count(&p);
	check_number(p.nr_in_place, 50);
	check_number(p.nr_bounce, 50);
	check_number(p.nr_spare, 70);
	end();
}

TEST(placement_of_nothing_is_nothing)
{
	begin();
	hib_placement_count(&p);
	check_number(p.nr_in_place + p.nr_bounce + p.nr_spare, 0);
	check_number(hib_placement_short(&p, 0), 0);
	check_number(hib_placement_short(&p, 3), 3);
	end();
}

TEST(placement_is_short_of_spare_frames_until_all_can_bounce)
{
	begin();
	hib_pfnset_add_range(&image, 0, 100);
	hib_pfnset_add_range(&owned, 50, 120);
	hib_placement_count(&p);
	check_number(hib_placement_short(&p, 0), 30);
	check_number(hib_placement_short(&p, 10), 40);
	hib_pfnset_add_range(&owned, 120, 160);
	hib_placement_count(&p);
	check_number(hib_placement_short(&p, 10), 0);
	check_number(hib_placement_short(&p, 11), 1);
	end();
}

TEST(placement_short_bears_numbers_that_overflow)
{
	begin();
	hib_pfnset_add_range(&image, 0, 100);
	hib_placement_count(&p);
	check(hib_placement_short(&p, U64_MAX) == U64_MAX);
	end();
}

TEST(placement_finds_no_spare_frame_inside_the_image)
{
	begin();
	hib_pfnset_add_range(&image, 0, END);
	hib_pfnset_add_range(&owned, 5, END);
	hib_placement_count(&p);
	check_number(p.nr_spare, 0);
	end();
}
