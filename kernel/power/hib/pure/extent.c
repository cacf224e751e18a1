// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: extent - image blocks to device blocks
 *
 * An image is a row of blocks; on its devices they lie in runs. The runs are an
 * array in image order, each with the image block it begins at, so that a
 * search by halves finds the place of any block. Runs that continue each other
 * are one: there is one way only to write an array.
 *
 * The owner embeds the array; hib_extents_init() and hib_extents_exit() frame
 * its life. It grows by appending and never shrinks. After
 * hib_extents_reserve() appending does not allocate. On disk it is a chain of
 * leaves, all full but the last; what is read is hostile and each run is
 * bounded by its device before it is appended. After a failed
 * hib_extents_decode() the array must not be used.
 *
 * No locking. Functions that may grow the array sleep.
 */
#include "extent.h"
#include "leaf.h"

#define EXTENTS_FIRST_CAPACITY	64u

/**
 * hib_extents_init() - Make an empty array.
 * @e: Need not be initialised.
 */
void hib_extents_init(struct hib_extents *e)
{
	memset(e, 0, sizeof(*e));
}

/**
 * hib_extents_exit() - Free the array; it is empty and usable afterwards.
 * @e: The array.
 *
 * Context: May sleep.
 */
void hib_extents_exit(struct hib_extents *e)
{
	hib_pure_free(e->array);
	memset(e, 0, sizeof(*e));
}

/**
 * hib_extents_reserve() - Make room, so that appending up to there cannot fail.
 * @e: The array.
 * @nr: Runs that it shall hold, those in use included.
 *
 * Context: May sleep.
 * Return: 0, or -ENOMEM and nothing changed.
 */
int hib_extents_reserve(struct hib_extents *e, u32 nr)
{
	struct hib_extent *array;

	if (nr <= e->capacity)
		return 0;
	array = hib_pure_realloc(e->array, e->capacity * sizeof(*array), nr * sizeof(*array));
	if (!array)
		return -ENOMEM;
	e->array = array;
	e->capacity = nr;
	return 0;
}

/* Room for one more run; doubles. */
static int extents_grow(struct hib_extents *e)
{
	if (e->nr < e->capacity)
		return 0;
	if (e->capacity > U32_MAX / 2)
		return -ENOMEM;
	return hib_extents_reserve(e, max(2 * e->capacity, EXTENTS_FIRST_CAPACITY));
}

/* Does @block continue the last run? */
static bool extents_continues(const struct hib_extents *e, u64 block)
{
	const struct hib_extent *last;

	if (!e->nr)
		return false;
	last = &e->array[e->nr - 1];
	return last->block + last->nr_blocks == block;
}

/**
 * hib_extents_append() - Append a run of device blocks.
 * @e: The array.
 * @block: Its first block and the member that it is on, from hib_block_on().
 * @nr_blocks: Length.
 *
 * A run that continues the last one is merged into it.
 *
 * Context: May sleep, unless there is room.
 * Return: 0; -EINVAL for a length of zero or one that overflows; -ENOMEM.
 * Nothing changed on error.
 */
int hib_extents_append(struct hib_extents *e, u64 block, u64 nr_blocks)
{
	u64 end, total;
	int ret;

	if (!nr_blocks || check_add_overflow(block, nr_blocks, &end) ||
	    check_add_overflow(e->nr_blocks, nr_blocks, &total))
		return -EINVAL;
	if (extents_continues(e, block)) {
		e->array[e->nr - 1].nr_blocks += nr_blocks;
		e->nr_blocks = total;
		return 0;
	}
	ret = extents_grow(e);
	if (ret)
		return ret;
	e->array[e->nr++] = (struct hib_extent){
		.first = e->nr_blocks,
		.block = block,
		.nr_blocks = nr_blocks,
	};
	e->nr_blocks = total;
	return 0;
}

/**
 * hib_extents_append_free() - Append those blocks of a run that a map says are free.
 * @e: The array.
 * @block: First block of the run.
 * @map: A byte for each block; 0: it is free.
 * @nr_blocks: Length of the run.
 *
 * Context: May sleep.
 * Return: 0; -ENOMEM with a part of them appended.
 */
int hib_extents_append_free(struct hib_extents *e, u64 block, const u8 *map, u64 nr_blocks)
{
	u64 run = 0;
	int ret = 0;

	for (u64 i = 0; i <= nr_blocks && !ret; i++) {
		if (i < nr_blocks && !map[i]) {
			run++;
			continue;
		}
		if (run)
			ret = hib_extents_append(e, block + i - run, run);
		run = 0;
	}
	return ret;
}

/**
 * hib_extents_lookup() - Find the place of an image block.
 * @e: The array.
 * @image_block: Block of the image.
 * @block: Set to its place: member and block.
 * @nr_blocks: Set to the blocks that lie there in a row, this one included.
 *
 * Return: False past the end; nothing is set then.
 */
bool hib_extents_lookup(const struct hib_extents *e, u64 image_block,
			u64 *block, u64 *nr_blocks)
{
	u32 low = 0, high = e->nr;
	u64 into;

	if (image_block >= e->nr_blocks)
		return false;
	/* The run at @low begins at or before the block, that at @high after it. */
	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (e->array[middle].first <= image_block)
			low = middle;
		else
			high = middle;
	}
	into = image_block - e->array[low].first;
	*block = e->array[low].block + into;
	*nr_blocks = e->array[low].nr_blocks - into;
	return true;
}

/**
 * hib_extents_first_on() - Where does the first run on a device lie?
 * @e: The array.
 * @member: Number of the device.
 *
 * Return: Member and block; 0: no run is on it.
 */
u64 hib_extents_first_on(const struct hib_extents *e, u32 member)
{
	for (u32 i = 0; i < e->nr; i++)
		if (hib_block_member(e->array[i].block) == member)
			return e->array[i].block;
	return 0;
}

/* The first run that ends behind @block; @e is in the order of blocks. */
static u32 extents_behind(const struct hib_extents *e, u64 block)
{
	u32 low = 0, high = e->nr;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (e->array[middle].block + e->array[middle].nr_blocks <= block)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * hib_extents_overlap() - Find blocks of a range that an array has.
 * @e: The array, whose runs are in the order of blocks: of each, only what the device
 *	says counts, and none overlaps another.
 * @block: First block of the range; set to the first one that the array has.
 * @end: Block behind the range.
 *
 * Return: How many follow each other there; 0: the array has none of the range.
 */
u64 hib_extents_overlap(const struct hib_extents *e, u64 *block, u64 end)
{
	u32 i = extents_behind(e, *block);

	if (i == e->nr || e->array[i].block >= end || *block >= end)
		return 0;
	*block = max(*block, e->array[i].block);
	return min(end, e->array[i].block + e->array[i].nr_blocks) - *block;
}

/**
 * hib_extents_leaves() - Leaves that the array needs on disk.
 * @e: The array.
 *
 * Return: The number, 0 for an empty array.
 */
u32 hib_extents_leaves(const struct hib_extents *e)
{
	return e->nr / HIB_LEAF_EXTENTS + !!(e->nr % HIB_LEAF_EXTENTS);
}

/**
 * hib_extents_encode() - Fill and close one leaf.
 * @e: The array.
 * @leaf: Receives the runs.
 * @id: The image's id.
 * @index: Which leaf, below hib_extents_leaves().
 * @next: Place of the leaf after this one, 0 for the last.
 */
void hib_extents_encode(const struct hib_extents *e, struct hib_disk_leaf *leaf,
			const u8 id[HIB_ID_BYTES], u32 index, u64 next)
{
	struct hib_disk_extent *out = (struct hib_disk_extent *)leaf->data;
	u64 first = (u64)index * HIB_LEAF_EXTENTS;
	u32 nr = 0;

	while (nr < HIB_LEAF_EXTENTS && first + nr < e->nr) {
		const struct hib_extent *extent = &e->array[first + nr];

		out[nr].block = cpu_to_le64(extent->block);
		out[nr].nr_blocks = cpu_to_le64(extent->nr_blocks);
		nr++;
	}
	hib_leaf_close(leaf, id, HIB_LEAF_EXTENT, index, nr, next);
}

/* Append a run that came from disk. */
static int extents_take(struct hib_extents *e, u64 block, u64 nr_blocks,
			const struct hib_members *members)
{
	if (!hib_members_have(members, block, nr_blocks))
		return -EBADMSG;
	if (!nr_blocks || nr_blocks > hib_members_blocks(members) - e->nr_blocks)
		return -EBADMSG;
	if (extents_continues(e, block))
		return -EBADMSG;
	return hib_extents_append(e, block, nr_blocks);
}

/**
 * hib_extents_decode() - Check a leaf and append its runs.
 * @e: Holds the runs of the leaves before; empty for the first.
 * @leaf: The block as read.
 * @id: The image's id.
 * @index: Which leaf it should be.
 * @members: The devices.
 * @next: Set to where the next leaf lies, a block of one of them, or to 0.
 *
 * The caller bounds the number of leaves; since each states its place, a chain
 * that turns back is refused at the turn.
 *
 * Context: May sleep.
 * Return:
 * * 0		- the runs are appended
 * * -EBADMSG	- the leaf or a run is wrong
 * * -ENOMEM	- no room for the runs
 */
int hib_extents_decode(struct hib_extents *e, const struct hib_disk_leaf *leaf,
		       const u8 id[HIB_ID_BYTES], u32 index, const struct hib_members *members,
		       u64 *next)
{
	const struct hib_disk_extent *in = (const struct hib_disk_extent *)leaf->data;
	u64 next_block = le64_to_cpu(leaf->next);
	u32 nr, i;
	int ret = hib_leaf_check(leaf, id, HIB_LEAF_EXTENT, index, &nr);

	if (ret)
		return ret;
	/* Only the last leaf may have room left, and it has no next one. */
	if (e->nr != (u64)index * HIB_LEAF_EXTENTS)
		return -EBADMSG;
	if (next_block &&
	    (nr != HIB_LEAF_EXTENTS || !hib_members_have(members, next_block, 1)))
		return -EBADMSG;
	for (i = 0; i < nr; i++) {
		ret = extents_take(e, le64_to_cpu(in[i].block), le64_to_cpu(in[i].nr_blocks),
				   members);
		if (ret)
			return ret;
	}
	*next = next_block;
	return 0;
}
