// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pfnset - sets of page frames
 *
 * A set knows frames below an end that is fixed when it is made. It is a
 * directory with an entry for each 32768 frames (128 MiB); an entry is a page
 * of bits or absent, which means none of its frames. Pages are made when a
 * frame is added, or ahead by hib_pfnset_cover(), after which adding there
 * neither allocates nor fails and so may be done with interrupts off.
 *
 * The owner embeds the set; hib_pfnset_init() and hib_pfnset_exit() frame its
 * life. When an addition fails for want of memory, no frame has been added;
 * pages that were made stay with the set.
 *
 * No locking: one writer, or any number of readers. Functions that may
 * allocate sleep; all others run in any context.
 */
#include "pfnset.h"

#define PFNSET_END_MAX	BIT_ULL(52 - PAGE_SHIFT)	/* 52 bits of address */

static unsigned long bitmap_of(unsigned long pfn)
{
	return pfn / HIB_PFNSET_PAGE_PFNS;
}

static unsigned long bit_of(unsigned long pfn)
{
	return pfn % HIB_PFNSET_PAGE_PFNS;
}

/* Where the part of [pfn, end) that lies in one bitmap page ends. */
static unsigned long part_end(unsigned long pfn, unsigned long end)
{
	return min(end, (bitmap_of(pfn) + 1) * HIB_PFNSET_PAGE_PFNS);
}

/* Bits of the word that holds bit @bit, from there to @nr_bits on at most. */
static unsigned long word_mask(unsigned long bit, unsigned long nr_bits)
{
	unsigned long mask = ~0ul << (bit % BITS_PER_LONG);

	if (bit % BITS_PER_LONG + nr_bits < BITS_PER_LONG)
		mask &= ~(~0ul << (bit % BITS_PER_LONG + nr_bits));
	return mask;
}

/* Set @nr_bits bits from @bit on; the number that were clear. */
static unsigned long bits_set(unsigned long *bitmap, unsigned long bit, unsigned long nr_bits)
{
	unsigned long changed = 0;

	while (nr_bits) {
		unsigned long step = min(nr_bits, BITS_PER_LONG - bit % BITS_PER_LONG);
		unsigned long *word = &bitmap[bit / BITS_PER_LONG];
		unsigned long mask = word_mask(bit, nr_bits);

		changed += hweight_long(mask & ~*word);
		*word |= mask;
		bit += step;
		nr_bits -= step;
	}
	return changed;
}

/* Clear @nr_bits bits from @bit on; the number that were set. */
static unsigned long bits_clear(unsigned long *bitmap, unsigned long bit, unsigned long nr_bits)
{
	unsigned long changed = 0;

	while (nr_bits) {
		unsigned long step = min(nr_bits, BITS_PER_LONG - bit % BITS_PER_LONG);
		unsigned long *word = &bitmap[bit / BITS_PER_LONG];
		unsigned long mask = word_mask(bit, nr_bits);

		changed += hweight_long(mask & *word);
		*word &= ~mask;
		bit += step;
		nr_bits -= step;
	}
	return changed;
}

/**
 * hib_pfnset_init() - Make an empty set.
 * @set: Need not be initialised. May be given to hib_pfnset_exit() whatever
 *	this function returned.
 * @end_pfn: First frame that the set cannot hold.
 *
 * Context: May sleep.
 * Return: 0, -ENOMEM, or -EINVAL for an end that no machine has.
 */
int hib_pfnset_init(struct hib_pfnset *set, unsigned long end_pfn)
{
	unsigned long nr_bitmaps;
	size_t bytes;

	memset(set, 0, sizeof(*set));
	if (end_pfn > PFNSET_END_MAX)
		return -EINVAL;
	nr_bitmaps = DIV_ROUND_UP(end_pfn, HIB_PFNSET_PAGE_PFNS);
	if (!nr_bitmaps)
		return 0;
	bytes = nr_bitmaps * sizeof(*set->bitmaps);
	set->bitmaps = hib_pure_realloc(NULL, 0, bytes);
	if (!set->bitmaps)
		return -ENOMEM;
	memset(set->bitmaps, 0, bytes);
	set->nr_bitmaps = nr_bitmaps;
	set->end_pfn = end_pfn;
	return 0;
}

/**
 * hib_pfnset_exit() - Free everything that a set owns.
 * @set: The set; may be empty, or zeroed and never initialised.
 *
 * Context: May sleep.
 */
void hib_pfnset_exit(struct hib_pfnset *set)
{
	unsigned long i;

	for (i = 0; i < set->nr_bitmaps; i++) {
		if (set->bitmaps[i])
			hib_pure_page_free(set->bitmaps[i]);
	}
	hib_pure_free(set->bitmaps);
	memset(set, 0, sizeof(*set));
}

/**
 * hib_pfnset_cover() - Make the bit pages of a range, so that adding there cannot fail.
 * @set: The set.
 * @start: First frame.
 * @end: First frame past the range; an end at or before @start covers nothing.
 *
 * Context: May sleep.
 * Return:
 * * 0		- every page of the range is there
 * * -ERANGE	- @end lies past the set's own end
 * * -ENOMEM	- a page is missing; those that were made stay
 */
int hib_pfnset_cover(struct hib_pfnset *set, unsigned long start, unsigned long end)
{
	unsigned long i;

	if (start >= end)
		return 0;
	if (end > set->end_pfn)
		return -ERANGE;
	for (i = bitmap_of(start); i <= bitmap_of(end - 1); i++) {
		if (!set->bitmaps[i])
			set->bitmaps[i] = hib_pure_page_alloc();
		if (!set->bitmaps[i])
			return -ENOMEM;
	}
	return 0;
}

/**
 * hib_pfnset_add() - Add a frame.
 * @set: The set.
 * @pfn: The frame; may be a member already.
 *
 * Context: May sleep, unless the frame is covered.
 * Return: 0, -ERANGE past the set's end, -ENOMEM.
 */
int hib_pfnset_add(struct hib_pfnset *set, unsigned long pfn)
{
	if (pfn >= set->end_pfn)
		return -ERANGE;
	return hib_pfnset_add_range(set, pfn, pfn + 1);
}

/**
 * hib_pfnset_add_range() - Add all frames of a range.
 * @set: The set.
 * @start: First frame.
 * @end: First frame past the range; an end at or before @start adds nothing.
 *
 * Adds all or none.
 *
 * Context: May sleep, unless the range is covered.
 * Return: 0, -ERANGE past the set's end, -ENOMEM.
 */
int hib_pfnset_add_range(struct hib_pfnset *set, unsigned long start, unsigned long end)
{
	int ret = hib_pfnset_cover(set, start, end);

	if (ret)
		return ret;
	while (start < end) {
		unsigned long stop = part_end(start, end);

		set->nr_set += bits_set(set->bitmaps[bitmap_of(start)], bit_of(start),
					stop - start);
		start = stop;
	}
	return 0;
}

/**
 * hib_pfnset_remove() - Remove a frame.
 * @set: The set.
 * @pfn: The frame; need not be a member nor below the set's end.
 */
void hib_pfnset_remove(struct hib_pfnset *set, unsigned long pfn)
{
	if (pfn < set->end_pfn)
		hib_pfnset_remove_range(set, pfn, pfn + 1);
}

/**
 * hib_pfnset_remove_range() - Remove all frames of a range.
 * @set: The set.
 * @start: First frame.
 * @end: First frame past the range; may lie past the set's end.
 */
void hib_pfnset_remove_range(struct hib_pfnset *set, unsigned long start, unsigned long end)
{
	end = min(end, set->end_pfn);
	while (start < end) {
		unsigned long stop = part_end(start, end);
		unsigned long *bitmap = set->bitmaps[bitmap_of(start)];

		if (bitmap)
			set->nr_set -= bits_clear(bitmap, bit_of(start), stop - start);
		start = stop;
	}
}

/**
 * hib_pfnset_clear() - Remove every frame; the bit pages stay.
 * @set: The set.
 */
void hib_pfnset_clear(struct hib_pfnset *set)
{
	unsigned long i;

	for (i = 0; i < set->nr_bitmaps; i++) {
		if (set->bitmaps[i])
			memset(set->bitmaps[i], 0, PAGE_SIZE);
	}
	set->nr_set = 0;
}

/**
 * hib_pfnset_test() - Is a frame a member?
 * @set: The set.
 * @pfn: Any number.
 *
 * Return: True for a member.
 */
bool hib_pfnset_test(const struct hib_pfnset *set, unsigned long pfn)
{
	const unsigned long *bitmap;

	if (pfn >= set->end_pfn)
		return false;
	bitmap = set->bitmaps[bitmap_of(pfn)];
	return bitmap && bitmap[bit_of(pfn) / BITS_PER_LONG] >> (pfn % BITS_PER_LONG) & 1;
}

/**
 * hib_pfnset_next() - First member at or after a frame.
 * @set: The set.
 * @pfn: Where to begin; any number.
 *
 * Return: The frame, or HIB_PFN_NONE.
 */
unsigned long hib_pfnset_next(const struct hib_pfnset *set, unsigned long pfn)
{
	unsigned long bit = bit_of(pfn);
	unsigned long i;

	if (pfn >= set->end_pfn)
		return HIB_PFN_NONE;
	for (i = bitmap_of(pfn); i < set->nr_bitmaps; i++, bit = 0) {
		if (!set->bitmaps[i])
			continue;
		bit = find_next_bit(set->bitmaps[i], HIB_PFNSET_PAGE_PFNS, bit);
		if (bit < HIB_PFNSET_PAGE_PFNS)
			return i * HIB_PFNSET_PAGE_PFNS + bit;
	}
	return HIB_PFN_NONE;
}

/* First frame at or after @pfn that is no member; the set's end at the latest. */
static unsigned long pfnset_next_absent(const struct hib_pfnset *set, unsigned long pfn)
{
	unsigned long bit = bit_of(pfn);
	unsigned long i;

	for (i = bitmap_of(pfn); i < set->nr_bitmaps; i++, bit = 0) {
		if (set->bitmaps[i])
			bit = find_next_zero_bit(set->bitmaps[i], HIB_PFNSET_PAGE_PFNS, bit);
		if (bit < HIB_PFNSET_PAGE_PFNS)
			return min(set->end_pfn, i * HIB_PFNSET_PAGE_PFNS + bit);
	}
	return set->end_pfn;
}

/**
 * hib_pfnset_next_run() - Next run of members at or after a frame.
 * @set: The set.
 * @pfn: Where to begin; a run that began earlier is given from here on.
 * @start: Set to the run's first frame.
 * @end: Set to the first frame past the run.
 *
 * Return: False when there is no further member; nothing is set then.
 */
bool hib_pfnset_next_run(const struct hib_pfnset *set, unsigned long pfn,
			 unsigned long *start, unsigned long *end)
{
	unsigned long first = hib_pfnset_next(set, pfn);

	if (first == HIB_PFN_NONE)
		return false;
	*start = first;
	*end = pfnset_next_absent(set, first);
	return true;
}

/**
 * hib_pfnset_count_common() - Number of frames that two sets share.
 * @a: A set.
 * @b: Another, whose end may differ.
 *
 * Return: The number.
 */
unsigned long hib_pfnset_count_common(const struct hib_pfnset *a, const struct hib_pfnset *b)
{
	unsigned long nr_bitmaps = min(a->nr_bitmaps, b->nr_bitmaps);
	unsigned long nr = 0;
	unsigned long i, w;

	for (i = 0; i < nr_bitmaps; i++) {
		if (!a->bitmaps[i] || !b->bitmaps[i])
			continue;
		for (w = 0; w < PAGE_SIZE / sizeof(long); w++)
			nr += hweight_long(a->bitmaps[i][w] & b->bitmaps[i][w]);
	}
	return nr;
}

/* Add those of @a that are not in @b, which may be absent, to @bitmap; the number that are new. */
static unsigned long bits_add_difference(unsigned long *bitmap, const unsigned long *a,
					 const unsigned long *b)
{
	unsigned long changed = 0;

	for (unsigned long w = 0; w < PAGE_SIZE / sizeof(long); w++) {
		unsigned long word = b ? a[w] & ~b[w] : a[w];

		changed += hweight_long(word & ~bitmap[w]);
		bitmap[w] |= word;
	}
	return changed;
}

/**
 * hib_pfnset_add_difference() - Add the frames of one set that another lacks.
 * @set: The set; may be neither of the others.
 * @a: Frames to add,
 * @b: but for these.
 *
 * Context: May sleep, unless the frames are covered.
 * Return: 0; -ERANGE when @a reaches past the set's end, with nothing added;
 * -ENOMEM with some of them added.
 */
int hib_pfnset_add_difference(struct hib_pfnset *set, const struct hib_pfnset *a,
			      const struct hib_pfnset *b)
{
	if (a->end_pfn > set->end_pfn)
		return -ERANGE;
	for (unsigned long i = 0; i < a->nr_bitmaps; i++) {
		if (!a->bitmaps[i])
			continue;
		if (!set->bitmaps[i])
			set->bitmaps[i] = hib_pure_page_alloc();
		if (!set->bitmaps[i])
			return -ENOMEM;
		set->nr_set += bits_add_difference(set->bitmaps[i], a->bitmaps[i],
						   i < b->nr_bitmaps ? b->bitmaps[i] : NULL);
	}
	return 0;
}
