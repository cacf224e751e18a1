/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _X86_POWER_HIBERNATE_IDENT_H
#define _X86_POWER_HIBERNATE_IDENT_H

#include <linux/build_bug.h>
#include <linux/cc_platform.h>
#include <linux/efi.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include "pure/memmap.h"

#define HIB_ARCH_IDENT_MAGIC	0x3436363878424948ULL	/* "HIBx8664" */
#define HIB_ARCH_IDENT_VERSION	4
#define HIB_ARCH_IDENT_CAPS	32
#define HIB_ARCH_EFI_REGIONS	36

/* What a kernel told EFI firmware, see hibernate_efi.c. */
enum hib_arch_efi_state {
	HIB_ARCH_EFI_NONE = 0,		/* it never calls it */
	HIB_ARCH_EFI_LISTED = 1,
	HIB_ARCH_EFI_HASHED = 2,	/* more regions than can be listed */
};

/**
 * struct hib_arch_efi_region - A region that EFI firmware was told of.
 * @phys: Its physical address.
 * @virt: Its virtual address.
 * @nr_pages: Its size, in pages of 4 KiB.
 * @type: As EFI numbers them.
 */
struct hib_arch_efi_region {
	__le64 phys;
	__le64 virt;
	__le32 nr_pages;
	__le32 type;			/* as EFI numbers them */
};

/**
 * struct hib_arch_efi - The regions that EFI firmware was told of.
 * @state: enum hib_arch_efi_state.
 * @nr: How many regions there are.
 * @hash: Of all of them, in any order, where they are not listed; else 0.
 * @region: Them; all zero where there are more than fit.
 */
struct hib_arch_efi {
	__le32 state;
	__le32 nr;
	__le64 hash;
	struct hib_arch_efi_region region[HIB_ARCH_EFI_REGIONS];
};

/**
 * struct hib_arch_topology - Of its processors, for comparison.
 * @microcode: Revision of their microcode.
 * @boot_apic: Number of the one that the image is made and entered on.
 * @nr_cpus: How many there are,
 * @nr_threads: threads of a core,
 * @nr_packages: and packages.
 * @x2apic: Their local APICs are in x2APIC mode: 0 or 1.
 * @reserved: 0.
 */
struct hib_arch_topology {
	__le32 microcode;
	__le32 boot_apic;
	__le32 nr_cpus;
	__le16 nr_threads;
	__le16 nr_packages;
	__le32 x2apic;
	__le32 reserved;
};

/**
 * struct hib_arch_ident - What an image says about its kernel and machine.
 * @magic: %HIB_ARCH_IDENT_MAGIC.
 * @version: %HIB_ARCH_IDENT_VERSION; raised with each change.
 * @bytes: Size of this structure.
 * @reentry: Where to enter the image's kernel, virtual,
 * @reentry_phys: and physical. The same place in a 2 MiB page.
 * @context: Its struct hib_arch_context, virtual.
 * @cr3: Its page tables, physical, without PCID.
 * @direct_map: Where it sees physical address 0. For information.
 * @paging_levels: 4 or 5.
 * @phys_bits: Bits of a physical address.
 * @family: CPU family,
 * @model: model,
 * @stepping: and stepping. The last for information.
 * @nr_caps: Words in use in @caps.
 * @vendor: CPU vendor, as CPUID spells it, zero padded.
 * @caps: CPU features that the kernel uses, word by word as it numbers them.
 * @map_hash: Of the firmware's memory map.
 * @map_ram_pages: RAM that it lists, in pages.
 * @map_entries: Its length.
 * @map_words: Words in use in @map; 0: the map is too long to be written, and only
 *	an equal hash is accepted.
 * @map: Firmware's memory map, see hib_memmap_encode().
 * @topology: Its processors.
 * @efi: Where it calls EFI firmware.
 *
 * Lies in the image header's architecture part. All numbers are little-endian.
 */
struct hib_arch_ident {
	__le64 magic;
	__le32 version;
	__le32 bytes;
	__le64 reentry;
	__le64 reentry_phys;
	__le64 context;
	__le64 cr3;
	__le64 direct_map;
	__le32 paging_levels;
	__le32 phys_bits;
	__le32 family;
	__le32 model;
	__le32 stepping;
	__le32 nr_caps;
	u8 vendor[16];
	__le32 caps[HIB_ARCH_IDENT_CAPS];
	__le64 map_hash;
	__le64 map_ram_pages;
	__le32 map_entries;
	__le32 map_words;
	__le64 map[HIB_MEMMAP_WORDS];
	struct hib_arch_topology topology;
	struct hib_arch_efi efi;
};

static_assert(offsetof(struct hib_arch_ident, map) == 248);
static_assert(sizeof(struct hib_arch_ident) == 1872);

struct hib_arch_context;

bool hib_arch_encrypts(enum cc_attr attr);

int hib_arch_ident_describe_machine(struct hib_arch_ident *ident);
int hib_arch_ident_describe(struct hib_arch_ident *ident,
			    const struct hib_arch_context *context);
int hib_arch_ident_parse(const void *buf, unsigned int bytes, const char **why);
int hib_arch_ident_feature_missing(const struct hib_arch_ident *image);
const char *hib_arch_ident_difference(const struct hib_arch_ident *image,
				      const struct hib_arch_ident *here);

void hib_arch_efi_add(struct hib_arch_efi *list, const efi_memory_desc_t *md);
void hib_arch_efi_settle(struct hib_arch_efi *list);
void hib_arch_efi_describe(struct hib_arch_efi *list);
bool hib_arch_efi_is_sane(const struct hib_arch_efi *list);
u32 hib_arch_efi_compare(const struct hib_arch_efi *image, const struct hib_arch_efi *here);

#endif
