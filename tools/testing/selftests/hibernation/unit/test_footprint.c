// SPDX-License-Identifier: GPL-2.0
#include "footprint.h"
#include "pfnset.h"
#include "table.h"
#include "tap.h"

#define GIB_PAGES	(1ull << 18)
#define MIB_PAGES	256ull

/* A machine whose memory is full, a boot kernel of 100 MiB. */
static struct hib_footprint_input input(u64 gib)
{
	return (struct hib_footprint_input){
		.nr_pages = gib * GIB_PAGES,
		.nr_bounce = 100 * MIB_PAGES,
		.end_pfn = gib * GIB_PAGES,
		.stream_pages = 16 * MIB_PAGES,
	};
}

/* What stands there is what the kernel's objects take, to a percent. */
static void check_objects(u64 gib)
{
	struct hib_footprint_input in = input(gib);
	u64 counted = hib_footprint_pages(&in) - hib_footprint_spares(&in) - in.stream_pages;
	struct hib_pfnset sets[4];
	struct hib_table table;
	long before = allocator_nr_live(), taken;

	for (unsigned int i = 0; i < ARRAY_SIZE(sets); i++) {
		check_number(hib_pfnset_init(&sets[i], in.end_pfn), 0);
		check_number(hib_pfnset_cover(&sets[i], 0, in.end_pfn), 0);
	}
	check_number(hib_table_init(&table, in.nr_pages, in.end_pfn), 0);
	check_number(hib_table_cover(&table, in.nr_pages), 0);
	taken = allocator_nr_live() - before;
	check(counted + 8 >= (u64)taken);
	check(counted <= (u64)taken + taken / 100 + 16);
	hib_table_exit(&table);
	for (unsigned int i = 0; i < ARRAY_SIZE(sets); i++)
		hib_pfnset_exit(&sets[i]);
}

TEST(footprint_counts_what_the_objects_take)
{
	check_objects(1);
	check_objects(4);
	check_objects(64);
}

/* MiB, rounded up: a little on a small machine, 0.1 % and the tables of the jump on a large one, 0.2 % past 16 TiB. */
static void check_mib(u64 gib, u64 least, u64 most)
{
	struct hib_footprint_input in = input(gib);
	u64 mib = (hib_footprint_pages(&in) - in.stream_pages + MIB_PAGES - 1) / MIB_PAGES;

	printf("# %llu GiB: %llu MiB besides the stream\n", gib, mib);
	check(mib >= least && mib <= most);
}

TEST(footprint_grows_with_memory)
{
	check_mib(1, 2, 4);
	check_mib(64, 68, 80);
	check_mib(1024, 1024 + 128, 1024 + 200);
	check_mib(16384, 32768 + 2048, 32768 + 2500);
}

/* What was allowed for once, 2 MiB, is passed by the jump's tables and the sets alone. */
TEST(footprint_of_sets_and_tables_is_no_constant)
{
	struct hib_footprint_input small = input(1), large = input(64);

	small.nr_pages = large.nr_pages = 0;
	check(hib_footprint_pages(&small) - small.stream_pages < 2 * MIB_PAGES);
	check(hib_footprint_pages(&large) - large.stream_pages > 8 * MIB_PAGES);
}

TEST(footprint_counts_tables_moves_digests_and_stale_pages)
{
	struct hib_footprint_input in = input(4);
	u64 spares = hib_footprint_spares(&in), pages = hib_footprint_pages(&in);

	in.nr_bounce += 170 * 1000;
	check_number(hib_footprint_spares(&in), spares + 1000);
	in.nr_digest_leaves = 77;
	check_number(hib_footprint_spares(&in), spares + 1077);
	check_number(hib_footprint_pages(&in), pages + 1077);
	in.nr_stale = 1024 * 100;
	check_number(hib_footprint_pages(&in), pages + 1177);
	in.end_pfn += 10 * GIB_PAGES;
	check_number(hib_footprint_spares(&in), spares + 1087);
	in.end_pfn -= 10 * GIB_PAGES;
	in.stream_pages += 5;
	check_number(hib_footprint_pages(&in), pages + 1182);
}

/* Image, boot kernel, what it keeps and what loading takes are no more than memory. */
static void check_loadable(u64 gib, u64 taken)
{
	struct hib_footprint_input in = input(gib);
	u64 ram = gib * GIB_PAGES;

	check_number(hib_footprint_loadable(&in, ram, taken),
		     ram - taken - hib_footprint_pages(&in));
}

TEST(footprint_leaves_the_rest_to_the_image)
{
	check_loadable(1, 120 * MIB_PAGES);
	check_loadable(64, 300 * MIB_PAGES);
	check_loadable(1024, 3000 * MIB_PAGES);
	check_loadable(16384, 20000 * MIB_PAGES);
}

TEST(footprint_leaves_nothing_where_there_is_no_room)
{
	struct hib_footprint_input in = input(1);

	check_number(hib_footprint_loadable(&in, GIB_PAGES, GIB_PAGES), 0);
	check_number(hib_footprint_loadable(&in, GIB_PAGES, ~0ull), 0);
	check_number(hib_footprint_loadable(&in, 0, 0), 0);
}
