/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MEMMAP_H
#define HIB_MEMMAP_H

#include "hib_pure.h"

/* What firmware says a page frame is. On disk: numbers are not used again. */
enum hib_memmap_kind {
	HIB_MEMMAP_HOLE = 0,	/* not said */
	HIB_MEMMAP_RAM = 1,
	HIB_MEMMAP_TABLES = 2,	/* ACPI tables in RAM: the kernel's, once it has read them */
	HIB_MEMMAP_NVS = 3,	/* firmware's, to be saved for it */
	HIB_MEMMAP_RESERVED = 4,
	HIB_MEMMAP_KINDS,
};

/**
 * struct hib_memmap_range - Page frames of one kind.
 * @start_pfn: The first.
 * @end_pfn: Past the last.
 * @kind: What they are.
 */
struct hib_memmap_range {
	u64 start_pfn;
	u64 end_pfn;
	enum hib_memmap_kind kind;
};

#define HIB_MEMMAP_RANGES	128u	/* in memory */
#define HIB_MEMMAP_WORDS	90u	/* on disk */
#define HIB_MEMMAP_LENT		8u

/**
 * struct hib_memmap - Firmware's memory map in page frames.
 * @nr: Ranges in use; ascending, none empty, none a hole, neighbours of one kind joined.
 * @overflow: There were more than fit: what is here is not all.
 * @range: The ranges.
 */
struct hib_memmap {
	u32 nr;
	bool overflow;
	struct hib_memmap_range range[HIB_MEMMAP_RANGES];
};

/**
 * struct hib_memmap_fit - How the map of an image fits the one of this boot.
 * @fault: The first stretch that does not, if any.
 * @was: What the image's map says about @fault.
 * @is: What this boot's map says.
 * @ram_gone: Frames of RAM that the image's map has more; may be negative.
 * @nr_lent: Stretches in @lent.
 * @lent: RAM of the image where this boot has its tables.
 */
struct hib_memmap_fit {
	struct hib_memmap_range fault;
	enum hib_memmap_kind was, is;
	s64 ram_gone;
	u32 nr_lent;
	struct hib_memmap_range lent[HIB_MEMMAP_LENT];
};

/* Ascending by @start; RAM shrinks to whole frames, all else grows to them. */
void hib_memmap_add(struct hib_memmap *map, u64 start, u64 bytes, enum hib_memmap_kind kind);
/* Words in use, 0: the map does not fit. */
u32 hib_memmap_encode(const struct hib_memmap *map, __le64 words[HIB_MEMMAP_WORDS]);
/* 0 or -EBADMSG. What is accepted encodes to the same words again. */
int hib_memmap_decode(struct hib_memmap *map, const __le64 *words, u32 nr_words);
/* 0; -ESTALE with @fit->fault; -E2BIG: more stretches are lent than can be noted. */
int hib_memmap_compare(const struct hib_memmap *image, const struct hib_memmap *here,
		       struct hib_memmap_fit *fit);
const char *hib_memmap_kind_name(enum hib_memmap_kind kind);

#endif
