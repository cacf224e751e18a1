// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hibernate_fit - is this the machine of an image?
 *
 * Memory that is put back on another machine, or on the same one with another
 * memory map, does not work and may do harm. What an image says about its
 * machine is held against this one: what the image's kernel could not cope
 * with is refused by name, what it can is noted for the log and for the loader.
 *
 * Decides by its arguments and this boot's description. Nothing is kept and
 * nothing changed; what was allocated is freed before it returns.
 */
#include <linux/errno.h>
#include <linux/hibernation_arch.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/page.h>
#include "hibernate_ident.h"

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

/* Differences that do no harm: CPUs that are gone do not come up, microcode is loaded again. */
static void fit_note_topology(const struct hib_arch_topology *image,
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

static bool fit_is_same_map(const struct hib_arch_ident *image,
			    const struct hib_arch_ident *here)
{
	return image->map_entries == here->map_entries &&
	       image->map_ram_pages == here->map_ram_pages && image->map_hash == here->map_hash;
}

static bool fit_is_in_ram(u64 phys, const struct hib_arch_fit *fit)
{
	unsigned long pfn = PHYS_PFN(phys);

	for (unsigned int i = 0; i < fit->nr_lent; i++)
		if (pfn >= fit->lent[i].start_pfn && pfn < fit->lent[i].end_pfn)
			return true;
	return pfn_range_is_mapped(pfn, pfn + 1);
}

/**
 * struct fit_work - What a check works with; too much for a stack.
 * @here: This machine's identity.
 * @image_map: Memory map of the machine in the image.
 * @here_map: This machine's memory map.
 * @fit: How the two differ.
 */
struct fit_work {
	struct hib_arch_ident here;
	struct hib_memmap image_map, here_map;
	struct hib_memmap_fit fit;
};

static_assert(HIB_ARCH_LENT == HIB_MEMMAP_LENT);

__printf(3, 4)
static int fit_refuse(struct hib_arch_fit *fit, int error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(fit->why, sizeof(fit->why), fmt, args);
	va_end(args);
	return error;
}

static int fit_check_cpu(const struct hib_arch_ident *image, const struct hib_arch_ident *here,
			 struct hib_arch_fit *fit)
{
	const char *what = hib_arch_ident_difference(image, here);
	int feature;

	if (what)
		return fit_refuse(fit, -ESTALE, "machine: %s", what);
	feature = hib_arch_ident_feature_missing(image);
	if (feature >= 0)
		return fit_refuse(fit, -ESTALE, "machine: CPU feature %d*32+%d is missing here",
				  feature / 32, feature % 32);
	fit_note_topology(&image->topology, &here->topology, fit);
	return 0;
}

static int fit_check_services(const struct hib_arch_ident *image,
			      const struct hib_arch_ident *here, bool same_map,
			      struct hib_arch_fit *fit)
{
	fit->services = hib_arch_efi_compare(&image->efi, &here->efi);
	if (fit->services == HIB_ARCH_SERVICES_THERE || !same_map)
		return 0;
	if (fit->services == HIB_ARCH_SERVICES_UNKNOWN)
		return fit_refuse(fit, -ESTALE, "EFI runtime services: cannot be compared");
	return fit_refuse(fit, -ESTALE, "EFI runtime services: %#llx is not at %#llx here",
			  le64_to_cpu(image->efi.region[fit->services - 1].phys),
			  le64_to_cpu(image->efi.region[fit->services - 1].virt));
}

static void fit_note_ranges(const struct hib_memmap_fit *from, struct hib_arch_fit *fit)
{
	fit->ram_gone = from->ram_gone;
	fit->nr_lent = from->nr_lent;
	for (u32 i = 0; i < from->nr_lent; i++) {
		fit->lent[i].start_pfn = from->lent[i].start_pfn;
		fit->lent[i].end_pfn = from->lent[i].end_pfn;
	}
}

static int fit_compare_maps(const struct hib_arch_ident *image, struct fit_work *work,
			    struct hib_arch_fit *fit)
{
	const struct hib_memmap_fit *found = &work->fit;
	int ret;

	if (hib_memmap_decode(&work->image_map, image->map, le32_to_cpu(image->map_words)))
		return fit_refuse(fit, -EBADMSG, "machine: architecture data");
	ret = hib_memmap_decode(&work->here_map, work->here.map,
				le32_to_cpu(work->here.map_words));
	if (!ret)
		ret = hib_memmap_compare(&work->image_map, &work->here_map, &work->fit);
	if (ret == -ESTALE)
		return fit_refuse(fit, -ESTALE, "memory map: %#llx-%#llx was %s, is %s",
				  PFN_PHYS(found->fault.start_pfn),
				  PFN_PHYS(found->fault.end_pfn) - 1,
				  hib_memmap_kind_name(found->was),
				  hib_memmap_kind_name(found->is));
	if (ret)
		return fit_refuse(fit, -ESTALE, "memory map: differs in too many places");
	fit_note_ranges(found, fit);
	return 0;
}

static int fit_check_memory(const struct hib_arch_ident *image, struct fit_work *work,
			    bool same_map, struct hib_arch_fit *fit)
{
	if (fit_is_same_map(image, &work->here))
		return 0;
	if (same_map || !image->map_words)
		return fit_refuse(fit, -ESTALE, "memory map: differs");
	return fit_compare_maps(image, work, fit);
}

/**
 * hib_arch_ident_check() - May an image with this ident be resumed here?
 * @buf: From the image header, aligned to 8 bytes.
 * @bytes: How much of it there is.
 * @same_map: Refuse any difference of the firmware's memory map.
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
	struct fit_work *work;
	const char *why;
	int ret;

	*fit = (struct hib_arch_fit) {};
	ret = hib_arch_possible(&why) ?: hib_arch_ident_parse(buf, bytes, &why);
	if (ret)
		return fit_refuse(fit, ret, "machine: %s", why);

	work = kzalloc(sizeof(*work), GFP_KERNEL | __GFP_NOWARN);
	if (!work)
		return fit_refuse(fit, -ENOMEM, "machine: memory");
	ret = hib_arch_ident_describe_machine(&work->here);
	if (ret)
		fit_refuse(fit, ret, "machine: memory");
	if (!ret)
		ret = fit_check_cpu(image, &work->here, fit);
	if (!ret)
		ret = fit_check_memory(image, work, same_map, fit);
	if (!ret)
		ret = fit_check_services(image, &work->here, same_map, fit);
	kfree(work);
	if (ret)
		return ret;

	if (!fit_is_in_ram(le64_to_cpu(image->reentry_phys), fit) ||
	    !fit_is_in_ram(le64_to_cpu(image->cr3), fit))
		return fit_refuse(fit, -EBADMSG, "machine: architecture data");
	return 0;
}
