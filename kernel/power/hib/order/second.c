// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: second - a second kernel writes the image, as the first one sees it
 *
 * A kernel was loaded by kexec (loaded.c), or is kept as it was when it had booted (kept.c), and
 * windows of memory were named that it runs in. Before the atomic point each page frame of the
 * windows gets a partner from the pool, and what was loaded, or is kept, is copied to the
 * partners. At the atomic point nothing is copied: frames and partners are exchanged, and the
 * second kernel is entered. It writes all of memory as it is, that of the windows from the
 * partners, and comes back. Then frames and partners are exchanged once more, and this kernel
 * goes on with the answer.
 *
 * The record (pure/relay.h) is in the last frame of the windows. What was loaded, or is kept,
 * stays where it is, for the next hibernation, also for one after the resume.
 *
 * Context: process context, tasks and kernel threads frozen, so nobody uses kexec;
 * hib_second_take() at the atomic point. kexec's lock is free: a crash still starts the crash
 * kernel.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "second.h"
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/hibernation_arch.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "device/bio.h"
#include "pure/budget.h"
#include "pure/text.h"
#include "stream/codec.h"
#include "down.h"
#include "emergency.h"
#include "guarded.h"
#include "kept.h"
#include "loaded.h"
#include "settings.h"
#include "write.h"

/**
 * hib_second_check() - Is there a second kernel that can write the image?
 * @d: The way down.
 *
 * Context: Process context. If tasks are not frozen, the answer may change.
 * Return: 0; or, noted in @d, -ENOENT if none is loaded or no window is named, -EINVAL if it
 * is loaded elsewhere or a window is no memory.
 */
int hib_second_check(struct hib_down *d)
{
	const char *why;
	int ret;

	ret = hib_kept_pages() ? hib_loaded_check_windows(&why) : hib_loaded_check(&why);
	return ret ? hib_session_fail(&d->s, ret, "second: %s", why) : 0;
}

/* Frames of the pool's table that are in the windows: what they hold does not matter. */
static unsigned long *second_mark_idle(const struct hib_table *table)
{
	const struct hib_windows *w = &hib_settings.windows;
	u64 nr = hib_windows_pages(w);
	unsigned long *idle = bitmap_zalloc(nr, GFP_KERNEL | __GFP_NOWARN);

	for (u64 i = 0; idle && i < table->nr; i++) {
		u64 index = hib_windows_index(w, hib_table_get(table, i));

		if (index < nr)
			__set_bit(index, idle);
	}
	return idle;
}

/* The next frame of the pool that is in no window, from *@next on. There are enough. */
static u64 second_partner(const struct hib_table *table, u64 *next)
{
	const struct hib_windows *w = &hib_settings.windows;

	while (*next < table->nr) {
		u64 pfn = hib_table_get(table, (*next)++);

		if (hib_windows_index(w, pfn) == hib_windows_pages(w))
			return pfn;
	}
	return 0;
}

static int second_pair(struct hib_down *d, const unsigned long *idle,
		       struct hib_crossing_list *partners)
{
	const struct hib_windows *w = &hib_settings.windows;
	u64 next = 0, index = 0;
	int ret = 0;

	for (unsigned int i = 0; i < w->nr; i++) {
		for (u64 pfn = w->range[i].start_pfn; pfn < w->range[i].end_pfn; pfn++, index++) {
			u64 partner = pfn;

			if (!test_bit(index, idle)) {
				partner = second_partner(&d->snapshot.pool.table, &next);
				if (!partner)
					return -ENOMEM;
				ret = hib_crossing_exchange(&d->second.crossing, pfn, partner);
			}
			ret = ret ?: hib_crossing_put(partners, partner);
			if (ret)
				return ret;
			cond_resched();
		}
	}
	return 0;
}

/* Where the content lies that a frame of the windows will have in the second kernel. */
static void *second_place(void *arg, u64 index)
{
	const struct hib_relay_list *partners = arg;
	const struct hib_relay_page *page = __va(partners->first);

	for (; index >= HIB_RELAY_WORDS; index -= HIB_RELAY_WORDS)
		page = __va(page->next);
	return pfn_to_kaddr(page->words[index]);
}

/* All blocks that the image may need: the second kernel cannot take one. */
static int second_blocks(struct hib_down *d, struct hib_relay *r)
{
	u64 want = min(hib_budget_worst_blocks(d->nr_expected, hib_settings.verify),
		       hib_store_room(&d->s.store));
	struct hib_crossing_list l = { .crossing = &d->second.crossing, .list = &r->blocks };
	struct hib_store *s = &d->s.store;
	int ret;

	mutex_lock(&s->lock);
	ret = s->place->grow(s, want);
	mutex_unlock(&s->lock);
	if (ret && ret != -ENOSPC)
		return ret;
	for (u32 i = 0; i < s->extents.nr; i++) {
		ret = hib_crossing_put(&l, s->extents.array[i].block) ?:
		      hib_crossing_put(&l, s->extents.array[i].nr_blocks);
		if (ret)
			return ret;
		cond_resched();
	}
	return 0;
}

static int second_frames(struct hib_down *d, struct hib_relay *r)
{
	struct hib_crossing_list frames = { .crossing = &d->second.crossing, .list = &r->frames };
	const struct hib_pfnset *saved = &d->snapshot.saved;
	int ret = 0;

	for (unsigned long i = 0; !ret && i < saved->nr_bitmaps; i++)
		ret = hib_crossing_put(&frames, saved->bitmaps[i] ?
						PHYS_PFN(__pa(saved->bitmaps[i])) : 0);
	return ret;
}

static int second_no_copy(void *arg)
{
	return 0;
}

/* What identifies this kernel is known once it has saved control; what it saves now is not used. */
static int second_describe(struct hib_down *d)
{
	unsigned long flags;

	local_irq_save(flags);
	hib_arch_suspend(second_no_copy, NULL);
	local_irq_restore(flags);
	d->s.header = (struct hib_header) {};
	return hib_write_describe(d);
}

static int second_header(struct hib_down *d, struct hib_relay *r)
{
	unsigned int order = get_order(sizeof(*d->second.header));
	int ret = second_describe(d);

	if (ret)
		return ret;
	hib_guarded_note(d);
	d->second.header = hib_crossing_page(&d->second.crossing, order);
	if (!d->second.header)
		return -ENOMEM;
	*d->second.header = d->s.header;
	r->header = __pa(d->second.header);
	r->header_bytes = sizeof(*d->second.header);
	return 0;
}

static int second_mark_block(struct hib_down *d, u64 block)
{
	struct block_device *bdev = hib_store_bdev(&d->s.store, block);
	void *page = memset(page_address(d->s.store.page), 0, PAGE_SIZE);
	int ret;

	memcpy(page, d->s.image_id, HIB_ID_BYTES);
	ret = hib_bio_write_block(bdev, hib_block_number(block), page, 0);
	return ret ? hib_session_fail(&d->s, ret, "second: block %llu of %pg cannot be written",
				      hib_block_number(block), bdev) : 0;
}

/*
 * The devices that have blocks for the image, and on each a mark that the second kernel looks
 * for. A copy of an area does not have it, nor does what an old partition table or an old
 * table of device mapper leads to.
 */
static int second_members(struct hib_down *d, struct hib_relay *r)
{
	const struct hib_store *s = &d->s.store;
	int ret = second_mark_block(d, s->header_block);

	r->members.member[0] = s->members.member[0];
	for (u32 i = 1; !ret && i < HIB_MEMBERS_MAX; i++) {
		u64 block = s->others[i].bdev ? hib_extents_first_on(&s->extents, i) : 0;

		if (!block)
			continue;
		r->members.member[i] = s->members.member[i];
		ret = second_mark_block(d, block);
	}
	return ret;
}

/* What the record says that is in no list. */
static void second_fill(struct hib_down *d, struct hib_relay *r)
{
	const struct hib_codec_ops *codec = hib_emergency_codec(&d->s);
	const struct hib_store *s = &d->s.store;

	r->reentry = hib_crossing_reentry(&d->second.crossing);
	memcpy(r->image_id, d->s.image_id, sizeof(r->image_id));
	r->header_block = s->header_block;
	r->blackbox_block = s->blackbox_block;
	strscpy(r->codec, codec ? codec->name : "auto");
}

static int second_prepare(struct hib_down *d)
{
	struct hib_relay *r = &d->second.draft;
	struct hib_crossing_list partners = {
		.crossing = &d->second.crossing, .list = &r->partners,
	};
	unsigned long *idle;
	bool kept = hib_kept_pages();
	int ret;

	r->windows = hib_settings.windows;
	ret = hib_crossing_make(&d->second.crossing,
				kept ? hib_kept_entry() : hib_loaded_entry(),
				&hib_settings.windows);
	if (ret)
		return ret;
	idle = second_mark_idle(&d->snapshot.pool.table);
	ret = idle ? second_pair(d, idle, &partners) : -ENOMEM;
	bitmap_free(idle);
	ret = ret ?: second_blocks(d, r) ?: second_frames(d, r) ?: second_header(d, r) ?:
	      second_members(d, r);
	if (ret)
		return ret;
	if (kept)
		hib_kept_put(second_place, &r->partners);
	else
		hib_loaded_put(second_place, &r->partners);
	second_fill(d, r);
	d->second.relay = second_place(&r->partners, r->partners.nr - 1);
	*d->second.relay = *r;
	hib_crossing_walk_pages(&d->second.crossing, hib_snapshot_exclude, &d->snapshot);
	return 0;
}

static int second_enter(void *context)
{
	struct hib_down *d = hib_down_of(context);
	int ret;

	if (d->writer != HIB_WRITER_SECOND)
		return 0;
	ret = hib_second_check(d) ?: second_prepare(d);
	return ret ? hib_session_fail(&d->s, ret, "second: no memory to make it ready") : 0;
}

static void second_leave(void *context, enum hib_outcome outcome)
{
	struct hib_down *d = hib_down_of(context);

	hib_crossing_free(&d->second.crossing);
	d->second = (struct hib_second) {};
}

const struct hib_step hib_second_step = {
	.name = "second_kernel", .enter = second_enter, .leave = second_leave, .leave_owed = true,
};

/**
 * hib_second_take() - Let the second kernel write memory as it is.
 * @d: The way down; the step was entered.
 *
 * Context: The atomic point: interrupts off, one CPU, devices quiesced.
 * Return: 0 if the image is written; the errno that the second kernel answered; -EIO if it
 * came back without an answer; -ENOMEM, -EBUSY: see hib_snapshot_list().
 */
int hib_second_take(struct hib_down *d)
{
	struct hib_relay *r = d->second.relay;
	char reason[HIB_RELAY_REASON_BYTES] = {};
	int ret = hib_snapshot_list(&d->snapshot, hib_settings.verify);

	if (ret)
		return ret;
	d->second.header->nr_pages = d->snapshot.saved.nr_set;
	r->nr_pages = d->snapshot.saved.nr_set;
	r->end_pfn = d->snapshot.saved.end_pfn;
	r->digest_seed = d->snapshot.digest_seed;
	r->has_digests = hib_settings.verify;
	hib_relay_close(r);
	d->s.quiesce.left = true;
	hib_crossing_jump(&d->second.crossing);
	d->committed = r->result.committed;
	if (!r->result.done || r->result.error > 0 || r->result.error < -MAX_ERRNO ||
	    (!r->result.error && !d->committed))
		return hib_session_fail(&d->s, -EIO,
					"second: the kernel came back without an answer");
	if (!r->result.error)
		return 0;
	if (r->result.error == -ENOSPC && r->result.full_blocks)
		hib_down_ask_room(d, r->result.full_pages, r->result.full_blocks);
	hib_text_build(reason, r->result.reason, sizeof(reason));
	return hib_session_fail(&d->s, r->result.error, "second: %s", reason);
}

/**
 * hib_second_written() - Note what the second kernel has answered.
 * @d: After the copy; devices work again.
 *
 * Context: Process context.
 * Return: 0
 */
int hib_second_written(struct hib_down *d)
{
	const struct hib_relay_result *result = &d->second.relay->result;
	struct hib_stats *stats = &d->s.stats;

	stats->saved_pages = d->snapshot.saved.nr_set;
	stats->image_bytes = result->image_bytes;
	stats->write_ns = result->write_ns;
	stats->wait_ns = result->wait_ns;
	stats->same_pages = result->same_pages;
	stats->workers = result->workers;
	memcpy(stats->nr_chunks, result->nr_chunks, sizeof(stats->nr_chunks));
	pr_info("The second kernel wrote %llu pages as %llu bytes in %llu ms\n",
		stats->saved_pages, stats->image_bytes, div_u64(stats->write_ns, NSEC_PER_MSEC));
	return 0;
}
