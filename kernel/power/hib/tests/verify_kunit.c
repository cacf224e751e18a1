// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: verify_kunit - test of the comparison after a resume
 *
 * Does the comparison after a resume find what differs, and nothing that it
 * changed itself? A few pages are digested into a leaf and compared.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/set_memory.h>
#include <asm/page.h>
#include <asm/tlbflush.h>
#include "memory/copy.h"
#include "memory/verify.h"
#include "pure/digest.h"

#define ORDER		3u
#define NR_PAGES	8u
#define SEED		42u

/**
 * struct verify_desk - Pages, and their digests.
 * @saved: What is compared.
 * @pages: NR_PAGES of them.
 * @leaf: Holds the digests.
 */
struct verify_desk {
	struct hib_pfnset saved;
	struct page *pages;
	struct page *leaf;
};

static int verify_init(struct kunit *test)
{
	struct verify_desk *desk = kunit_kzalloc(test, sizeof(*desk), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, desk);
	test->priv = desk;
	KUNIT_ASSERT_EQ(test, hib_pfnset_init(&desk->saved, max_pfn), 0);
	desk->pages = alloc_pages(GFP_KERNEL, ORDER);
	KUNIT_ASSERT_NOT_NULL(test, desk->pages);
	desk->leaf = alloc_page(GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, desk->leaf);
	return 0;
}

static void verify_exit(struct kunit *test)
{
	struct verify_desk *desk = test->priv;

	if (desk->leaf)
		__free_page(desk->leaf);
	if (desk->pages)
		__free_pages(desk->pages, ORDER);
	hib_pfnset_exit(&desk->saved);
}

static void desk_take_pages(struct kunit *test, struct verify_desk *desk)
{
	unsigned long pfn = page_to_pfn(desk->pages);

	for (unsigned int i = 0; i < NR_PAGES; i++)
		memset(page_address(desk->pages + i), 0x40 + i, PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, hib_pfnset_add_range(&desk->saved, pfn, pfn + NR_PAGES), 0);
}

static void desk_digest(struct verify_desk *desk)
{
	struct hib_disk_leaf *leaf = page_address(desk->leaf);
	unsigned long pfn;
	u64 index = 0;

	hib_pfnset_for_each(pfn, &desk->saved) {
		u64 digest = hib_digest_page(pfn_to_kaddr(pfn), SEED);

		*hib_copy_digest_at(leaf, index++) = cpu_to_le64(digest);
	}
}

static void desk_compare(struct verify_desk *desk, struct hib_verify *v)
{
	hib_verify_frames(&desk->saved, SEED, PFN_PHYS(page_to_pfn(desk->leaf)), 1, v);
}

static void verify_finds_a_change(struct kunit *test)
{
	struct verify_desk *desk = test->priv;
	struct hib_verify v = {};
	unsigned long pfn;

	desk_take_pages(test, desk);
	desk_digest(desk);
	pfn = page_to_pfn(desk->pages) + 1;
	*((u8 *)pfn_to_kaddr(pfn) + PAGE_SIZE - 1) ^= 1;
	desk_compare(desk, &v);
	KUNIT_EXPECT_EQ(test, v.checked, (u64)NR_PAGES);
	KUNIT_EXPECT_EQ(test, v.wrong, 1ull);
	KUNIT_EXPECT_EQ(test, v.first_wrong[0], pfn);
	KUNIT_EXPECT_EQ(test, v.excepted, 0ull);
}

static void verify_excepts_what_it_is_told(struct kunit *test)
{
	struct verify_desk *desk = test->priv;
	struct hib_verify v = { .nr_except = 1 };

	desk_take_pages(test, desk);
	desk_digest(desk);
	v.except[0] = page_to_pfn(desk->pages);
	*(u8 *)pfn_to_kaddr(v.except[0]) ^= 1;
	desk_compare(desk, &v);
	KUNIT_EXPECT_EQ(test, v.checked, (u64)NR_PAGES);
	KUNIT_EXPECT_EQ(test, v.wrong, 0ull);
	KUNIT_EXPECT_EQ(test, v.excepted, 1ull);
}

/* What is compared is the table that shows the leaf; this was hidden when that was digested. */
static void verify_hides_its_leaf_again(struct kunit *test)
{
	struct verify_desk *desk = test->priv;
	unsigned long at = (unsigned long)page_address(desk->leaf), flags;
	struct hib_verify v = {};
	unsigned int level;
	u64 digest;
	pte_t *pte;

	KUNIT_ASSERT_EQ(test, set_direct_map_invalid_noflush(desk->leaf), 0);
	flush_tlb_kernel_range(at, at + PAGE_SIZE);
	pte = lookup_address(at, &level);
	KUNIT_ASSERT_EQ(test, level, (unsigned int)PG_LEVEL_4K);
	KUNIT_ASSERT_EQ(test, hib_pfnset_add(&desk->saved, page_to_pfn(virt_to_page(pte))), 0);

	local_irq_save(flags);
	digest = hib_digest_page((void *)((unsigned long)pte & PAGE_MASK), SEED);
	KUNIT_EXPECT_TRUE(test, hib_copy_show(desk->leaf));
	*hib_copy_digest_at((void *)at, 0) = cpu_to_le64(digest);
	hib_copy_hide(desk->leaf, true);
	desk_compare(desk, &v);
	local_irq_restore(flags);

	KUNIT_EXPECT_FALSE(test, kernel_page_present(desk->leaf));
	KUNIT_EXPECT_EQ(test, v.checked, 1ull);
	KUNIT_EXPECT_EQ(test, v.wrong, 0ull);
	KUNIT_ASSERT_EQ(test, set_direct_map_default_noflush(desk->leaf), 0);
}

static struct kunit_case verify_cases[] = {
	KUNIT_CASE(verify_finds_a_change),
	KUNIT_CASE(verify_excepts_what_it_is_told),
	KUNIT_CASE(verify_hides_its_leaf_again),
	{}
};

static struct kunit_suite verify_suite = {
	.name = "hib_verify",
	.init = verify_init,
	.exit = verify_exit,
	.test_cases = verify_cases,
};
kunit_test_suite(verify_suite);
