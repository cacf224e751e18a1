/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_DIGEST_H
#define HIB_DIGEST_H

#include "hib_pure.h"

/*
 * DOC: The digest of a page
 *
 * hib_digest_page() answers whether a page still holds the bytes it held. It
 * is xxh64 of 4096 bytes, written out for that one length, inline and free of
 * calls, because copy.c runs it where nothing may be called. The result is
 * that of xxh64(page, 4096, seed); a unit test holds it to that.
 */

#define HIB_DIGEST_BYTES	4096u
#define HIB_DIGEST_P1		0x9e3779b185ebca87ULL
#define HIB_DIGEST_P2		0xc2b2ae3d27d4eb4fULL
#define HIB_DIGEST_P3		0x165667b19e3779f9ULL
#define HIB_DIGEST_P4		0x85ebca77c2b2ae63ULL

static __always_inline u64 hib_digest_rotate(u64 x, unsigned int by)
{
	return x << by | x >> (64 - by);
}

/* Take one word into a lane. */
static __always_inline u64 hib_digest_take(u64 lane, __le64 word)
{
	return hib_digest_rotate(lane + le64_to_cpu(word) * HIB_DIGEST_P2, 31) * HIB_DIGEST_P1;
}

/* Fold a finished lane into the sum. */
static __always_inline u64 hib_digest_fold(u64 sum, u64 lane)
{
	u64 mixed = hib_digest_rotate(lane * HIB_DIGEST_P2, 31) * HIB_DIGEST_P1;

	return (sum ^ mixed) * HIB_DIGEST_P1 + HIB_DIGEST_P4;
}

/* Digest of the 4096 bytes at @page, which is aligned to 8 bytes at least. */
static __always_inline u64 hib_digest_page(const void *page, u64 seed)
{
	const __le64 *word = page;
	const __le64 *end = word + HIB_DIGEST_BYTES / sizeof(*word);
	u64 a = seed + HIB_DIGEST_P1 + HIB_DIGEST_P2;
	u64 b = seed + HIB_DIGEST_P2;
	u64 c = seed;
	u64 d = seed - HIB_DIGEST_P1;
	u64 sum;

	for (; word != end; word += 4) {
		a = hib_digest_take(a, word[0]);
		b = hib_digest_take(b, word[1]);
		c = hib_digest_take(c, word[2]);
		d = hib_digest_take(d, word[3]);
	}
	sum = hib_digest_rotate(a, 1) + hib_digest_rotate(b, 7) +
	      hib_digest_rotate(c, 12) + hib_digest_rotate(d, 18);
	sum = hib_digest_fold(sum, a);
	sum = hib_digest_fold(sum, b);
	sum = hib_digest_fold(sum, c);
	sum = hib_digest_fold(sum, d) + HIB_DIGEST_BYTES;
	sum = (sum ^ sum >> 33) * HIB_DIGEST_P2;
	sum = (sum ^ sum >> 29) * HIB_DIGEST_P3;
	return sum ^ sum >> 32;
}

#endif
