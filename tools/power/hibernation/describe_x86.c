// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The architecture's part of the header
 *
 * What an x86-64 kernel says about itself and its machine. The header's tag is
 * all that was checked, so texts are printed as far as they are plain, and
 * counts are bounded before they are used.
 */
#include "hibimg.h"

#include "../../../arch/x86/power/hibernate_ident.h"

static void describe_kernel(FILE *out, const struct hib_arch_ident *ident)
{
	fprintf(out, "arch.reentry: %#llx\n", le64_to_cpu(ident->reentry));
	fprintf(out, "arch.reentry_phys: %#llx\n", le64_to_cpu(ident->reentry_phys));
	fprintf(out, "arch.context: %#llx\n", le64_to_cpu(ident->context));
	fprintf(out, "arch.cr3: %#llx\n", le64_to_cpu(ident->cr3));
	fprintf(out, "arch.direct_map: %#llx\n", le64_to_cpu(ident->direct_map));
	fprintf(out, "arch.paging_levels: %u\n", le32_to_cpu(ident->paging_levels));
}

static void describe_vendor(FILE *out, const struct hib_arch_ident *ident)
{
	fputs("arch.vendor: ", out);
	for (unsigned int i = 0; i < sizeof(ident->vendor) && ident->vendor[i]; i++)
		fputc(ident->vendor[i] < ' ' || ident->vendor[i] > '~' ? '?' : ident->vendor[i],
		      out);
	fputc('\n', out);
}

static void describe_cpu(FILE *out, const struct hib_arch_ident *ident)
{
	const struct hib_arch_topology *topology = &ident->topology;
	u32 nr_caps = min_t(u32, le32_to_cpu(ident->nr_caps), HIB_ARCH_IDENT_CAPS);

	describe_vendor(out, ident);
	fprintf(out, "arch.family: %u\n", le32_to_cpu(ident->family));
	fprintf(out, "arch.model: %u\n", le32_to_cpu(ident->model));
	fprintf(out, "arch.stepping: %u\n", le32_to_cpu(ident->stepping));
	fprintf(out, "arch.phys_bits: %u\n", le32_to_cpu(ident->phys_bits));
	fputs("arch.caps:", out);
	for (u32 i = 0; i < nr_caps; i++)
		fprintf(out, " %08x", le32_to_cpu(ident->caps[i]));
	fprintf(out, "\narch.microcode: %#x\n", le32_to_cpu(topology->microcode));
	fprintf(out, "arch.boot_apic: %u\n", le32_to_cpu(topology->boot_apic));
	fprintf(out, "arch.nr_cpus: %u\n", le32_to_cpu(topology->nr_cpus));
	fprintf(out, "arch.nr_threads: %u\n", le16_to_cpu(topology->nr_threads));
	fprintf(out, "arch.nr_packages: %u\n", le16_to_cpu(topology->nr_packages));
	fprintf(out, "arch.x2apic: %u\n", le32_to_cpu(topology->x2apic));
}

static void describe_map(FILE *out, const struct hib_arch_ident *ident)
{
	u32 nr_words = le32_to_cpu(ident->map_words);
	struct hib_memmap map;

	fprintf(out, "arch.map_hash: %#018llx\n", le64_to_cpu(ident->map_hash));
	fprintf(out, "arch.map_ram_pages: %llu\n", le64_to_cpu(ident->map_ram_pages));
	fprintf(out, "arch.map_entries: %u\n", le32_to_cpu(ident->map_entries));
	if (!nr_words) {
		fputs("arch.map: too long to be written\n", out);
		return;
	}
	if (nr_words > HIB_MEMMAP_WORDS || hib_memmap_decode(&map, ident->map, nr_words)) {
		fputs("arch.map: malformed\n", out);
		return;
	}
	for (u32 i = 0; i < map.nr; i++)
		fprintf(out, "arch.map: %#llx-%#llx %s\n",
			map.range[i].start_pfn << HIB_BLOCK_SHIFT,
			map.range[i].end_pfn << HIB_BLOCK_SHIFT,
			hib_memmap_kind_name(map.range[i].kind));
}

static void describe_efi(FILE *out, const struct hib_arch_efi *efi)
{
	static const char *const states[] = {
		[HIB_ARCH_EFI_NONE] = "not called",
		[HIB_ARCH_EFI_LISTED] = "listed",
		[HIB_ARCH_EFI_HASHED] = "hashed",
	};
	u32 state = le32_to_cpu(efi->state), nr = le32_to_cpu(efi->nr);

	fprintf(out, "arch.efi: %s, %u regions\n",
		state < ARRAY_SIZE(states) ? states[state] : "unknown", nr);
	if (state == HIB_ARCH_EFI_HASHED)
		fprintf(out, "arch.efi_hash: %#018llx\n", le64_to_cpu(efi->hash));
	if (state != HIB_ARCH_EFI_LISTED)
		return;
	for (u32 i = 0; i < min_t(u32, nr, HIB_ARCH_EFI_REGIONS); i++)
		fprintf(out, "arch.efi_region: phys %#llx, virt %#llx, %u pages, type %u\n",
			le64_to_cpu(efi->region[i].phys), le64_to_cpu(efi->region[i].virt),
			le32_to_cpu(efi->region[i].nr_pages), le32_to_cpu(efi->region[i].type));
}

/**
 * hibimg_describe_arch() - Print what the architecture's part of the header says.
 * @img: Its header was read.
 */
void hibimg_describe_arch(const struct hibimg *img)
{
	const struct hib_header *h = &img->header;
	const struct hib_arch_ident *ident = (const void *)h->arch;

	fprintf(img->out, "arch_bytes: %u\n", h->arch_bytes);
	if (h->arch_bytes != sizeof(*ident) ||
	    le64_to_cpu(ident->magic) != HIB_ARCH_IDENT_MAGIC ||
	    le32_to_cpu(ident->version) != HIB_ARCH_IDENT_VERSION) {
		fputs("arch: not known here\n", img->out);
		return;
	}
	fprintf(img->out, "arch: x86-64, version %d\n", HIB_ARCH_IDENT_VERSION);
	describe_kernel(img->out, ident);
	describe_cpu(img->out, ident);
	describe_map(img->out, ident);
	describe_efi(img->out, &ident->efi);
}
