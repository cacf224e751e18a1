/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of each kind that a program can have, filled from the host's seed.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct memory - A stretch of filled memory.
 * @start: Where.
 * @size: Bytes, whole pages.
 * @seed: What its content follows from.
 * @place: Place of its first page.
 * @same: So many pages differ, then they repeat; 0: all differ.
 */
struct memory {
	unsigned char *start;
	size_t size;
	uint64_t seed;
	uint64_t place;
	size_t same;
};

/**
 * memory_knows() - Is there such a kind?
 * @kind: "plain", "locked", "huge" (hugetlb), "thp" (transparent huge pages),
 *	"ksm" (merged: every page is there many times), "paged" (swapped out once
 *	filled) or "secret" (memfd_secret).
 */
bool memory_knows(const char *kind);

/**
 * memory_fill() - Map and fill memory.
 * @m: size, seed and place are set; the rest is filled in.
 * @kind: A kind that memory_knows().
 *
 * Return: NULL, or what failed, with errno.
 */
const char *memory_fill(struct memory *m, const char *kind);

/**
 * memory_wrong() - Compare all of it.
 *
 * Return: bytes that differ.
 */
unsigned long memory_wrong(const struct memory *m);

#endif
