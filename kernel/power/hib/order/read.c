// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: read - from a device to an image in memory
 *
 * hib_read_check() makes all checks that can refuse an image. It changes nothing, neither
 * on the disk nor in memory. Then hib_read_lists() reads which frames the image has,
 * arrange.c finds frames for its pages, and hib_read_pages() fills them. What is read is
 * hostile until a pure function has checked it.
 *
 * Context: process context. The way up owns what is allocated here, and gives it back.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "read.h"
#include <linux/hibernation_arch.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/suspend.h>
#include <linux/swap.h>
#include <linux/timekeeping.h>
#include <linux/vmstat.h>
#include "device/commit.h"
#include "device/member.h"
#include "pure/footprint.h"
#include "pure/mib.h"
#include "pure/pagelist.h"
#include "stream/codec.h"
#include "arrange.h"
#include "cancel.h"
#include "guarded.h"
#include "keys.h"
#include "machine.h"
#include "recorder.h"
#include "refused.h"
#include "report.h"
#include "up.h"

/**
 * hib_read_record() - Read the commit record.
 * @u: Its store is open.
 *
 * Return: 0; -ENODATA if there is no image; or an errno noted in @u.
 */
int hib_read_record(struct hib_up *u)
{
	const char *why = "unreadable";
	int ret = hib_commit_read(&u->s.store, &u->s.record, &why);

	if (ret == -ENODATA)
		return ret;
	if (ret)
		return hib_session_fail(&u->s, ret, "commit record: %s", why);
	memcpy(u->s.image_id, u->s.record.image_id, sizeof(u->s.image_id));
	return 0;
}

/**
 * hib_read_header() - Read the header, and check it as far as it tells of itself.
 * @u: After hib_read_record().
 *
 * Return: 0, or an errno noted in @u.
 */
int hib_read_header(struct hib_up *u)
{
	struct hib_disk_header *disk = (void *)get_zeroed_page(GFP_KERNEL);
	const char *why = "unreadable";
	int ret;

	if (!disk)
		return hib_session_fail(&u->s, -ENOMEM, "header: memory");
	ret = hib_store_read_header(&u->s.store, u->s.record.header_block, disk);
	if (!ret)
		ret = hib_header_parse(disk, &u->s.record, hib_store_device_blocks(&u->s.store),
				       &u->s.header, &why);
	u->described = !ret;
	free_page((unsigned long)disk);
	return ret ? hib_session_fail(&u->s, ret, "header: %s", why) : 0;
}

static int read_check_state(struct hib_up *u)
{
	const struct hib_commit_record *r = &u->s.record;
	const char *why = "unknown";
	bool asked = u->asked && hib_refused_may_be_kept(u);
	int ret = hib_commit_decide(r, hib_settings.tries, asked, &why);

	if (!ret)
		return 0;
	if (ret == -EPERM)
		u->refusal = HIB_REFUSAL_NOT_ASKED;
	return hib_session_fail(&u->s, ret, "image state: %s (%u of %u tries)", why, r->tries,
				hib_settings.tries);
}

static int read_check_machine(struct hib_up *u)
{
	const struct hib_header *h = &u->s.header;
	int ret;

	ret = hib_arch_ident_check(h->arch, h->arch_bytes, hib_settings.same_map, &u->fit);
	if (ret)
		return hib_session_fail(&u->s, ret, "%s", u->fit.why);
	if (h->nr_ram_pages != hib_machine_ram_pages() + u->fit.ram_gone)
		return hib_session_fail(&u->s, -ESTALE,
					"memory size: image %llu MiB, machine %llu MiB",
					hib_pages_to_mib(h->nr_ram_pages),
					hib_pages_to_mib(hib_machine_ram_pages()));
	/* If this kernel does not know the signature, the restored kernel compares it. */
	if (h->hw_signature && swsusp_hardware_signature &&
	    h->hw_signature != swsusp_hardware_signature)
		return hib_session_fail(&u->s, -ESTALE,
					"hardware signature: image %#x, machine %#x",
					h->hw_signature, swsusp_hardware_signature);
	if (!hib_codec_by_id(h->codec))
		return hib_session_fail(&u->s, -EOPNOTSUPP, "codec: number %u", h->codec);
	return 0;
}

/*
 * The image needs at least this much memory, even if this kernel frees all that it can. The
 * exact sum is computed when the frames of the image are known; this check refuses before
 * anything is changed.
 */
static int read_check_room(struct hib_up *u)
{
	u64 most = nr_free_pages() + hib_pool_huge_unused() +
		   global_node_page_state(NR_FILE_PAGES);
	const struct hib_header *h = &u->s.header;
	struct hib_footprint_input in = {
		.nr_pages = h->nr_pages,
		.nr_stale = h->nr_stale,
		.nr_digest_leaves = h->digests.nr_leaves,
		.end_pfn = max_pfn,
	};
	u64 need;

	u->s.stream.codec = hib_codec_by_id(h->codec);
	in.stream_pages = hib_stream_cost_pages(&u->s.stream, 1, h->nr_pages + h->nr_stale);
	need = h->nr_pages + hib_footprint_pages(&in);
	if (need <= most || u->nested)
		return 0;
	return hib_session_fail(&u->s, -ENOMEM,
				"memory: boot kernel too big for this image by %llu MiB",
				hib_pages_to_mib_up(need - most));
}

static int read_check_members(struct hib_up *u)
{
	char why[HIB_MEMBER_WHY_BYTES];
	int ret = hib_member_open_all(&u->s.store, &u->s.header.members, BLK_OPEN_READ,
				      u->member_wait_s, why);

	return ret ? hib_session_fail(&u->s, ret, "device: %s", why) : 0;
}

/**
 * hib_read_header_check() - Does a header fit this machine and its memory?
 * @u: Its header was parsed.
 *
 * Return: 0; or, with the reason noted in @u, -ESTALE, -EOPNOTSUPP or -ENOMEM.
 */
int hib_read_header_check(struct hib_up *u)
{
	return read_check_machine(u) ?: read_check_room(u);
}

/**
 * hib_read_check() - May the image on this device be resumed here and now?
 * @u: Its store is open.
 *
 * Return: 0, and @u has header and record; -ENODATA if there is no image; or, with the
 * reason noted in @u, -EBADMSG, -ESTALE, -EPERM, -EOPNOTSUPP, -EIO or -ENOMEM.
 */
int hib_read_check(struct hib_up *u)
{
	return hib_read_record(u) ?: hib_read_header(u) ?: read_check_state(u) ?:
	       hib_read_header_check(u) ?: read_check_members(u) ?: hib_guarded_check(u);
}

static int read_extents(struct hib_up *u)
{
	const struct hib_header *h = &u->s.header;
	const char *why = "unreadable";
	int ret;

	ret = hib_store_read_extents(&u->s.store, u->s.image_id, h->extent_block,
				     h->nr_extent_leaves, h->nr_extents,
				     h->image_bytes >> HIB_BLOCK_SHIFT, &why);
	return ret ? hib_session_fail(&u->s, ret, "extents: %s", why) : 0;
}

/**
 * hib_read_blocks() - Read where an image lies, whether it can be resumed here or not.
 * @u: After hib_read_record(); its devices are open. The extents of its store are filled.
 *
 * Return: 0, or an errno noted in @u.
 */
int hib_read_blocks(struct hib_up *u)
{
	return hib_read_header(u) ?: read_check_members(u) ?: read_extents(u);
}

/* The last frames of the image may be no memory here. */
static unsigned long read_end_pfn(const struct hib_up *u)
{
	unsigned long end = max_pfn;

	for (unsigned int i = 0; i < u->fit.nr_lent; i++)
		end = max_t(unsigned long, end, u->fit.lent[i].end_pfn);
	return end;
}

/**
 * hib_read_sets() - Make the sets of frames, empty.
 * @u: After hib_read_header_check(). Its sets are all zero.
 *
 * Return: 0; -ENOMEM, noted in @u, and the sets are to be freed all the same.
 */
int hib_read_sets(struct hib_up *u)
{
	unsigned long end = read_end_pfn(u);
	int ret = hib_pfnset_init(&u->image, end) ?: hib_pfnset_init(&u->early, end) ?:
		  hib_pfnset_init(&u->stale, end);

	return ret ? hib_session_fail(&u->s, ret, "memory: page frame set") : 0;
}

/* Read a list of frames into an empty set. @nr: number in the header; 0: there is no list. */
static int read_frames(struct hib_up *u, const struct hib_piece *piece, u64 nr,
		       struct hib_pfnset *set)
{
	const char *why = "unreadable";
	int ret;

	if (!nr)
		return 0;
	ret = hib_stream_read_pagemap(&u->s.stream, piece, set, nr, &why);
	if (!ret && set->nr_set != nr) {
		why = "count differs from the header";
		ret = -EBADMSG;
	}
	return ret ? hib_session_fail(&u->s, ret, "page list: %s", why) : 0;
}

/* For information: without it the image is as good. */
static void read_log(struct hib_up *u)
{
	const char *why = "unreadable";
	int ret;

	if (u->has_log || !(u->s.header.may_ignore & HIB_MAY_LOG))
		return;
	u->has_log = true;
	ret = hib_stream_read_log(&u->s.stream, &u->s.header.log, u->s.timeline, &why);
	if (ret)
		pr_warn("the steps of the saving kernel are not known: %s\n", why);
}

/**
 * hib_read_lists() - Read where the image lies and which frames it has.
 * @u: After hib_read_check(). Its stream is prepared and its sets of frames are filled.
 *
 * Return: 0, or an errno noted in @u.
 */
int hib_read_lists(struct hib_up *u)
{
	const struct hib_pagelist list = { &u->image, &u->early, &u->stale };
	const struct hib_header *h = &u->s.header;
	const char *why = "unreadable";
	int ret;

	u->s.stream.io = (struct hib_io) { &hib_store_io_ops, &u->s.store };
	u->s.stream.pages = (struct hib_pages) {
		.address = hib_arrange_address, .priv = u, .nr_pages = h->nr_pages + h->nr_stale,
	};
	u->s.stream.progress = &u->s.progress;
	memcpy(u->s.stream.image_id, u->s.image_id, sizeof(u->s.stream.image_id));
	ret = hib_stream_prepare(&u->s.stream, 0, h->nr_pages + h->nr_stale);
	if (ret)
		return hib_session_fail(&u->s, ret, "memory: segment buffers");
	ret = read_extents(u);
	if (ret)
		return ret;
	read_log(u);

	ret = hib_read_sets(u) ?:
	      read_frames(u, &h->pagemap, h->nr_pages, &u->image) ?:
	      read_frames(u, &h->precopied, h->nr_precopied, &u->early) ?:
	      read_frames(u, &h->stale, h->nr_stale, &u->stale);
	if (ret)
		return ret;
	ret = hib_pagelist_check(&list, &why);
	if (ret)
		return hib_session_fail(&u->s, ret, "page list: %s", why);
	ret = hib_stream_read_segments(&u->s.stream, &h->segments, &h->raw_chunks, h->data_bytes,
				       &why);
	return ret ? hib_session_fail(&u->s, ret, "segment list: %s", why) : 0;
}

static void *read_digest_leaf(void *priv, u32 index)
{
	struct hib_up *u = priv;

	return u->digests[index];
}

static int read_digests(struct hib_up *u)
{
	const char *why = "unreadable";
	int ret;

	if (!u->nr_digests)
		return 0;
	ret = hib_stream_read_leaves(&u->s.stream, &u->s.header.digests, HIB_LEAF_DIGEST,
				     read_digest_leaf, u, &why);
	return ret ? hib_session_fail(&u->s, ret, "digests: %s", why) : 0;
}

/**
 * hib_read_pages() - Read, check and decode the pages of the image.
 * @u: After hib_arrange().
 *
 * Return: 0 if each page is loaded as it was saved, or an errno noted in @u.
 */
int hib_read_pages(struct hib_up *u)
{
	struct hib_report_meter *meter;
	ktime_t start = ktime_get();
	const char *why = "unreadable";
	int ret;

	ret = read_digests(u);
	if (ret)
		return ret;
	pr_info("Loading image data pages (%llu pages, %u workers)...\n", u->s.header.nr_pages,
		u->s.stream.nr_workers);
	u->s.progress.stop = u->s.keys ? hib_cancel_asked : NULL;
	meter = hib_report_meter_start("loading", &u->s.progress, u->s.header.nr_pages,
				       u->s.keys ? HIB_KEYS_HINT : NULL, &u->s.screen);
	hib_recorder_follow(u);
	ret = hib_stream_read_pages(&u->s.stream, &why);
	hib_recorder_rest(u);
	hib_report_meter_stop(meter);
	if (ret == -EINTR || (!ret && !hib_cancel_close()))
		return hib_session_fail(&u->s, -ECANCELED, "cancelled: by a key");
	if (ret)
		return hib_session_fail(&u->s, ret, "page data: %s", why);

	u->s.stats.read_ns = ktime_to_ns(ktime_sub(ktime_get(), start));
	u->s.stats.read_bytes = atomic64_read(&u->s.progress.bytes);
	hib_report_speed("Read", u->s.header.nr_pages << PAGE_SHIFT, u->s.stats.read_ns);
	return 0;
}
