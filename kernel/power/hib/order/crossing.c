// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: crossing - a jump to another kernel, and back
 *
 * kexec's code for jumps does it: it exchanges page frames, enters the other kernel, and
 * exchanges them once more when it is entered again. Here is made what it works with: page
 * tables, control code, and the list of exchanges. A kernel that only goes back to the one
 * that started it exchanges nothing.
 *
 * The pages come from kexec, and none of them lies in a frame that the other kernel uses.
 * The owner of a &struct hib_crossing frees them with it.
 *
 * Context: process context, but for the jump. Tasks are frozen, so nobody else uses kexec.
 */
#include "crossing.h"
#include <linux/kexec.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include "../../../kexec_internal.h"

/* Words of a page of the list; the last one leads to the next page. */
#define CROSSING_WORDS	(PAGE_SIZE / sizeof(unsigned long) - 1)

static void crossing_keep_apart(struct kimage *image, const struct hib_windows *apart)
{
	for (unsigned int i = 0; i < apart->nr; i++) {
		const struct hib_window *range = &apart->range[i];

		image->segment[i].mem = PFN_PHYS(range->start_pfn);
		image->segment[i].memsz = PFN_PHYS(range->end_pfn - range->start_pfn);
	}
	image->nr_segments = apart->nr;
}

/**
 * hib_crossing_make() - Make ready to enter another kernel.
 * @c: All zero; hib_crossing_free() it, also after an error.
 * @entry: Physical address where the other kernel is entered.
 * @apart: Page frames that it uses.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_crossing_make(struct hib_crossing *c, u64 entry, const struct hib_windows *apart)
{
	struct kimage *image = do_kimage_alloc_init();

	if (!image)
		return -ENOMEM;
	c->image = image;
	image->preserve_context = 1;
	image->start = entry;
	image->head = IND_DONE;
	crossing_keep_apart(image, apart);
	image->control_code_page =
		kimage_alloc_control_pages(image, get_order(KEXEC_CONTROL_PAGE_SIZE));
	image->swap_page = kimage_alloc_control_pages(image, 0);
	if (!image->control_code_page || !image->swap_page)
		return -ENOMEM;
	return machine_kexec_prepare(image);
}

/**
 * hib_crossing_free() - There is no jump any more.
 * @c: After hib_crossing_make(), whatever that returned; or all zero.
 *
 * Context: Process context.
 */
void hib_crossing_free(struct hib_crossing *c)
{
	if (c->image) {
		c->image->head = 0;	/* what is exchanged is not the image's */
		kimage_free(c->image);
	}
	*c = (struct hib_crossing) {};
}

/**
 * hib_crossing_page() - Pages that the other kernel does not use.
 * @c: Made. It owns them.
 * @order: How many they are, side by side: 2 to the power of @order.
 *
 * Context: Process context. Sleeps.
 * Return: Their address, cleared; NULL if there is no memory.
 */
void *hib_crossing_page(struct hib_crossing *c, unsigned int order)
{
	struct page *page = kimage_alloc_control_pages(c->image, order);

	return page ? memset(page_address(page), 0, PAGE_SIZE << order) : NULL;
}

/**
 * hib_crossing_put() - Append a word to a list that the other kernel reads.
 * @l: The list.
 * @word: The word.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_crossing_put(struct hib_crossing_list *l, u64 word)
{
	if (!l->page || l->page->nr == HIB_RELAY_WORDS) {
		struct hib_relay_page *page = hib_crossing_page(l->crossing, 0);

		if (!page)
			return -ENOMEM;
		if (l->page)
			l->page->next = __pa(page);
		else
			l->list->first = __pa(page);
		l->page = page;
	}
	l->page->words[l->page->nr++] = word;
	l->list->nr++;
	return 0;
}

/* The list of exchanges ends behind each word, so that it is complete at any time. */
static int crossing_append(struct hib_crossing *c, unsigned long word)
{
	unsigned long *list;

	if (!c->list || c->nr == CROSSING_WORDS) {
		list = hib_crossing_page(c, 0);
		if (!list)
			return -ENOMEM;
		if (c->list)
			c->list[c->nr] = __pa(list) | IND_INDIRECTION;
		else
			c->image->head = __pa(list) | IND_INDIRECTION;
		c->list = list;
		c->nr = 0;
	}
	c->list[c->nr++] = word;
	c->list[c->nr] = IND_DONE;
	return 0;
}

/**
 * hib_crossing_exchange() - Exchange two page frames, there and back.
 * @c: Made.
 * @pfn: A frame that the other kernel uses.
 * @partner_pfn: One that it does not use.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int hib_crossing_exchange(struct hib_crossing *c, u64 pfn, u64 partner_pfn)
{
	return crossing_append(c, PFN_PHYS(pfn) | IND_DESTINATION) ?:
	       crossing_append(c, PFN_PHYS(partner_pfn) | IND_SOURCE);
}

/**
 * hib_crossing_walk_pages() - Call a function for each page of it.
 * @c: Made; no page is added any more.
 * @fn: The function.
 * @arg: Passed to it.
 */
void hib_crossing_walk_pages(const struct hib_crossing *c,
			     void (*fn)(void *arg, struct page *page), void *arg)
{
	struct page *page;

	list_for_each_entry(page, &c->image->control_pages, lru)
		for (unsigned int i = 0; i < 1u << page_private(page); i++)
			fn(arg, page + i);
}

/**
 * hib_crossing_reentry() - Where does the other kernel learn where to go back to?
 * @c: Made.
 *
 * kexec calls the other kernel with its stack at the end of the swap page. Above the return
 * address there is the address that was called.
 *
 * Return: Physical address of the word that holds the address, once the jump was made.
 */
u64 hib_crossing_reentry(const struct hib_crossing *c)
{
	return page_to_phys(c->image->swap_page) + PAGE_SIZE - 2 * sizeof(u64);
}

/**
 * hib_crossing_jump() - Enter the other kernel.
 * @c: Made.
 *
 * Context: Interrupts off, one CPU, devices and syscore at rest. Returns when the other
 * kernel goes back; memory and CPU are as they were, devices are not.
 */
void hib_crossing_jump(struct hib_crossing *c)
{
	lockdep_assert_irqs_disabled();
	machine_kexec(c->image);
}
