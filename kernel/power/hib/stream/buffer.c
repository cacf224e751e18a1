// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: buffer - memory for segments
 *
 * A buffer is a run of whole pages that has one virtual address. It is taken
 * before devices are quiesced, by whoever owns the &struct hib_buffer, and
 * given back by the same owner; an empty buffer is all zero, and freeing one
 * is allowed.
 *
 * One block of pages is best: it goes to the device in few pieces, and the
 * kernel's own mapping covers it. A block that large may not exist when memory
 * is full, so it is asked for without effort, and single pages that are mapped
 * side by side take its place. The pages are split at once, so that both kinds
 * are freed alike.
 *
 * Context: process context; sleeps as far as the gfp mask allows.
 */
#include "buffer.h"
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

/* A block may be taken where there is one, nothing is shaken to find it. */
static bool buffer_alloc_block(struct hib_buffer *buf, unsigned int nr_pages, gfp_t gfp)
{
	unsigned int order = get_order((unsigned long)nr_pages << PAGE_SHIFT);
	struct page *block;
	unsigned int i;

	if (order > MAX_PAGE_ORDER)
		return false;
	gfp &= ~__GFP_DIRECT_RECLAIM;
	block = alloc_pages(gfp | __GFP_NOWARN | __GFP_NORETRY, order);
	if (!block)
		return false;
	if (order)
		split_page(block, order);
	for (i = nr_pages; i < 1u << order; i++)
		__free_page(block + i);
	for (i = 0; i < nr_pages; i++)
		buf->pages[i] = block + i;
	buf->nr_pages = nr_pages;
	buf->data = page_address(block);
	return true;
}

static int buffer_alloc_single(struct hib_buffer *buf, unsigned int nr_pages, gfp_t gfp)
{
	for (; buf->nr_pages < nr_pages; buf->nr_pages++) {
		struct page *page = alloc_page(gfp | __GFP_NOWARN);

		if (!page)
			return -ENOMEM;
		buf->pages[buf->nr_pages] = page;
	}
	buf->data = vmap(buf->pages, nr_pages, VM_MAP, PAGE_KERNEL);
	if (!buf->data)
		return -ENOMEM;
	buf->mapped = true;
	return 0;
}

/**
 * hib_buffer_alloc() - Take the memory of a buffer.
 * @buf: Receives it; its old content is not looked at.
 * @nr_pages: Length, at least 1.
 * @gfp: How hard to try for single pages. No highmem.
 *
 * The content is arbitrary.
 *
 * Context: Process context. Sleeps if @gfp lets it, and in vmap().
 * Return: 0, or -ENOMEM with @buf empty.
 */
int hib_buffer_alloc(struct hib_buffer *buf, unsigned int nr_pages, gfp_t gfp)
{
	int ret;

	memset(buf, 0, sizeof(*buf));
	buf->pages = kvcalloc(nr_pages, sizeof(*buf->pages), gfp | __GFP_NOWARN);
	if (!buf->pages)
		return -ENOMEM;
	if (buffer_alloc_block(buf, nr_pages, gfp))
		return 0;
	ret = buffer_alloc_single(buf, nr_pages, gfp);
	if (ret)
		hib_buffer_free(buf);
	return ret;
}

/**
 * hib_buffer_free() - Give the memory of a buffer back.
 * @buf: The buffer; empty afterwards. An empty one is left alone.
 *
 * Nothing may be reading into it or writing from it any more.
 *
 * Context: Process context. Sleeps.
 */
void hib_buffer_free(struct hib_buffer *buf)
{
	unsigned int i;

	if (buf->mapped)
		vunmap(buf->data);
	for (i = 0; i < buf->nr_pages; i++)
		__free_page(buf->pages[i]);
	kvfree(buf->pages);
	memset(buf, 0, sizeof(*buf));
}
