// SPDX-License-Identifier: GPL-2.0
#include "pattern.h"

#include <string.h>

#define WORDS (PATTERN_PAGE / sizeof(uint64_t))

uint64_t pattern_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static void fill_odd(uint64_t *word, uint64_t base, unsigned int odd)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		word[i] = i % 16 * odd / 16 < (i % 16 + 1) * odd / 16 ? pattern_mix(base + i) : base & 0xffff;
}

void pattern_fill(void *page, uint64_t seed, uint64_t place)
{
	uint64_t base = pattern_mix(seed ^ pattern_mix(place));
	unsigned int odd = place >> 56 & 0x1f;
	uint64_t *word = page;
	size_t i;

	if (odd) {
		fill_odd(word, base, odd);
		return;
	}
	if (place & PATTERN_HARD || place % 3 == 0) {
		for (i = 0; i < WORDS; i++)
			word[i] = pattern_mix(base + i);
		return;
	}
	/* Like data of programs: one odd word of four, the others small. */
	for (i = 0; i < WORDS; i += 4) {
		word[i] = pattern_mix(base + i);
		word[i + 1] = place;
		word[i + 2] = i;
		word[i + 3] = base & 0xffff;
	}
}

unsigned int pattern_wrong(const void *page, uint64_t seed, uint64_t place)
{
	uint64_t expected[WORDS];
	const unsigned char *have = page, *want = (const unsigned char *)expected;
	unsigned int wrong = 0;
	size_t i;

	pattern_fill(expected, seed, place);
	if (!memcmp(page, expected, PATTERN_PAGE))
		return 0;
	for (i = 0; i < PATTERN_PAGE; i++)
		wrong += have[i] != want[i];
	return wrong;
}
