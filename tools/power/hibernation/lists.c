// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The lists of an image
 *
 * Page frames, lengths of segments and digests lie in leaves behind the
 * segments. They are read one leaf at a time; the pure files check each leaf and
 * what it holds. A list is taken only when it is what the header says.
 */
#include "hibimg.h"

#include "leaf.h"
#include "pagelist.h"
#include "pagemap.h"

/**
 * struct list_reader - A list that is being read.
 * @img: The image.
 * @name: What the list is called in a fault.
 * @piece: Where it is.
 * @take: Check the next leaf and take what it holds. 0 or an errno.
 * @priv: Passed to @take.
 */
struct list_reader {
	struct hibimg *img;
	const char *name;
	const struct hib_piece *piece;
	int (*take)(void *priv, const struct hib_disk_leaf *leaf, const u8 *id);
	void *priv;
};

/**
 * hibimg_lists() - All lists that an image may have.
 * @img: Its header was read.
 * @lists: Receives them.
 */
void hibimg_lists(const struct hibimg *img, struct hibimg_list lists[HIBIMG_LISTS])
{
	const struct hib_header *h = &img->header;
	const struct hibimg_list all[HIBIMG_LISTS] = {
		{ "page list", "pagemap", &h->pagemap },
		{ "early list", "precopied", &h->precopied },
		{ "stale list", "stale", &h->stale },
		{ "segment list", "segments", &h->segments },
		{ "digests", "digests", &h->digests },
		{ "log", "log", &h->log },
		{ "raw chunk list", "raw_chunks", &h->raw_chunks },
	};

	memcpy(lists, all, sizeof(all));
}

/* Is the leaf damaged, or is it sound and says what cannot be? */
static const char *leaf_fault(const struct hib_disk_leaf *leaf, const u8 *id)
{
	return le64_to_cpu(leaf->tag) != hib_leaf_tag(leaf, id) ? "leaf tag" : "leaf content";
}

static int list_read_leaf(const struct list_reader *reader, u32 index)
{
	u64 offset = reader->piece->offset + (u64)index * HIB_BLOCK_BYTES;
	const u8 *id = reader->img->header.image_id;
	struct hib_disk_leaf leaf;
	const char *why = NULL;
	int error;

	error = hibimg_read_image(reader->img, offset, &leaf, sizeof(leaf));
	if (!error) {
		error = reader->take(reader->priv, &leaf, id);
		if (error == -EBADMSG)
			why = leaf_fault(&leaf, id);
	}
	if (error)
		hibimg_fault(reader->img, error, why, "%s: leaf %u at byte %s", reader->name,
			     index, hibimg_at(hibimg_place(reader->img, offset, NULL)).text);
	return error;
}

static int list_read(const struct list_reader *reader)
{
	for (u32 i = 0; i < reader->piece->nr_leaves; i++) {
		int error = list_read_leaf(reader, i);

		if (error)
			return error;
	}
	return 0;
}

/* @why: NULL, or what is wrong with a list whose leaves are sound. */
static int list_end(const struct list_reader *reader, const char *why)
{
	if (!why)
		return 0;
	return hibimg_fault(reader->img, -EBADMSG, why, "%s at byte %s", reader->name,
			    hibimg_at(hibimg_place(reader->img, reader->piece->offset, NULL)).text);
}

static int frames_take(void *priv, const struct hib_disk_leaf *leaf, const u8 *id)
{
	return hib_pagemap_decode(priv, leaf, id);
}

/* A list of frames into an empty set. @nr: as many as the header says, 0: there is no list. */
static int read_frames(struct hibimg *img, const char *name, const struct hib_piece *piece,
		       u64 nr, struct hib_pfnset *set)
{
	struct hib_pagemap_reader frames = { .set = set, .max_pages = nr };
	const struct list_reader reader = {
		.img = img, .name = name, .piece = piece, .take = frames_take, .priv = &frames,
	};
	int error;

	error = hib_pfnset_init(set, nr ? HIBIMG_END_PFN : 0);
	if (error)
		return hibimg_fault(img, error, NULL, "%s", name);
	error = list_read(&reader);
	if (error)
		return error;
	if (frames.nr_runs != piece->nr_entries)
		return list_end(&reader, "number of runs is not the header's");
	return list_end(&reader, set->nr_set == nr ? NULL : "number of frames is not the header's");
}

/* The three sets against each other, and the frame that no page may lie in. */
static int frames_check(struct hibimg *img)
{
	const struct hib_pagelist list = { &img->saved, &img->early, &img->stale };
	unsigned long handover = img->header.handover_pfn;
	const char *why = NULL;
	int error;

	error = hib_pagelist_check(&list, &why);
	if (error)
		return hibimg_fault(img, error, why, "page lists");
	if (hib_pfnset_test(&img->saved, handover) || hib_pfnset_test(&img->early, handover))
		return hibimg_fault(img, -EBADMSG, "a page lies in the frame for the handover",
				    "header at byte %llu", hibimg_header_byte(img));
	return 0;
}

/**
 * hibimg_read_frames() - Read the lists of page frames.
 * @img: Its extents were read.
 *
 * Return: 0, -EBADMSG, -ENOMEM, or an errno of the device.
 */
int hibimg_read_frames(struct hibimg *img)
{
	const struct hib_header *h = &img->header;

	return read_frames(img, "page list", &h->pagemap, h->nr_pages, &img->saved) ?:
	       read_frames(img, "early list", &h->precopied, h->nr_precopied, &img->early) ?:
	       read_frames(img, "stale list", &h->stale, h->nr_stale, &img->stale) ?:
	       frames_check(img);
}

static int segments_take(void *priv, const struct hib_disk_leaf *leaf, const u8 *id)
{
	return hib_segments_decode(priv, leaf, id);
}

static int raw_chunks_take(void *priv, const struct hib_disk_leaf *leaf, const u8 *id)
{
	return hib_rawlist_decode(priv, leaf, id);
}

static int read_raw_chunks(struct hibimg *img)
{
	const struct hib_header *h = &img->header;
	struct hib_rawlist_reader *chunks = &img->raw_chunks;
	const struct list_reader reader = {
		.img = img, .name = "raw chunk list", .piece = &h->raw_chunks,
		.take = raw_chunks_take, .priv = chunks,
	};
	const char *why = NULL;
	int error;

	if (!(h->must_know & HIB_MUST_RAW))
		return 0;
	chunks->capacity = min_t(u64, h->raw_chunks.nr_entries, U32_MAX);
	chunks->nr_pages_total = h->nr_pages + h->nr_stale;
	chunks->chunks = hib_pure_realloc(NULL, 0, chunks->capacity * sizeof(*chunks->chunks));
	if (!chunks->chunks)
		return hibimg_fault(img, -ENOMEM, NULL, "raw chunk list");
	error = hib_rawlist_begin(chunks, &h->raw_chunks, &why);
	if (error)
		return list_end(&reader, why);
	error = list_read(&reader);
	if (error)
		return error;
	error = hib_rawlist_end(chunks, &h->raw_chunks, &why);
	return list_end(&reader, error ? why : NULL);
}

/**
 * hibimg_read_segments() - Read the list of the segments, and that of raw chunks.
 * @img: Its extents were read.
 *
 * Return: 0, -EBADMSG, -ENOMEM, or an errno of the device.
 */
int hibimg_read_segments(struct hibimg *img)
{
	const struct hib_header *h = &img->header;
	struct hib_segments_reader *segments = &img->segments;
	const struct list_reader reader = {
		.img = img, .name = "segment list", .piece = &h->segments,
		.take = segments_take, .priv = segments,
	};
	const char *why = NULL;
	int error;

	segments->capacity = min_t(u64, h->segments.nr_entries, U32_MAX);
	segments->raw = h->must_know & HIB_MUST_RAW;
	segments->segments = hib_pure_realloc(NULL, 0, segments->capacity * sizeof(u16));
	if (!segments->segments)
		return hibimg_fault(img, -ENOMEM, NULL, "segment list");
	error = hib_segments_begin(segments, &h->segments, &why);
	if (error)
		return list_end(&reader, why);
	error = list_read(&reader);
	if (error)
		return error;
	error = hib_segments_end(segments, &h->segments, h->data_bytes, &why);
	return list_end(&reader, error ? why : NULL) ?: read_raw_chunks(img);
}

/**
 * struct digests_reader - Leaves of digests that are being counted.
 * @index: The next leaf.
 * @nr: Digests so far.
 */
struct digests_reader {
	u32 index;
	u64 nr;
};

static int digests_take(void *priv, const struct hib_disk_leaf *leaf, const u8 *id)
{
	struct digests_reader *digests = priv;
	u32 nr;
	int error = hib_leaf_check(leaf, id, HIB_LEAF_DIGEST, digests->index, &nr);

	digests->index++;
	digests->nr += error ? 0 : nr;
	return error;
}

/**
 * hibimg_read_digests() - Check the leaves of digests, if there are any.
 * @img: Its extents were read.
 *
 * Only the kernel in the image knows the seed of the digests, so they are not
 * compared with the pages.
 *
 * Return: 0, -EBADMSG, or an errno of the device.
 */
int hibimg_read_digests(struct hibimg *img)
{
	const struct hib_piece *piece = &img->header.digests;
	struct digests_reader digests = {};
	const struct list_reader reader = {
		.img = img, .name = "digests", .piece = piece, .take = digests_take,
		.priv = &digests,
	};
	int error = list_read(&reader);

	if (error)
		return error;
	return list_end(&reader, digests.nr == piece->nr_entries ? NULL :
				 "number of digests is not the header's");
}

static int log_take(void *priv, const struct hib_disk_leaf *leaf, const u8 *id)
{
	u32 nr;
	int error = hib_leaf_check(leaf, id, HIB_LEAF_LOG, 0, &nr);

	if (!error)
		hib_timeline_read(leaf, nr, priv);
	return error;
}

/**
 * hibimg_read_log() - Read the steps of the saving kernel, if they are there.
 * @img: Its extents were read.
 * @steps: Receives them; empty before.
 *
 * Return: 0, -EBADMSG, or an errno of the device.
 */
int hibimg_read_log(struct hibimg *img, struct hib_timeline *steps)
{
	const struct list_reader reader = {
		.img = img, .name = "log", .piece = &img->header.log, .take = log_take,
		.priv = steps,
	};

	return list_read(&reader);
}

/**
 * hibimg_read_all() - Read everything but segments and digests.
 * @img: Open image.
 *
 * Return: 0 or the first errno.
 */
int hibimg_read_all(struct hibimg *img)
{
	return hibimg_read_record(img) ?: hibimg_read_header(img) ?: hibimg_read_extents(img) ?:
	       hibimg_read_frames(img) ?: hibimg_read_segments(img);
}

/**
 * hibimg_drop_lists() - Give their memory back.
 * @img: The image, however far it was read.
 */
void hibimg_drop_lists(struct hibimg *img)
{
	hib_pure_free(img->raw_chunks.chunks);
	img->raw_chunks = (struct hib_rawlist_reader) {};
	hib_pure_free(img->segments.segments);
	img->segments = (struct hib_segments_reader) {};
	hib_pfnset_exit(&img->stale);
	hib_pfnset_exit(&img->early);
	hib_pfnset_exit(&img->saved);
}
