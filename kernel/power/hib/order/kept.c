// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: kept - a second kernel that has booted, and waits to be entered again
 *
 * To boot takes longer than all else that a second kernel does before it writes. So it can be
 * booted beforehand: it is entered as for an image, but with a record that says that there
 * is nothing to write. It goes back at once, and what its windows have in them then is kept:
 * pages that are not zero, in memory of this kernel. At a hibernation it is entered where it
 * has left, with its memory as it was then, and finds another record.
 *
 * It is entered with the same memory each time. What it did since is forgotten, so an image
 * that is restored has it, too, and a write that failed leaves no trace.
 *
 * What is kept ends with the windows that it belongs to.
 *
 * Context: process context, system_transition_mutex held.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "kept.h"
#include <linux/io.h>
#include <linux/kexec.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "../../../kexec_internal.h"
#include "pure/mib.h"
#include "down.h"
#include "loaded.h"
#include "machine.h"
#include "settings.h"
#include "visit.h"

#define KEPT_GFP	(GFP_KERNEL | __GFP_ZERO | __GFP_NORETRY | __GFP_NOWARN)

static void kept_free(struct hib_kept *k)
{
	for (u64 i = 0; k->pages && i < k->nr; i++) {
		free_page((unsigned long)k->pages[i]);
		cond_resched();
	}
	kvfree(k->pages);
	*k = (struct hib_kept) {};
}

static int kept_take(void **page, struct list_head *inside)
{
	const struct hib_windows *w = &hib_settings.windows;
	struct page *new;

	for (;;) {
		new = alloc_page(KEPT_GFP);
		if (!new)
			return -ENOMEM;
		if (hib_windows_index(w, page_to_pfn(new)) == hib_windows_pages(w))
			break;
		list_add(&new->lru, inside);
	}
	*page = page_address(new);
	return 0;
}

/* One page for each frame of the windows, none of which is in a window. */
static int kept_take_all(struct hib_kept *k)
{
	struct page *page, *next;
	LIST_HEAD(inside);
	int ret = 0;

	k->nr = hib_windows_pages(&hib_settings.windows);
	k->pages = kvcalloc(k->nr, sizeof(*k->pages), GFP_KERNEL);
	if (!k->pages)
		return -ENOMEM;
	for (u64 i = 0; !ret && i < k->nr; i++) {
		ret = kept_take(&k->pages[i], &inside);
		cond_resched();
	}
	list_for_each_entry_safe(page, next, &inside, lru)
		__free_page(page);
	return ret;
}

static void *kept_place(void *arg, u64 index)
{
	const struct hib_kept *k = arg;

	return k->pages[index];
}

/* A program may load another kernel meanwhile. */
static int kept_load(struct hib_session *s, struct hib_kept *k)
{
	const char *why = "another kernel is being loaded";
	int ret = -EBUSY;

	if (kexec_trylock()) {
		ret = hib_loaded_check(&why);
		if (!ret) {
			k->entry = hib_loaded_entry();
			hib_loaded_put(kept_place, k);
		}
		kexec_unlock();
	}
	return ret ? hib_session_fail(s, ret, "second: %s", why) : 0;
}

static int kept_exchange(const struct hib_kept *k, struct hib_crossing *c)
{
	const struct hib_windows *w = &hib_settings.windows;
	int ret = 0;

	for (u64 i = 0; !ret && i < k->nr; i++) {
		u64 pfn = hib_windows_frame(w, i);

		ret = hib_crossing_exchange(c, pfn, PHYS_PFN(__pa(k->pages[i])));
		cond_resched();
	}
	return ret;
}

static void kept_record(const struct hib_kept *k, const struct hib_crossing *c)
{
	struct hib_relay *r = k->pages[k->nr - 1];

	*r = (struct hib_relay) {
		.keep = true, .windows = hib_settings.windows, .end_pfn = max_pfn,
		.header_bytes = sizeof(struct hib_header), .reentry = hib_crossing_reentry(c),
	};
	hib_relay_close(r);
}

/* The second kernel boots and comes back; its memory is in the pages then. */
static int kept_boot(struct hib_session *s, struct hib_kept *k, struct hib_crossing *c)
{
	const struct hib_relay *r = k->pages[k->nr - 1];
	int ret = hib_crossing_make(c, k->entry, &hib_settings.windows) ?: kept_exchange(k, c);

	if (ret)
		return hib_session_fail(s, ret, "second: no memory to make it ready");
	kept_record(k, c);
	ret = hib_visit(s, c);
	if (ret)
		return ret;
	if (!r->result.done || r->result.error)
		return hib_session_fail(s, -EIO, "second: the kernel came back without an answer");
	k->entry = c->image->start;
	if (hib_windows_index(&hib_settings.windows, PHYS_PFN(k->entry)) == k->nr)
		return hib_session_fail(s, -EIO, "second: the kernel cannot be entered again");
	return 0;
}

static void kept_drop_zeros(struct hib_kept *k)
{
	for (u64 i = 0; i < k->nr; i++) {
		if (memchr_inv(k->pages[i], 0, PAGE_SIZE)) {
			k->nr_pages++;
		} else {
			free_page((unsigned long)k->pages[i]);
			k->pages[i] = NULL;
		}
		cond_resched();
	}
}

static int kept_fill(struct hib_session *s, struct hib_kept *k)
{
	struct hib_crossing crossing = {};
	int ret = kept_load(s, k) ?: kept_boot(s, k, &crossing);

	hib_crossing_free(&crossing);
	if (!ret)
		kept_drop_zeros(k);
	return ret;
}

static int kept_new(struct hib_session *s, struct hib_kept *k)
{
	int ret;

	if (!hib_settings.windows.nr)
		return hib_session_fail(s, -ENOENT, "second: no window is named");
	ret = kept_take_all(k);
	if (ret)
		hib_session_fail(s, ret, "memory: %llu MiB for the second kernel",
				 hib_pages_to_mib(k->nr));
	ret = ret ?: kept_fill(s, k);
	if (ret)
		kept_free(k);
	return ret;
}

/**
 * hib_kept_make() - Boot the second kernel that is loaded, and keep it.
 *
 * What is loaded is not needed any more afterwards. What was kept before is dropped. Tasks are
 * frozen and devices at rest while the second kernel boots.
 *
 * Context: Process context, system_transition_mutex held. Sleeps.
 * Return:
 * * 0
 * * -ENOENT	- no window is named, or none is loaded
 * * -EINVAL	- it is loaded elsewhere, or a window is no memory
 * * -ENOMEM	- twice as much memory as the windows have was not free
 * * -EBUSY	- another transition, or kexec is in use
 * * -EIO	- it came back without an answer
 * * -EAGAIN	- a test is asked for by pm_test
 * * other	- what did not come to rest
 *
 * After an error nothing is kept.
 */
int hib_kept_make(void)
{
	struct hib_kept *k = &hib_machine.kept;
	struct hib_down *d;
	int ret;

	d = hib_down_begin(HIB_MODE_SHUTDOWN, &ret);
	if (!d)
		return ret;
	kept_free(k);
	ret = kept_new(&d->s, k);
	if (ret)
		hib_session_report(&d->s, "hibernate", "keep");
	else
		pr_info("the second kernel is kept: %llu KiB\n", k->nr_pages << (PAGE_SHIFT - 10));
	hib_down_end(d);
	return ret;
}

/**
 * hib_kept_drop() - Keep none any more.
 */
void hib_kept_drop(void)
{
	kept_free(&hib_machine.kept);
}

/**
 * hib_kept_pages() - Is one kept?
 *
 * Return: Pages that it takes; 0: none is kept.
 */
u64 hib_kept_pages(void)
{
	return hib_machine.kept.nr_pages;
}

/**
 * hib_kept_entry() - Where is it entered?
 *
 * Return: A physical address. One is kept.
 */
u64 hib_kept_entry(void)
{
	return hib_machine.kept.entry;
}

/**
 * hib_kept_put() - Copy what is kept to where it is exchanged from.
 * @place: Says where the content of the frame of the windows with a number lies.
 * @arg: Passed to it.
 *
 * One is kept.
 */
void hib_kept_put(void *(*place)(void *arg, u64 index), void *arg)
{
	const struct hib_kept *k = &hib_machine.kept;

	for (u64 i = 0; i < k->nr; i++) {
		if (k->pages[i])
			copy_page(place(arg, i), k->pages[i]);
		else
			clear_page(place(arg, i));
		cond_resched();
	}
}
