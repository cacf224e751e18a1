/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bytes that the host's seed determines: of every three pages the first does
 * not compress at all, the others to about a third. No page equals another.
 * With PATTERN_HARD in its place, no page compresses. With PATTERN_ODD(n), n of
 * each sixteen words look like noise, and the others hold one number for each page.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_PAGE 4096
#define PATTERN_HARD (1ULL << 63)
#define PATTERN_ODD(n) ((uint64_t)(n) << 56)
#define PATTERN_ODD_MAX 16u

/**
 * pattern_mix() - A number that follows from another and does not look like it.
 * @x: The other.
 *
 * splitmix64: one multiplication chain a word, no state but a counter.
 */
uint64_t pattern_mix(uint64_t x);

/**
 * pattern_fill() - Fill one page.
 * @page: PATTERN_PAGE bytes, aligned to eight.
 * @seed: Seed of the whole run.
 * @place: Which page it is; another place gives other bytes.
 */
void pattern_fill(void *page, uint64_t seed, uint64_t place);

/**
 * pattern_wrong() - Compare one page with what pattern_fill() would make.
 *
 * Return: bytes that differ.
 */
unsigned int pattern_wrong(const void *page, uint64_t seed, uint64_t place);

#endif
