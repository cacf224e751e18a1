// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Firmware's tables across a hibernation
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
#include <linux/hibernation_arch.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <asm/e820/api.h>

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

#define KEPT_TABLES	16u

static struct kept_table {
	void *mapped;
	void *copy;
	size_t bytes;
} kept_tables[KEPT_TABLES];

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
 * Return: 0, or -ENOMEM with nothing kept; also when they are in too many pieces.
 */
int hib_arch_tables_keep(void)
{
	const struct e820_table *map = e820_table_firmware;
	unsigned int nr = 0;
	int error = 0;

	for (u32 i = 0; !error && i < map->nr_entries; i++) {
		if (map->entries[i].type != E820_TYPE_ACPI)
			continue;
		error = nr < KEPT_TABLES ? table_keep(&kept_tables[nr++], &map->entries[i]) :
					   -ENOMEM;
	}
	if (error)
		hib_arch_tables_drop();
	return error;
}

/**
 * hib_arch_tables_put_back() - Have the tables where this kernel reads them.
 *
 * Context: The restored kernel, interrupts off, before any of firmware's code runs.
 */
void hib_arch_tables_put_back(void)
{
	for (unsigned int i = 0; i < KEPT_TABLES; i++) {
		const struct kept_table *table = &kept_tables[i];

		if (!table->copy || !memcmp(table->mapped, table->copy, table->bytes))
			continue;
		memcpy(table->mapped, table->copy, table->bytes);
		pr_info("firmware's tables moved meanwhile: %zu KiB put back\n",
			table->bytes >> 10);
	}
}

/**
 * hib_arch_tables_drop() - Forget the copy.
 *
 * Context: Process context. Harmless when there is none.
 */
void hib_arch_tables_drop(void)
{
	for (unsigned int i = 0; i < KEPT_TABLES; i++) {
		struct kept_table *table = &kept_tables[i];

		if (table->mapped)
			memunmap(table->mapped);
		kvfree(table->copy);
		*table = (struct kept_table) {};
	}
}
