// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: write - from the copy in memory to a valid image
 *
 * Segments are written first, then the lists that lead to them, then the header, and at
 * last the block with the commit record, which makes the image valid. Until that block is
 * written, nothing on the disk says that there is an image. After a failure before, swap
 * is as it was as soon as the session has given back the slots.
 *
 * Precopied pages are in the first segments of the image. The copies follow them.
 *
 * Context: process context, devices running, tasks and kernel threads frozen,
 * allocations restricted to those that need no I/O.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "write.h"
#include <linux/cpumask.h>
#include <linux/hibernation_arch.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>
#include "../../power.h"
#include "device/commit.h"
#include "pure/mib.h"
#include "stream/codec.h"
#include "down.h"
#include "emergency.h"
#include "guarded.h"
#include "keys.h"
#include "limit.h"
#include "machine.h"
#include "recorder.h"
#include "report.h"

/* Bytes that page data may take. If the store was full before, every page is coded. */
static u64 write_room(const struct hib_down *d, u64 nr_pages)
{
	u64 lists = hib_budget_worst_blocks(nr_pages, hib_settings.verify) - nr_pages;
	u64 room = hib_store_room(&d->s.store);
	unsigned long size = hib_emergency_image_size(&d->s);
	u64 bytes = (room - min(room, lists)) * HIB_BLOCK_BYTES;

	if (d->next.full)
		return 0;
	return size < hib_machine.whole_size ? min_t(u64, bytes, size) : bytes;
}

static void write_choose_codec(struct hib_down *d)
{
	struct hib_stream *s = &d->s.stream;
	struct hib_stream_sample sample;

	if (!s->mixed)
		return;
	s->expected_pages = max(d->nr_expected, s->pages.nr_pages);
	s->room_bytes = write_room(d, s->expected_pages);
	hib_stream_take_sample(s, &sample);
}

static void write_report_mix(const struct hib_down *d)
{
	const u32 *nr = d->s.stats.nr_chunks;

	if (d->s.stream.mixed)
		pr_info("Chunks stored: %u raw, %u by lz4, %u by zstd; the device takes %llu us for a MiB\n",
			nr[HIB_CODEC_NONE], nr[HIB_CODEC_LZ4], nr[HIB_CODEC_ZSTD],
			div_u64(d->s.store.meter.rate.mib_ns, NSEC_PER_USEC));
}

/* The codec that a reader has to have the most memory for. */
static enum hib_codec_id write_codec_id(const struct hib_stream *s)
{
	const u32 *nr = s->work.nr_chunks;

	if (!s->mixed || nr[HIB_CODEC_ZSTD])
		return s->codec->id;
	return nr[HIB_CODEC_LZ4] ? HIB_CODEC_LZ4 : HIB_CODEC_NONE;
}

/* The area is full: what was written until then shows how much fits. */
static int write_no_room(struct hib_down *d, u64 first)
{
	u64 pages = first + atomic64_read(&d->s.progress.pages);
	u64 blocks = atomic64_read(&d->s.stream.next_offset) >> HIB_BLOCK_SHIFT;

	hib_down_ask_room(d, pages, blocks);
	return hib_session_fail(&d->s, -ENOSPC,
				"swap: full, %llu MiB took %llu of %llu MiB of memory",
				hib_blocks_to_mib(blocks), hib_pages_to_mib(pages),
				hib_pages_to_mib(d->s.stream.pages.nr_pages));
}

/* Write the pages of d->s.stream.pages, from @first on. */
static int write_pages(struct hib_down *d, u64 first)
{
	struct hib_report_meter *meter;
	ktime_t start = ktime_get();
	u64 nr = d->s.stream.pages.nr_pages - first, ns;
	int ret;

	pr_info("Saving image data pages (%llu pages, %s, %u workers)...\n", nr,
		d->s.stream.mixed ? "auto" : d->s.stream.codec->name, d->s.stream.nr_workers);
	atomic64_set(&d->s.progress.pages, 0);
	d->s.progress.stop = hib_settings.saver ? hib_limit_extend : pm_wakeup_pending;
	meter = hib_report_meter_start("saving", &d->s.progress, nr,
				       d->s.keys ? HIB_KEYS_HINT : NULL, &d->s.screen);
	ret = hib_stream_write_pages(&d->s.stream, first, &d->s.header.data_bytes);
	hib_report_meter_stop(meter);
	if (ret == -EINTR)
		return hib_session_fail(&d->s, -EBUSY, "wakeup: an event arrived");
	if (ret == -ENOSPC)
		return write_no_room(d, first);
	if (ret)
		return hib_session_fail(&d->s, ret, "write: page data");

	ns = ktime_to_ns(ktime_sub(ktime_get(), start));
	d->s.stats.write_ns += ns;
	d->s.stats.same_pages = atomic64_read(&d->s.progress.same_pages);
	d->s.stats.wait_ns = d->s.stream.work.wait_ns;
	memcpy(d->s.stats.nr_chunks, d->s.stream.work.nr_chunks, sizeof(d->s.stats.nr_chunks));
	hib_report_speed("Wrote", nr << PAGE_SHIFT, ns);
	write_report_mix(d);
	return 0;
}

static unsigned int write_early_kinds(const struct hib_down *d)
{
	return d->budget.level == HIB_LEVEL_ALL ? HIB_KINDS_ALL : HIB_KINDS_STILL;
}

static int write_early_pages(struct hib_down *d)
{
	struct hib_precopy *p = &d->snapshot.precopy;
	int ret = hib_precopy_collect(p, &d->snapshot.nosave, write_early_kinds(d));

	if (ret)
		return hib_session_fail(&d->s, ret, "memory: page frame sets");
	d->s.stats.precopied_pages = p->frames.nr_set;
	if (!p->frames.nr_set)
		return 0;
	d->s.stream.pages = (struct hib_pages) {
		.fetch = hib_precopy_fetch, .priv = p, .nr_pages = p->frames.nr_set,
	};
	write_choose_codec(d);
	ret = write_pages(d, 0);
	if (!ret)
		pr_info("Precopied %lu pages\n", p->frames.nr_set);
	return ret;
}

/**
 * hib_write_early() - Precopy: write pages that should not change before the copy.
 * @d: Slots are taken, kernel threads are frozen, devices are running.
 *
 * Allocations are restricted during that time, as they would push out pages that are
 * written.
 *
 * Return: 0, or -ENOSPC, -EIO, -ENOMEM, noted in @d.
 */
int hib_write_early(struct hib_down *d)
{
	int ret;

	pm_restrict_gfp_mask();
	ret = write_early_pages(d);
	pm_restore_gfp_mask();
	return ret;
}

static int write_copies(struct hib_down *d)
{
	struct hib_snapshot *snap = &d->snapshot;
	u64 first = snap->precopy.frames.nr_set;
	int ret = hib_snapshot_settle(snap);

	if (ret)
		return hib_session_fail(&d->s, ret, "memory: page frame sets");
	d->s.stats.saved_pages = snap->saved.nr_set;
	d->s.stats.copied_pages = snap->nr_copied;
	d->s.stats.changed_pages = snap->precopy.stale.nr_set;
	d->s.stats.workers = d->s.stream.nr_workers;
	pr_info("Image created (%llu pages copied, %llu precopied, %llu changed since)\n",
		snap->nr_copied, first, d->s.stats.changed_pages);
	hib_report_atomic(d->s.stats.atomic_ns, snap->saved.nr_set);
	d->s.stream.pages = (struct hib_pages) {
		.address = hib_snapshot_copy_address, .priv = snap,
		.nr_pages = first + snap->nr_copied,
	};
	if (!first)
		write_choose_codec(d);
	return write_pages(d, first);
}

static void *write_digest_leaf(void *priv, u32 index)
{
	struct hib_snapshot *snap = priv;

	return snap->leaves[index];
}

/* The lists of the precopied and of the stale pages. */
static int write_early_lists(struct hib_down *d)
{
	const struct hib_precopy *p = &d->snapshot.precopy;
	struct hib_header *h = &d->s.header;
	int ret = 0;

	h->nr_precopied = p->frames.nr_set;
	h->nr_stale = p->stale.nr_set;
	if (!h->nr_precopied)
		return 0;
	h->must_know |= HIB_MUST_PRECOPY;
	ret = hib_stream_write_pagemap(&d->s.stream, &p->frames, &h->precopied);
	if (!ret && h->nr_stale)
		ret = hib_stream_write_pagemap(&d->s.stream, &p->stale, &h->stale);
	return ret;
}

/* In this list the step that it is written by has ended; in the session it may still fail. */
static int write_log(struct hib_down *d)
{
	struct hib_timeline *t = d->s.timeline;
	struct hib_timeline_step open;
	int ret;

	if (!t->nr)
		return 0;
	hib_timeline_moved(t, atomic64_read(&d->s.progress.bytes));
	open = t->steps[t->nr - 1];
	hib_timeline_end(t, d->step, false, 0, ktime_get_mono_fast_ns());
	ret = hib_stream_write_log(&d->s.stream, t, &d->s.header.log);
	t->steps[t->nr - 1] = open;
	d->s.header.may_ignore |= HIB_MAY_LOG;
	return ret;
}

static int write_lists(struct hib_down *d)
{
	struct hib_header *h = &d->s.header;
	int ret;

	ret = hib_stream_write_pagemap(&d->s.stream, &d->snapshot.saved, &h->pagemap);
	if (!ret)
		ret = write_early_lists(d);
	if (!ret)
		ret = hib_stream_write_segments(&d->s.stream, &h->segments, &h->raw_chunks);
	if (h->raw_chunks.nr_entries)
		h->must_know |= HIB_MUST_RAW;
	if (!ret && d->snapshot.leaves) {
		hib_snapshot_close_digests(&d->snapshot, d->s.image_id);
		ret = hib_stream_write_leaves(&d->s.stream, write_digest_leaf, &d->snapshot,
					      d->snapshot.nr_leaves, d->snapshot.saved.nr_set,
					      &h->digests);
		h->may_ignore |= HIB_MAY_DIGESTS;
	}
	if (!ret)
		ret = write_log(d);
	if (ret == -ENOSPC)
		return write_no_room(d, d->snapshot.precopy.frames.nr_set);
	if (ret)
		return hib_session_fail(&d->s, ret, "write: page list");
	h->image_bytes = atomic64_read(&d->s.stream.next_offset);
	return 0;
}

/**
 * hib_write_describe() - Say in the header which kernel and machine the image is of.
 * @d: After the copy. What depends on how it is written is left as it is.
 *
 * Return: 0; or an errno, noted in @d, if the machine cannot be described.
 */
int hib_write_describe(struct hib_down *d)
{
	struct hib_header *h = &d->s.header;
	int ret;

	memcpy(h->image_id, d->s.image_id, sizeof(h->image_id));
	h->flags = d->s.mode == HIB_MODE_PLATFORM ? HIB_IMAGE_PLATFORM : 0;
	h->hw_signature = swsusp_hardware_signature;
	h->created_s = ktime_get_real_seconds();
	h->nr_ram_pages = hib_machine_ram_pages();
	h->nr_pages = d->snapshot.saved.nr_set;
	h->nr_cpus = num_online_cpus();
	h->handover_pfn = PHYS_PFN(__pa(d->snapshot.handover));
	h->boot_pages = hib_machine.boot_pages;
	hib_machine_owner(&h->owner);
	h->write_ns = d->s.stats.write_ns;
	h->wait_ns = d->s.stats.wait_ns;
	memcpy(h->nr_chunks, d->s.stats.nr_chunks, sizeof(h->nr_chunks));
	strscpy(h->release, init_utsname()->release, sizeof(h->release));
	strscpy(h->build, init_utsname()->version, sizeof(h->build));
	strscpy(h->machine, init_utsname()->machine, sizeof(h->machine));
	ret = hib_arch_ident_fill(h->arch, sizeof(h->arch));
	if (ret < 0)
		return hib_session_fail(&d->s, ret, "write: machine identity");
	h->arch_bytes = ret;
	return 0;
}

static int write_header(struct hib_down *d)
{
	struct hib_disk_header *disk = hib_store_header(&d->s.store);
	int ret;

	hib_header_build(disk, &d->s.header);
	d->s.record.header_tag = le64_to_cpu(disk->tag);
	ret = hib_store_write_header(&d->s.store);
	return ret ? hib_session_fail(&d->s, ret, "write: header") : 0;
}

/* The lists of blocks and the header: all else is written and described. */
static int write_end(struct hib_down *d)
{
	struct hib_header *h = &d->s.header;
	int ret;

	h->codec = write_codec_id(&d->s.stream);
	h->nr_extents = d->s.store.extents.nr;
	ret = hib_store_write_extents(&d->s.store, d->s.image_id, &h->extent_block,
				      &h->nr_extent_leaves);
	if (ret == -ENOSPC)
		return write_no_room(d, d->snapshot.precopy.frames.nr_set);
	if (ret)
		return hib_session_fail(&d->s, ret, "write: extents");
	hib_store_members(&d->s.store, &h->members);
	if (d->writer == HIB_WRITER_SELF)
		hib_guarded_note(d);
	ret = hib_recorder_make(d);
	if (ret)
		return ret;
	d->s.stats.image_bytes = h->image_bytes;
	return write_header(d);
}

/**
 * hib_write_image() - Write all of the image except the commit record.
 * @d: After the copy.
 *
 * Return: 0, or -ENOSPC, -EIO, -ENOMEM, noted in @d.
 */
int hib_write_image(struct hib_down *d)
{
	d->s.header = (struct hib_header) {};
	return write_copies(d) ?: write_lists(d) ?: hib_write_describe(d) ?: write_end(d);
}

/**
 * hib_write_foreign() - The same, in a second kernel.
 * @d: Its sets of frames, digests and header are those of the first kernel, and @d->s.stream
 *	has the pages.
 *
 * Return: As hib_write_image().
 */
int hib_write_foreign(struct hib_down *d)
{
	struct hib_header *h = &d->s.header;
	int ret;

	d->nr_expected = h->nr_pages;
	d->s.stats.workers = d->s.stream.nr_workers;
	write_choose_codec(d);
	ret = write_pages(d, 0) ?: write_lists(d);
	if (ret)
		return ret;
	h->write_ns = d->s.stats.write_ns;
	h->wait_ns = d->s.stats.wait_ns;
	memcpy(h->nr_chunks, d->s.stats.nr_chunks, sizeof(h->nr_chunks));
	return write_end(d);
}

/**
 * hib_write_commit() - Write the commit record: make the image valid.
 * @d: After hib_write_image().
 *
 * Return: 0; or the errno of the device, and the image is not valid as far as the device
 * tells.
 */
int hib_write_commit(struct hib_down *d)
{
	struct hib_commit_record *r = &d->s.record;
	int ret;

	r->state = HIB_STATE_READY;
	r->tries = 0;
	r->header_block = d->s.store.header_block;
	memcpy(r->image_id, d->s.image_id, sizeof(r->image_id));
	/* If the write failed, the record may be on the disk nevertheless. */
	ret = hib_commit_make(&d->s.store, r, &d->committed);
	if (!ret)
		return 0;
	return hib_session_fail(&d->s, ret, "commit: root block %llu", d->s.store.root_block);
}
