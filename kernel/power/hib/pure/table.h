/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_TABLE_H
#define HIB_TABLE_H

#include "hib_pure.h"

/* Stands for no number, in a table of either width. */
#define HIB_TABLE_NONE		(~0ul)

/**
 * struct hib_table - A list of numbers as long as memory is large.
 * @pages: Directory, an entry for each page of numbers.
 * @shift: A page has 2^shift numbers: of 4 bytes if they fit in that, else of 8.
 * @nr: Entries in use.
 * @size: Entries that the directory has room for.
 * @nr_pages: Pages that were made, always the first ones.
 */
struct hib_table {
	void **pages;
	unsigned int shift;
	u64 nr;
	u64 size;
	u64 nr_pages;
};

/* Numbers up to @largest, and HIB_TABLE_NONE. */
int hib_table_init(struct hib_table *table, u64 size, u64 largest);
void hib_table_exit(struct hib_table *table);
/* Make the pages of the first @nr entries, so that appending there cannot fail. */
int hib_table_cover(struct hib_table *table, u64 nr);
/* -ENOSPC past the size, -ENOMEM for a missing page. */
int hib_table_append(struct hib_table *table, unsigned long value);

/* @nr numbers that follow each other; on an errno none of them. */
int hib_table_append_run(struct hib_table *table, unsigned long first, u64 nr);

static inline unsigned int hib_table_shift(u64 largest)
{
	return PAGE_SHIFT - (largest < U32_MAX ? 2 : 3);
}

static inline bool hib_table_is_narrow(const struct hib_table *table)
{
	return table->shift == PAGE_SHIFT - 2;
}

/* Entry @index, which is in use. */
static inline unsigned long hib_table_get(const struct hib_table *table, u64 index)
{
	const void *page = table->pages[index >> table->shift];
	u64 at = index & ((1ul << table->shift) - 1);
	u32 narrow;

	if (!hib_table_is_narrow(table))
		return ((const unsigned long *)page)[at];
	narrow = ((const u32 *)page)[at];
	return narrow == U32_MAX ? HIB_TABLE_NONE : narrow;
}

#endif
