// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Who this kernel and this machine are
 *
 * The image header has a part that only the architecture understands. It is
 * filled when an image has been made, and tells a later kernel where and how
 * to enter the image's kernel; and it describes the machine, since memory that
 * is put back on another one, or on the same one with another memory map, does
 * not work and may do harm.
 *
 * It comes from disk and is hostile until checked: hib_arch_ident_parse()
 * refuses what no kernel of ours can have written, hib_arch_ident_check() what
 * does not fit here. Both decide in functions that look at their arguments
 * only. Nothing is allocated and nothing kept. Process context.
 */
#include "hibernate_ident.h"

#include <linux/cc_platform.h>
#include <linux/errno.h>
#include <linux/hibernation_arch.h>
#include <linux/minmax.h>
#include <linux/pgtable.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/xxhash.h>

#include <asm/cpufeature.h>
#include <asm/e820/api.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/processor-flags.h>

#include "hibernate_64.h"

/* Whatever KASLR makes of it: all kernels are linked into this range. */
#define KERNEL_TEXT_START	__START_KERNEL_map
#define KERNEL_TEXT_BYTES	((u64)SZ_1G)

/*
 * Is this an address of page tables and nothing else? CR3 also holds the PCID
 * in its low bits and flags on top. The image's kernel is entered by another
 * one, that may use PCIDs or not, and then turns them on or off in CR4: this is
 * allowed with PCID 0 only, and a fault there could not be told to anyone.
 */
static bool ident_cr3_is_plain(u64 cr3)
{
	return cr3 && !(cr3 & ~CR3_ADDR_MASK);
}

static bool ident_in_text(u64 address)
{
	return address >= KERNEL_TEXT_START &&
	       address - KERNEL_TEXT_START < KERNEL_TEXT_BYTES;
}

/* Could one of our kernels have written these addresses? */
static bool ident_addresses_are_sane(const struct hib_arch_ident *ident)
{
	u64 reentry = le64_to_cpu(ident->reentry);
	u64 offset = reentry ^ le64_to_cpu(ident->reentry_phys);

	return ident_in_text(reentry) && !(offset & ~PMD_MASK) &&
	       ident_in_text(le64_to_cpu(ident->context)) &&
	       ident_cr3_is_plain(le64_to_cpu(ident->cr3));
}

static bool ident_is_sane(const struct hib_arch_ident *ident)
{
	u32 levels = le32_to_cpu(ident->paging_levels);

	return (levels == 4 || levels == 5) &&
	       le32_to_cpu(ident->nr_caps) <= HIB_ARCH_IDENT_CAPS &&
	       !ident->reserved && ident_addresses_are_sane(ident);
}

/* What about the machine does not fit? NULL: it does. */
static const char *ident_difference(const struct hib_arch_ident *image,
				    const struct hib_arch_ident *here)
{
	if (image->paging_levels != here->paging_levels)
		return "paging depth";
	if (memcmp(image->vendor, here->vendor, sizeof(image->vendor)) ||
	    image->family != here->family || image->model != here->model ||
	    image->phys_bits != here->phys_bits)
		return "CPU model";
	if (image->map_entries != here->map_entries ||
	    image->map_ram_pages != here->map_ram_pages ||
	    image->map_hash != here->map_hash)
		return "firmware memory map";
	return NULL;
}

static bool ident_is_in_ram(u64 phys)
{
	unsigned long pfn = PHYS_PFN(phys);

	return pfn_range_is_mapped(pfn, pfn + 1);
}

static void ident_describe_cpu(struct hib_arch_ident *ident)
{
	const struct cpuinfo_x86 *cpu = &boot_cpu_data;
	unsigned int i, nr = min(NCAPINTS, HIB_ARCH_IDENT_CAPS);

	ident->paging_levels = cpu_to_le32(pgtable_l5_enabled() ? 5 : 4);
	ident->phys_bits = cpu_to_le32(cpu->x86_phys_bits);
	ident->family = cpu_to_le32(cpu->x86);
	ident->model = cpu_to_le32(cpu->x86_model);
	ident->stepping = cpu_to_le32(cpu->x86_stepping);
	strtomem_pad(ident->vendor, cpu->x86_vendor_id, 0);
	for (i = 0; i < nr; i++)
		ident->caps[i] = cpu_to_le32(cpu->x86_capability[i]);
	ident->nr_caps = cpu_to_le32(nr);
}

/* The map as firmware gave it: mem= and the like do not matter. */
static void ident_describe_memory(struct hib_arch_ident *ident)
{
	const struct e820_table *map = e820_table_firmware;
	u64 ram_pages = 0;
	u32 i;

	for (i = 0; i < map->nr_entries; i++) {
		if (map->entries[i].type == E820_TYPE_RAM)
			ram_pages += map->entries[i].size >> PAGE_SHIFT;
	}
	ident->map_entries = cpu_to_le32(map->nr_entries);
	ident->map_ram_pages = cpu_to_le64(ram_pages);
	ident->map_hash = cpu_to_le64(xxh64(map->entries,
					    map->nr_entries * sizeof(map->entries[0]),
					    HIB_ARCH_IDENT_MAGIC));
}

/**
 * hib_arch_possible() - Can this machine hibernate at all?
 * @why: Set when it cannot.
 *
 * Memory encryption by the processor takes keys along that no later boot has,
 * and a guest of Xen that manages its own page tables cannot be given others.
 *
 * Context: Any, once CPU features are known.
 * Return: 0 or -EOPNOTSUPP.
 */
int hib_arch_possible(const char **why)
{
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT) ||
	    cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)) {
		*why = "memory encryption";
		return -EOPNOTSUPP;
	}
	if (boot_cpu_has(X86_FEATURE_XENPV)) {
		*why = "paravirtual page tables";
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * hib_arch_ident_describe() - Describe this kernel, this machine and a context.
 * @ident: Receives it.
 * @context: What hib_arch_suspend() recorded.
 *
 * Context: Any.
 */
void hib_arch_ident_describe(struct hib_arch_ident *ident,
			     const struct hib_arch_context *context)
{
	*ident = (struct hib_arch_ident) {
		.magic = cpu_to_le64(HIB_ARCH_IDENT_MAGIC),
		.version = cpu_to_le32(HIB_ARCH_IDENT_VERSION),
		.bytes = cpu_to_le32(sizeof(*ident)),
		.reentry = cpu_to_le64((unsigned long)hib_arch_reenter),
		.reentry_phys = cpu_to_le64(__pa_symbol(hib_arch_reenter)),
		.context = cpu_to_le64((unsigned long)context),
		.cr3 = cpu_to_le64(context->cr3),
		.direct_map = cpu_to_le64(__PAGE_OFFSET),
	};
	ident_describe_cpu(ident);
	ident_describe_memory(ident);
}

/**
 * hib_arch_ident_fill() - Describe this kernel and machine for an image.
 * @buf: The header's architecture part.
 * @size: Its size in bytes.
 *
 * What it says about the kernel is what hib_arch_suspend() recorded, not the
 * state of the caller, which may be another task by now.
 *
 * Context: Process context, after hib_arch_suspend() returned %HIB_ARCH_SAVED.
 * Return:
 * * bytes used
 * * -EOVERFLOW	- @size is too small
 * * -EINVAL	- hib_arch_suspend() was never called
 */
int hib_arch_ident_fill(void *buf, unsigned int size)
{
	struct hib_arch_ident ident;

	if (size < sizeof(ident))
		return -EOVERFLOW;
	if (!hib_arch_context.cr3)
		return -EINVAL;
	hib_arch_ident_describe(&ident, &hib_arch_context);
	memcpy(buf, &ident, sizeof(ident));
	return sizeof(ident);
}

/**
 * hib_arch_ident_parse() - Is this an ident, and one of ours?
 * @buf: From the image header.
 * @bytes: How much of it there is.
 * @ident: Receives it.
 * @why: Set on error.
 *
 * Context: Any.
 * Return:
 * * 0		- well-formed; it may still be another machine's
 * * -EBADMSG	- malformed
 * * -EOPNOTSUPP - of a version that this kernel does not know
 */
int hib_arch_ident_parse(const void *buf, unsigned int bytes,
			 struct hib_arch_ident *ident, const char **why)
{
	*why = "architecture data";
	if (bytes < offsetofend(struct hib_arch_ident, bytes))
		return -EBADMSG;
	memcpy(ident, buf, min_t(size_t, bytes, sizeof(*ident)));
	if (le64_to_cpu(ident->magic) != HIB_ARCH_IDENT_MAGIC)
		return -EBADMSG;
	if (le32_to_cpu(ident->version) != HIB_ARCH_IDENT_VERSION)
		return -EOPNOTSUPP;
	if (bytes != sizeof(*ident) || le32_to_cpu(ident->bytes) != bytes ||
	    !ident_is_sane(ident))
		return -EBADMSG;
	*why = NULL;
	return 0;
}

/**
 * hib_arch_ident_check() - May an image with this ident be resumed here?
 * @buf: From the image header.
 * @bytes: How much of it there is.
 * @why: Set on error, in a few words.
 *
 * Context: Process context.
 * Return:
 * * 0		- as far as the architecture can tell, it may
 * * -EBADMSG	- malformed
 * * -ESTALE	- another machine, memory map or paging depth
 * * -EOPNOTSUPP - this machine cannot hibernate, or an unknown version
 */
int hib_arch_ident_check(const void *buf, unsigned int bytes, const char **why)
{
	struct hib_arch_ident image, here = {};
	int error;

	error = hib_arch_possible(why);
	if (!error)
		error = hib_arch_ident_parse(buf, bytes, &image, why);
	if (error)
		return error;

	ident_describe_cpu(&here);
	ident_describe_memory(&here);
	*why = ident_difference(&image, &here);
	if (*why)
		return -ESTALE;

	if (!ident_is_in_ram(le64_to_cpu(image.reentry_phys)) ||
	    !ident_is_in_ram(le64_to_cpu(image.cr3))) {
		*why = "architecture data";
		return -EBADMSG;
	}
	return 0;
}
