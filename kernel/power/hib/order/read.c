// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: read - from a device to an image in memory
 *
 * hib_read_check() asks every question that can refuse an image and changes
 * nothing, neither on disk nor in memory. hib_read_lists() then learns which
 * frames the image wants, and hib_read_pages() fills them, once they were
 * arranged. All that is read is hostile until a pure function took it.
 *
 * Context: process context. What is allocated here hangs off the session and
 * is released by it.
 */
#include "read.h"
#include <linux/hibernation_arch.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/suspend.h>
#include <linux/swap.h>
#include <linux/timekeeping.h>
#include <linux/vmstat.h>
#include "arrange.h"
#include "stream/codec.h"
#include "device/commit.h"
#include "pure/footprint.h"
#include "machine.h"
#include "pure/pagelist.h"
#include "report.h"
#include "session.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

static int read_commit(struct hib_session *s)
{
	const char *why = "unreadable";
	int ret = hib_commit_read(&s->store, &s->record, &why);

	if (ret == -ENODATA)
		return ret;
	if (ret)
		return hib_session_fail(s, ret, "commit record: %s", why);
	memcpy(s->image_id, s->record.image_id, sizeof(s->image_id));
	return 0;
}

static int read_header(struct hib_session *s)
{
	struct hib_disk_header *disk = (void *)get_zeroed_page(GFP_KERNEL);
	const char *why = "unreadable";
	int ret;

	if (!disk)
		return hib_session_fail(s, -ENOMEM, "header: memory");
	ret = hib_store_read_header(&s->store, s->record.header_block, disk);
	if (!ret)
		ret = hib_header_parse(disk, &s->record, hib_store_device_blocks(&s->store),
				       &s->header, &why);
	s->described = !ret;
	free_page((unsigned long)disk);
	return ret ? hib_session_fail(s, ret, "header: %s", why) : 0;
}

static int read_check_state(struct hib_session *s)
{
	const struct hib_commit_record *r = &s->record;
	const char *why = "unknown";
	int ret = hib_commit_decide(r, hib_settings.tries, &why);

	if (!ret)
		return 0;
	return hib_session_fail(s, ret, "image state: %s (%u of %u tries)", why, r->tries,
				hib_settings.tries);
}

static int read_check_machine(struct hib_session *s)
{
	const struct hib_header *h = &s->header;
	int ret;

	ret = hib_arch_ident_check(h->arch, h->arch_bytes, hib_settings.same_map, &s->fit);
	if (ret)
		return hib_session_fail(s, ret, "%s", s->fit.why);
	if (h->nr_ram_pages != hib_machine_ram_pages() + s->fit.ram_gone)
		return hib_session_fail(s, -ESTALE, "memory size: image %llu MiB, machine %llu MiB",
					h->nr_ram_pages >> 8, hib_machine_ram_pages() >> 8);
	/* Not known here, as without ACPI: the image's kernel compares when it wakes up. */
	if (h->hw_signature && swsusp_hardware_signature &&
	    h->hw_signature != swsusp_hardware_signature)
		return hib_session_fail(s, -ESTALE, "hardware signature: image %#x, machine %#x",
					h->hw_signature, swsusp_hardware_signature);
	if (!hib_codec_by_id(h->codec))
		return hib_session_fail(s, -EOPNOTSUPP, "codec: number %u", h->codec);
	return 0;
}

/*
 * Whatever this kernel gives up of itself, the image needs this much room. The
 * exact sum is made when its frames are known; this says no before anything is
 * touched.
 */
static int read_check_room(struct hib_session *s)
{
	u64 most = nr_free_pages() + hib_pool_huge_unused() +
		   global_node_page_state(NR_FILE_PAGES);
	const struct hib_header *h = &s->header;
	struct hib_footprint_input in = {
		.nr_pages = h->nr_pages,
		.nr_stale = h->nr_stale,
		.nr_digest_leaves = h->digests.nr_leaves,
		.end_pfn = max_pfn,
	};
	u64 need;

	s->stream.codec = hib_codec_by_id(h->codec);
	in.stream_pages = hib_stream_cost_pages(&s->stream, 1, h->nr_pages + h->nr_stale);
	need = h->nr_pages + hib_footprint_pages(&in);
	if (need <= most || s->nested)
		return 0;
	return hib_session_fail(s, -ENOMEM,
				"memory: boot kernel too big for this image by %llu MiB",
				DIV_ROUND_UP_ULL(need - most, 256));
}

/**
 * hib_read_check() - May the image on this device be resumed here and now?
 * @s: Its store is open.
 *
 * Return: 0 with header and record in @s; -ENODATA: there is no image; or why
 * it is refused, noted in @s: -EBADMSG, -ESTALE, -EOPNOTSUPP, -EIO, -ENOMEM.
 */
int hib_read_check(struct hib_session *s)
{
	return read_commit(s) ?: read_header(s) ?: read_check_state(s) ?: read_check_machine(s) ?:
	       read_check_room(s);
}

static int read_extents(struct hib_session *s)
{
	const struct hib_header *h = &s->header;
	const char *why = "unreadable";
	int ret;

	ret = hib_store_read_extents(&s->store, s->image_id, h->extent_block, h->nr_extent_leaves,
				     h->nr_extents, h->image_bytes >> HIB_BLOCK_SHIFT, &why);
	return ret ? hib_session_fail(s, ret, "extents: %s", why) : 0;
}

/* The last memory of the image may not be memory here. */
static unsigned long read_end_pfn(const struct hib_session *s)
{
	unsigned long end = max_pfn;

	for (unsigned int i = 0; i < s->fit.nr_lent; i++)
		end = max_t(unsigned long, end, s->fit.lent[i].end_pfn);
	return end;
}

/* A list of frames into an empty set. @nr: as many as the header says, 0: there is no list. */
static int read_frames(struct hib_session *s, const struct hib_piece *piece, u64 nr,
		       struct hib_pfnset *set)
{
	const char *why = "unreadable";
	int ret = hib_pfnset_init(set, read_end_pfn(s));

	if (ret)
		return hib_session_fail(s, ret, "memory: page frame set");
	if (!nr)
		return 0;
	ret = hib_stream_read_pagemap(&s->stream, piece, set, nr, &why);
	if (!ret && set->nr_set != nr) {
		why = "count differs from the header";
		ret = -EBADMSG;
	}
	return ret ? hib_session_fail(s, ret, "page list: %s", why) : 0;
}

/**
 * hib_read_lists() - Learn where the image lies and which frames it wants.
 * @s: After hib_read_check(). Prepares @s->stream and fills its sets of frames.
 *
 * Return: 0, or an errno noted in @s.
 */
int hib_read_lists(struct hib_session *s)
{
	const struct hib_pagelist list = { &s->image, &s->early, &s->stale };
	const struct hib_header *h = &s->header;
	const char *why = "unreadable";
	int ret;

	s->stream.io = (struct hib_io) { &hib_store_io_ops, &s->store };
	s->stream.pages = (struct hib_pages) {
		.address = hib_arrange_address, .priv = s, .nr_pages = h->nr_pages + h->nr_stale,
	};
	s->stream.progress = &s->progress;
	memcpy(s->stream.image_id, s->image_id, sizeof(s->stream.image_id));
	ret = hib_stream_prepare(&s->stream, 0, h->nr_pages + h->nr_stale);
	if (ret)
		return hib_session_fail(s, ret, "memory: segment buffers");
	ret = read_extents(s);
	if (ret)
		return ret;

	ret = read_frames(s, &h->pagemap, h->nr_pages, &s->image) ?:
	      read_frames(s, &h->precopied, h->nr_precopied, &s->early) ?:
	      read_frames(s, &h->stale, h->nr_stale, &s->stale);
	if (ret)
		return ret;
	ret = hib_pagelist_check(&list, &why);
	if (ret)
		return hib_session_fail(s, ret, "page list: %s", why);
	ret = hib_stream_read_segments(&s->stream, &h->segments, h->data_bytes, &why);
	return ret ? hib_session_fail(s, ret, "segment list: %s", why) : 0;
}

static void *read_digest_leaf(void *priv, u32 index)
{
	struct hib_session *s = priv;

	return s->digests[index];
}

static int read_digests(struct hib_session *s)
{
	const char *why = "unreadable";
	int ret;

	if (!s->nr_digests)
		return 0;
	ret = hib_stream_read_leaves(&s->stream, &s->header.digests, HIB_LEAF_DIGEST,
				     read_digest_leaf, s, &why);
	return ret ? hib_session_fail(s, ret, "digests: %s", why) : 0;
}

/**
 * hib_read_pages() - Read, verify and decode the image into its frames.
 * @s: After hib_arrange().
 *
 * Return: 0 when every page is there as it was saved, or an errno noted in @s.
 */
int hib_read_pages(struct hib_session *s)
{
	struct hib_report_meter *meter;
	ktime_t start = ktime_get();
	const char *why = "unreadable";
	int ret;

	ret = read_digests(s);
	if (ret)
		return ret;
	pr_info("Loading image data pages (%llu pages, %u workers)...\n", s->header.nr_pages,
		s->stream.nr_workers);
	meter = hib_report_meter_start("loading", &s->progress, s->header.nr_pages);
	ret = hib_stream_read_pages(&s->stream, &why);
	hib_report_meter_stop(meter);
	if (ret)
		return hib_session_fail(s, ret, "page data: %s", why);

	s->stats.read_ns = ktime_to_ns(ktime_sub(ktime_get(), start));
	s->stats.read_bytes = atomic64_read(&s->progress.bytes);
	hib_report_speed("Read", s->header.nr_pages << PAGE_SHIFT, s->stats.read_ns);
	return 0;
}
