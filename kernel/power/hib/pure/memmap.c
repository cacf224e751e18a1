// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: memmap - firmware's memory map, then and now
 *
 * Firmware lays memory out at each boot, mostly in the same way. A map here
 * is in page frames: ranges of one kind each, ascending. It comes from what
 * firmware says, byte by byte, and from an image, where it is written as the
 * frames at which the kind changes.
 *
 * hib_memmap_compare() walks both at once and decides for each stretch::
 *
 *	image		now
 *	RAM		tables		lent: loaded elsewhere, moved there last
 *	tables		RAM, tables	the image's kernel has a copy and puts it back
 *	the same	the same	nothing to do
 *	all else			does not fit
 *
 * So tables that slid within RAM fit. RAM that is gone or new, NVS and reserved
 * memory that moved do not: the image's kernel would use memory that it does not own.
 *
 * Pure: no state, any context.
 */
#include "memmap.h"

#define MEMMAP_KIND_BITS	4
#define MEMMAP_KIND_MASK	0xfull
#define MEMMAP_PFN_END		0x10000000000000ull

static void map_append(struct hib_memmap *map, u64 start, u64 end, enum hib_memmap_kind kind)
{
	struct hib_memmap_range *last = map->nr ? &map->range[map->nr - 1] : NULL;

	/* Two kinds in one frame: the one that is less ours. */
	if (last && start < last->end_pfn) {
		if (kind > last->kind && start > last->start_pfn)
			last->end_pfn = start;
		else
			start = last->end_pfn;
	}
	if (start >= end)
		return;
	if (last && last->kind == kind && last->end_pfn == start) {
		last->end_pfn = end;
		return;
	}
	if (map->nr == HIB_MEMMAP_RANGES) {
		map->overflow = true;
		return;
	}
	map->range[map->nr++] = (struct hib_memmap_range) { start, end, kind };
}

/**
 * hib_memmap_add() - Add what firmware says about a stretch of memory.
 * @map: Starts zeroed.
 * @start: First byte; not below that of the stretch added before.
 * @bytes: Length.
 * @kind: What it is. Holes need not be added.
 */
void hib_memmap_add(struct hib_memmap *map, u64 start, u64 bytes, enum hib_memmap_kind kind)
{
	u64 end;

	if (check_add_overflow(start, bytes, &end) || kind == HIB_MEMMAP_HOLE)
		return;
	if (kind == HIB_MEMMAP_RAM)
		start += PAGE_SIZE - 1;
	else
		end += PAGE_SIZE - 1;
	map_append(map, start >> PAGE_SHIFT, end >> PAGE_SHIFT, kind);
}

static bool word_add(__le64 *words, u32 *nr, u64 pfn, enum hib_memmap_kind kind)
{
	if (*nr == HIB_MEMMAP_WORDS)
		return false;
	words[(*nr)++] = cpu_to_le64(pfn << MEMMAP_KIND_BITS | kind);
	return true;
}

/**
 * hib_memmap_encode() - Write a map as the frames at which the kind changes.
 * @map: The map.
 * @words: Receives them; those that are not needed become zero.
 *
 * The last one says that there is nothing more.
 *
 * Return: Words in use, 0 when there are too many.
 */
u32 hib_memmap_encode(const struct hib_memmap *map, __le64 words[HIB_MEMMAP_WORDS])
{
	bool fits = !map->overflow;
	u32 nr = 0;

	memset(words, 0, HIB_MEMMAP_WORDS * sizeof(*words));
	for (u32 i = 0; fits && i < map->nr; i++) {
		const struct hib_memmap_range *r = &map->range[i];

		fits = word_add(words, &nr, r->start_pfn, r->kind);
		if (fits && (i + 1 == map->nr || map->range[i + 1].start_pfn != r->end_pfn))
			fits = word_add(words, &nr, r->end_pfn, HIB_MEMMAP_HOLE);
	}
	if (!fits)
		memset(words, 0, HIB_MEMMAP_WORDS * sizeof(*words));
	return fits ? nr : 0;
}

/**
 * hib_memmap_decode() - Read a map from an image.
 * @map: Receives it; not to be used unless 0 is returned.
 * @words: As hib_memmap_encode() wrote them.
 * @nr_words: How many there are; at least one.
 *
 * Return: 0, or -EBADMSG.
 */
int hib_memmap_decode(struct hib_memmap *map, const __le64 *words, u32 nr_words)
{
	enum hib_memmap_kind kind = HIB_MEMMAP_HOLE;
	u64 pfn = 0;

	*map = (struct hib_memmap) {};
	if (!nr_words || nr_words > HIB_MEMMAP_WORDS)
		return -EBADMSG;
	for (u32 i = 0; i < nr_words; i++) {
		u64 next = le64_to_cpu(words[i]) >> MEMMAP_KIND_BITS;
		u64 next_kind = le64_to_cpu(words[i]) & MEMMAP_KIND_MASK;

		if (next_kind >= HIB_MEMMAP_KINDS || next_kind == kind ||
		    next >= MEMMAP_PFN_END || (i && next <= pfn))
			return -EBADMSG;
		if (kind != HIB_MEMMAP_HOLE)
			map_append(map, pfn, next, kind);
		pfn = next;
		kind = next_kind;
	}
	return kind == HIB_MEMMAP_HOLE ? 0 : -EBADMSG;
}

/* The kind of frame @pfn, from range @at on; *end: where that ends. */
static enum hib_memmap_kind map_kind(const struct hib_memmap *map, u32 *at, u64 pfn, u64 *end)
{
	while (*at < map->nr && map->range[*at].end_pfn <= pfn)
		++*at;
	if (*at == map->nr) {
		*end = MEMMAP_PFN_END;
		return HIB_MEMMAP_HOLE;
	}
	if (pfn < map->range[*at].start_pfn) {
		*end = map->range[*at].start_pfn;
		return HIB_MEMMAP_HOLE;
	}
	*end = map->range[*at].end_pfn;
	return map->range[*at].kind;
}

static int fit_note_lent(struct hib_memmap_fit *fit, u64 start, u64 end)
{
	if (fit->nr_lent == HIB_MEMMAP_LENT)
		return -E2BIG;
	fit->lent[fit->nr_lent++] = (struct hib_memmap_range) { start, end, HIB_MEMMAP_RAM };
	return 0;
}

static int fit_stretch(struct hib_memmap_fit *fit, u64 start, u64 end,
		       enum hib_memmap_kind was, enum hib_memmap_kind is)
{
	s64 frames = end - start;

	if (was == is)
		return 0;
	if (was == HIB_MEMMAP_RAM && is == HIB_MEMMAP_TABLES) {
		fit->ram_gone += frames;
		return fit_note_lent(fit, start, end);
	}
	if (was == HIB_MEMMAP_TABLES && is == HIB_MEMMAP_RAM) {
		fit->ram_gone -= frames;
		return 0;
	}
	fit->fault = (struct hib_memmap_range) { start, end, was };
	fit->was = was;
	fit->is = is;
	return -ESTALE;
}

/**
 * hib_memmap_compare() - Does an image fit the memory of this boot?
 * @image: Its map.
 * @here: The map of this boot.
 * @fit: Receives how it fits, or what does not.
 *
 * Return:
 * * 0		- it does; @fit->lent is all that needs care
 * * -ESTALE	- the stretch @fit->fault was something else
 * * -E2BIG	- it would, but in more pieces than are worth while
 */
int hib_memmap_compare(const struct hib_memmap *image, const struct hib_memmap *here,
		       struct hib_memmap_fit *fit)
{
	u32 at_image = 0, at_here = 0;
	u64 pfn = 0;

	*fit = (struct hib_memmap_fit) {};
	while (pfn < MEMMAP_PFN_END) {
		enum hib_memmap_kind was, is;
		u64 end, other;
		int ret;

		was = map_kind(image, &at_image, pfn, &end);
		is = map_kind(here, &at_here, pfn, &other);
		end = min(end, other);
		ret = fit_stretch(fit, pfn, end, was, is);
		if (ret)
			return ret;
		pfn = end;
	}
	return 0;
}

/**
 * hib_memmap_kind_name() - What to call a kind.
 * @kind: The kind.
 *
 * Return: A word or two.
 */
const char *hib_memmap_kind_name(enum hib_memmap_kind kind)
{
	static const char * const names[HIB_MEMMAP_KINDS] = {
		"no memory", "RAM", "ACPI tables", "ACPI NVS", "reserved",
	};

	return kind < HIB_MEMMAP_KINDS ? names[kind] : "?";
}
