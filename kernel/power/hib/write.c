// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: write - from the copy in memory to an image that counts
 *
 * Segments, then the lists that lead to them, then the header, then the one
 * block that makes it all count. Until that block is written nothing on disk
 * says that there is an image; a failure before it leaves swap as it was, once
 * the slots are given back by the session.
 *
 * Context: process context, devices running, tasks and kernel threads frozen,
 * allocations restricted to those that need no I/O.
 */
#include "write.h"
#include <linux/cpumask.h>
#include <linux/hibernation_arch.h>
#include <linux/mm.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>
#include "codec.h"
#include "commit.h"
#include "report.h"
#include "session.h"

#undef pr_fmt
#define pr_fmt(fmt) "PM: hibernation: " fmt

static void write_choose_codec(struct hib_session *s)
{
	s->stream.codec = hib_settings.codec ?: &hib_codec_lz4;
	if (!hib_settings.codec && !hib_stream_sample_shrinks(&s->stream))
		s->stream.codec = &hib_codec_none;
}

static int write_pages(struct hib_session *s)
{
	struct hib_report_meter *meter;
	ktime_t start = ktime_get();
	u64 nr = s->stream.pages.nr_pages, ns;
	int ret;

	write_choose_codec(s);
	pr_info("Saving image data pages (%llu pages, %s, %u workers)...\n", nr,
		s->stream.codec->name, s->stream.nr_workers);
	meter = hib_report_meter_start("saving", &s->progress, nr);
	ret = hib_stream_write_pages(&s->stream, &s->header.data_bytes);
	hib_report_meter_stop(meter);
	if (ret)
		return hib_session_fail(s, ret, "write: page data");

	ns = ktime_to_ns(ktime_sub(ktime_get(), start));
	s->stats.write_ns = ns;
	s->stats.same_pages = atomic64_read(&s->progress.same_pages);
	hib_report_speed("Wrote", nr << PAGE_SHIFT, ns);
	return 0;
}

static void *write_digest_leaf(void *priv, u32 index)
{
	struct hib_snapshot *snap = priv;

	return snap->leaves[index];
}

static int write_lists(struct hib_session *s)
{
	struct hib_header *h = &s->header;
	int ret;

	ret = hib_stream_write_pagemap(&s->stream, &s->snapshot.saved, &h->pagemap);
	if (!ret)
		ret = hib_stream_write_segments(&s->stream, &h->segments);
	if (!ret && s->snapshot.leaves) {
		hib_snapshot_seal_digests(&s->snapshot, s->image_id);
		ret = hib_stream_write_leaves(&s->stream, write_digest_leaf, &s->snapshot,
					      s->snapshot.nr_leaves, s->snapshot.saved.nr_set,
					      &h->digests);
		h->may_ignore |= HIB_MAY_DIGESTS;
	}
	if (ret)
		return hib_session_fail(s, ret, "write: page list");
	h->image_bytes = atomic64_read(&s->stream.next_offset);
	return 0;
}

static int write_describe(struct hib_session *s)
{
	struct hib_header *h = &s->header;
	int ret;

	memcpy(h->image_id, s->image_id, sizeof(h->image_id));
	h->codec = s->stream.codec->id;
	h->flags = s->mode == HIB_MODE_PLATFORM ? HIB_IMAGE_PLATFORM : 0;
	h->hw_signature = swsusp_hardware_signature;
	h->created_s = ktime_get_real_seconds();
	h->nr_ram_pages = get_num_physpages();
	h->nr_pages = s->snapshot.saved.nr_set;
	h->nr_cpus = num_online_cpus();
	h->handover_pfn = PHYS_PFN(__pa(s->snapshot.handover));
	h->boot_pages = hib_settings.boot_pages;
	strscpy(h->release, init_utsname()->release, sizeof(h->release));
	strscpy(h->build, init_utsname()->version, sizeof(h->build));
	strscpy(h->machine, init_utsname()->machine, sizeof(h->machine));
	ret = hib_arch_ident_fill(h->arch, sizeof(h->arch));
	if (ret < 0)
		return hib_session_fail(s, ret, "write: machine identity");
	h->arch_bytes = ret;
	return 0;
}

static int write_header(struct hib_session *s)
{
	struct hib_disk_header *disk;
	int ret;

	disk = (void *)get_zeroed_page(GFP_NOIO | __GFP_NOWARN);
	if (!disk)
		return hib_session_fail(s, -ENOMEM, "write: memory for the header");
	hib_header_build(disk, &s->header);
	ret = hib_store_write_header(&s->store, disk);
	s->record.header_tag = le64_to_cpu(disk->tag);
	free_page((unsigned long)disk);
	return ret ? hib_session_fail(s, ret, "write: header") : 0;
}

/**
 * hib_write_image() - Write the image, all but the block that makes it count.
 * @s: After the atomic copy.
 *
 * Return: 0, or -ENOSPC, -EIO, -ENOMEM, noted in @s.
 */
int hib_write_image(struct hib_session *s)
{
	struct hib_header *h = &s->header;
	int ret;

	*h = (struct hib_header) {};
	s->stream.pages.nr_pages = s->snapshot.saved.nr_set;
	s->stats.saved_pages = s->snapshot.saved.nr_set;
	s->stats.workers = s->stream.nr_workers;
	ret = write_pages(s) ?: write_lists(s) ?: write_describe(s);
	if (ret)
		return ret;

	h->nr_extents = s->store.extents.nr;
	ret = hib_store_write_extents(&s->store, s->image_id, &h->extent_block,
				      &h->nr_extent_leaves);
	if (ret)
		return hib_session_fail(s, ret, "write: extents");
	s->stats.image_bytes = h->image_bytes;
	return write_header(s);
}

/**
 * hib_write_commit() - Make the image count.
 * @s: After hib_write_image().
 *
 * Return: 0, or the errno of the device; the image does not count then, as far
 * as the device can be believed.
 */
int hib_write_commit(struct hib_session *s)
{
	struct hib_commit_record *r = &s->record;
	int ret;

	r->state = HIB_STATE_READY;
	r->tries = 0;
	r->header_block = s->store.header_block;
	memcpy(r->image_id, s->image_id, sizeof(r->image_id));
	memcpy(r->saved_signature, s->store.saved_signature, sizeof(r->saved_signature));
	/* A write that failed may have reached the disk all the same. */
	s->committed = true;
	ret = hib_commit_make(&s->store, r);
	return ret ? hib_session_fail(s, ret, "commit: root block %llu", s->store.root_block) : 0;
}
