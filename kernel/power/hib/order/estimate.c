// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: estimate - how large an image would be, before anything is frozen
 *
 * Memory is counted while it is in use, and some pages from all over it are coded. So
 * the sum is good to some percent and changes by the second. If the way is chosen for each
 * chunk, it also depends on the speed of the device, of which a little is read to see it.
 * The way down asks before it freezes anything, to refuse an image that cannot fit;
 * administrators and programs ask through sysfs.
 *
 * Nothing is reclaimed, written or frozen.
 *
 * Context: process context, system_transition_mutex held.
 */
#include "estimate.h"
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/sysfs.h>
#include <linux/vmstat.h>
#include "memory/census.h"
#include "memory/sample.h"
#include "memory/snapshot.h"
#include "pure/budget.h"
#include "pure/mib.h"
#include "stream/codec.h"
#include "down.h"
#include "machine.h"

/* Refuse only what is too large by this share: a sample is off by a little, and memory changes. */
#define ROOM_MARGIN		3u
/* What reclaim cannot make go away, but by swapping: to the same areas, as a rule. */
#define LEAST_KINDS		(BIT(HIB_KIND_ANON) | BIT(HIB_KIND_SHMEM) | \
				 BIT(HIB_KIND_PAGE_TABLES) | BIT(HIB_KIND_RESERVED) | \
				 BIT(HIB_KIND_OTHER))
/* Chunks and lists that go with so many pages of data take a page. */
#define OVERHEAD_SHARE		128u

/**
 * struct estimate_work - Memory for an estimate.
 * @nosave: Frames that are never saved.
 * @frames: Frames that would be.
 * @stream: Codes some of them.
 */
struct estimate_work {
	struct hib_pfnset nosave;
	struct hib_pfnset frames;
	struct hib_stream stream;
};

static void work_free(struct estimate_work *w)
{
	hib_stream_release(&w->stream);
	hib_pfnset_exit(&w->frames);
	hib_pfnset_exit(&w->nosave);
	kfree(w);
}

static struct estimate_work *work_make(unsigned int kinds)
{
	struct estimate_work *w = kzalloc(sizeof(*w), GFP_KERNEL);

	if (!w)
		return NULL;
	w->stream.mixed = !hib_settings.codec;
	w->stream.codec = hib_settings.codec ?: &hib_codec_zstd;
	w->stream.room_bytes = U64_MAX;
	if (hib_snapshot_saveable(&w->nosave, &w->frames, kinds) ||
	    hib_stream_prepare(&w->stream, 1, HIB_CHUNK_PAGES)) {
		work_free(w);
		return NULL;
	}
	return w;
}

/* Bytes that the pages are coded to: as they would be now, or the least. */
static u64 estimate_code(struct estimate_work *w, bool least)
{
	u64 nr_pages = w->frames.nr_set;
	struct hib_stream_sample sample;

	w->stream.pages = (struct hib_pages) {
		.fetch = hib_sample_fetch, .priv = &w->frames, .nr_pages = nr_pages,
	};
	hib_stream_take_sample(&w->stream, &sample);
	if (!sample.pages)
		return nr_pages << PAGE_SHIFT;
	return mul_u64_u64_div_u64(nr_pages, least ? sample.least_bytes : sample.out_bytes,
				   sample.pages) +
	       (nr_pages << PAGE_SHIFT) / OVERHEAD_SHARE;
}

/**
 * hib_estimate_take() - How large would an image be?
 * @d: Its store is open.
 * @e: Receives the answer.
 *
 * Return: 0 or -ENOMEM.
 */
int hib_estimate_take(struct hib_down *d, struct hib_estimate *e)
{
	struct estimate_work *w = work_make(HIB_KINDS_ALL);

	if (!w)
		return -ENOMEM;
	e->pages = w->frames.nr_set;
	e->room_bytes = hib_store_room(&d->s.store) * HIB_BLOCK_BYTES;
	if (w->stream.mixed) {
		w->stream.io = (struct hib_io) { &hib_store_io_ops, &d->s.store };
		w->stream.expected_pages = e->pages;
		w->stream.expected_workers = min(num_online_cpus(), HIB_STREAM_WORKERS_MAX);
		w->stream.room_bytes = e->room_bytes;
		hib_store_probe(&d->s.store);
	}
	e->expected_bytes = estimate_code(w, false);
	e->worst_bytes = hib_budget_worst_blocks(e->pages, hib_settings.verify) *
			 HIB_BLOCK_BYTES;
	work_free(w);
	return 0;
}

/**
 * hib_estimate_check_room() - Can an image fit at all?
 * @d: Its store is open.
 *
 * Where there is room for the worst image nothing is counted. Otherwise those pages are
 * that must be in an image, or in the same areas as swap. All cache and slab memory is
 * taken to go away. If image_size is a limit, memory will be swapped out to reach it,
 * perhaps to other areas: then nothing is refused here.
 *
 * Return: 0; or -ENOSPC, noted in @d, if even the smallest image is far too large.
 */
int hib_estimate_check_room(struct hib_down *d)
{
	u64 room = hib_store_room(&d->s.store);
	struct estimate_work *w;
	u64 need;

	if (hib_settings.image_size < hib_machine.whole_size)
		return 0;
	if (hib_budget_worst_blocks(totalram_pages() - nr_free_pages(), hib_settings.verify) <=
	    room)
		return 0;
	w = work_make(LEAST_KINDS);
	if (!w)
		return 0;
	need = estimate_code(w, true);
	work_free(w);
	if (need - need / ROOM_MARGIN <= room * HIB_BLOCK_BYTES)
		return 0;
	return hib_session_fail(&d->s, -ENOSPC,
				"swap: %llu MiB are needed at least, %llu MiB are free",
				need >> 20, hib_blocks_to_mib(room));
}

static ssize_t show_seconds(char *buf, ssize_t at, const char *name, u64 bytes, u64 last_bytes,
			    u64 last_ns)
{
	u64 ns;

	if (!last_bytes || !last_ns)
		return sysfs_emit_at(buf, at, "%s unknown\n", name);
	ns = mul_u64_u64_div_u64(bytes, last_ns, last_bytes);
	return sysfs_emit_at(buf, at, "%s %llu\n", name, div_u64(ns, NSEC_PER_SEC));
}

static ssize_t show(const struct hib_estimate *e, char *buf)
{
	struct hib_last last;
	ssize_t at;

	hib_machine_last(&last);
	at = sysfs_emit(buf, "pages %llu\nexpected_bytes %llu\nworst_bytes %llu\nroom_bytes %llu\n",
			e->pages, e->expected_bytes, e->worst_bytes, e->room_bytes);
	at += show_seconds(buf, at, "seconds_down", e->expected_bytes, last.stats.image_bytes,
			   last.stats.write_ns);
	at += show_seconds(buf, at, "seconds_up", e->expected_bytes, last.stats.read_bytes,
			   last.stats.read_ns);
	if (e->expected_bytes <= e->room_bytes)
		return at + sysfs_emit_at(buf, at, "fits yes\n");
	return at + sysfs_emit_at(buf, at, "fits no: %llu MiB are free, %llu MiB more are needed\n",
				  e->room_bytes >> 20, (e->expected_bytes - e->room_bytes) >> 20);
}

/**
 * hib_estimate_show() - Answer for /sys/power/hibernate/estimate.
 * @buf: A sysfs buffer.
 *
 * Return: Bytes written to @buf; -EBUSY during a transition; -ENODEV or -EOPNOTSUPP: no
 * place for an image; -ENOMEM.
 */
ssize_t hib_estimate_show(char *buf)
{
	const struct hib_place_wanted wanted = hib_machine_place(true);
	struct hib_estimate e;
	struct hib_down *d;
	ssize_t count;
	int ret;

	d = hib_down_begin(hib_settings.mode, &ret);
	if (!d)
		return ret;
	ret = hib_store_open(&d->s.store, &wanted);
	count = ret;
	if (!ret) {
		count = hib_estimate_take(d, &e) ?: show(&e, buf);
		hib_store_close(&d->s.store);
	}
	hib_down_end(d);
	return count;
}
