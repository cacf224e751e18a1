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
