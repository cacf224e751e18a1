/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_TABLE_H
#define HIB_TABLE_H

#include "hib_pure.h"

#define HIB_TABLE_ENTRIES	(PAGE_SIZE / sizeof(unsigned long))	/* in a page */

/**
 * struct hib_table - A list of numbers as long as memory is large.
 * @pages: Directory, an entry for each page of numbers.
 * @nr: Entries in use.
 * @size: Entries that the directory has room for.
 * @nr_pages: Pages that were made, always the first ones.
 */
struct hib_table {
	unsigned long **pages;
	u64 nr;
	u64 size;
	u64 nr_pages;
};

int hib_table_init(struct hib_table *table, u64 size);
void hib_table_exit(struct hib_table *table);
/* Make the pages of the first @nr entries, so that appending there cannot fail. */
int hib_table_cover(struct hib_table *table, u64 nr);
/* -ENOSPC past the size, -ENOMEM for a missing page. */
int hib_table_append(struct hib_table *table, unsigned long value);

/* @nr numbers that follow each other; on an errno none of them. */
int hib_table_append_run(struct hib_table *table, unsigned long first, u64 nr);

/* Entry @index, which is in use. */
static inline unsigned long hib_table_get(const struct hib_table *table, u64 index)
{
	return table->pages[index / HIB_TABLE_ENTRIES][index % HIB_TABLE_ENTRIES];
}

#endif
