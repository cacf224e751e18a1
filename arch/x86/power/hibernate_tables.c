// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hibernate_tables - firmware's tables across a hibernation
 *
 * ACPI tables lie in memory that the kernel does not count as its own, and so
 * is no part of an image; yet it goes on reading them, and runs the code in
 * them, where they lie. The next boot's firmware may lay them elsewhere, and
 * that boot's kernel may have used their old place as RAM. So a copy goes into
 * memory that is saved, and the restored kernel puts it back where it differs.
 *
 * keep -> (put_back, in the restored kernel) -> drop. The mappings are made by
 * keep and are part of the image, so that put_back needs nothing.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/hibernation_arch.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/e820/api.h>

/**
 * struct kept_table - A piece of firmware's memory.
 * @mapped: Where this kernel reads it.
 * @copy: What it held when it was kept.
 * @bytes: Its size.
 */
struct kept_table {
	void *mapped;
	void *copy;
	size_t bytes;
};

/**
 * struct hib_arch_tables - All of them.
 * @nr: How many entries of @table are in use.
 * @table: One for each piece.
 */
struct hib_arch_tables {
	unsigned int nr;
	struct kept_table table[];
};

static int table_keep(struct kept_table *table, const struct e820_entry *entry)
{
	table->bytes = entry->size;
	table->mapped = memremap(entry->addr, entry->size, MEMREMAP_WB);
	table->copy = kvmalloc(entry->size, GFP_KERNEL | __GFP_NOWARN);
	if (!table->mapped || !table->copy)
		return -ENOMEM;
	memcpy(table->copy, table->mapped, table->bytes);
	return 0;
}

/**
 * hib_arch_tables_keep() - Copy firmware's tables into memory that is saved.
 *
 * Context: Process context, devices working.
 * Return: What hib_arch_tables_drop() frees, or NULL when there is no memory.
 */
struct hib_arch_tables *hib_arch_tables_keep(void)
{
	const struct e820_table *map = e820_table_firmware;
	struct hib_arch_tables *tables;
	int ret = 0;

	tables = kvzalloc(struct_size(tables, table, map->nr_entries), GFP_KERNEL | __GFP_NOWARN);
	if (!tables)
		return NULL;
	for (u32 i = 0; !ret && i < map->nr_entries; i++)
		if (map->entries[i].type == E820_TYPE_ACPI)
			ret = table_keep(&tables->table[tables->nr++], &map->entries[i]);
	if (ret) {
		hib_arch_tables_drop(tables);
		return NULL;
	}
	return tables;
}

/**
 * hib_arch_tables_put_back() - Have the tables where this kernel reads them.
 * @tables: Kept before the copy.
 *
 * Context: The restored kernel, interrupts off, before any of firmware's code runs.
 */
void hib_arch_tables_put_back(const struct hib_arch_tables *tables)
{
	for (unsigned int i = 0; i < tables->nr; i++) {
		const struct kept_table *table = &tables->table[i];

		if (!memcmp(table->mapped, table->copy, table->bytes))
			continue;
		memcpy(table->mapped, table->copy, table->bytes);
		pr_info("firmware's tables moved meanwhile: %zu KiB put back\n",
			table->bytes >> 10);
	}
}

/**
 * hib_arch_tables_drop() - Free the copy.
 * @tables: Kept, or NULL.
 *
 * Context: Process context.
 */
void hib_arch_tables_drop(struct hib_arch_tables *tables)
{
	for (unsigned int i = 0; tables && i < tables->nr; i++) {
		if (tables->table[i].mapped)
			memunmap(tables->table[i].mapped);
		kvfree(tables->table[i].copy);
	}
	kvfree(tables);
}
