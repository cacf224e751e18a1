// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hibernate_efi - EFI's run-time services across a hibernation
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
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/efi.h>
#include <linux/hibernation_arch.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/xxhash.h>
#include "hibernate_ident.h"

/* The kernel marks other regions, too, tables that it wants to keep: firmware does not go there. */
static bool efi_is_firmwares(const efi_memory_desc_t *md)
{
	return (md->attribute & EFI_MEMORY_RUNTIME) && md->type != EFI_BOOT_SERVICES_CODE &&
	       md->type != EFI_BOOT_SERVICES_DATA && md->type != EFI_CONVENTIONAL_MEMORY &&
	       md->type != EFI_LOADER_CODE && md->type != EFI_LOADER_DATA;
}

/**
 * hib_arch_efi_add() - One more region that firmware was told of.
 * @list: Zeroed before the first one.
 * @md: The region; left out if firmware does not go there.
 *
 * The hash is a sum, since the order of regions means nothing.
 *
 * Context: Any.
 */
void hib_arch_efi_add(struct hib_arch_efi *list, const efi_memory_desc_t *md)
{
	const struct hib_arch_efi_region region = {
		.phys = cpu_to_le64(md->phys_addr),
		.virt = cpu_to_le64(md->virt_addr),
		.nr_pages = cpu_to_le32(min_t(u64, md->num_pages, U32_MAX)),
		.type = cpu_to_le32(md->type),
	};
	u32 nr = le32_to_cpu(list->nr);

	if (!efi_is_firmwares(md))
		return;
	if (nr < HIB_ARCH_EFI_REGIONS)
		list->region[nr] = region;
	le64_add_cpu(&list->hash, xxh64(&region, sizeof(region), HIB_ARCH_IDENT_MAGIC));
	list->nr = cpu_to_le32(nr + 1);
}

/**
 * hib_arch_efi_settle() - All regions were added: list them, or keep their hash.
 * @list: The list.
 *
 * Context: Any.
 */
void hib_arch_efi_settle(struct hib_arch_efi *list)
{
	bool listed = le32_to_cpu(list->nr) <= HIB_ARCH_EFI_REGIONS;

	list->state = cpu_to_le32(listed ? HIB_ARCH_EFI_LISTED : HIB_ARCH_EFI_HASHED);
	if (listed)
		list->hash = 0;
	else
		memset(list->region, 0, sizeof(list->region));
}

/**
 * hib_arch_efi_describe() - List what this kernel told firmware.
 * @list: Receives it; says so when there are no services.
 *
 * Context: Process context, once services are set up.
 */
void hib_arch_efi_describe(struct hib_arch_efi *list)
{
	efi_memory_desc_t *md;

	memset(list, 0, sizeof(*list));
	if (!efi_enabled(EFI_RUNTIME_SERVICES) || !efi_enabled(EFI_MEMMAP))
		return;
	for_each_efi_memory_desc(md)
		hib_arch_efi_add(list, md);
	hib_arch_efi_settle(list);
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
	u32 listed = state == HIB_ARCH_EFI_LISTED ? nr : 0;

	switch (state) {
	case HIB_ARCH_EFI_NONE:
	case HIB_ARCH_EFI_LISTED:
		if (nr > HIB_ARCH_EFI_REGIONS || nr != listed || list->hash)
			return false;
		break;
	case HIB_ARCH_EFI_HASHED:
		if (nr <= HIB_ARCH_EFI_REGIONS)
			return false;
		break;
	default:
		return false;
	}
	return !memchr_inv(list->region + listed, 0,
			   (HIB_ARCH_EFI_REGIONS - listed) * sizeof(list->region[0]));
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
 * Of more than can be listed it is known whether all are the same, not which differs.
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
	if (le32_to_cpu(image->state) == HIB_ARCH_EFI_HASHED)
		return image->state == here->state && image->nr == here->nr &&
		       image->hash == here->hash ? HIB_ARCH_SERVICES_THERE :
						   HIB_ARCH_SERVICES_UNKNOWN;
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
