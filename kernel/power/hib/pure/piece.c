// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: piece - the place of a list in the image
 *
 * A header says of each list where it begins, how many entries it has and how
 * many leaves these fill. Here are the questions that any such place has to
 * answer; what a header makes of the answers is its own business.
 *
 * No state, no allocation, any context.
 */
#include "piece.h"
#include "leaf.h"

/**
 * hib_piece_build() - Write a place.
 * @disk: Every byte is written.
 * @p: What it shall say.
 */
void hib_piece_build(struct hib_disk_piece *disk, const struct hib_piece *p)
{
	disk->offset = cpu_to_le64(p->offset);
	disk->nr_entries = cpu_to_le64(p->nr_entries);
	disk->nr_leaves = cpu_to_le32(p->nr_leaves);
	disk->reserved = 0;
}

/**
 * hib_piece_read() - Turn a place into host order, unchecked.
 * @disk: As read.
 * @p: Receives it.
 */
void hib_piece_read(const struct hib_disk_piece *disk, struct hib_piece *p)
{
	p->offset = le64_to_cpu(disk->offset);
	p->nr_entries = le64_to_cpu(disk->nr_entries);
	p->nr_leaves = le32_to_cpu(disk->nr_leaves);
}

/**
 * hib_piece_is_absent() - Does it say that there is no such list?
 * @p: The place.
 *
 * Return: true when all of it is zero.
 */
bool hib_piece_is_absent(const struct hib_piece *p)
{
	return !p->offset && !p->nr_entries && !p->nr_leaves;
}

/**
 * hib_piece_overlaps() - Do two lists share a block?
 * @a: One, its end inside the image.
 * @b: The other.
 *
 * Return: true when they do.
 */
bool hib_piece_overlaps(const struct hib_piece *a, const struct hib_piece *b)
{
	return a->offset < b->offset + (u64)b->nr_leaves * HIB_BLOCK_BYTES &&
	       b->offset < a->offset + (u64)a->nr_leaves * HIB_BLOCK_BYTES;
}

/**
 * hib_piece_leaves_fit() - Are there as many leaves as entries need?
 * @nr_leaves: Leaves.
 * @nr_entries: Entries.
 * @kind: What they are entries of.
 *
 * Return: true when all leaves but the last are full.
 */
bool hib_piece_leaves_fit(u64 nr_leaves, u64 nr_entries, enum hib_leaf_kind kind)
{
	u32 capacity = hib_leaf_capacity(kind);
	u64 nr_full = div_u64(nr_entries, capacity);

	return nr_leaves == nr_full + (nr_full * capacity != nr_entries);
}

/**
 * hib_piece_is_inside() - Do its leaves lie below an end?
 * @p: The place.
 * @end: First byte past what there is.
 *
 * Return: true when they do, in whole blocks.
 */
bool hib_piece_is_inside(const struct hib_piece *p, u64 end)
{
	if (p->offset % HIB_BLOCK_BYTES || p->offset > end)
		return false;
	return (u64)p->nr_leaves * HIB_BLOCK_BYTES <= end - p->offset;
}

/**
 * hib_piece_is_sound() - Can a list be where it says, with what it says?
 * @p: The place.
 * @kind: Of its leaves.
 * @max_entries: Upper bound; more are refused.
 * @start: First byte of the image where a list may begin.
 * @end: First byte past the image.
 *
 * Return: true when it has entries, leaves for them, and room for these.
 */
bool hib_piece_is_sound(const struct hib_piece *p, enum hib_leaf_kind kind, u64 max_entries,
			u64 start, u64 end)
{
	if (!p->nr_entries || p->nr_entries > max_entries)
		return false;
	if (!hib_piece_leaves_fit(p->nr_leaves, p->nr_entries, kind))
		return false;
	return p->offset >= start && hib_piece_is_inside(p, end);
}
