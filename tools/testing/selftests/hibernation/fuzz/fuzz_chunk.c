// SPDX-License-Identifier: GPL-2.0
#include "chunk.h"
#include "fuzz.h"
#include "tag.h"

#define TOTAL_PAGES	100u		/* four chunks, the last has four pages */

static u8 again[HIB_CHUNK_BYTES_MAX];
static u64 page[512] __aligned(4096);

/* The tag that the chunk ought to have, as far as its length can be told. */
static void close_chunk(u8 *at, u32 bytes)
{
	struct hib_disk_chunk frame;
	u64 total_bytes;

	if (bytes < sizeof(frame))
		return;
	memcpy(&frame, at, sizeof(frame));
	total_bytes = (u64)hib_chunk_body_offset(le32_to_cpu(frame.same_mask)) +
		      le32_to_cpu(frame.body_bytes);
	if (total_bytes > bytes)
		return;
	frame.tag = cpu_to_le64(hib_tag_compute(at, total_bytes,
						offsetof(struct hib_disk_chunk, tag),
						fuzz_id, HIB_TAG_CHUNK));
	memcpy(at, &frame, sizeof(frame));
}

static void check_fill(u64 fill)
{
	u64 found;
	u32 i;

	for (i = 0; i < 512; i++)
		page[i] = fill;
	fuzz_must(hib_chunk_page_is_same(page, &found) && found == fill);
	page[fill % 512] ^= 1;
	fuzz_must(!hib_chunk_page_is_same(page, &found));
}

static void check_same_again(const u8 *at, const struct hib_chunk *c)
{
	u64 fills[HIB_CHUNK_PAGES];
	u32 nr_fills = hweight32(c->same_mask);
	u32 i;

	for (i = 0; i < nr_fills; i++) {
		fills[i] = get_unaligned_le64((const u8 *)c->fills + 8 * i);
		check_fill(fills[i]);
	}
	memset(again, 0x5a, c->total_bytes);
	memcpy(again + hib_chunk_body_offset(c->same_mask), c->body, c->body_bytes);
	fuzz_must(hib_chunk_close(again, fuzz_id, c, fills) == c->total_bytes);
	fuzz_must(!memcmp(again, at, c->total_bytes));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	u8 *segment = malloc(bytes + 1);
	u32 at = 0;

	memcpy(segment, data, bytes);
	while (at <= bytes) {
		struct hib_chunk c;
		const char *why = NULL;
		int ret;

		if (steer & FUZZ_CLOSE)
			close_chunk(segment + at, bytes - at);
		ret = hib_chunk_parse(segment + at, bytes - at, fuzz_id, TOTAL_PAGES, &c, &why);
		fuzz_must(ret >= 0 || (why && strlen(why)));
		if (ret <= 0)
			break;
		fuzz_must(c.total_bytes <= bytes - at);
		check_same_again(segment + at, &c);
		at += c.total_bytes;
	}
	free(segment);
	return 0;
}
