// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Tests of the machine's identity and of what prepares the jump
 *
 * Everything up to the jump itself, which a whole cycle shows. Each test works
 * on an ident of its own, made from the live page tables.
 */
#include <kunit/test.h>

#include <linux/gfp.h>
#include <linux/hibernation_arch.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <asm/processor.h>

#include "hibernate_64.h"
#include "hibernate_ident.h"

static struct hib_arch_context test_context;

static struct hib_arch_ident own_ident(void)
{
	struct hib_arch_ident ident;

	test_context.cr3 = read_cr3_pa();
	hib_arch_ident_describe(&ident, &test_context);
	return ident;
}

static void ident_accepts_this_machine(struct kunit *test)
{
	struct hib_arch_ident ident = own_ident();
	const char *why = "";

	KUNIT_EXPECT_EQ(test, 0, hib_arch_ident_check(&ident, sizeof(ident), &why));
	KUNIT_EXPECT_NULL(test, why);
}

static void expect_refused(struct kunit *test, const struct hib_arch_ident *ident,
			   int error, const char *reason)
{
	const char *why = NULL;

	KUNIT_EXPECT_EQ(test, error, hib_arch_ident_check(ident, sizeof(*ident), &why));
	KUNIT_EXPECT_STREQ(test, reason, why ?: "");
}

static void ident_refuses_another_machine(struct kunit *test)
{
	struct hib_arch_ident ident;

	ident = own_ident();
	ident.paging_levels = cpu_to_le32(9 - le32_to_cpu(ident.paging_levels));
	expect_refused(test, &ident, -ESTALE, "paging depth");

	ident = own_ident();
	ident.vendor[0] ^= 1;
	expect_refused(test, &ident, -ESTALE, "CPU model");

	ident = own_ident();
	le32_add_cpu(&ident.family, 1);
	expect_refused(test, &ident, -ESTALE, "CPU model");

	ident = own_ident();
	le32_add_cpu(&ident.model, 1);
	expect_refused(test, &ident, -ESTALE, "CPU model");

	ident = own_ident();
	le32_add_cpu(&ident.phys_bits, 1);
	expect_refused(test, &ident, -ESTALE, "CPU model");
}

static void ident_refuses_another_memory_map(struct kunit *test)
{
	struct hib_arch_ident ident;

	ident = own_ident();
	le64_add_cpu(&ident.map_ram_pages, 1);
	expect_refused(test, &ident, -ESTALE, "firmware memory map");

	ident = own_ident();
	le64_add_cpu(&ident.map_hash, 1);
	expect_refused(test, &ident, -ESTALE, "firmware memory map");

	ident = own_ident();
	le32_add_cpu(&ident.map_entries, 1);
	expect_refused(test, &ident, -ESTALE, "firmware memory map");
}

static void ident_refuses_what_no_kernel_wrote(struct kunit *test)
{
	const char *why = "architecture data";
	struct hib_arch_ident ident;

	ident = own_ident();
	ident.magic = 0;
	expect_refused(test, &ident, -EBADMSG, why);

	ident = own_ident();
	le32_add_cpu(&ident.version, 1);
	expect_refused(test, &ident, -EOPNOTSUPP, why);

	ident = own_ident();
	ident.paging_levels = cpu_to_le32(3);
	expect_refused(test, &ident, -EBADMSG, why);

	ident = own_ident();
	ident.nr_caps = cpu_to_le32(HIB_ARCH_IDENT_CAPS + 1);
	expect_refused(test, &ident, -EBADMSG, why);
}

static void ident_refuses_addresses_out_of_place(struct kunit *test)
{
	const char *why = "architecture data";
	struct hib_arch_ident ident;

	ident = own_ident();
	le64_add_cpu(&ident.reentry, 4096);	/* not where the frame is */
	expect_refused(test, &ident, -EBADMSG, why);

	ident = own_ident();
	ident.reentry = cpu_to_le64(0x400000);	/* a user's address */
	expect_refused(test, &ident, -EBADMSG, why);

	ident = own_ident();
	ident.reentry_phys |= cpu_to_le64(1ull << 51);	/* no RAM there */
	expect_refused(test, &ident, -EBADMSG, why);

	ident = own_ident();
	ident.context = cpu_to_le64(0);
	expect_refused(test, &ident, -EBADMSG, why);

	ident = own_ident();
	ident.cr3 = cpu_to_le64(0);
	expect_refused(test, &ident, -EBADMSG, why);
}

static void ident_refuses_a_cr3_with_a_pcid(struct kunit *test)
{
	struct hib_arch_ident ident = own_ident();

	ident.cr3 |= cpu_to_le64(1);
	expect_refused(test, &ident, -EBADMSG, "architecture data");
	ident = own_ident();
	ident.cr3 |= cpu_to_le64(1ull << 63);
	expect_refused(test, &ident, -EBADMSG, "architecture data");
}

static void ident_refuses_another_length(struct kunit *test)
{
	struct hib_arch_ident ident[2] = { own_ident() };
	unsigned int bytes;
	const char *why;

	for (bytes = 0; bytes <= sizeof(ident); bytes++) {
		if (bytes == sizeof(ident[0]))
			continue;
		KUNIT_EXPECT_EQ(test, -EBADMSG, hib_arch_ident_check(ident, bytes, &why));
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

static struct hib_arch_jump *prepare_with(struct purse *purse, unsigned int nr_pages)
{
	struct hib_arch_ident ident = own_ident();

	INIT_LIST_HEAD(&purse->pages);
	purse->left = nr_pages;
	return hib_arch_jump_prepare(&ident, sizeof(ident), purse_take, purse);
}

static void jump_gives_up_without_pages(struct kunit *test)
{
	struct hib_arch_jump *jump = NULL;
	struct purse purse;
	unsigned int nr;

	for (nr = 0; nr < 1000; nr++) {
		jump = prepare_with(&purse, nr);
		if (jump)
			break;
		purse_empty(&purse);
	}
	KUNIT_ASSERT_NOT_NULL(test, jump);
	KUNIT_EXPECT_GE(test, nr, 8);
	hib_arch_jump_unprepare(jump);
	purse_empty(&purse);
}

static void jump_is_prepared_and_undone_again(struct kunit *test)
{
	struct hib_arch_jump *jump;
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

static struct kunit_case hib_arch_cases[] = {
	KUNIT_CASE(ident_accepts_this_machine),
	KUNIT_CASE(ident_refuses_another_machine),
	KUNIT_CASE(ident_refuses_another_memory_map),
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
