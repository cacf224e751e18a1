/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_IO_H
#define HIB_IO_H

#include <linux/completion.h>
#include <linux/spinlock_types.h>
#include <linux/types.h>
#include "rate.h"

struct block_device;
struct page;

/*
 * What stream asks of a place for an image. Offered by the device layer,
 * handed over by order; neither side knows the other.
 */

/**
 * struct hib_buffer - Memory for one segment, contiguous in virtual addresses.
 * @data: Its first byte.
 * @pages: Its pages, @nr_pages of them.
 * @nr_pages: Length in pages.
 * @mapped: @data comes from vmap(); otherwise the pages are one block.
 */
struct hib_buffer {
	void *data;
	struct page **pages;
	unsigned int nr_pages;
	bool mapped;
};

/**
 * struct hib_io_meter - How fast a place is.
 * @lock: Taken when a request begins and, in an interrupt, when it ends.
 * @rate: What was seen.
 */
struct hib_io_meter {
	spinlock_t lock;	/* guards rate */
	struct hib_rate rate;
};

/**
 * struct hib_io_done - One read or write that is under way.
 * @done: Completed when the last bio ended.
 * @pending: Bios not ended, plus one while they are being submitted.
 * @error: First error, 0 while none.
 * @bdev: Device of the last one, NULL while none was sent.
 * @meter: Told when the last bio ended; NULL: nobody is.
 * @bytes: How much is moved, for @meter.
 */
struct hib_io_done {
	struct block_device *bdev;
	struct completion done;
	atomic_t pending;
	int error;
	struct hib_io_meter *meter;
	u64 bytes;
};

/**
 * struct hib_io_ops - Reading and writing at image offsets.
 * @write: Start to write @nr_pages pages at @offset (bytes, whole blocks).
 * @read: Start to read.
 * @wait: Sleep until a started operation ended; its errno.
 * @mib_ns: What the device takes for a MiB, ns; 0: not known yet. Optional: never known.
 *
 * The others are required. The array of pages is free when @write and @read return; the
 * pages are not, until @wait does. All run in process context. @write may have to take room in
 * the store: -ENOSPC. When @write or @read return an errno nothing is under way
 * and @wait must not be called.
 */
struct hib_io_ops {
	int (*write)(void *device, u64 offset, struct page **pages, unsigned int nr_pages,
		     struct hib_io_done *done);
	int (*read)(void *device, u64 offset, struct page **pages, unsigned int nr_pages,
		    struct hib_io_done *done);
	int (*wait)(void *device, struct hib_io_done *done);
	u64 (*mib_ns)(void *device);
};

/**
 * struct hib_io - A device and how it is read and written.
 * @ops: Its functions.
 * @device: Their first argument.
 */
struct hib_io {
	const struct hib_io_ops *ops;
	void *device;
};

/**
 * struct hib_pages - The pages of an image by their place in its order.
 * @address: Kernel address of page @index's bytes: on the way down its private
 *	copy, on the way up the frame that it is loaded into, or NULL for a page
 *	that does not count and is skipped. Required unless @fetch is there.
 * @fetch: Way down, for memory that may change: copy @nr pages from page
 *	@first on to @to, one behind the other. No page is read any other way.
 * @priv: Passed to them.
 * @nr_pages: Pages in the order.
 *
 * Both are cheap and called from several CPUs at once, with places below
 * @nr_pages; @fetch for whole chunks.
 */
struct hib_pages {
	void *(*address)(void *priv, u64 index);
	void (*fetch)(void *priv, u64 first, unsigned int nr, void *to);
	void *priv;
	u64 nr_pages;
};

/**
 * struct hib_progress - What lower layers add up; order reads and prints it.
 * @pages: Page frames done.
 * @same_pages: Of these, same-filled ones.
 * @bytes: Bytes read from or written to the device.
 * @stop: Asked now and then by several CPUs; true ends writing or reading with -EINTR.
 *	Optional.
 */
struct hib_progress {
	atomic64_t pages;
	atomic64_t same_pages;
	atomic64_t bytes;
	bool (*stop)(void);
};

/**
 * hib_progress_stopped() - Should writing or reading end?
 * @p: The counters; NULL: nobody counts.
 *
 * Return: true if somebody wants it to.
 */
static inline bool hib_progress_stopped(const struct hib_progress *p)
{
	return p && p->stop && p->stop();
}

#endif
