// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: usergive - an image that a program reads, block by block
 *
 * When the copy is there, the image is planned (pure/userimage.c), and its blocks are made
 * as they are read, in the order of the plan. No block is made twice.
 *
 * All memory that this needs is taken before the copy, as there may be none afterwards.
 *
 * Context: process context. The way down owns the copy.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "usergive.h"
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/utsname.h>
#include <linux/version.h>
#include "pure/mib.h"
#include "pure/pagemap.h"
#include "down.h"
#include "write.h"

/**
 * hib_usergive_init() - Get ready for an image.
 * @g: Uninitialised.
 * @d: The way down.
 *
 * Return: 0; -ENOMEM, and nothing is left behind.
 */
int hib_usergive_init(struct hib_usergive *g, struct hib_down *d)
{
	*g = (struct hib_usergive) { .d = d };
	g->header = (void *)get_zeroed_page(GFP_KERNEL);
	g->block = (void *)get_zeroed_page(GFP_KERNEL);
	g->segment = kvmalloc(HIB_USERIMAGE_BLOCKS * HIB_BLOCK_BYTES, GFP_KERNEL);
	if (g->header && g->block && g->segment)
		return 0;
	hib_usergive_exit(g);
	return -ENOMEM;
}

/**
 * hib_usergive_exit() - Free the memory.
 * @g: Nothing is read from it any more.
 */
void hib_usergive_exit(struct hib_usergive *g)
{
	kvfree(g->segment);
	free_page((unsigned long)g->block);
	free_page((unsigned long)g->header);
}

/**
 * hib_usergive_forget() - There is no image any more.
 * @g: Gets ready for another one.
 */
void hib_usergive_forget(struct hib_usergive *g)
{
	g->plan = (struct hib_userimage) {};
	g->next = 0;
	g->pfn = 0;
}

/* What programs read in block 0; the rest is the plan's. */
static void give_info(struct hib_disk_user_info *info)
{
	const struct new_utsname *uts = init_utsname();
	const char *names[HIB_USERIMAGE_NAMES] = {
		uts->sysname, uts->nodename, uts->release, uts->version, uts->machine,
		uts->domainname,
	};

	for (unsigned int i = 0; i < HIB_USERIMAGE_NAMES; i++)
		strscpy(info->names[i], names[i], HIB_USERIMAGE_NAME);
	info->version_code = cpu_to_le32(LINUX_VERSION_CODE);
}

/**
 * hib_usergive_begin() - Plan the image.
 * @g: Has no image; there is a copy.
 *
 * Return: 0; or an errno, noted in the way down.
 */
int hib_usergive_begin(struct hib_usergive *g)
{
	struct hib_down *d = g->d;
	struct hib_snapshot *snap = &d->snapshot;
	int ret = hib_snapshot_settle(snap);

	if (ret)
		return hib_session_fail(&d->s, ret, "memory: page frame sets");
	d->s.stats.saved_pages = snap->saved.nr_set;
	d->s.stats.copied_pages = snap->nr_copied;
	ret = hib_userimage_plan(&g->plan, snap->saved.nr_set,
				 hib_pagemap_count_runs(&snap->saved), snap->leaves);
	if (ret)
		return hib_session_fail(&d->s, ret, "memory: %lu pages", snap->saved.nr_set);
	if (snap->leaves)
		hib_snapshot_close_digests(snap, d->s.image_id);
	d->s.header = (struct hib_header) {};
	ret = hib_write_describe(d);
	if (ret)
		return ret;
	hib_userimage_describe(&g->plan, &d->s.header);
	hib_header_build(g->header, &d->s.header);
	d->s.stats.image_bytes = g->plan.nr_blocks << HIB_BLOCK_SHIFT;
	pr_info("Image created (%llu pages copied, %llu MiB to be read)\n", snap->nr_copied,
		hib_blocks_to_mib(g->plan.nr_blocks));
	return 0;
}

/**
 * hib_usergive_bytes() - How long is the image?
 * @g: May have none.
 *
 * Return: Its length in bytes; 0 if there is none.
 */
u64 hib_usergive_bytes(const struct hib_usergive *g)
{
	return g->plan.nr_blocks << HIB_BLOCK_SHIFT;
}

static const void *give_data(struct hib_usergive *g, u64 index)
{
	u32 block;
	u64 segment = div_u64_rem(index, HIB_USERIMAGE_BLOCKS, &block);

	if (!block)
		hib_userimage_pack(&g->plan, g->d->s.image_id, segment,
				   hib_snapshot_copy_address, &g->d->snapshot, g->segment);
	return g->segment + (size_t)block * HIB_BLOCK_BYTES;
}

/**
 * hib_usergive_next() - Make the next block of the image.
 * @g: Has an image.
 *
 * Return: The block, HIB_BLOCK_BYTES bytes, valid until the next call; NULL behind the
 * last one.
 */
const void *hib_usergive_next(struct hib_usergive *g)
{
	const u8 *id = g->d->s.image_id;
	u64 index;

	switch (hib_userimage_part(&g->plan, g->next++, &index)) {
	case HIB_USERIMAGE_INFO:
		memset(g->block, 0, HIB_BLOCK_BYTES);
		give_info(g->block);
		hib_userimage_close(g->block, &g->plan, &g->d->s.header, g->header);
		return g->block;
	case HIB_USERIMAGE_HEADER:
		return g->header;
	case HIB_USERIMAGE_EXTENTS:
		hib_userimage_extents(&g->plan, id, g->block);
		return g->block;
	case HIB_USERIMAGE_MAP:
		hib_pagemap_encode(&g->d->snapshot.saved, &g->pfn, g->block, id, index);
		return g->block;
	case HIB_USERIMAGE_SEGMENTS:
		hib_userimage_segments(&g->plan, id, index, g->block);
		return g->block;
	case HIB_USERIMAGE_DIGESTS:
		return g->d->snapshot.leaves[index];
	case HIB_USERIMAGE_DATA:
		return give_data(g, index);
	default:
		g->next--;
		return NULL;
	}
}
