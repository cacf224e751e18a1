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
 * only. Nothing is kept. Process context.
 */
#include "hibernate_ident.h"

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
#include <asm/processor.h>
#include <asm/processor-flags.h>
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

/**
 * hib_arch_ident_difference() - What about the processor does not fit?
 * @image: Of the image.
 * @here: Of this boot.
 *
 * Its features are compared elsewhere, with the processor itself.
 *
 * Context: Any. Looks at its arguments only.
 * Return: What, or NULL when it fits.
 */
const char *hib_arch_ident_difference(const struct hib_arch_ident *image,
				      const struct hib_arch_ident *here)
{
	if (image->paging_levels != here->paging_levels)
		return "paging depth";
	if (memcmp(image->vendor, here->vendor, sizeof(image->vendor)) ||
	    image->family != here->family || image->model != here->model ||
	    image->phys_bits != here->phys_bits)
		return "CPU model";
	if (image->topology.boot_apic != here->topology.boot_apic)
		return "boot CPU";
	/* The image's kernel would not switch it off, and talk to APICs that do not listen. */
	if (!image->topology.x2apic && here->topology.x2apic)
		return "x2APIC mode is on";
	return NULL;
}

/* What will be coped with: CPUs that are gone do not come up, microcode is loaded anew. */
static void ident_note_topology(const struct hib_arch_topology *image,
				const struct hib_arch_topology *here, struct hib_arch_fit *fit)
{
	size_t room = sizeof(fit->note);
	int at = 0;

	if (image->microcode != here->microcode)
		at += scnprintf(fit->note + at, room - at, "microcode %#x, was %#x; ",
				le32_to_cpu(here->microcode), le32_to_cpu(image->microcode));
	if (image->nr_cpus != here->nr_cpus)
		at += scnprintf(fit->note + at, room - at, "%u CPUs, were %u; ",
				le32_to_cpu(here->nr_cpus), le32_to_cpu(image->nr_cpus));
	if (image->nr_threads != here->nr_threads || image->nr_packages != here->nr_packages)
		at += scnprintf(fit->note + at, room - at,
				"%u packages, %u threads a core, were %u, %u; ",
				le16_to_cpu(here->nr_packages), le16_to_cpu(here->nr_threads),
				le16_to_cpu(image->nr_packages), le16_to_cpu(image->nr_threads));
	if (at)
		fit->note[at - 2] = '\0';
}

/*
 * Words of features that come straight from a CPUID leaf, and the bits in them
 * that tell of something else than the processor: of control registers, of
 * settings that the image's kernel makes anew, of microcode that it loads.
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

/* A feature that the image's kernel uses and this processor has not: word * 32 + bit, or -1. */
static int ident_feature_missing(const struct hib_arch_ident *image)
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

static bool ident_is_same_map(const struct hib_arch_ident *image,
			      const struct hib_arch_ident *here)
{
	return image->map_entries == here->map_entries &&
	       image->map_ram_pages == here->map_ram_pages && image->map_hash == here->map_hash;
}

static bool ident_is_in_ram(u64 phys, const struct hib_arch_fit *fit)
{
	unsigned long pfn = PHYS_PFN(phys);

	for (unsigned int i = 0; i < fit->nr_lent; i++)
		if (pfn >= fit->lent[i].start_pfn && pfn < fit->lent[i].end_pfn)
			return true;
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
	/* Some are not the processor's but a conclusion: another kernel draws it, too. */
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
	ident_describe_cpu(ident);
	ident_describe_topology(&ident->topology);
	hib_arch_efi_describe(&ident->efi);
	return ident_describe_memory(ident);
}

/**
 * hib_arch_ident_fill() - Describe this kernel and machine for an image.
 * @buf: The header's architecture part, aligned to 8 bytes.
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
 * * -ENOMEM
 */
int hib_arch_ident_fill(void *buf, unsigned int size)
{
	if (size < sizeof(struct hib_arch_ident))
		return -EOVERFLOW;
	if (!hib_arch_context.cr3)
		return -EINVAL;
	return hib_arch_ident_describe(buf, &hib_arch_context) ?: sizeof(struct hib_arch_ident);
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

/* What a check works with; too much for a stack. */
struct ident_work {
	struct hib_arch_ident here;
	struct hib_memmap image_map, here_map;
	struct hib_memmap_fit fit;
};

static_assert(HIB_ARCH_LENT == HIB_MEMMAP_LENT);

__printf(3, 4)
static int ident_refuse(struct hib_arch_fit *fit, int error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(fit->why, sizeof(fit->why), fmt, args);
	va_end(args);
	return error;
}

static int ident_check_cpu(const struct hib_arch_ident *image, const struct hib_arch_ident *here,
			   struct hib_arch_fit *fit)
{
	const char *what = hib_arch_ident_difference(image, here);
	int feature;

	if (what)
		return ident_refuse(fit, -ESTALE, "machine: %s", what);
	feature = ident_feature_missing(image);
	if (feature >= 0)
		return ident_refuse(fit, -ESTALE, "machine: CPU feature %d*32+%d is missing here",
				    feature / 32, feature % 32);
	ident_note_topology(&image->topology, &here->topology, fit);
	return 0;
}

static int ident_check_services(const struct hib_arch_ident *image,
				const struct hib_arch_ident *here, bool same_map,
				struct hib_arch_fit *fit)
{
	fit->services = hib_arch_efi_compare(&image->efi, &here->efi);
	if (fit->services == HIB_ARCH_SERVICES_THERE || !same_map)
		return 0;
	if (fit->services == HIB_ARCH_SERVICES_UNKNOWN)
		return ident_refuse(fit, -ESTALE, "EFI runtime services: cannot be compared");
	return ident_refuse(fit, -ESTALE, "EFI runtime services: %#llx is not at %#llx here",
			    le64_to_cpu(image->efi.region[fit->services - 1].phys),
			    le64_to_cpu(image->efi.region[fit->services - 1].virt));
}

static void ident_note_fit(const struct hib_memmap_fit *from, struct hib_arch_fit *fit)
{
	fit->ram_gone = from->ram_gone;
	fit->nr_lent = from->nr_lent;
	for (u32 i = 0; i < from->nr_lent; i++) {
		fit->lent[i].start_pfn = from->lent[i].start_pfn;
		fit->lent[i].end_pfn = from->lent[i].end_pfn;
	}
}

static int ident_compare_maps(const struct hib_arch_ident *image, struct ident_work *work,
			      struct hib_arch_fit *fit)
{
	const struct hib_memmap_fit *found = &work->fit;
	int error;

	if (hib_memmap_decode(&work->image_map, image->map, le32_to_cpu(image->map_words)))
		return ident_refuse(fit, -EBADMSG, "machine: architecture data");
	error = hib_memmap_decode(&work->here_map, work->here.map,
				  le32_to_cpu(work->here.map_words));
	if (!error)
		error = hib_memmap_compare(&work->image_map, &work->here_map, &work->fit);
	if (error == -ESTALE)
		return ident_refuse(fit, -ESTALE, "memory map: %#llx-%#llx was %s, is %s",
				    PFN_PHYS(found->fault.start_pfn),
				    PFN_PHYS(found->fault.end_pfn) - 1,
				    hib_memmap_kind_name(found->was),
				    hib_memmap_kind_name(found->is));
	if (error)
		return ident_refuse(fit, -ESTALE, "memory map: differs in too many places");
	ident_note_fit(found, fit);
	return 0;
}

static int ident_check_memory(const struct hib_arch_ident *image, struct ident_work *work,
			      bool same_map, struct hib_arch_fit *fit)
{
	if (ident_is_same_map(image, &work->here))
		return 0;
	if (same_map || !image->map_words)
		return ident_refuse(fit, -ESTALE, "memory map: differs");
	return ident_compare_maps(image, work, fit);
}

/**
 * hib_arch_ident_check() - May an image with this ident be resumed here?
 * @buf: From the image header, aligned to 8 bytes.
 * @bytes: How much of it there is.
 * @same_map: No difference of the firmware's memory map will do.
 * @fit: Receives how it fits, or why not.
 *
 * Context: Process context.
 * Return:
 * * 0		- as far as the architecture can tell, it may
 * * -EBADMSG	- malformed
 * * -ESTALE	- another machine, memory map or paging depth
 * * -EOPNOTSUPP - this machine cannot hibernate, or an unknown version
 * * -ENOMEM
 */
int hib_arch_ident_check(const void *buf, unsigned int bytes, bool same_map,
			 struct hib_arch_fit *fit)
{
	const struct hib_arch_ident *image = buf;
	struct ident_work *work;
	const char *why;
	int error;

	*fit = (struct hib_arch_fit) {};
	error = hib_arch_possible(&why) ?: hib_arch_ident_parse(buf, bytes, &why);
	if (error)
		return ident_refuse(fit, error, "machine: %s", why);

	work = kzalloc(sizeof(*work), GFP_KERNEL | __GFP_NOWARN);
	if (!work)
		return ident_refuse(fit, -ENOMEM, "machine: memory");
	ident_describe_cpu(&work->here);
	ident_describe_topology(&work->here.topology);
	hib_arch_efi_describe(&work->here.efi);
	error = ident_describe_memory(&work->here);
	if (error)
		ident_refuse(fit, error, "machine: memory");
	if (!error)
		error = ident_check_cpu(image, &work->here, fit);
	if (!error)
		error = ident_check_memory(image, work, same_map, fit);
	if (!error)
		error = ident_check_services(image, &work->here, same_map, fit);
	kfree(work);
	if (error)
		return error;

	if (!ident_is_in_ram(le64_to_cpu(image->reentry_phys), fit) ||
	    !ident_is_in_ram(le64_to_cpu(image->cr3), fit))
		return ident_refuse(fit, -EBADMSG, "machine: architecture data");
	return 0;
}
