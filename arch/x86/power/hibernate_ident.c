// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hibernate_ident - who this kernel and this machine are
 *
 * The image header has a part that only the architecture understands. It is
 * filled when an image has been made, and tells a later kernel where and how
 * to enter the image's kernel; and it describes the machine, since memory that
 * is put back on another one, or on the same one with another memory map, does
 * not work and may do harm.
 *
 * It comes from disk and is hostile until checked: hib_arch_ident_parse()
 * refuses what no kernel of ours can have written. Whether it fits here is for
 * hibernate_fit.c to say. Nothing is kept. Process context.
 */
#include "hibernate_ident.h"
#include <kunit/static_stub.h>
#include <linux/cc_platform.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/hibernation_arch.h>
#include <linux/minmax.h>
#include <linux/pgtable.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xxhash.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/e820/api.h>
#include <asm/page.h>
#include <asm/processor-flags.h>
#include <asm/processor.h>
#include <asm/smp.h>
#include <asm/topology.h>
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
	u32 words = le32_to_cpu(ident->map_words);

	return (levels == 4 || levels == 5) && words <= HIB_MEMMAP_WORDS &&
	       !memchr_inv(ident->map + words, 0, (HIB_MEMMAP_WORDS - words) * sizeof(__le64)) &&
	       le32_to_cpu(ident->nr_caps) <= HIB_ARCH_IDENT_CAPS &&
	       hib_arch_efi_is_sane(&ident->efi) &&
	       le32_to_cpu(ident->topology.x2apic) <= 1 && !ident->topology.reserved &&
	       ident_addresses_are_sane(ident);
}

/*
 * Words of features that come straight from a CPUID leaf, and the bits in them
 * that do not describe the processor: they reflect control registers, settings
 * that the image's kernel makes again, and microcode that it loads.
 */
static const struct ident_leaf {
	u32 word, leaf, subleaf;
	unsigned int reg;	/* 0 to 3: eax, ebx, ecx, edx */
	u32 ignored;
} ident_leaves[] = {
	{ CPUID_1_EDX, 0x1, 0, 3, BIT(9) | BIT(28) },			/* APIC, HT */
	{ CPUID_8000_0001_EDX, 0x80000001, 0, 3, 0 },
	{ CPUID_1_ECX, 0x1, 0, 2, BIT(3) | BIT(27) | BIT(31) },		/* MWAIT, OSXSAVE, guest */
	{ CPUID_8000_0001_ECX, 0x80000001, 0, 2, 0 },
	{ CPUID_7_0_EBX, 0x7, 0, 1, BIT(4) | BIT(9) | BIT(11) },	/* HLE, ERMS, RTM */
	{ CPUID_D_1_EAX, 0xd, 1, 0, 0 },
	{ CPUID_7_1_EAX, 0x7, 1, 0, 0 },
	{ CPUID_7_ECX, 0x7, 0, 2, BIT(4) },				/* OSPKE */
	{ CPUID_7_EDX, 0x7, 0, 3, BIT(4) | BIT(10) | BIT(11) | BIT(13) | GENMASK(31, 26) },
};

static u32 ident_features_here(const struct ident_leaf *from)
{
	u32 reg[4];

	if (cpuid_eax(from->leaf & 0x80000000) < from->leaf)
		return 0;
	cpuid_count(from->leaf, from->subleaf, &reg[0], &reg[1], &reg[2], &reg[3]);
	return reg[from->reg];
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
	/* Leave out bits that CPUID does not report: each kernel derives them itself. */
	for (i = 0; i < ARRAY_SIZE(ident_leaves); i++)
		ident->caps[ident_leaves[i].word] &=
			cpu_to_le32(ident_features_here(&ident_leaves[i]));
	ident->nr_caps = cpu_to_le32(nr);
}

static void ident_describe_topology(struct hib_arch_topology *topology)
{
	topology->microcode = cpu_to_le32(boot_cpu_data.microcode);
	topology->boot_apic = cpu_to_le32(cpu_physical_id(0));
	topology->nr_cpus = cpu_to_le32(num_present_cpus());
	topology->nr_threads = cpu_to_le16(topology_max_smt_threads());
	topology->nr_packages = cpu_to_le16(topology_max_packages());
	topology->x2apic = cpu_to_le32(x2apic_enabled());
}

static enum hib_memmap_kind ident_kind(enum e820_type type)
{
	switch (type) {
	case E820_TYPE_RAM:
		return HIB_MEMMAP_RAM;
	case E820_TYPE_ACPI:
		return HIB_MEMMAP_TABLES;
	case E820_TYPE_NVS:
		return HIB_MEMMAP_NVS;
	default:
		return HIB_MEMMAP_RESERVED;
	}
}

/*
 * Without the frame at 0: it is firmware's and no kernel uses it, and what is
 * said about it differs. kexec-tools leave out some of it.
 */
static struct e820_entry ident_stretch(const struct e820_entry *entry)
{
	struct e820_entry stretch = *entry;
	u64 below = min_t(u64, entry->addr < PAGE_SIZE ? PAGE_SIZE - entry->addr : 0, entry->size);

	stretch.addr += below;
	stretch.size -= below;
	return stretch;
}

/* The map as firmware gave it: mem= and the like do not matter. */
static int ident_describe_memory(struct hib_arch_ident *ident)
{
	const struct e820_table *map = e820_table_firmware;
	u64 ram_pages = 0, hash = HIB_ARCH_IDENT_MAGIC;
	struct hib_memmap *ranges;
	u32 i, nr = 0;

	ranges = kzalloc(sizeof(*ranges), GFP_NOIO | __GFP_NOWARN);
	if (!ranges)
		return -ENOMEM;
	for (i = 0; i < map->nr_entries; i++) {
		const struct e820_entry entry = ident_stretch(&map->entries[i]);

		if (!entry.size)
			continue;
		if (entry.type == E820_TYPE_RAM)
			ram_pages += entry.size >> PAGE_SHIFT;
		hib_memmap_add(ranges, entry.addr, entry.size, ident_kind(entry.type));
		hash = xxh64(&entry, sizeof(entry), hash);
		nr++;
	}
	ident->map_words = cpu_to_le32(hib_memmap_encode(ranges, ident->map));
	kfree(ranges);
	ident->map_entries = cpu_to_le32(nr);
	ident->map_ram_pages = cpu_to_le64(ram_pages);
	ident->map_hash = cpu_to_le64(hash);
	return 0;
}

/**
 * hib_arch_ident_describe_machine() - Describe this machine, as this boot finds it.
 * @ident: Receives it; what is about a kernel stays as it is.
 *
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int hib_arch_ident_describe_machine(struct hib_arch_ident *ident)
{
	ident_describe_cpu(ident);
	ident_describe_topology(&ident->topology);
	hib_arch_efi_describe(&ident->efi);
	return ident_describe_memory(ident);
}

/**
 * hib_arch_ident_feature_missing() - Does this processor have what an image's kernel uses?
 * @image: Of the image.
 *
 * Context: Any.
 * Return: The first feature that is missing, as word * 32 + bit, or -1.
 */
int hib_arch_ident_feature_missing(const struct hib_arch_ident *image)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(ident_leaves); i++) {
		const struct ident_leaf *from = &ident_leaves[i];
		u32 missing;

		if (from->word >= le32_to_cpu(image->nr_caps))
			continue;
		missing = le32_to_cpu(image->caps[from->word]) & ~from->ignored &
			  ~ident_features_here(from);
		if (missing)
			return from->word * 32 + __ffs(missing);
	}
	return -1;
}

/**
 * hib_arch_encrypts() - Does this machine encrypt memory in one of the ways there are?
 * @attr: Which way.
 *
 * A test answers in its place, for machines that it does not run on.
 *
 * Return: true if it does.
 */
noinline bool hib_arch_encrypts(enum cc_attr attr)
{
	KUNIT_STATIC_STUB_REDIRECT(hib_arch_encrypts, attr);
	return cc_platform_has(attr);
}

/**
 * hib_arch_possible() - Can this machine hibernate at all?
 * @why: Set when it cannot.
 *
 * Memory encryption by the processor takes keys along that no later boot has.
 * So do the guests of a host with SEV-SNP, which has pages that it must not
 * write as well. A guest of Xen that manages its own page tables cannot be given others.
 *
 * Context: Any, once CPU features are known.
 * Return: 0 or -EOPNOTSUPP.
 */
int hib_arch_possible(const char **why)
{
	if (hib_arch_encrypts(CC_ATTR_MEM_ENCRYPT) ||
	    hib_arch_encrypts(CC_ATTR_GUEST_MEM_ENCRYPT) ||
	    hib_arch_encrypts(CC_ATTR_HOST_SEV_SNP)) {
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
 * Context: Process context.
 * Return: 0 or -ENOMEM.
 */
int hib_arch_ident_describe(struct hib_arch_ident *ident, const struct hib_arch_context *context)
{
	memset(ident, 0, sizeof(*ident));
	ident->magic = cpu_to_le64(HIB_ARCH_IDENT_MAGIC);
	ident->version = cpu_to_le32(HIB_ARCH_IDENT_VERSION);
	ident->bytes = cpu_to_le32(sizeof(*ident));
	ident->reentry = cpu_to_le64((unsigned long)hib_arch_reenter);
	ident->reentry_phys = cpu_to_le64(__pa_symbol(hib_arch_reenter));
	ident->context = cpu_to_le64((unsigned long)context);
	ident->cr3 = cpu_to_le64(context->cr3);
	ident->direct_map = cpu_to_le64(__PAGE_OFFSET);
	return hib_arch_ident_describe_machine(ident);
}

/**
 * hib_arch_ident_parse() - Is this an ident, and one of ours?
 * @buf: From the image header, aligned to 8 bytes.
 * @bytes: How much of it there is.
 * @why: Set on error.
 *
 * Context: Any.
 * Return:
 * * 0		- @buf is a well-formed ident; it may still be another machine's
 * * -EBADMSG	- malformed
 * * -EOPNOTSUPP - of a version that this kernel does not know
 */
int hib_arch_ident_parse(const void *buf, unsigned int bytes, const char **why)
{
	const struct hib_arch_ident *ident = buf;

	*why = "architecture data";
	if (bytes < offsetofend(struct hib_arch_ident, bytes) ||
	    le64_to_cpu(ident->magic) != HIB_ARCH_IDENT_MAGIC)
		return -EBADMSG;
	if (le32_to_cpu(ident->version) != HIB_ARCH_IDENT_VERSION)
		return -EOPNOTSUPP;
	if (bytes != sizeof(*ident) || le32_to_cpu(ident->bytes) != bytes ||
	    !ident_is_sane(ident))
		return -EBADMSG;
	*why = NULL;
	return 0;
}
