// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: EFI's run-time services across a hibernation
 *
 * Firmware that stays callable lies in memory that is no part of an image, and
 * each boot tells it once at which virtual addresses it will be called. A
 * restored kernel goes on calling it where it had it itself, while firmware was
 * told by the boot kernel. So the image lists the regions and their addresses,
 * and the boot kernel compares. Where they differ, or where it never told
 * firmware any, the restored kernel is let know and never calls it again.
 *
 * Nothing is kept. The comparison looks at its arguments only.
 */
#include <linux/efi.h>
#include <linux/hibernation_arch.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "hibernate_ident.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

/* The kernel marks other regions, too, tables that it wants to keep: firmware does not go there. */
static bool efi_is_firmwares(const efi_memory_desc_t *md)
{
	return (md->attribute & EFI_MEMORY_RUNTIME) && md->type != EFI_BOOT_SERVICES_CODE &&
	       md->type != EFI_BOOT_SERVICES_DATA && md->type != EFI_CONVENTIONAL_MEMORY &&
	       md->type != EFI_LOADER_CODE && md->type != EFI_LOADER_DATA;
}

static bool efi_add(struct hib_arch_efi *list, const efi_memory_desc_t *md)
{
	u32 nr = le32_to_cpu(list->nr);

	if (nr == HIB_ARCH_EFI_REGIONS)
		return false;
	list->region[nr] = (struct hib_arch_efi_region) {
		.phys = cpu_to_le64(md->phys_addr),
		.virt = cpu_to_le64(md->virt_addr),
		.nr_pages = cpu_to_le32(min_t(u64, md->num_pages, U32_MAX)),
		.type = cpu_to_le32(md->type),
	};
	list->nr = cpu_to_le32(nr + 1);
	return true;
}

/**
 * hib_arch_efi_describe() - List what this kernel told firmware.
 * @list: Receives it; says so when there are no services, or too many regions.
 *
 * Context: Process context, once services are set up.
 */
void hib_arch_efi_describe(struct hib_arch_efi *list)
{
	efi_memory_desc_t *md;

	memset(list, 0, sizeof(*list));
	if (!efi_enabled(EFI_RUNTIME_SERVICES) || !efi_enabled(EFI_MEMMAP))
		return;
	list->state = cpu_to_le32(HIB_ARCH_EFI_LISTED);
	for_each_efi_memory_desc(md) {
		if (!efi_is_firmwares(md) || efi_add(list, md))
			continue;
		memset(list, 0, sizeof(*list));
		list->state = cpu_to_le32(HIB_ARCH_EFI_TOO_MANY);
		return;
	}
}

/**
 * hib_arch_efi_is_sane() - Could hib_arch_efi_describe() have written this?
 * @list: From an image.
 *
 * Context: Any.
 * Return: false when no kernel of ours can have written it.
 */
bool hib_arch_efi_is_sane(const struct hib_arch_efi *list)
{
	u32 nr = le32_to_cpu(list->nr), state = le32_to_cpu(list->state);

	return nr <= HIB_ARCH_EFI_REGIONS && state <= HIB_ARCH_EFI_TOO_MANY &&
	       (state == HIB_ARCH_EFI_LISTED || !nr) &&
	       !memchr_inv(list->region + nr, 0,
			   (HIB_ARCH_EFI_REGIONS - nr) * sizeof(list->region[0]));
}

static bool efi_has(const struct hib_arch_efi *list, const struct hib_arch_efi_region *region)
{
	for (u32 i = 0; i < le32_to_cpu(list->nr); i++)
		if (!memcmp(&list->region[i], region, sizeof(*region)))
			return true;
	return false;
}

/**
 * hib_arch_efi_compare() - Will the image's kernel find firmware where it had it?
 * @image: Its list.
 * @here: The list of this boot.
 *
 * Their order does not count: kexec-tools hand regions on in one of their own.
 *
 * Context: Any.
 * Return:
 * * %HIB_ARCH_SERVICES_THERE		- yes, or it does not call any
 * * n					- its region n, counted from 1, is not there
 * * %HIB_ARCH_SERVICES_UNKNOWN		- cannot be told
 */
u32 hib_arch_efi_compare(const struct hib_arch_efi *image, const struct hib_arch_efi *here)
{
	u32 nr = le32_to_cpu(image->nr);

	if (le32_to_cpu(image->state) == HIB_ARCH_EFI_NONE)
		return HIB_ARCH_SERVICES_THERE;
	if (le32_to_cpu(image->state) != HIB_ARCH_EFI_LISTED)
		return HIB_ARCH_SERVICES_UNKNOWN;
	for (u32 i = 0; i < nr; i++)
		if (!efi_has(here, &image->region[i]))
			return i + 1;
	/* Firmware may go through what it has more here, and the image's kernel does not map it. */
	return image->nr == here->nr ? HIB_ARCH_SERVICES_THERE : HIB_ARCH_SERVICES_UNKNOWN;
}

/**
 * hib_arch_services_lost() - Never call firmware's run-time services again.
 * @which: What hib_arch_efi_compare() said in the boot kernel.
 *
 * Context: The restored kernel, before anybody can call them. Any.
 */
void hib_arch_services_lost(u32 which)
{
	efi_memory_desc_t *md;
	u32 n = 0;

	if (!efi_enabled(EFI_RUNTIME_SERVICES))
		return;
	clear_bit(EFI_RUNTIME_SERVICES, &efi.flags);
	for_each_efi_memory_desc(md) {
		if (!efi_is_firmwares(md) || ++n != which)
			continue;
		pr_warn("EFI runtime services are off: the boot kernel did not map %#llx-%#llx at %#llx\n",
			md->phys_addr, md->phys_addr + PFN_PHYS(md->num_pages) - 1, md->virt_addr);
		return;
	}
	pr_warn("EFI runtime services are off: they are not known to be where they were\n");
}
