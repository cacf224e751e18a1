// SPDX-License-Identifier: GPL-2.0
/*
 * Machines of 2 and 16 TiB, as far as the pure files see them: the sets of an
 * image that is full of holes, and the numbers of one that is not. Of 64 pages
 * of bits one is there, so a machine without holes takes 64 times as long. The
 * allocator refuses more than INT_MAX bytes at once, as the kernel's does.
 */
#include <limits.h>
#include <time.h>

#include "budget.h"
#include "extent.h"
#include "footprint.h"
#include "pagelist.h"
#include "pagemap.h"
#include "placement.h"
#include "table.h"
#include "tap.h"

#define TIB_PAGES	(1ull << 28)
#define MIB_PAGES	256ull
#define LEAF		HIB_PFNSET_PAGE_PFNS
#define SPARSE		64u		/* one bit page in so many */
#define EVERY		128u		/* a run of frames starts in each so many */
#define SAVED		96u
#define EARLY		64u
#define STALE_EVERY	(16 * EVERY)	/* of the runs, one in 16 has changed in part */
#define STALE		2u

static const u8 id[HIB_ID_BYTES] = { 1, 2, 3 };

struct model {
	u64 nr_pages;
	struct hib_pfnset saved, early, stale, owned;
	clock_t started;
};

static void model_time(struct model *m, const char *what)
{
	clock_t now = clock();

	printf("# %2llu TiB: %-28s %6.1f ms, %8.1f ms without holes\n", m->nr_pages / TIB_PAGES,
	       what, (now - m->started) * 1e3 / CLOCKS_PER_SEC,
	       (now - m->started) * 1e3 / CLOCKS_PER_SEC * SPARSE);
	m->started = clock();
}

static void model_fill(struct model *m, struct hib_pfnset *set, u32 every, u32 nr)
{
	check_number(hib_pfnset_init(set, m->nr_pages), 0);
	for (u64 leaf = 0; leaf < m->nr_pages; leaf += SPARSE * LEAF)
		for (u64 pfn = leaf; pfn < leaf + LEAF; pfn += every)
			check(!hib_pfnset_add_range(set, pfn, pfn + nr));
}

static void model_begin(struct model *m, u64 tib)
{
	*m = (struct model){ .nr_pages = tib * TIB_PAGES, .started = clock() };
	model_fill(m, &m->saved, EVERY, SAVED);
	model_fill(m, &m->early, EVERY, EARLY);
	model_fill(m, &m->stale, STALE_EVERY, STALE);
	model_fill(m, &m->owned, 2 * EVERY, EVERY);
	model_time(m, "sets filled");
}

static void model_end(struct model *m)
{
	hib_pfnset_exit(&m->owned);
	hib_pfnset_exit(&m->stale);
	hib_pfnset_exit(&m->early);
	hib_pfnset_exit(&m->saved);
}

/* After the copy: every saved frame of half of the runs was freed, so nothing early counts there. */
static void model_settle(struct model *m)
{
	struct hib_pfnset gone;
	u64 nr_runs = m->nr_pages / SPARSE / EVERY;

	model_fill(m, &gone, 2 * EVERY, SAVED);
	model_time(m, "another set filled");
	check_number(hib_pfnset_add_difference(&gone, &m->early, &m->saved), 0);
	check_number(gone.nr_set, nr_runs / 2 * SAVED);
	hib_pfnset_clear(&gone);
	check_number(hib_pfnset_add_difference(&gone, &m->saved, &m->early), 0);
	check_number(gone.nr_set, nr_runs * (SAVED - EARLY));
	model_time(m, "settled, twice");
	hib_pfnset_exit(&gone);
}

static void model_lists(struct model *m)
{
	const struct hib_pagelist list = { &m->saved, &m->early, &m->stale };
	struct hib_placement p = { .image = &m->saved, .owned = &m->owned };
	const char *why = "not set";

	check_number(hib_pagelist_check(&list, &why), 0);
	hib_placement_count(&p);
	check_number(p.nr_in_place, m->saved.nr_set / 2);
	check_number(p.nr_bounce, m->saved.nr_set / 2);
	model_time(m, "lists compared, places");
}

static void model_page_list(struct model *m)
{
	struct hib_pfnset set;
	struct hib_pagemap_reader reader = { .set = &set, .max_pages = m->saved.nr_set };
	u64 nr_runs = hib_pagemap_count_runs(&m->saved);
	u32 nr_leaves = hib_pagemap_leaves(nr_runs);
	struct hib_disk_leaf leaf;
	unsigned long pfn = 0;

	check_number(nr_runs, m->nr_pages / SPARSE / EVERY);
	check_number(hib_pfnset_init(&set, m->nr_pages), 0);
	for (u32 i = 0; i < nr_leaves; i++) {
		hib_pagemap_encode(&m->saved, &pfn, &leaf, id, i);
		check(!hib_pagemap_decode(&reader, &leaf, id));
	}
	check_number(set.nr_set, m->saved.nr_set);
	check_number(hib_pfnset_count_common(&set, &m->saved), set.nr_set);
	hib_pfnset_exit(&set);
	model_time(m, "page list written and read");
}

/* Runs of 2 MiB, as far as slots go in one piece, each with a hole behind it. */
static void model_extents(struct model *m)
{
	struct hib_extents extents;
	u64 block, nr_blocks, nr = m->nr_pages / 512;

	hib_extents_init(&extents);
	for (u64 i = 0; i < nr; i++)
		check(!hib_extents_append(&extents, 1 + i * 513, 512));
	check_number(extents.nr, nr);
	check((u64)extents.capacity * sizeof(*extents.array) <= INT_MAX);
	check(hib_extents_lookup(&extents, m->nr_pages - 1, &block, &nr_blocks));
	check_number(block, (nr - 1) * 513 + 512);
	check_number(nr_blocks, 1);
	hib_extents_exit(&extents);
	printf("# %2llu TiB: %llu extents, all of them, in %.1f ms\n", m->nr_pages / TIB_PAGES, nr,
	       (clock() - m->started) * 1e3 / CLOCKS_PER_SEC);
	m->started = clock();
}

/* What is one allocation, whatever the size of the image: none may pass INT_MAX. */
static void model_allocations(u64 nr_pages)
{
	u64 places = 2 * nr_pages, nr_chunks = places / HIB_CHUNK_PAGES;
	struct hib_table table;

	check(nr_chunks <= U32_MAX);
	check(nr_chunks * sizeof(u16) <= INT_MAX);		/* lengths of segments */
	check(nr_chunks / 8 <= INT_MAX);			/* chunks that were seen */
	check(nr_pages / 512 * sizeof(void *) <= INT_MAX);	/* digests, by page */
	check_number(hib_table_init(&table, places, U64_MAX), 0);
	hib_table_exit(&table);
}

/* 3/4 in use, most of it by tasks, a boot kernel of 1/1024 of memory. */
static void model_numbers(struct model *m)
{
	u64 n = m->nr_pages, boot = n / 1024;
	struct hib_footprint_input f = {
		.nr_pages = n / 4 * 3, .nr_stale = n / 16, .nr_bounce = boot, .end_pfn = n,
		.stream_pages = 64 * 16 * MIB_PAGES / 4 + n / HIB_CHUNK_PAGES / 2048,
	};
	struct hib_budget_input in = {
		.saveable = n / 4 * 3, .still = n / 2, .free = n / 4 - boot,
		.reclaimable = n / 2, .image_limit = n,
		.loadable = hib_footprint_loadable(&f, n, boot),
		.reserved = MIB_PAGES, .buffers = n / 512, .slack = 4 * MIB_PAGES,
	};
	struct hib_budget out;
	u64 worst = hib_budget_worst_blocks(in.saveable, true);

	check_number(hib_budget_compute(&in, &out), 0);
	check_number(out.level, HIB_LEVEL_ALL);
	check_number(out.reclaim + out.drop, 0);
	check(worst > in.saveable && worst < in.saveable + in.saveable / 8);
	check(in.loadable > n / 100 * 98);
	printf("# %2llu TiB: to load, %llu MiB besides the image; copies %llu GiB\n",
	       n / TIB_PAGES, hib_footprint_pages(&f) / MIB_PAGES, out.copy / MIB_PAGES / 1024);
	model_allocations(n);
}

static void model_run(u64 tib)
{
	struct model m;

	model_begin(&m, tib);
	model_settle(&m);
	model_lists(&m);
	model_page_list(&m);
	model_extents(&m);
	model_numbers(&m);
	model_end(&m);
}

TEST(model_of_2_tib)
{
	model_run(2);
}

TEST(model_of_16_tib)
{
	model_run(16);
}

/* The image that found no place: one page more than 1 TiB. */
TEST(model_of_an_image_past_1_tib_has_a_place_for_each_page)
{
	struct hib_table table;

	check_number(hib_table_init(&table, TIB_PAGES + 1, U64_MAX), 0);
	check_number(hib_table_append(&table, 1), 0);
	hib_table_exit(&table);
}
