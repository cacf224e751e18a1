// SPDX-License-Identifier: GPL-2.0
#include "table.h"
#include "tap.h"

TEST(table_gives_back_what_it_took)
{
	struct hib_table table;

	check_number(hib_table_init(&table, 3000, U64_MAX), 0);
	for (unsigned long i = 0; i < 3000; i++)
		check_number(hib_table_append(&table, i * i), 0);
	check_number(table.nr, 3000);
	for (unsigned long i = 0; i < 3000; i++)
		check_number(hib_table_get(&table, i), i * i);
	check_number(hib_table_append(&table, 1), -ENOSPC);
	check_number(table.nr, 3000);
	hib_table_exit(&table);
	hib_table_exit(&table);
}

TEST(table_that_is_covered_cannot_fail)
{
	struct hib_table table;

	check_number(hib_table_init(&table, 1500, U64_MAX), 0);
	check_number(hib_table_cover(&table, 1501), -ENOSPC);
	check_number(hib_table_cover(&table, 1500), 0);
	check_number(table.nr_pages, 3);
	allocator_fail_after(0);
	for (unsigned long i = 0; i < 1500; i++)
		check_number(hib_table_append(&table, i), 0);
	hib_table_exit(&table);
}

TEST(table_keeps_its_entries_when_memory_is_short)
{
	struct hib_table table;

	allocator_fail_after(0);
	check_number(hib_table_init(&table, 10, U64_MAX), -ENOMEM);
	hib_table_exit(&table);

	allocator_fail_after(2);
	check_number(hib_table_init(&table, 1024, U64_MAX), 0);
	for (unsigned long i = 0; i < 512; i++)
		check_number(hib_table_append(&table, i), 0);
	check_number(hib_table_append(&table, 512), -ENOMEM);
	check_number(table.nr, 512);
	allocator_fail_after(-1);
	check_number(hib_table_append(&table, 512), 0);
	check_number(hib_table_get(&table, 511), 511);
	check_number(hib_table_get(&table, 512), 512);
	hib_table_exit(&table);
}

TEST(table_of_nothing_has_no_room)
{
	struct hib_table table;

	check_number(hib_table_init(&table, 0, U64_MAX), 0);
	check_number(hib_table_append(&table, 1), -ENOSPC);
	hib_table_exit(&table);
}

/* The allocator refuses what the kernel's refuses: more than INT_MAX bytes at once. */
TEST(table_may_have_more_entries_than_one_allocation)
{
	struct hib_table table;

	check_number(hib_table_init(&table, (1ull << 28) + 1, U64_MAX), 0);
	check_number(hib_table_append(&table, 7), 0);
	check_number(hib_table_get(&table, 0), 7);
	hib_table_exit(&table);
	check_number(hib_table_init(&table, 1ull << 36, U64_MAX), 0);
	hib_table_exit(&table);
}

TEST(table_takes_runs_over_its_pages)
{
	static const u64 runs[] = { 1, 510, 2, 513, 1024, 449, 0, 1 };
	struct hib_table table;
	u64 nr = 0;

	check_number(hib_table_init(&table, 2500, U64_MAX), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(runs); i++) {
		check_number(hib_table_append_run(&table, 7 * nr, runs[i]), 0);
		for (u64 j = 0; j < runs[i]; j++)
			check_number(hib_table_get(&table, nr + j), 7 * nr + j);
		nr += runs[i];
		check_number(table.nr, nr);
	}
	check_number(nr, 2500);
	check_number(hib_table_append_run(&table, 1, 1), -ENOSPC);
	check_number(hib_table_append_run(&table, 1, 0), 0);
	hib_table_exit(&table);
}

TEST(table_takes_no_part_of_a_run)
{
	struct hib_table table;

	check_number(hib_table_init(&table, 1030, U64_MAX), 0);
	check_number(hib_table_append_run(&table, 5, 1031), -ENOSPC);
	check_number(hib_table_append_run(&table, 5, U64_MAX), -ENOSPC);
	check_number(table.nr, 0);
	check_number(hib_table_append(&table, 3), 0);
	allocator_fail_after(1);
	check_number(hib_table_append_run(&table, 5, 1029), -ENOMEM);
	check_number(table.nr, 1);
	allocator_fail_after(-1);
	check_number(hib_table_append_run(&table, 5, 1029), 0);
	check_number(hib_table_get(&table, 1029), 5 + 1028);
	hib_table_exit(&table);
}

TEST(table_of_small_numbers_takes_half_the_pages)
{
	struct hib_table table;

	check_number(hib_table_init(&table, 4096, U32_MAX - 1), 0);
	check_number(hib_table_cover(&table, 4096), 0);
	check_number(table.nr_pages, 4);
	check_number(hib_table_append_run(&table, 0xffff0000, 1500), 0);
	check_number(hib_table_append(&table, U32_MAX - 1), 0);
	check_number(hib_table_append(&table, HIB_TABLE_NONE), 0);
	check_number(hib_table_append(&table, 0), 0);
	for (unsigned long i = 0; i < 1500; i++)
		check_number(hib_table_get(&table, i), 0xffff0000 + i);
	check_number(hib_table_get(&table, 1500), U32_MAX - 1);
	check_number(hib_table_get(&table, 1501), HIB_TABLE_NONE);
	check_number(hib_table_get(&table, 1502), 0);
	hib_table_exit(&table);
}

TEST(table_of_large_numbers_has_them_whole)
{
	struct hib_table table;

	check_number(hib_table_init(&table, 3, U32_MAX), 0);
	check_number(hib_table_append(&table, U32_MAX), 0);
	check_number(hib_table_append(&table, U32_MAX + 1ull), 0);
	check_number(hib_table_append(&table, HIB_TABLE_NONE), 0);
	check_number(hib_table_get(&table, 0), U32_MAX);
	check_number(hib_table_get(&table, 1), U32_MAX + 1ull);
	check_number(hib_table_get(&table, 2), HIB_TABLE_NONE);
	hib_table_exit(&table);
}
