/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _X86_POWER_HIBERNATE_IDENT_H
#define _X86_POWER_HIBERNATE_IDENT_H

#include <linux/build_bug.h>
#include <linux/types.h>

#define HIB_ARCH_IDENT_MAGIC	0x3436363878424948ULL	/* "HIBx8664" */
#define HIB_ARCH_IDENT_VERSION	1
#define HIB_ARCH_IDENT_CAPS	32

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
 * @caps: CPU features that the kernel knew of. For information.
 * @map_hash: Of the firmware's memory map.
 * @map_ram_pages: RAM that it lists, in pages.
 * @map_entries: Its length.
 * @reserved: Zero.
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
	__le32 reserved;
};

static_assert(sizeof(struct hib_arch_ident) == 248);

struct hib_arch_context;

void hib_arch_ident_describe(struct hib_arch_ident *ident,
			     const struct hib_arch_context *context);
int hib_arch_ident_parse(const void *buf, unsigned int bytes,
			 struct hib_arch_ident *ident, const char **why);

#endif
