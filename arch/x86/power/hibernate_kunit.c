// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: hibernate_kunit - tests of the machine's identity and of what prepares the jump
 *
 * Everything up to the jump itself, which a whole cycle shows. Each test works
 * on an ident of its own, made from the live page tables.
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/cc_platform.h>
#include <linux/gfp.h>
#include <linux/hibernation_arch.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/string.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include "hibernate_64.h"
#include "hibernate_ident.h"

static struct hib_arch_context test_context;
static struct hib_arch_ident test_idents[2];
static struct hib_arch_fit test_fit;

static struct hib_arch_ident *own_ident(void)
{
	test_context.cr3 = read_cr3_pa();
	hib_arch_ident_describe(&test_idents[0], &test_context);
	test_idents[1] = test_idents[0];
	return test_idents;
}

static int check_ident(const struct hib_arch_ident *ident, bool same_map)
{
	return hib_arch_ident_check(ident, sizeof(*ident), same_map, &test_fit);
}

static void ident_accepts_this_machine(struct kunit *test)
{
	struct hib_arch_ident *ident = own_ident();

	KUNIT_EXPECT_EQ(test, 0, check_ident(ident, true));
	KUNIT_EXPECT_EQ(test, 0, test_fit.nr_lent);
	KUNIT_EXPECT_EQ(test, 0, test_fit.ram_gone);
	KUNIT_EXPECT_STREQ(test, "", test_fit.why);
}

static void expect_refused(struct kunit *test, const struct hib_arch_ident *ident,
			   int error, const char *reason)
{
	KUNIT_EXPECT_EQ(test, error, check_ident(ident, false));
	KUNIT_EXPECT_STREQ(test, reason, test_fit.why);
}

static void ident_refuses_another_machine(struct kunit *test)
{
	struct hib_arch_ident *ident;

	ident = own_ident();
	ident->paging_levels = cpu_to_le32(9 - le32_to_cpu(ident->paging_levels));
	expect_refused(test, ident, -ESTALE, "machine: paging depth");

	ident = own_ident();
	ident->vendor[0] ^= 1;
	expect_refused(test, ident, -ESTALE, "machine: CPU model");

	ident = own_ident();
	le32_add_cpu(&ident->family, 1);
	expect_refused(test, ident, -ESTALE, "machine: CPU model");

	ident = own_ident();
	le32_add_cpu(&ident->model, 1);
	expect_refused(test, ident, -ESTALE, "machine: CPU model");

	ident = own_ident();
	le32_add_cpu(&ident->phys_bits, 1);
	expect_refused(test, ident, -ESTALE, "machine: CPU model");
}

/* Encode @map in the place of the one that @ident has. */
static void set_map(struct hib_arch_ident *ident, const struct hib_memmap *map)
{
	ident->map_words = cpu_to_le32(hib_memmap_encode(map, ident->map));
	le64_add_cpu(&ident->map_hash, 1);
}

static void ident_refuses_another_memory_map(struct kunit *test)
{
	struct hib_memmap *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);
	struct hib_arch_ident *ident = own_ident();
	struct hib_memmap_range *last;

	KUNIT_ASSERT_NOT_NULL(test, map);
	KUNIT_ASSERT_EQ(test, 0, hib_memmap_decode(map, ident->map, le32_to_cpu(ident->map_words)));
	last = &map->range[map->nr - 1];

	/* The same map in other words: the caller decides whether to accept it. */
	set_map(ident, map);
	KUNIT_EXPECT_EQ(test, 0, check_ident(ident, false));
	KUNIT_EXPECT_EQ(test, -ESTALE, check_ident(ident, true));
	KUNIT_EXPECT_STREQ(test, "memory map: differs", test_fit.why);

	last->end_pfn++;
	set_map(ident, map);
	KUNIT_EXPECT_EQ(test, -ESTALE, check_ident(ident, false));
	KUNIT_EXPECT_TRUE(test, strstarts(test_fit.why, "memory map: 0x"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(test_fit.why, "is no memory"));

	ident->map_words = 0;
	memset(ident->map, 0, sizeof(ident->map));
	expect_refused(test, ident, -ESTALE, "memory map: differs");
}

static void ident_refuses_a_processor_with_less(struct kunit *test)
{
	struct hib_arch_ident *ident = own_ident();

	/* Leaf 7, subleaf 1: bit 24 is given to nobody yet. */
	ident->caps[CPUID_7_1_EAX] |= cpu_to_le32(BIT(24));
	KUNIT_EXPECT_EQ(test, -ESTALE, check_ident(ident, false));
	KUNIT_EXPECT_TRUE(test, strstarts(test_fit.why, "machine: CPU feature 12*32+24"));
	ident->caps[CPUID_7_1_EAX] = 0;
	KUNIT_EXPECT_EQ(test, 0, check_ident(ident, false));
}

static void ident_tells_of_other_processors(struct kunit *test)
{
	struct hib_arch_ident *ident = own_ident();
	struct hib_arch_topology *was = &ident->topology, *here = &test_idents[1].topology;

	le32_add_cpu(&was->boot_apic, 1);
	expect_refused(test, ident, -ESTALE, "machine: boot CPU");

	/* The image's kernel switches x2APIC mode on where it wants it, never off. */
	own_ident();
	was->x2apic = 0;
	here->x2apic = cpu_to_le32(1);
	KUNIT_EXPECT_STREQ(test, hib_arch_ident_difference(&test_idents[0], &test_idents[1]),
			   "x2APIC mode is on");
	was->x2apic = cpu_to_le32(1);
	here->x2apic = 0;
	KUNIT_EXPECT_NULL(test, hib_arch_ident_difference(&test_idents[0], &test_idents[1]));

	ident = own_ident();
	KUNIT_EXPECT_EQ(test, 0, check_ident(ident, true));
	KUNIT_EXPECT_STREQ(test, "", test_fit.note);
	was->microcode = cpu_to_le32(le32_to_cpu(was->microcode) ^ 0x10);
	KUNIT_EXPECT_EQ(test, 0, check_ident(ident, true));
	KUNIT_EXPECT_TRUE(test, strstarts(test_fit.note, "microcode 0x"));
	KUNIT_EXPECT_NULL(test, strchr(test_fit.note, ';'));

	was->nr_cpus = cpu_to_le32(U32_MAX);
	was->nr_threads = cpu_to_le16(U16_MAX);
	was->nr_packages = cpu_to_le16(U16_MAX);
	was->microcode = cpu_to_le32(~le32_to_cpu(was->microcode));
	KUNIT_EXPECT_EQ(test, 0, check_ident(ident, true));
	KUNIT_EXPECT_NOT_NULL(test, strstr(test_fit.note, "CPUs, were 4294967295; "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(test_fit.note, "were 65535, 65535"));
}

static void fill_efi(struct hib_arch_efi *list, u32 nr)
{
	memset(list, 0, sizeof(*list));
	list->state = cpu_to_le32(HIB_ARCH_EFI_LISTED);
	list->nr = cpu_to_le32(nr);
	for (u32 i = 0; i < nr; i++)
		list->region[i] = (struct hib_arch_efi_region) {
			.phys = cpu_to_le64(0x1000000ull * (i + 1)),
			.virt = cpu_to_le64(0xfffffffe00000000ull + 0x200000 * i),
			.nr_pages = cpu_to_le32(i + 1), .type = cpu_to_le32(5 + i % 2),
		};
}

static void efi_regions_are_compared(struct kunit *test)
{
	struct hib_arch_efi *was = &own_ident()[0].efi, *here = &test_idents[1].efi;

	fill_efi(was, 3);
	fill_efi(here, 3);
	KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_THERE, hib_arch_efi_compare(was, here));

	swap(here->region[0], here->region[2]);		/* as kexec-tools may hand them on */
	KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_THERE, hib_arch_efi_compare(was, here));

	fill_efi(here, 3);
	le64_add_cpu(&here->region[1].virt, 0x200000);	/* firmware was told another address */
	KUNIT_EXPECT_EQ(test, 2u, hib_arch_efi_compare(was, here));
	fill_efi(here, 3);
	le64_add_cpu(&here->region[2].phys, 0x1000);	/* it lies elsewhere */
	KUNIT_EXPECT_EQ(test, 3u, hib_arch_efi_compare(was, here));
	fill_efi(here, 2);
	KUNIT_EXPECT_EQ(test, 3u, hib_arch_efi_compare(was, here));
	fill_efi(here, 4);
	KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_UNKNOWN, hib_arch_efi_compare(was, here));
	memset(here, 0, sizeof(*here));			/* it was told none */
	KUNIT_EXPECT_EQ(test, 1u, hib_arch_efi_compare(was, here));

	fill_efi(here, 3);
	memset(was, 0, sizeof(*was));			/* the image's kernel calls none */
	KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_THERE, hib_arch_efi_compare(was, here));
}

/* @nr regions, from @first on and round; @moved lies elsewhere, unless it is @nr. */
static void add_efi(struct hib_arch_efi *list, u32 nr, u32 first, u32 moved)
{
	memset(list, 0, sizeof(*list));
	for (u32 i = 0; i < nr; i++) {
		u32 n = (first + i) % nr;
		efi_memory_desc_t md = {
			.type = EFI_RUNTIME_SERVICES_CODE, .attribute = EFI_MEMORY_RUNTIME,
			.phys_addr = 0x1000000ull * (n + 1) + (n == moved ? 0x1000 : 0),
			.virt_addr = 0xfffffffe00000000ull + 0x200000 * n, .num_pages = n + 1,
		};

		hib_arch_efi_add(list, &md);
	}
	hib_arch_efi_settle(list);
}

static void efi_regions_beyond_the_list_are_compared(struct kunit *test)
{
	struct hib_arch_efi *was = &own_ident()[0].efi, *here = &test_idents[1].efi;
	const u32 most = HIB_ARCH_EFI_REGIONS, nr = most + 5;

	add_efi(was, most, 0, most);
	KUNIT_EXPECT_EQ(test, (u32)HIB_ARCH_EFI_LISTED, le32_to_cpu(was->state));
	KUNIT_EXPECT_TRUE(test, hib_arch_efi_is_sane(was));

	add_efi(was, nr, 0, nr);
	KUNIT_EXPECT_EQ(test, (u32)HIB_ARCH_EFI_HASHED, le32_to_cpu(was->state));
	KUNIT_EXPECT_TRUE(test, hib_arch_efi_is_sane(was));
	add_efi(here, nr, 7, nr);
	KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_THERE, hib_arch_efi_compare(was, here));
	for (u32 moved = 0; moved < nr; moved++) {
		add_efi(here, nr, 7, moved);
		KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_UNKNOWN, hib_arch_efi_compare(was, here));
	}
	add_efi(here, nr - 1, 0, nr);
	KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_UNKNOWN, hib_arch_efi_compare(was, here));
	add_efi(here, most, 0, most);
	KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_UNKNOWN, hib_arch_efi_compare(was, here));
	KUNIT_EXPECT_EQ(test, 1u, hib_arch_efi_compare(here, was));
}

/* Whether firmware is called here or not: a list that differs is survived, unless nothing may. */
static void ident_tells_of_services_elsewhere(struct kunit *test)
{
	struct hib_arch_ident *ident = own_ident();

	KUNIT_EXPECT_EQ(test, 0, check_ident(ident, true));
	KUNIT_EXPECT_EQ(test, HIB_ARCH_SERVICES_THERE, test_fit.services);
	fill_efi(&ident->efi, HIB_ARCH_EFI_REGIONS);
	KUNIT_EXPECT_EQ(test, 0, check_ident(ident, false));
	KUNIT_EXPECT_EQ(test, 1u, test_fit.services);
	KUNIT_EXPECT_EQ(test, -ESTALE, check_ident(ident, true));
	KUNIT_EXPECT_STREQ(test, test_fit.why,
			   "EFI runtime services: 0x1000000 is not at 0xfffffffe00000000 here");
}

static void ident_refuses_what_no_kernel_wrote(struct kunit *test)
{
	const char *why = "machine: architecture data";
	struct hib_arch_ident *ident;

	ident = own_ident();
	ident->magic = 0;
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	le32_add_cpu(&ident->version, 1);
	expect_refused(test, ident, -EOPNOTSUPP, why);

	ident = own_ident();
	ident->version = cpu_to_le32(3);	/* without the hash of many regions */
	expect_refused(test, ident, -EOPNOTSUPP, why);

	ident = own_ident();
	ident->map_words = cpu_to_le32(HIB_MEMMAP_WORDS + 1);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->map[HIB_MEMMAP_WORDS - 1] = cpu_to_le64(1);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	le64_add_cpu(&ident->map_hash, 1);
	ident->map[1] = ident->map[0];
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->topology.x2apic = cpu_to_le32(2);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->topology.reserved = cpu_to_le32(1);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->efi.nr = cpu_to_le32(HIB_ARCH_EFI_REGIONS + 1);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->efi.state = cpu_to_le32(HIB_ARCH_EFI_HASHED + 1);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->efi.state = cpu_to_le32(HIB_ARCH_EFI_HASHED);	/* few would be listed */
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	le64_add_cpu(&ident->efi.hash, 1);			/* listed, and hashed too */
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->efi.region[HIB_ARCH_EFI_REGIONS - 1].type = cpu_to_le32(1);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->paging_levels = cpu_to_le32(3);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->nr_caps = cpu_to_le32(HIB_ARCH_IDENT_CAPS + 1);
	expect_refused(test, ident, -EBADMSG, why);
}

static void ident_refuses_addresses_out_of_place(struct kunit *test)
{
	const char *why = "machine: architecture data";
	struct hib_arch_ident *ident;

	ident = own_ident();
	le64_add_cpu(&ident->reentry, PAGE_SIZE);	/* not where the frame is */
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->reentry = cpu_to_le64(0x400000);	/* a user's address */
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->reentry_phys |= cpu_to_le64(1ull << 51);	/* no RAM there */
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->context = cpu_to_le64(0);
	expect_refused(test, ident, -EBADMSG, why);

	ident = own_ident();
	ident->cr3 = cpu_to_le64(0);
	expect_refused(test, ident, -EBADMSG, why);
}

static void ident_refuses_a_cr3_with_a_pcid(struct kunit *test)
{
	struct hib_arch_ident *ident = own_ident();

	ident->cr3 |= cpu_to_le64(1);
	expect_refused(test, ident, -EBADMSG, "machine: architecture data");
	ident = own_ident();
	ident->cr3 |= cpu_to_le64(1ull << 63);
	expect_refused(test, ident, -EBADMSG, "machine: architecture data");
}

static void ident_refuses_another_length(struct kunit *test)
{
	struct hib_arch_ident *ident = own_ident();
	unsigned int bytes;

	for (bytes = 0; bytes <= sizeof(test_idents); bytes++) {
		if (bytes == sizeof(ident[0]))
			continue;
		KUNIT_EXPECT_EQ(test, -EBADMSG,
				hib_arch_ident_check(ident, bytes, false, &test_fit));
	}
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, hib_arch_ident_fill(ident, sizeof(ident[0]) - 1));
}

/* Pages for the jump, as many as the test allows. */
struct purse {
	struct list_head pages;
	unsigned int left;
};

static void *purse_take(void *arg)
{
	struct purse *purse = arg;
	struct page *page;

	if (!purse->left)
		return NULL;
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return NULL;
	purse->left--;
	list_add(&page->lru, &purse->pages);
	return page_address(page);
}

/* Writes to each page: one that was left read-only is an oops. */
static void purse_empty(struct purse *purse)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &purse->pages, lru) {
		memset(page_address(page), 0xa5, PAGE_SIZE);
		__free_page(page);
	}
}

static struct hib_arch_jump_page *prepare_with(struct purse *purse, unsigned int nr_pages)
{
	static const struct hib_arch_fit nowhere;
	struct hib_arch_ident *ident = own_ident();

	INIT_LIST_HEAD(&purse->pages);
	purse->left = nr_pages;
	return hib_arch_jump_prepare(ident, sizeof(*ident), &nowhere, purse_take, purse);
}

static void jump_gives_up_without_pages(struct kunit *test)
{
	struct hib_arch_jump_page *jump = NULL;
	struct purse purse;
	unsigned int nr;

	for (nr = 0; nr < 1000; nr++) {
		jump = prepare_with(&purse, nr);
		if (jump)
			break;
		purse_empty(&purse);
	}
	KUNIT_ASSERT_NOT_NULL(test, jump);
	/* The trampoline, and tables of each level for memory and for the entry. */
	KUNIT_EXPECT_GE(test, nr, pgtable_l5_enabled() ? 8 : 7);
	hib_arch_jump_unprepare(jump);
	purse_empty(&purse);
}

static void jump_is_prepared_and_undone_again(struct kunit *test)
{
	struct hib_arch_jump_page *jump;
	struct purse purse;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		jump = prepare_with(&purse, 1000);
		KUNIT_ASSERT_NOT_NULL(test, jump);
		KUNIT_EXPECT_MEMEQ(test, (void *)jump->trampoline, hib_arch_trampoline,
				   hib_arch_trampoline_bytes);
		hib_arch_jump_unprepare(jump);
		hib_arch_jump_unprepare(jump);
		purse_empty(&purse);
	}
}

static void code_lies_where_one_large_page_maps_it(struct kunit *test)
{
	unsigned long start = (unsigned long)hib_arch_reenter;

	KUNIT_EXPECT_EQ(test, 0, start % 256);
	KUNIT_EXPECT_LE(test, hib_arch_trampoline_bytes, PAGE_SIZE);
}

/* What the machine of the test is said to do; no attribute has this number. */
#define TEST_NO_ATTR	((enum cc_attr)-1)
static enum cc_attr test_attr;

static bool encrypts_by_test_attr(enum cc_attr attr)
{
	return attr == test_attr;
}

static void memory_that_is_encrypted_refuses(struct kunit *test)
{
	static const enum cc_attr attrs[] = {
		CC_ATTR_MEM_ENCRYPT, CC_ATTR_GUEST_MEM_ENCRYPT, CC_ATTR_HOST_SEV_SNP,
	};
	const char *why = "";
	unsigned int i;

	kunit_activate_static_stub(test, hib_arch_encrypts, encrypts_by_test_attr);
	test_attr = TEST_NO_ATTR;
	KUNIT_EXPECT_EQ(test, 0, hib_arch_possible(&why));
	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		why = "";
		test_attr = attrs[i];
		KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, hib_arch_possible(&why));
		KUNIT_EXPECT_STREQ(test, "memory encryption", why);
	}
}

static void mapped_end_ends_with_the_entry(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long pfn, at, end;

	KUNIT_ASSERT_NOT_NULL(test, page);
	pfn = page_to_pfn(page);
	at = (unsigned long)page_address(page);
	end = hib_arch_mapped_end(pfn);
	KUNIT_EXPECT_GT(test, end, pfn);
	KUNIT_EXPECT_EQ(test, hib_arch_mapped_end(end - 1), end);
	KUNIT_ASSERT_EQ(test, set_direct_map_invalid_noflush(page), 0);
	flush_tlb_kernel_range(at, at + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, hib_arch_mapped_end(pfn), pfn);
	KUNIT_EXPECT_EQ(test, hib_arch_mapped_end(pfn ^ 1), (pfn ^ 1) + 1);
	KUNIT_ASSERT_EQ(test, set_direct_map_default_noflush(page), 0);
	KUNIT_EXPECT_EQ(test, hib_arch_mapped_end(pfn), pfn + 1);
	__free_page(page);
}

static struct kunit_case hib_arch_cases[] = {
	KUNIT_CASE(mapped_end_ends_with_the_entry),
	KUNIT_CASE(memory_that_is_encrypted_refuses),
	KUNIT_CASE(ident_accepts_this_machine),
	KUNIT_CASE(ident_refuses_another_machine),
	KUNIT_CASE(ident_refuses_another_memory_map),
	KUNIT_CASE(ident_refuses_a_processor_with_less),
	KUNIT_CASE(ident_tells_of_other_processors),
	KUNIT_CASE(efi_regions_are_compared),
	KUNIT_CASE(efi_regions_beyond_the_list_are_compared),
	KUNIT_CASE(ident_tells_of_services_elsewhere),
	KUNIT_CASE(ident_refuses_what_no_kernel_wrote),
	KUNIT_CASE(ident_refuses_addresses_out_of_place),
	KUNIT_CASE(ident_refuses_a_cr3_with_a_pcid),
	KUNIT_CASE(ident_refuses_another_length),
	KUNIT_CASE(jump_gives_up_without_pages),
	KUNIT_CASE(jump_is_prepared_and_undone_again),
	KUNIT_CASE(code_lies_where_one_large_page_maps_it),
	{}
};

static struct kunit_suite hib_arch_suite = {
	.name = "hib_arch",
	.test_cases = hib_arch_cases,
};

kunit_test_suite(hib_arch_suite);
