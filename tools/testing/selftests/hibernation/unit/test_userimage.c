// SPDX-License-Identifier: GPL-2.0
#include "extent_chain.h"
#include "pagemap.h"
#include "segments.h"
#include "tap.h"
#include "unpack.h"
#include "userimage.h"

#define PAGES	(2 * HIB_USERIMAGE_PAGES + HIB_CHUNK_PAGES + 5u)
#define RUNS	3u

static const u8 id[HIB_ID_BYTES] = "userimage-tests!";
static u8 source[PAGES][HIB_BLOCK_BYTES] __aligned(4096);
static u8 result[PAGES][HIB_BLOCK_BYTES] __aligned(4096);
static u8 segment[HIB_USERIMAGE_BLOCKS * HIB_BLOCK_BYTES] __aligned(4096);
static u8 plain[HIB_CHUNK_PAGES * HIB_BLOCK_BYTES] __aligned(4096);
static u8 block0[HIB_BLOCK_BYTES] __aligned(8);
static struct hib_disk_header disk;
static struct hib_header header, want;
static struct hib_commit_record record;
static u32 next_chunk;

static struct hib_userimage a_plan(bool digests)
{
	struct hib_userimage plan = {};

	check_number(hib_userimage_plan(&plan, PAGES, RUNS, digests), 0);
	return plan;
}

/* A header that has all that is not the plan's to decide, as a block and block 0. */
static void make_header(const struct hib_userimage *plan)
{
	header = (struct hib_header) { .nr_ram_pages = 100000, .nr_cpus = 2 };
	memcpy(header.image_id, id, sizeof(id));
	strcpy(header.release, "6.12.0");
	hib_userimage_describe(plan, &header);
	hib_header_build(&disk, &header);
	memset(block0, 0, sizeof(block0));
	hib_userimage_close(block0, plan, &header, &disk);
}

/* As a reader takes it. */
static int read_header(struct hib_userimage *plan, const char **why)
{
	u64 nr_blocks = 0;
	int ret = hib_userimage_open(block0, &record, &nr_blocks, why);

	if (!ret)
		ret = hib_header_parse(&disk, &record, nr_blocks, &header, why);
	return ret ?: hib_userimage_check(&header, nr_blocks, plan, &want, why);
}

TEST(userimage_plan_counts_each_block)
{
	struct hib_userimage plan = a_plan(true);
	u64 seen[HIB_USERIMAGE_END] = {}, index, sum = 0;

	for (u64 block = 0; block < plan.nr_blocks; block++) {
		enum hib_userimage_part part = hib_userimage_part(&plan, block, &index);

		check(part < HIB_USERIMAGE_END);
		check_number(index, seen[part]);
		seen[part]++;
	}
	check_number(hib_userimage_part(&plan, plan.nr_blocks, &index), HIB_USERIMAGE_END);
	check_number(seen[HIB_USERIMAGE_MAP], hib_pagemap_leaves(RUNS));
	check_number(seen[HIB_USERIMAGE_SEGMENTS], hib_segments_leaves(3));
	check_number(seen[HIB_USERIMAGE_DIGESTS], 1);
	for (u32 i = 0; i < plan.nr_segments; i++)
		sum += hib_userimage_segment_blocks(&plan, i);
	check_number(seen[HIB_USERIMAGE_DATA], sum);
	check_number(hib_userimage_segment_blocks(&plan, 0), HIB_USERIMAGE_BLOCKS);
	check_number(hib_userimage_segment_blocks(&plan, 2), HIB_CHUNK_PAGES + 5 + 1);
}

/* What a reader has to have before it knows the plan stands in the same blocks of each image. */
TEST(userimage_begins_the_same_way)
{
	static const u64 sizes[] = { 1, 224, 225, 1000000, 1ULL << 32 };
	struct hib_userimage plan;
	u64 index;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		check_number(hib_userimage_plan(&plan, sizes[i], (sizes[i] + 1) / 2, i & 1), 0);
		check_number(hib_userimage_part(&plan, 0, &index), HIB_USERIMAGE_INFO);
		check_number(hib_userimage_part(&plan, 1, &index), HIB_USERIMAGE_HEADER);
		check_number(hib_userimage_part(&plan, 2, &index), HIB_USERIMAGE_EXTENTS);
		check_number(hib_userimage_part(&plan, 3, &index), HIB_USERIMAGE_MAP);
		check_number(index, 0);
	}
}

TEST(userimage_plan_of_whole_segments)
{
	struct hib_userimage plan;

	check_number(hib_userimage_plan(&plan, HIB_USERIMAGE_PAGES, 1, false), 0);
	check_number(plan.nr_segments, 1);
	check_number(hib_userimage_segment_blocks(&plan, 0), HIB_USERIMAGE_BLOCKS);
	check_number(plan.leaves[2], 0);
	check_number(plan.nr_blocks, 3 + 1 + 1 + HIB_USERIMAGE_BLOCKS);
	check_number(hib_userimage_plan(&plan, HIB_USERIMAGE_PAGES + 1, 1, false), 0);
	check_number(plan.nr_segments, 2);
	check_number(hib_userimage_segment_blocks(&plan, 1), 2);
}

TEST(userimage_plan_refuses_what_cannot_be)
{
	struct hib_userimage plan;

	check_number(hib_userimage_plan(&plan, 0, 0, false), -EINVAL);
	check_number(hib_userimage_plan(&plan, 5, 0, false), -EINVAL);
	check_number(hib_userimage_plan(&plan, 5, 6, false), -EINVAL);
	check_number(hib_userimage_plan(&plan, ((u64)U32_MAX << 5) + 1, 1, false), -EINVAL);
	check_number(hib_userimage_plan(&plan, ~0ULL, 1, true), -EINVAL);
	/* 16 TiB, each other frame saved. */
	check_number(hib_userimage_plan(&plan, 1ULL << 32, 1ULL << 31, true), 0);
	check(plan.nr_blocks > (1ULL << 32) && plan.nr_blocks < (1ULL << 32) + (1ULL << 26));
}

/* What it says is what each reader of an image asks for. */
TEST(userimage_header_is_that_of_an_image)
{
	for (int digests = 0; digests < 2; digests++) {
		struct hib_userimage plan = a_plan(digests), found;
		const char *why = "";

		make_header(&plan);
		check_number(read_header(&found, &why), 0);
		check_text(why, "header is not that of an image of /dev/snapshot");
		check(!memcmp(&plan, &found, sizeof(plan)));
		check_number(record.header_block, 1);
		check_number(header.nr_ram_pages, 100000);
	}
}

TEST(userimage_tells_programs_its_size)
{
	struct hib_userimage plan = a_plan(false);
	struct hib_disk_user_info *info = (void *)block0;

	make_header(&plan);
	check_number(le64_to_cpu(info->nr_pages), plan.nr_blocks);
	check_number(le64_to_cpu(info->bytes), plan.nr_blocks * HIB_BLOCK_BYTES);
	check_number(le64_to_cpu(info->nr_image_pages), PAGES);
	check_number(le64_to_cpu(info->nr_ram_pages), 100000);
	check_number(le32_to_cpu(info->nr_cpus), 2);
}

/* The extents lead from the image's blocks to the plan's, each once. */
TEST(userimage_extents_cover_the_image)
{
	struct hib_userimage plan = a_plan(true);
	struct hib_disk_leaf leaf;
	struct hib_extents e;
	u64 next = 1, block, nr, index;

	make_header(&plan);
	hib_userimage_extents(&plan, id, &leaf);
	hib_extents_init(&e);
	check_number(hib_extents_decode(&e, &leaf, id, 0, &header.members, &next), 0);
	check_number(next, 0);
	check_number(e.nr_blocks, header.image_bytes >> HIB_BLOCK_SHIFT);
	check(hib_extents_lookup(&e, 0, &block, &nr));
	check_number(hib_userimage_part(&plan, block, &index), HIB_USERIMAGE_DATA);
	check_number(index, 0);
	check(hib_extents_lookup(&e, header.pagemap.offset >> HIB_BLOCK_SHIFT, &block, &nr));
	check_number(hib_userimage_part(&plan, block, &index), HIB_USERIMAGE_MAP);
	check(hib_extents_lookup(&e, header.segments.offset >> HIB_BLOCK_SHIFT, &block, &nr));
	check_number(hib_userimage_part(&plan, block, &index), HIB_USERIMAGE_SEGMENTS);
	check(hib_extents_lookup(&e, header.digests.offset >> HIB_BLOCK_SHIFT, &block, &nr));
	check_number(hib_userimage_part(&plan, block, &index), HIB_USERIMAGE_DIGESTS);
	check_number(index, 0);
	hib_extents_exit(&e);
}

/* 509 segments: two leaves, the second with one entry. */
TEST(userimage_segments_are_a_list_that_is_read)
{
	u16 lengths[HIB_LEAF_SEGMENTS + 1];
	struct hib_segments_reader reader = {
		.segments = lengths, .capacity = HIB_LEAF_SEGMENTS + 1,
	};
	struct hib_userimage plan;
	struct hib_disk_leaf leaf;
	const char *why = "";

	check_number(hib_userimage_plan(&plan, (u64)HIB_LEAF_SEGMENTS * HIB_USERIMAGE_PAGES + 9,
					1, false), 0);
	make_header(&plan);
	check_number(hib_segments_begin(&reader, &header.segments, &why), 0);
	for (u32 i = 0; i < plan.leaves[1]; i++) {
		hib_userimage_segments(&plan, id, i, &leaf);
		check_number(hib_segments_decode(&reader, &leaf, id), 0);
	}
	check_number(hib_segments_end(&reader, &header.segments, header.data_bytes, &why), 0);
	check_number(lengths[0], HIB_USERIMAGE_BLOCKS);
	check_number(lengths[HIB_LEAF_SEGMENTS], 10);
}

static void *source_page(void *priv, u64 index)
{
	(void)priv;
	check(index < PAGES);
	return source[index];
}

static void *result_page(void *priv, u64 index)
{
	(void)priv;
	check(index < PAGES);
	return result[index];
}

static bool claim_next(void *priv, u32 index)
{
	(void)priv;
	return index == next_chunk++;
}

static int decode_none(void *priv, const struct hib_chunk *c, void *out, size_t bytes,
		       const char **why)
{
	(void)priv, (void)c, (void)out, (void)bytes;
	*why = "coded";
	return -EBADMSG;
}

static const struct hib_unpack_ops ops = {
	.address = result_page, .claim = claim_next, .decompress = decode_none,
};

TEST(userimage_segments_hold_the_pages)
{
	struct hib_userimage plan = a_plan(false);
	struct hib_unpack u = {
		.ops = &ops, .image_id = id, .nr_pages_total = PAGES, .plain = plain,
	};
	const char *why = "";
	u64 state = 1;

	next_chunk = 0;
	for (u32 i = 1; i < PAGES; i++)	/* the first one stays all zero: it is no exception */
		for (u32 j = 0; j < HIB_BLOCK_BYTES; j += 8)
			*(u64 *)(source[i] + j) = tap_random(&state);
	memset(result, 0xff, sizeof(result));
	for (u32 i = 0; i < plan.nr_segments; i++) {
		memset(segment, 0xa5, sizeof(segment));
		hib_userimage_pack(&plan, id, i, source_page, NULL, segment);
		check_number(hib_unpack_segment(&u, segment,
						hib_userimage_segment_blocks(&plan, i) *
						HIB_BLOCK_BYTES, &why), 0);
		check_number(u.nr_same, 0);
	}
	check_number(next_chunk, (PAGES + HIB_CHUNK_PAGES - 1) / HIB_CHUNK_PAGES);
	check(!memcmp(source, result, sizeof(source)));
}

/* One number that the plan decides is another one; false: there is no such change. */
static bool change_header(struct hib_header *h, unsigned int which)
{
	struct hib_member *member = h->members.member;

	switch (which) {
	case 0: h->codec = HIB_CODEC_LZ4; break;
	case 1: h->image_bytes += HIB_BLOCK_BYTES; break;
	case 2: h->pagemap.offset += HIB_BLOCK_BYTES; break;
	case 3: h->pagemap.offset = h->segments.offset + HIB_BLOCK_BYTES;
		h->image_bytes += HIB_BLOCK_BYTES; break;
	case 4: h->segments.nr_entries++; break;
	case 5: h->extent_block++; break;
	case 6: h->nr_extents++; break;
	case 7: h->nr_pages--; break;
	case 8: h->data_bytes -= HIB_BLOCK_BYTES; break;
	case 9: member[0].root_block = 1; break;
	case 10: member[0].id[0]++; break;
	case 11: member[1].id[0] = 1; member[1].nr_blocks = 9; break;
	case 12: h->nr_precopied = 32; h->must_know = HIB_MUST_PRECOPY;
		 h->precopied = (struct hib_piece) { h->image_bytes, 1, 1 };
		 h->image_bytes += HIB_BLOCK_BYTES; break;
	default: return false;
	}
	return true;
}

TEST(userimage_header_of_another_kind_is_refused)
{
	struct hib_userimage plan = a_plan(false), found;
	unsigned int which;

	for (which = 0;; which++) {
		const char *why = "";

		make_header(&plan);
		if (!change_header(&header, which))
			break;
		hib_header_build(&disk, &header);
		memset(block0, 0, sizeof(block0));
		hib_userimage_close(block0, &plan, &header, &disk);
		check_number(read_header(&found, &why), -EBADMSG);
		check(*why);
	}
	check_number(which, 13);
}

TEST(userimage_block_0_is_checked)
{
	struct hib_disk_commit *commit = (void *)block0 + HIB_COMMIT_OFFSET;
	struct hib_disk_user_info *info = (void *)block0;
	struct hib_userimage plan = a_plan(false), found;
	const char *why = "";

	make_header(&plan);
	info->nr_pages = cpu_to_le64(plan.nr_blocks + 1);
	check_number(read_header(&found, &why), -EBADMSG);
	check_text(why, "number of blocks");
	info->nr_pages = cpu_to_le64(plan.nr_blocks - 1);
	check_number(read_header(&found, &why), -EBADMSG);
	check_text(why, "header members");
	info->nr_pages = 0;
	check_number(read_header(&found, &why), -EBADMSG);

	make_header(&plan);
	commit->signature[0] = 'S';	/* no image at all */
	check_number(read_header(&found, &why), -EBADMSG);
	check_text(why, "signature");

	make_header(&plan);
	record.header_block = 2;
	hib_commit_build(commit, &record);
	check_number(read_header(&found, &why), -EBADMSG);
	check_text(why, "commit header_block");
}
