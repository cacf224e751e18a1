// SPDX-License-Identifier: GPL-2.0
#include "digest.h"
#include "tag.h"
#include "tap.h"

static __le64 page[512] __aligned(4096);

TEST(digest_is_xxh64_of_the_page)
{
	u64 seed = 1;
	unsigned int round, i;

	for (round = 0; round < 200; round++) {
		for (i = 0; i < 512; i++)
			page[i] = round ? tap_random(&seed) : 0;
		check(hib_digest_page(page, round * seed) == xxh64(page, 4096, round * seed));
	}
	check(hib_digest_page(page, ~0ULL) == xxh64(page, 4096, ~0ULL));
}

TEST(digest_changes_with_every_bit)
{
	u64 before;
	unsigned int bit;

	memset(page, 0, sizeof(page));
	before = hib_digest_page(page, 7);
	for (bit = 0; bit < 8 * 4096; bit += 61) {
		((u8 *)page)[bit / 8] ^= 1 << bit % 8;
		check(hib_digest_page(page, 7) != before);
		((u8 *)page)[bit / 8] ^= 1 << bit % 8;
	}
	check(hib_digest_page(page, 7) == before);
	check(hib_digest_page(page, 8) != before);
}

static struct hib_digest_key key;

static void draw(void *to, unsigned int words, u64 *seed)
{
	for (unsigned int i = 0; i < words; i++)
		((u64 *)to)[i] = tap_random(seed);
}

TEST(keyed_digest_depends_on_every_word_of_page_and_key)
{
	u64 before, seed = 5;
	unsigned int i;

	draw(page, 512, &seed);
	draw(&key, sizeof(key) / 8, &seed);
	before = hib_digest_keyed(page, &key);
	for (i = 0; i < 512; i++) {
		page[i] ^= cpu_to_le64(1ULL << i % 64);
		check(hib_digest_keyed(page, &key) != before);
		page[i] ^= cpu_to_le64(1ULL << i % 64);
	}
	for (i = 0; i < sizeof(key) / 8; i++) {
		((u64 *)&key)[i] ^= 1ULL << 63;
		check(hib_digest_keyed(page, &key) != before);
		((u64 *)&key)[i] ^= 1ULL << 63;
	}
	check(hib_digest_keyed(page, &key) == before);
}

/* x with x * a = 1. */
static u64 inverse(u64 a)
{
	u64 x = a;

	for (unsigned int i = 0; i < 6; i++)
		x *= 2 - a * x;
	return x;
}

/*
 * A difference that xxh64 misses for half of all seeds: the top bit of a word, and in
 * the next word of the same lane what takes it away again. It holds for the keyed one.
 */
TEST(keyed_digest_holds_against_a_chosen_difference)
{
	u64 second = (HIB_DIGEST_P1 << 30) * inverse(HIB_DIGEST_P2), seed = 11;
	unsigned int missed = 0, round;

	for (round = 0; round < 400; round++) {
		u64 drawn = tap_random(&seed), plain, keyed;

		draw(page, 512, &seed);
		draw(&key, sizeof(key) / 8, &seed);
		plain = hib_digest_page(page, drawn);
		keyed = hib_digest_keyed(page, &key);
		page[round] = cpu_to_le64(le64_to_cpu(page[round]) + (1ULL << 63));
		page[round + 4] = cpu_to_le64(le64_to_cpu(page[round + 4]) + second);
		missed += hib_digest_page(page, drawn) == plain;
		check(hib_digest_keyed(page, &key) != keyed);
	}
	check(missed > 100);
}

/* Pages whose words are alike cancel nothing: words moved, words exchanged, zeros. */
TEST(keyed_digest_tells_places_apart)
{
	u64 seed = 17, zero, once, other;
	unsigned int i;

	draw(&key, sizeof(key) / 8, &seed);
	memset(page, 0, sizeof(page));
	zero = hib_digest_keyed(page, &key);
	for (i = 0; i < 511; i++) {
		page[i] = cpu_to_le64(1);
		once = hib_digest_keyed(page, &key);
		page[i + 1] = page[i];
		page[i] = 0;
		other = hib_digest_keyed(page, &key);
		check(once != zero && other != zero && once != other);
	}
}

TEST(tag_is_xxh64_with_the_hole_zero)
{
	u8 id[HIB_ID_BYTES] = "0123456789abcdef";
	u8 part[200], copy[200];
	u64 seed = 3;
	unsigned int hole, i;

	for (i = 0; i < sizeof(part); i++)
		part[i] = tap_random(&seed);
	for (hole = 0; hole <= sizeof(part) - 8; hole++) {
		memcpy(copy, part, sizeof(part));
		memset(copy + hole, 0, 8);
		check(hib_tag_compute(part, sizeof(part), hole, id, HIB_TAG_LEAF) ==
		      xxh64(copy, sizeof(copy), hib_tag_seed(id, HIB_TAG_LEAF)));
	}
}

TEST(tag_seed_depends_on_kind_and_on_every_bit_of_the_id)
{
	static const u64 kinds[] = {
		HIB_TAG_COMMIT, HIB_TAG_HEADER, HIB_TAG_LEAF, HIB_TAG_CHUNK,
	};
	u8 id[HIB_ID_BYTES] = {};
	unsigned int a, b, bit;

	for (a = 0; a < ARRAY_SIZE(kinds); a++) {
		u64 seed = hib_tag_seed(id, kinds[a]);

		for (b = 0; b < a; b++)
			check(hib_tag_seed(id, kinds[b]) != seed);
		for (bit = 0; bit < 128; bit++) {
			id[bit / 8] ^= 1 << bit % 8;
			check(hib_tag_seed(id, kinds[a]) != seed);
			id[bit / 8] ^= 1 << bit % 8;
		}
	}
}

/* The seeds are on disk: an image of yesterday must be readable tomorrow. */
TEST(tag_seeds_stay_as_they_are_on_disk)
{
	u8 id[HIB_ID_BYTES] = {};
	u64 sum = hib_tag_seed(id, HIB_TAG_COMMIT) ^ hib_tag_seed(id, HIB_TAG_HEADER) ^
		  hib_tag_seed(id, HIB_TAG_LEAF) ^ hib_tag_seed(id, HIB_TAG_CHUNK);

	check_number(sum, 2942855928556284833);
}
