// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "tag.h"
#include "unpack.h"

#define NR_PAGES	40u		/* two chunks, the last has eight pages */
#define NR_CHUNKS	2u
#define FUZZ_APART	0x04u		/* pages do not lie side by side */
#define FUZZ_HOLES	0x08u		/* every third page has no place */
#define FUZZ_BAD_CODE	0x10u		/* nothing can be decoded */
#define FUZZ_STOP	0x20u		/* stop after a chunk */
#define FUZZ_RAW	0x40u		/* a raw segment */
#define UNTOUCHED	0xa5

static u8 pages[2 * NR_PAGES][HIB_BLOCK_BYTES] __aligned(4096);
static u8 plain[HIB_CHUNK_PAGES][HIB_BLOCK_BYTES] __aligned(4096);
static u8 untouched[HIB_BLOCK_BYTES];
static u8 steer;
static bool seen[NR_CHUNKS];

/* The tag that the chunk ought to have, as far as its length can be told. */
static u32 close_chunk(u8 *at, u32 bytes)
{
	struct hib_disk_chunk frame;
	u64 total_bytes;

	if (bytes < sizeof(frame))
		return 0;
	memcpy(&frame, at, sizeof(frame));
	total_bytes = (u64)hib_chunk_body_offset(le32_to_cpu(frame.same_mask)) +
		      le32_to_cpu(frame.body_bytes);
	if (!frame.magic || total_bytes > bytes)
		return 0;
	frame.tag = cpu_to_le64(hib_tag_compute(at, total_bytes,
						offsetof(struct hib_disk_chunk, tag),
						fuzz_id, HIB_TAG_CHUNK));
	memcpy(at, &frame, sizeof(frame));
	return total_bytes;
}

static void *place(u64 index)
{
	return pages[steer & FUZZ_APART ? 2 * index : index];
}

static void *address(void *priv, u64 index)
{
	fuzz_must(priv == seen && index < NR_PAGES && seen[index / HIB_CHUNK_PAGES]);
	return steer & FUZZ_HOLES && index % 3 == 2 ? NULL : place(index);
}

static bool claim(void *priv, u32 index)
{
	fuzz_must(priv == seen && index < NR_CHUNKS);
	if (seen[index])
		return false;
	seen[index] = true;
	return true;
}

static int decompress(void *priv, const struct hib_chunk *c, void *out, size_t bytes,
		      const char **why)
{
	fuzz_must(priv == seen && bytes && bytes <= sizeof(plain) && c->body_bytes);
	memset(out, *(const u8 *)c->body, bytes);
	*why = "cannot be decoded";
	return steer & FUZZ_BAD_CODE ? -EBADMSG : 0;
}

static bool stopped(void *priv)
{
	return priv == seen && steer & FUZZ_STOP;
}

static bool is_untouched(const u8 *page)
{
	return !memcmp(page, untouched, HIB_BLOCK_BYTES);
}

/* Nothing is written but the pages of chunks that were claimed, and these where they belong. */
static void check_untouched(void)
{
	u32 i;

	for (i = 0; i < NR_PAGES; i++) {
		if (!seen[i / HIB_CHUNK_PAGES] || !address(seen, i))
			fuzz_must(is_untouched(place(i)));
		if (steer & FUZZ_APART)
			fuzz_must(is_untouched(pages[2 * i + 1]));
		else
			fuzz_must(is_untouched(pages[NR_PAGES + i]));
	}
}

/* Each page of a raw or same-filled kind is what its chunk says. */
static void check_chunk(const struct hib_chunk *c)
{
	const u8 *fill = c->fills, *body = c->body;
	u32 i;

	for (i = 0; i < c->nr_pages; i++) {
		u8 *page = address(seen, (u64)c->index * HIB_CHUNK_PAGES + i);
		bool same = c->same_mask >> i & 1;

		if (same && page)
			fuzz_must(!memcmp(page, fill, 8) && !memcmp(page + 4088, fill, 8));
		if (!same && page && c->codec == HIB_CODEC_NONE)
			fuzz_must(!memcmp(page, body, HIB_BLOCK_BYTES));
		if (!same && page && c->codec != HIB_CODEC_NONE)
			fuzz_must(page[0] == body[0] && page[4095] == body[0]);
		fill += same ? 8 : 0;
		body += !same && c->codec == HIB_CODEC_NONE ? HIB_BLOCK_BYTES : 0;
	}
}

static void check_chunks(const u8 *segment, u32 bytes)
{
	const char *why = NULL;
	struct hib_chunk c;
	u32 at = 0;

	while (at < bytes && hib_chunk_parse(segment + at, bytes - at, fuzz_id, NR_PAGES, &c,
					     &why) > 0) {
		check_chunk(&c);
		at += c.total_bytes;
	}
	fuzz_must(at == bytes);
}

#define RAW_CHUNKS	3u

static u8 spare[RAW_CHUNKS * HIB_CHUNK_PAGES][HIB_BLOCK_BYTES] __aligned(4096);

/* A sound chunk, as the list lets through only such. */
static struct hib_raw_chunk raw_take(const u8 **data, size_t *bytes)
{
	struct hib_raw_chunk c = { .index = fuzz_take(data, bytes) % NR_CHUNKS };
	u32 nr_pages = hib_raw_chunk_pages(&c, NR_PAGES);

	fuzz_fill(&c.zero_mask, sizeof(c.zero_mask), data, bytes);
	c.zero_mask &= (1u << (nr_pages - 1)) - 1;
	return c;
}

/* What a device would put there: a byte of the input for each block. */
static void raw_read(void **blocks, u32 nr, const u8 **data, size_t *bytes)
{
	for (u32 i = 0; i < nr; i++)
		memset(blocks[i], fuzz_take(data, bytes), HIB_BLOCK_BYTES);
}

static void raw_unpack(struct hib_unpack *u, const u8 *data, size_t bytes)
{
	void *blocks[RAW_CHUNKS * HIB_CHUNK_PAGES] = {};
	struct hib_raw_chunk chunks[RAW_CHUNKS];
	u32 nr_blocks = 0, nr = 1 + fuzz_take(&data, &bytes) % RAW_CHUNKS, of[RAW_CHUNKS];
	const char *why = NULL;
	int error;

	for (u32 i = 0; i < nr; i++) {
		chunks[i] = raw_take(&data, &bytes);
		of[i] = hib_raw_chunk_pages(&chunks[i], NR_PAGES) - hweight32(chunks[i].zero_mask);
		nr_blocks += of[i];
	}
	error = hib_unpack_raw_begin(u, chunks, nr, spare, blocks, &why);
	fuzz_must(!error || !strcmp(why, "chunk seen twice"));
	if (error)
		return;
	raw_read(blocks, nr_blocks, &data, &bytes);
	for (u32 i = 0, at = 0; i < nr; at += of[i++])
		chunks[i].tag = hib_raw_chunk_tag(&chunks[i], fuzz_id,
						  (const void *const *)blocks + at, of[i]) ^
				!(steer & FUZZ_CLOSE);
	error = hib_unpack_raw_end(u, chunks, nr, blocks, &why);
	fuzz_must(!error == !!(steer & FUZZ_CLOSE));
	fuzz_must(u->pos < nr_blocks * HIB_BLOCK_BYTES && u->nr_same <= u->nr_pages);
	check_untouched();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	static const struct hib_unpack_ops ops = {
		.address = address, .claim = claim, .decompress = decompress, .stopped = stopped,
	};
	struct hib_unpack u = { .ops = &ops, .priv = seen, .image_id = fuzz_id,
				.nr_pages_total = NR_PAGES, .plain = plain };
	const char *why = NULL;
	u32 at = 0, next;
	u8 *segment;
	int error;

	steer = fuzz_take(&data, &bytes);
	segment = malloc(bytes + 1);
	memcpy(segment, data, bytes);
	memset(untouched, UNTOUCHED, sizeof(untouched));
	memset(pages, UNTOUCHED, sizeof(pages));
	memset(seen, 0, sizeof(seen));
	if (steer & FUZZ_RAW) {
		raw_unpack(&u, data, bytes);
		free(segment);
		return 0;
	}
	while (steer & FUZZ_CLOSE && (next = close_chunk(segment + at, bytes - at)))
		at += next;
	error = hib_unpack_segment(&u, segment, bytes, &why);
	fuzz_must(u.pos <= bytes && u.nr_same <= u.nr_pages && u.nr_pages <= NR_PAGES);
	fuzz_must(!error || (why && strlen(why)));
	check_untouched();
	if (!error)
		check_chunks(segment, u.pos);
	free(segment);
	return 0;
}
