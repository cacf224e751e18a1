// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: usertake - an image that a program writes, block by block
 *
 * The blocks come in the order of the plan (pure/userimage.c). The first two tell the plan.
 * After the page list, memory is found for all pages. Each segment is unpacked as soon as it
 * is complete: a page goes to its frame, or to a spare one if this kernel uses the frame.
 *
 * What a program writes is as hostile as what lies on a disk, and is checked by the same
 * pure functions. After an error no further block is taken, nothing of the image is used,
 * and its frames are given back.
 *
 * Context: process context. The way up owns the frames.
 */
#include "usertake.h"
#include <linux/mm.h>
#include <linux/slab.h>
#include "pure/leaf.h"
#include "pure/unpack.h"
#include "arrange.h"
#include "read.h"
#include "up.h"

/**
 * hib_usertake_init() - Get ready for an image.
 * @t: Uninitialised.
 * @u: The way up.
 *
 * Return: 0; -ENOMEM, and nothing is left behind.
 */
int hib_usertake_init(struct hib_usertake *t, struct hib_up *u)
{
	*t = (struct hib_usertake) { .u = u };
	t->segment = kvmalloc(HIB_USERIMAGE_BLOCKS * HIB_BLOCK_BYTES, GFP_KERNEL);
	t->plain = kvmalloc(HIB_CHUNK_PAGES * HIB_BLOCK_BYTES, GFP_KERNEL);
	if (t->segment && t->plain)
		return 0;
	hib_usertake_exit(t);
	return -ENOMEM;
}

/**
 * hib_usertake_exit() - Free the memory.
 * @t: Nothing of an image is in it.
 */
void hib_usertake_exit(struct hib_usertake *t)
{
	kvfree(t->plain);
	kvfree(t->segment);
}

static void take_release(struct hib_usertake *t)
{
	struct hib_up *u = t->u;

	hib_arrange_release(u);
	hib_pfnset_exit(&u->stale);
	hib_pfnset_exit(&u->early);
	hib_pfnset_exit(&u->image);
}

/**
 * hib_usertake_forget() - Forget all that was written.
 * @t: Gets ready for another image.
 */
void hib_usertake_forget(struct hib_usertake *t)
{
	take_release(t);
	*t = (struct hib_usertake) { .u = t->u, .segment = t->segment, .plain = t->plain };
}

static int take_info(struct hib_usertake *t, const void *block)
{
	struct hib_up *u = t->u;
	const char *why;
	int ret = hib_userimage_open(block, &u->s.record, &t->nr_blocks, &why);

	if (ret)
		return hib_session_fail(&u->s, -EPERM, "image: %s", why);
	memcpy(u->s.image_id, u->s.record.image_id, sizeof(u->s.image_id));
	return 0;
}

/* The plan of the image and the sets for its frames. */
static int take_header(struct hib_usertake *t, const void *block)
{
	struct hib_header *want = t->segment;
	struct hib_up *u = t->u;
	struct hib_header *h = &u->s.header;
	const char *why;
	int ret = hib_header_parse(block, &u->s.record, t->nr_blocks, h, &why);

	static_assert(sizeof(*want) <= HIB_USERIMAGE_BLOCKS * HIB_BLOCK_BYTES);
	if (!ret)
		ret = hib_userimage_check(h, t->nr_blocks, &t->plan, want, &why);
	if (ret)
		return hib_session_fail(&u->s, -EPERM, "%s", why);
	ret = hib_read_header_check(u);
	if (ret)
		return ret == -ENOMEM ? ret : -EPERM;
	ret = hib_read_sets(u);
	if (ret)
		return ret;
	t->map = (struct hib_pagemap_reader) { .set = &u->image, .max_pages = h->nr_pages };
	return 0;
}

/* A leaf that follows from the plan. */
static int take_planned(struct hib_usertake *t, const void *block, bool segments, u32 index)
{
	struct hib_disk_leaf *want = t->segment;

	if (segments)
		hib_userimage_segments(&t->plan, t->u->s.image_id, index, want);
	else
		hib_userimage_extents(&t->plan, t->u->s.image_id, want);
	if (!memcmp(block, want, sizeof(*want)))
		return 0;
	return hib_session_fail(&t->u->s, -EFAULT, segments ? "segment list: not as planned" :
							      "extents: not as planned");
}

/* After the last leaf, all frames of the image are known, and memory is found for them. */
static int take_map(struct hib_usertake *t, const void *block, u32 index)
{
	struct hib_up *u = t->u;
	int ret = hib_pagemap_decode(&t->map, block, u->s.image_id);

	if (ret == -ENOMEM)
		return hib_session_fail(&u->s, ret, "memory: page frame set");
	if (ret)
		return hib_session_fail(&u->s, -EFAULT, "page list: damaged");
	if (index + 1 < t->plan.leaves[0])
		return 0;
	if (t->map.nr_pages != t->plan.nr_pages || t->map.nr_runs != t->plan.nr_runs)
		return hib_session_fail(&u->s, -EFAULT, "page list: count differs");
	return hib_arrange(u);
}

static int take_digests(struct hib_usertake *t, const void *block, u32 index)
{
	struct hib_up *u = t->u;
	u32 nr;

	if (hib_leaf_check(block, u->s.image_id, HIB_LEAF_DIGEST, index, &nr) ||
	    nr != min(t->plan.nr_digests - (u64)index * HIB_LEAF_DIGESTS, HIB_LEAF_DIGESTS))
		return hib_session_fail(&u->s, -EFAULT, "digests: damaged");
	memcpy(u->digests[index], block, HIB_BLOCK_BYTES);
	return 0;
}

static void *usertake_address(void *priv, u64 index)
{
	struct hib_usertake *t = priv;

	return hib_arrange_address(t->u, index);
}

/* They come in their order, so none can be missing or come twice. */
static bool usertake_claim(void *priv, u32 index)
{
	struct hib_usertake *t = priv;

	return index == t->next_chunk++;
}

static int usertake_decompress(void *priv, const struct hib_chunk *c, void *out, size_t bytes,
			       const char **why)
{
	*why = "chunk is coded";
	return -EOPNOTSUPP;
}

static const struct hib_unpack_ops usertake_ops = {
	.address = usertake_address, .claim = usertake_claim, .decompress = usertake_decompress,
};

static u32 segment_chunks(const struct hib_usertake *t, u64 segment)
{
	u64 left = t->plan.nr_pages - segment * HIB_USERIMAGE_PAGES;

	return DIV_ROUND_UP_ULL(min(left, HIB_USERIMAGE_PAGES), HIB_CHUNK_PAGES);
}

/* A segment is complete: its pages to their frames. */
static int take_segment(struct hib_usertake *t, u64 segment, u32 nr_blocks)
{
	struct hib_up *u = t->u;
	struct hib_unpack unpack = {
		.ops = &usertake_ops, .priv = t, .image_id = u->s.image_id,
		.nr_pages_total = t->plan.nr_pages, .plain = t->plain,
	};
	const char *why = "chunk missing";
	int ret = hib_unpack_segment(&unpack, t->segment, nr_blocks * HIB_BLOCK_BYTES, &why);

	if (!ret && t->next_chunk == segment * HIB_USERIMAGE_CHUNKS + segment_chunks(t, segment))
		return 0;
	return hib_session_fail(&u->s, -EFAULT, "page data: %s", why);
}

static int take_data(struct hib_usertake *t, const void *block, u64 index)
{
	u32 at;
	u64 segment = div_u64_rem(index, HIB_USERIMAGE_BLOCKS, &at);
	u32 nr = hib_userimage_segment_blocks(&t->plan, segment);

	memcpy(t->segment + (size_t)at * HIB_BLOCK_BYTES, block, HIB_BLOCK_BYTES);
	return at + 1 < nr ? 0 : take_segment(t, segment, nr);
}

static int take_block(struct hib_usertake *t, const void *block)
{
	enum hib_userimage_part part;
	u64 index;

	/* Only the header tells the plan. */
	if (t->next <= HIB_USERIMAGE_HEADER)
		return t->next ? take_header(t, block) : take_info(t, block);
	part = hib_userimage_part(&t->plan, t->next, &index);
	switch (part) {
	case HIB_USERIMAGE_EXTENTS:
	case HIB_USERIMAGE_SEGMENTS:
		return take_planned(t, block, part == HIB_USERIMAGE_SEGMENTS, index);
	case HIB_USERIMAGE_MAP:
		return take_map(t, block, index);
	case HIB_USERIMAGE_DIGESTS:
		return take_digests(t, block, index);
	default:
		return take_data(t, block, index);
	}
}

/**
 * hib_usertake_is_complete() - Was all of the image written?
 * @t: The image.
 *
 * Return: true if it was, and is sound.
 */
bool hib_usertake_is_complete(const struct hib_usertake *t)
{
	return !t->error && t->plan.nr_blocks && t->next == t->plan.nr_blocks;
}

/**
 * hib_usertake_block() - Take the next block of the image.
 * @t: The image; it is not complete.
 * @block: The block, HIB_BLOCK_BYTES bytes.
 *
 * Context: Process context. Sleeps; takes as long as it takes to find memory.
 * Return: 0; -EPERM if the image is none, or one of another machine; -EFAULT if it is
 * damaged; -ENOMEM if it does not fit beside this kernel. It is noted in the way up, and
 * returned for each block from then on.
 */
int hib_usertake_block(struct hib_usertake *t, const void *block)
{
	if (t->error)
		return t->error;
	t->error = take_block(t, block);
	if (t->error)
		take_release(t);
	else
		t->next++;
	return t->error;
}
