// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: table - a list of numbers in pages
 *
 * A list that has an entry for each page of an image can be longer than one
 * allocation may be: kvmalloc() gives 2 GiB at most, which is 1 TiB of image.
 * So the numbers lie in pages behind a directory, which stays below that limit
 * for every image that the format can describe. Frame numbers of up to 16 TiB take
 * four bytes each.
 *
 * The owner embeds the table; hib_table_init() and hib_table_exit() frame its
 * life. Pages are made when an entry is appended, or ahead by
 * hib_table_cover(), after which appending there cannot fail.
 *
 * No locking: one writer, or any number of readers. Functions that may
 * allocate sleep; all others run in any context.
 */
#include "table.h"

/**
 * hib_table_init() - Make an empty table.
 * @table: Need not be initialised. May be given to hib_table_exit() whatever
 *	this function returned.
 * @size: Most entries that it will have.
 * @largest: Largest number that it will hold. In addition it can hold HIB_TABLE_NONE.
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int hib_table_init(struct hib_table *table, u64 size, u64 largest)
{
	unsigned int shift = hib_table_shift(largest);
	u64 bytes = ((size >> shift) + 1) * sizeof(*table->pages);

	*table = (struct hib_table) { .shift = shift };
	table->pages = hib_pure_realloc(NULL, 0, bytes);
	if (!table->pages)
		return -ENOMEM;
	table->size = size;
	return 0;
}

/**
 * hib_table_exit() - Give its memory back.
 * @table: May be all zero. Idempotent.
 *
 * Context: Process context.
 */
void hib_table_exit(struct hib_table *table)
{
	for (u64 i = 0; i < table->nr_pages; i++)
		hib_pure_page_free(table->pages[i]);
	hib_pure_free(table->pages);
	*table = (struct hib_table) {};
}

/**
 * hib_table_cover() - Make pages ahead.
 * @table: The table.
 * @nr: Entries, counted from the first one, that shall have a page; at most its size.
 *
 * Context: May sleep.
 * Return: 0, -ENOSPC, or -ENOMEM; pages that were made stay.
 */
int hib_table_cover(struct hib_table *table, u64 nr)
{
	if (nr > table->size)
		return -ENOSPC;
	while (table->nr_pages << table->shift < nr) {
		void *page = hib_pure_page_alloc();

		if (!page)
			return -ENOMEM;
		table->pages[table->nr_pages++] = page;
	}
	return 0;
}

/* The next entry, which has a page. */
static void table_put(struct hib_table *table, unsigned long value)
{
	void *page = table->pages[table->nr >> table->shift];
	u64 at = table->nr & ((1ul << table->shift) - 1);

	if (hib_table_is_narrow(table))
		((u32 *)page)[at] = value;
	else
		((unsigned long *)page)[at] = value;
	table->nr++;
}

/**
 * hib_table_append() - One more entry.
 * @table: The table.
 * @value: The number.
 *
 * Context: May sleep, unless the entry is covered.
 * Return: 0, -ENOSPC when the table is full, or -ENOMEM.
 */
int hib_table_append(struct hib_table *table, unsigned long value)
{
	int ret = hib_table_cover(table, table->nr + 1);

	if (!ret)
		table_put(table, value);
	return ret;
}

/**
 * hib_table_append_run() - Numbers that follow each other.
 * @table: The table.
 * @first: The first of them.
 * @nr: How many.
 *
 * Context: May sleep, unless the entries are covered.
 * Return: 0, -ENOSPC when the table has not so much room, or -ENOMEM; then no entry is new.
 */
int hib_table_append_run(struct hib_table *table, unsigned long first, u64 nr)
{
	int ret = nr > table->size - table->nr ? -ENOSPC : hib_table_cover(table, table->nr + nr);

	if (ret)
		return ret;
	while (nr--)
		table_put(table, first++);
	return 0;
}
