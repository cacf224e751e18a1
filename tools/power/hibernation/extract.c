// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg extract
 *
 * One page frame, or all of them. A file with all of them is laid out as memory
 * is: frame n at byte n * 4096, holes where the image has no frame. A frame that
 * was written early and is stale is left out; the one that counts is taken. A
 * file that exists is not written to: it could be the image.
 */
#include "hibimg.h"

#include <unistd.h>

#include "pagelist.h"

/**
 * struct extract - Pages on their way to a file.
 * @img: The image.
 * @to: The file.
 * @order: Frame of each page in the image's order; HIB_PFN_NONE: it is stale.
 * @nr: Pages that were written.
 */
struct extract {
	struct hibimg *img;
	FILE *to;
	struct hib_table order;
	u64 nr;
};

/* The image's order: first what was written early, then the rest. */
static int order_build(struct extract *x)
{
	struct hibimg *img = x->img;
	const struct hib_pagelist list = { &img->saved, &img->early, &img->stale };
	unsigned long pfn;
	int error;

	error = hib_table_init(&x->order, img->header.nr_pages + img->header.nr_stale, U64_MAX);
	if (error)
		return error;
	hib_pfnset_for_each(pfn, &img->early) {
		error = hib_table_append(&x->order, hib_pagelist_counts_early(&list, pfn) ?
						    pfn : HIB_PFN_NONE);
		if (error)
			return error;
	}
	hib_pfnset_for_each(pfn, &img->saved) {
		if (hib_pagelist_counts_early(&list, pfn))
			continue;
		error = hib_table_append(&x->order, pfn);
		if (error)
			return error;
	}
	return 0;
}

/* A page of zeros stays a hole. */
static int write_all(void *priv, u64 index, const void *page)
{
	struct extract *x = priv;
	unsigned long pfn = hib_table_get(&x->order, index);
	u64 byte = (u64)pfn * HIB_BLOCK_BYTES;

	if (pfn == HIB_PFN_NONE)
		return 0;
	x->nr++;
	if (!memchr_inv(page, 0, HIB_BLOCK_BYTES))
		return 0;
	if (pwrite(fileno(x->to), page, HIB_BLOCK_BYTES, byte) != HIB_BLOCK_BYTES)
		return hibimg_fault(x->img, errno ? -errno : -EIO, NULL, "%s at byte %llu",
				    x->img->output, byte);
	return 0;
}

static int write_one(void *priv, u64 index, const void *page)
{
	struct extract *x = priv;

	if (hib_table_get(&x->order, index) != x->img->pfn)
		return 0;
	if (fwrite(page, HIB_BLOCK_BYTES, 1, x->to) != 1)
		return hibimg_fault(x->img, -errno, NULL, "output");
	x->nr++;
	return 1;
}

static int extract_one(struct extract *x)
{
	struct hibimg *img = x->img;
	u64 index = 0;
	int error;

	while (index < x->order.nr && hib_table_get(&x->order, index) != img->pfn)
		index++;
	if (index == x->order.nr)
		return hibimg_fault(img, -ERANGE, NULL, "page frame %lu", img->pfn);
	error = hibimg_each_page(img, index / HIB_CHUNK_PAGES, write_one, x);
	/* Damage elsewhere does not matter to a page that was found. */
	return x->nr ? 0 : error;
}

/* The file is as long as memory, even where its end is a hole. */
static int extract_all(struct extract *x)
{
	struct hibimg *img = x->img;
	unsigned long pfn = 0, end = 0;
	int error;

	while (hib_pfnset_next_run(&img->saved, end, &pfn, &end))
		;
	if (ftruncate(fileno(x->to), (u64)end * HIB_BLOCK_BYTES))
		return hibimg_fault(img, -errno, NULL, "%s", img->output);
	error = hibimg_each_page(img, U64_MAX, write_all, x);
	fprintf(img->out, "pages: %llu of %llu written\n", x->nr, img->header.nr_pages);
	return error;
}

static int extract_to(struct extract *x)
{
	int error = order_build(x);

	if (error)
		error = hibimg_fault(x->img, error, NULL, "order of the pages");
	else
		error = x->img->pfn == HIB_PFN_NONE ? extract_all(x) : extract_one(x);
	hib_table_exit(&x->order);
	return error;
}

/**
 * hibimg_extract() - Write one page, or all.
 * @img: Open image.
 *
 * Return: 0; -ERANGE: the image does not hold the frame; or the first errno.
 */
int hibimg_extract(struct hibimg *img)
{
	struct extract x = { .img = img, .to = img->out };
	int error;

	error = hibimg_read_all(img);
	if (error)
		return error;
	if (!img->output)
		return extract_to(&x);
	x.to = fopen(img->output, "wxe");
	if (!x.to)
		return hibimg_fault(img, -errno, NULL, "%s", img->output);
	error = extract_to(&x);
	if (fclose(x.to) && !error)
		error = hibimg_fault(img, -errno, NULL, "%s", img->output);
	return error;
}
