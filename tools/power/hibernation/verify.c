// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg verify
 *
 * Checks everything that a reader in the kernel checks, except what depends on the
 * machine. Parts that do not depend on each other are checked even if one of them
 * is damaged, so that one run names as much damage as can be found.
 */
#include "hibimg.h"

/* All parts that the extents lead to. */
static int verify_parts(struct hibimg *img)
{
	int frames = hibimg_read_frames(img);
	int segments = hibimg_read_segments(img);
	int digests = hibimg_read_digests(img);
	struct hib_timeline steps = {};
	int log = hibimg_read_log(img, &steps);
	int pages = segments ? 0 : hibimg_each_page(img, U64_MAX, NULL, NULL);

	return frames ?: segments ?: digests ?: log ?: pages;
}

/**
 * hibimg_verify() - Check all of an image.
 * @img: Open image.
 *
 * Return: 0, or the first errno.
 */
int hibimg_verify(struct hibimg *img)
{
	const struct hib_header *h = &img->header;
	int error;

	error = hibimg_read_record(img) ?: hibimg_read_header(img) ?: hibimg_read_extents(img) ?:
		verify_parts(img);
	if (error == -ENODATA)
		fputs("image: none\n", img->out);
	else if (error)
		fprintf(img->out, "image: not sound, %u faults\n", img->nr_faults);
	else
		fprintf(img->out, "image: sound, %llu pages in %u segments, %llu bytes\n",
			h->nr_pages, img->segments.nr, h->image_bytes);
	return error;
}
