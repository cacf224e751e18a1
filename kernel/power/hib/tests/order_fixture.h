/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_ORDER_FIXTURE_H
#define HIB_ORDER_FIXTURE_H

#include "order/down.h"
#include "fake_disk.h"
#include "memory_place.h"

#define ORDER_PAGES	100u	/* three chunks, and four pages that are left over */

struct file;
struct hib_up;
struct kunit;

/**
 * struct order_fixture - A disk with a place on it, pages, and what became of the last way.
 * @test: The test that is running.
 * @disk: The disk.
 * @place: The place on it.
 * @ops: Functions of a place in memory, with the signature of a kind that the table has.
 * @file: Keeps the disk open on the way down, as swapon does.
 * @mine: Frames of ORDER_PAGES pages: all that an image of this test holds.
 * @early: Pages are written early, and one of them changes before the copy.
 * @logged: The way down notes its step of writing, so the image has a log.
 * @open: After the way down: that step is still under way.
 * @nr_steps: Steps that the last way up read in the log.
 * @next: What the last way down told the next attempt.
 * @header: Of the image of the last way, down or up.
 * @record: Its commit record.
 * @store: The place, to retire the image; too large for a stack.
 * @nr_moved: Pages that the last way up left to be moved.
 */
struct order_fixture {
	struct kunit *test;
	struct fake_disk *disk;
	struct memory_place place;
	struct hib_place_ops ops;
	struct file *file;
	struct hib_pfnset mine;
	bool early;
	bool logged;
	bool open;
	u32 nr_steps;
	struct hib_next next;
	struct hib_header header;
	struct hib_commit_record record;
	struct hib_store store;
	u64 nr_moved;
};

/* A disk of so many blocks and the pages; order_fixture_exit() is owed in each case. */
void order_fixture_init(struct order_fixture *f, struct kunit *test, u64 nr_blocks);
void order_fixture_exit(struct order_fixture *f);
/* Open the disk as somebody who uses the place, and close it, so that a way up can open it. */
void order_fixture_claim(struct order_fixture *f, u64 nr_blocks);
void order_fixture_unclaim(struct order_fixture *f);
/* Make an image of the pages and write it, to the commit record; all is given back. */
int order_fixture_down(struct order_fixture *f);
/* Load that image beside the pages, up to the handover record, and compare; all is given back. */
int order_fixture_up(struct order_fixture *f);
/*
 * A boot that looks at that image, begins a step of this name, writes the black box, and dies.
 * Sets @f->nr_steps to the steps of boots before it. 0, or the errno of the first read.
 */
int order_fixture_record(struct order_fixture *f, const char *step);
/* Make an image of the pages and read its blocks, as a program does: @nr of them, vfree() them. */
void *order_fixture_give(struct order_fixture *f, u64 *nr);
/*
 * Write @nr blocks to the kernel, as a program does. If all are taken and the image is
 * complete, the pages are compared; then 0, else the errno of the first that is refused.
 */
int order_fixture_take(struct order_fixture *f, const void *blocks, u64 nr);
/* Put the signature back. */
int order_fixture_retire(struct order_fixture *f);
/* The signature that the root block carries. */
u8 *order_fixture_signature(struct order_fixture *f);

#endif
