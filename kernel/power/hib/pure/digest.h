/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_DIGEST_H
#define HIB_DIGEST_H

#include "format.h"

/**
 * DOC: digest - two digests of a page
 *
 * Both are inline and free of calls, because copy.c runs them where nothing may
 * be called.
 *
 * hib_digest_page() is xxh64 of 4096 bytes, written out for that one length. It
 * is stored with an image, for the comparison after a resume, and finds faults.
 * The result is that of xxh64(page, 4096, seed); a unit test holds it to that.
 *
 * hib_digest_keyed() decides whether a page that was written early still holds
 * the bytes that it held; what it takes for equal is not saved again. xxh64 would
 * not do: there are differences that it misses for half of all seeds, so that
 * who can write to a page can hide that without knowing the seed. This one is NH,
 * as in UMAC: neighbouring words are multiplied, each with a word of the key added
 * before, and the products are summed up in 128 bits. These are brought to 64 by
 * multiplication with three more numbers of the key. Two pages that were chosen
 * without knowing the key have the same digest with a probability of at most
 * 2^-63. It takes one multiplication where xxh64 takes four.
 */

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
	const __le64 *end = word + HIB_BLOCK_BYTES / sizeof(*word);
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
	sum = hib_digest_fold(sum, d) + HIB_BLOCK_BYTES;
	sum = (sum ^ sum >> 33) * HIB_DIGEST_P2;
	sum = (sum ^ sum >> 29) * HIB_DIGEST_P3;
	return sum ^ sum >> 32;
}

#define HIB_DIGEST_WORDS	(HIB_BLOCK_BYTES / sizeof(u64))

/**
 * struct hib_digest_key - Random numbers, new for each attempt, known to nobody.
 * @word: One for each word of a page.
 * @fold: Three of 128 bits, low half first, for the step from 128 bits to 64.
 */
struct hib_digest_key {
	u64 word[HIB_DIGEST_WORDS];
	u64 fold[6];
};

/* The product of two words, each hidden by one of the key. */
static __always_inline u128 hib_digest_pair(const __le64 *word, const u64 *key)
{
	return (u128)(le64_to_cpu(word[0]) + key[0]) * (le64_to_cpu(word[1]) + key[1]);
}

/* @x times a number of 128 bits, modulo 2^128. */
static __always_inline u128 hib_digest_times(u64 x, const u64 *by)
{
	return (u128)x * by[0] + ((u128)(x * by[1]) << 64);
}

/* Keyed digest of the 4096 bytes at @page, which is aligned to 8 bytes at least. */
static __always_inline u64 hib_digest_keyed(const void *page, const struct hib_digest_key *key)
{
	const __le64 *word = page;
	const u64 *fold = key->fold;
	u128 even = 0, odd = 0, sum;

	for (unsigned int i = 0; i < HIB_DIGEST_WORDS; i += 4) {
		even += hib_digest_pair(word + i, key->word + i);
		odd += hib_digest_pair(word + i + 2, key->word + i + 2);
	}
	even += odd;
	sum = ((u128)fold[1] << 64 | fold[0]) + hib_digest_times((u64)even, fold + 2) +
	      hib_digest_times((u64)(even >> 64), fold + 4);
	return (u64)(sum >> 64);
}

#endif
