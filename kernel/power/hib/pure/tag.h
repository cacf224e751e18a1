/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_TAG_H
#define HIB_TAG_H

#include "format.h"

/**
 * DOC: tag - the checksum of each part
 *
 * Every part of an image carries a 64-bit tag: xxh64 over the part with the
 * tag's own eight bytes read as zero. The seed comes from the image's random
 * id and from the kind of part, so that neither a part of another image nor a
 * part of another kind passes. The place of a part inside its list stands in
 * the part itself and is thereby covered.
 *
 * Pure inline functions without state; any context.
 */

/* Kinds of part. The numbers are on disk, in every tag. */
#define HIB_TAG_COMMIT		0x6f1d0b4cc2a95e37ULL
#define HIB_TAG_HEADER		0x93c7e82a5bd1460fULL
#define HIB_TAG_LEAF		0x2be4a6917f38dc05ULL
#define HIB_TAG_CHUNK		0xd85a3ff60e7241b9ULL
#define HIB_TAG_RAW_CHUNK	0x41c7b6e09d2f85a3ULL
#define HIB_TAG_BLACKBOX	0x47b19ce3f05a268dULL

static inline u64 hib_tag_seed(const u8 id[HIB_ID_BYTES], u64 kind)
{
	return xxh64(id, HIB_ID_BYTES, kind);
}

/* Tag of @bytes at @part, whose own tag field lies @hole bytes into it. */
static inline u64 hib_tag_compute(const void *part, size_t bytes, size_t hole,
				  const u8 id[HIB_ID_BYTES], u64 kind)
{
	static const u8 zero[sizeof(__le64)];
	struct xxh64_state state;
	size_t after = hole + sizeof(zero);

	xxh64_reset(&state, hib_tag_seed(id, kind));
	xxh64_update(&state, part, hole);
	xxh64_update(&state, zero, sizeof(zero));
	xxh64_update(&state, (const u8 *)part + after, bytes - after);
	return xxh64_digest(&state);
}

#endif
