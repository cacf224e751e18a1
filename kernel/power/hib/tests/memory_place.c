// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: memory_place - a place in memory, for the tests
 *
 * A row as those of the table of places, on a disk in memory. It gives blocks in
 * runs of three with a hole behind each, so that a small image has many extents,
 * and any one of its answers can be made to fail.
 */
#include "memory_place.h"
#include <linux/blkdev.h>
#include "device/store.h"

#define RUN_BLOCKS	3u

static struct memory_place *in_use;

void memory_place_use(struct memory_place *p, struct block_device *bdev, u64 nr_blocks)
{
	*p = (struct memory_place) { .bdev = bdev, .nr_blocks = nr_blocks, .next = 1, .fail = -1 };
	in_use = p;
}

void memory_place_arm(struct memory_place *p, int fail)
{
	p->nr_answers = 0;
	p->fail = fail;
}

static bool fails(struct memory_place *p)
{
	return p->nr_answers++ == p->fail;
}

static int place_open(struct hib_store *s, const struct hib_place_wanted *wanted)
{
	if (fails(in_use))
		return -EOPNOTSUPP;
	if (wanted->dev && (wanted->dev != in_use->bdev->bd_dev || wanted->root_block))
		return -ENODEV;
	s->own = in_use;
	s->bdev = in_use->bdev;
	s->root_block = 0;
	s->members.member[0].nr_blocks = in_use->nr_blocks;
	if (!in_use->other)
		return 0;
	s->others[1].bdev = in_use->other;
	s->members.member[1].nr_blocks = in_use->nr_blocks;
	memcpy(s->members.member[1].id, in_use->other_id, HIB_ID_BYTES);
	return 0;
}

static void place_close(struct hib_store *s)
{
	s->own = NULL;
}

static bool place_is_active(dev_t dev, u64 root_block)
{
	return false;
}

static u64 place_room(const struct hib_store *s)
{
	const struct memory_place *p = s->own;

	return p->nr_blocks - p->next;
}

static int place_reserve(struct hib_store *s, u64 nr_blocks)
{
	return fails(s->own) ? -ENODEV : 0;
}

static int place_take_block(struct hib_store *s, u64 *block)
{
	struct memory_place *p = s->own;

	lockdep_assert_held(&s->lock);
	if (fails(p) || p->next >= p->nr_blocks)
		return -ENOSPC;
	*block = p->next++;
	p->nr_taken++;
	return 0;
}

static int place_grow(struct hib_store *s, u64 nr_blocks)
{
	struct memory_place *p = s->own;
	u64 block;

	lockdep_assert_held(&s->lock);
	while (s->extents.nr_blocks < nr_blocks) {
		if (fails(p) || p->next + RUN_BLOCKS >= p->nr_blocks)
			return -ENOSPC;
		block = hib_block_on(p->other && s->extents.nr % 2, p->next);
		if (hib_extents_append(&s->extents, block, RUN_BLOCKS))
			return -ENOMEM;
		p->next += RUN_BLOCKS + 1;
		p->nr_taken += RUN_BLOCKS;
	}
	return 0;
}

static void place_give_back(struct hib_store *s)
{
	struct memory_place *p = s->own;

	p->next = 1;
	p->nr_taken = 0;
}

static int place_list_free(struct hib_store *s, const struct hib_extents *blocks,
			   struct hib_extents *list)
{
	struct memory_place *p = s->own;
	u64 block = 1, nr;
	int ret = fails(p) ? -ENOMEM : 0;

	while (!ret && (nr = hib_extents_overlap(blocks, &block, hib_block_on(2, 0)))) {
		if (block <= p->busy && block + nr > p->busy)
			nr = p->busy - block;
		if (nr)
			ret = hib_extents_append(list, block, nr);
		block += nr + (block + nr == p->busy);
	}
	return ret;
}

const struct hib_place_ops hib_place_memory = {
	.name		= "memory",
	.signature	= MEMORY_SIGNATURE,
	.open		= place_open,
	.close		= place_close,
	.is_active	= place_is_active,
	.room		= place_room,
	.reserve	= place_reserve,
	.grow		= place_grow,
	.take_block	= place_take_block,
	.give_back	= place_give_back,
	.list_free	= place_list_free,
};
