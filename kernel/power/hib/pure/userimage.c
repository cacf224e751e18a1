// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: userimage - an image that a program reads from the kernel, and writes to it
 *
 * Through /dev/snapshot an image passes block by block, and how many blocks there are is
 * known before the first one. So such an image has a plan that follows from three numbers:
 * the pages, the runs of the page list, and whether there are digests::
 *
 *	block 0		what programs know: the kernel, the machine, the size; and the
 *			commit record, where it is in the header page of a swap area
 *	1		the header
 *	2		the one leaf of the extents
 *	3...		the page list, the list of segments, the digests
 *	then		the segments: seven raw chunks in each, and less in the last
 *
 * Its format is that of each other image, on a device that has these blocks and no others.
 * So a file with all blocks is an image that hibimg shows. No page is taken for a
 * same-filled one, as the number of blocks would depend on that.
 *
 * What a program writes is hostile. The header is parsed as that of a disk, and must then be
 * the one that the plan gives; so must the extents and the list of segments.
 *
 * No state, no allocation, any context.
 */
#include "userimage.h"
#include "leaf.h"
#include "pagemap.h"
#include "segments.h"

#define HEADER_BLOCK	1u
#define EXTENT_BLOCK	2u
#define LIST_BLOCK	3u
#define NR_EXTENTS	2u
/* A chunk has its number in 32 bits, and a member its blocks in 48. */
#define PAGES_MAX	((u64)U32_MAX * HIB_CHUNK_PAGES)

static u32 leaves_for(u64 nr_entries, enum hib_leaf_kind kind)
{
	u32 capacity = hib_leaf_capacity(kind);

	return div_u64(nr_entries + capacity - 1, capacity);
}

static u64 list_blocks(const struct hib_userimage *plan)
{
	return (u64)plan->leaves[0] + plan->leaves[1] + plan->leaves[2];
}

/**
 * hib_userimage_plan() - Plan an image.
 * @plan: Receives the plan.
 * @nr_pages: Saved page frames.
 * @nr_runs: Runs of the page list.
 * @digests: There is a digest of each page.
 *
 * Return: 0; -EINVAL if there are no pages, more than can be, or not as many runs as
 * pages can have.
 */
int hib_userimage_plan(struct hib_userimage *plan, u64 nr_pages, u64 nr_runs, bool digests)
{
	if (!nr_pages || nr_pages > PAGES_MAX || !nr_runs || nr_runs > nr_pages)
		return -EINVAL;
	*plan = (struct hib_userimage) {
		.nr_pages = nr_pages,
		.nr_runs = nr_runs,
		.nr_digests = digests ? nr_pages : 0,
		.nr_segments = div_u64(nr_pages + HIB_USERIMAGE_PAGES - 1, HIB_USERIMAGE_PAGES),
	};
	plan->leaves[0] = leaves_for(nr_runs, HIB_LEAF_PAGEMAP);
	plan->leaves[1] = leaves_for(plan->nr_segments, HIB_LEAF_SEGMENT);
	plan->leaves[2] = leaves_for(plan->nr_digests, HIB_LEAF_DIGEST);
	plan->data_blocks = nr_pages + plan->nr_segments;
	plan->nr_blocks = LIST_BLOCK + list_blocks(plan) + plan->data_blocks;
	return 0;
}

/**
 * hib_userimage_part() - What is a block of the image?
 * @plan: The plan.
 * @block: Its number.
 * @index: Receives its place in that part, from 0 on.
 *
 * Return: The part; %HIB_USERIMAGE_END: there is no such block.
 */
enum hib_userimage_part hib_userimage_part(const struct hib_userimage *plan, u64 block,
					   u64 *index)
{
	const u64 lengths[] = {
		1, 1, 1, plan->leaves[0], plan->leaves[1], plan->leaves[2], plan->data_blocks,
	};
	enum hib_userimage_part part = HIB_USERIMAGE_INFO;

	while (part < HIB_USERIMAGE_END && block >= lengths[part])
		block -= lengths[part++];
	*index = block;
	return part;
}

/**
 * hib_userimage_segment_blocks() - How long is a segment?
 * @plan: The plan.
 * @segment: Its number, below plan->nr_segments.
 *
 * Return: Its length in blocks.
 */
u32 hib_userimage_segment_blocks(const struct hib_userimage *plan, u64 segment)
{
	return min(plan->data_blocks - segment * HIB_USERIMAGE_BLOCKS, HIB_USERIMAGE_BLOCKS);
}

/* A list behind the segments; @offset moves on. */
static struct hib_piece describe_list(u64 nr_entries, u32 nr_leaves, u64 *offset)
{
	struct hib_piece piece = {};

	if (nr_entries)
		piece = (struct hib_piece) { *offset, nr_entries, nr_leaves };
	*offset += (u64)nr_leaves * HIB_BLOCK_BYTES;
	return piece;
}

/**
 * hib_userimage_describe() - Say in the header where everything is.
 * @plan: The plan.
 * @h: The header; what the plan decides is written, nothing else. Its id is there.
 */
void hib_userimage_describe(const struct hib_userimage *plan, struct hib_header *h)
{
	u64 offset = plan->data_blocks << HIB_BLOCK_SHIFT;

	h->may_ignore = plan->nr_digests ? HIB_MAY_DIGESTS : 0;
	h->must_know = 0;
	h->codec = HIB_CODEC_NONE;
	h->nr_pages = plan->nr_pages;
	h->data_bytes = offset;
	h->pagemap = describe_list(plan->nr_runs, plan->leaves[0], &offset);
	h->segments = describe_list(plan->nr_segments, plan->leaves[1], &offset);
	h->digests = describe_list(plan->nr_digests, plan->leaves[2], &offset);
	h->image_bytes = offset;
	h->precopied = (struct hib_piece) {};
	h->stale = (struct hib_piece) {};
	h->nr_precopied = 0;
	h->nr_stale = 0;
	h->members = (struct hib_members) {};
	memcpy(h->members.member[0].id, h->image_id, HIB_ID_BYTES);
	h->members.member[0].nr_blocks = plan->nr_blocks;
	h->extent_block = EXTENT_BLOCK;
	h->nr_extent_leaves = 1;
	h->nr_extents = NR_EXTENTS;
}

/**
 * hib_userimage_extents() - Make the leaf of the extents.
 * @plan: The plan.
 * @id: Of the image.
 * @leaf: Receives it.
 */
void hib_userimage_extents(const struct hib_userimage *plan, const u8 id[HIB_ID_BYTES],
			   struct hib_disk_leaf *leaf)
{
	struct hib_disk_extent *extent = (struct hib_disk_extent *)leaf->data;
	u64 nr_lists = list_blocks(plan);

	extent[0] = (struct hib_disk_extent) {
		.block = cpu_to_le64(LIST_BLOCK + nr_lists),
		.nr_blocks = cpu_to_le64(plan->data_blocks),
	};
	extent[1] = (struct hib_disk_extent) {
		.block = cpu_to_le64(LIST_BLOCK),
		.nr_blocks = cpu_to_le64(nr_lists),
	};
	hib_leaf_close(leaf, id, HIB_LEAF_EXTENT, 0, NR_EXTENTS, 0);
}

/**
 * hib_userimage_segments() - Make a leaf of the list of segments.
 * @plan: The plan.
 * @id: Of the image.
 * @index: Which leaf, below plan->leaves[1].
 * @leaf: Receives it.
 */
void hib_userimage_segments(const struct hib_userimage *plan, const u8 id[HIB_ID_BYTES],
			    u32 index, struct hib_disk_leaf *leaf)
{
	struct hib_disk_segment *entry = (struct hib_disk_segment *)leaf->data;
	u64 first = (u64)index * HIB_LEAF_SEGMENTS;
	u32 nr = min(plan->nr_segments - first, HIB_LEAF_SEGMENTS);

	for (u32 i = 0; i < nr; i++)
		entry[i] = (struct hib_disk_segment) {
			.nr_blocks = cpu_to_le32(hib_userimage_segment_blocks(plan, first + i)),
		};
	hib_leaf_close(leaf, id, HIB_LEAF_SEGMENT, index, nr, 0);
}

/* One raw chunk to @out, with nothing taken for same-filled. Returns its length. */
static u32 pack_chunk(const struct hib_chunk *chunk, const u8 id[HIB_ID_BYTES],
		      void *(*address)(void *priv, u64 index), void *priv, void *out)
{
	u64 first = (u64)chunk->index * HIB_CHUNK_PAGES;
	void *body = out + hib_chunk_body_offset(0);

	for (u32 i = 0; i < chunk->nr_pages; i++)
		memcpy(body + (size_t)i * HIB_BLOCK_BYTES, address(priv, first + i),
		       HIB_BLOCK_BYTES);
	return hib_chunk_close(out, id, chunk, NULL);
}

/**
 * hib_userimage_pack() - Make a segment.
 * @plan: The plan.
 * @id: Of the image.
 * @segment: Its number, below plan->nr_segments.
 * @address: Where page @index of the image is.
 * @priv: Passed to it.
 * @out: Receives its blocks; there is room for %HIB_USERIMAGE_BLOCKS.
 */
void hib_userimage_pack(const struct hib_userimage *plan, const u8 id[HIB_ID_BYTES], u64 segment,
			void *(*address)(void *priv, u64 index), void *priv, void *out)
{
	u32 bytes = hib_userimage_segment_blocks(plan, segment) * HIB_BLOCK_BYTES;
	struct hib_chunk chunk = {
		.index = segment * HIB_USERIMAGE_CHUNKS, .codec = HIB_CODEC_NONE,
	};
	u64 page = segment * HIB_USERIMAGE_PAGES;
	u64 end = min(page + HIB_USERIMAGE_PAGES, plan->nr_pages);
	u32 used = 0;

	for (; page < end; page += chunk.nr_pages, chunk.index++) {
		chunk.nr_pages = min(end - page, HIB_CHUNK_PAGES);
		chunk.body_bytes = chunk.nr_pages * HIB_BLOCK_BYTES;
		used += pack_chunk(&chunk, id, address, priv, out + used);
	}
	memset(out + used, 0, bytes - used);
}

/**
 * hib_userimage_close() - Finish block 0.
 * @block: The block. Names and version of the kernel are there, and else zeros.
 * @plan: The plan.
 * @h: The header,
 * @disk: and as the block that it is.
 */
void hib_userimage_close(void *block, const struct hib_userimage *plan,
			 const struct hib_header *h, const struct hib_disk_header *disk)
{
	struct hib_commit_record record = {
		.state = HIB_STATE_READY,
		.header_block = HEADER_BLOCK,
		.header_tag = le64_to_cpu(disk->tag),
	};
	struct hib_disk_user_info *info = block;

	info->nr_ram_pages = cpu_to_le64(h->nr_ram_pages);
	info->nr_cpus = cpu_to_le32(h->nr_cpus);
	info->nr_image_pages = cpu_to_le64(plan->nr_pages);
	info->nr_pages = cpu_to_le64(plan->nr_blocks);
	info->bytes = cpu_to_le64(plan->nr_blocks << HIB_BLOCK_SHIFT);
	memcpy(record.image_id, h->image_id, HIB_ID_BYTES);
	memcpy(record.saved_signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
	hib_commit_build(block + HIB_COMMIT_OFFSET, &record);
}

/**
 * hib_userimage_open() - Check block 0.
 * @block: As a program wrote it.
 * @record: Receives the commit record.
 * @nr_blocks: Receives how many blocks the image is said to have.
 * @why: Set to what is wrong when an errno is returned.
 *
 * Return: 0; -EBADMSG, -EOPNOTSUPP if it is no image or one of another version.
 */
int hib_userimage_open(const void *block, struct hib_commit_record *record, u64 *nr_blocks,
		       const char **why)
{
	const struct hib_disk_user_info *info = block;
	int ret;

	*nr_blocks = le64_to_cpu(info->nr_pages);
	ret = hib_commit_parse(block + HIB_COMMIT_OFFSET, *nr_blocks, record, why);
	if (ret)
		return ret == -ENODATA ? -EBADMSG : ret;
	*why = "commit header_block";
	return record->header_block == HEADER_BLOCK ? 0 : -EBADMSG;
}

static bool pieces_are_same(const struct hib_piece *a, const struct hib_piece *b)
{
	return a->offset == b->offset && a->nr_entries == b->nr_entries &&
	       a->nr_leaves == b->nr_leaves;
}

static bool is_as_described(const struct hib_header *h, const struct hib_header *want)
{
	return h->may_ignore == want->may_ignore && h->must_know == want->must_know &&
	       h->codec == want->codec && h->data_bytes == want->data_bytes &&
	       h->image_bytes == want->image_bytes &&
	       pieces_are_same(&h->pagemap, &want->pagemap) &&
	       pieces_are_same(&h->segments, &want->segments) &&
	       pieces_are_same(&h->digests, &want->digests) &&
	       h->extent_block == want->extent_block && h->nr_extents == want->nr_extents &&
	       !memcmp(&h->members, &want->members, sizeof(h->members));
}

/**
 * hib_userimage_check() - Does a header belong to an image of this kind?
 * @h: From hib_header_parse().
 * @nr_blocks: From hib_userimage_open().
 * @plan: Receives the plan of the image.
 * @want: Scratch memory.
 * @why: Set to what is wrong when an errno is returned.
 *
 * Return: 0 or -EBADMSG.
 */
int hib_userimage_check(const struct hib_header *h, u64 nr_blocks, struct hib_userimage *plan,
			struct hib_header *want, const char **why)
{
	*why = "header nr_pages";
	if (hib_userimage_plan(plan, h->nr_pages, h->pagemap.nr_entries,
			       h->may_ignore & HIB_MAY_DIGESTS))
		return -EBADMSG;
	*why = "number of blocks";
	if (plan->nr_blocks != nr_blocks)
		return -EBADMSG;
	*why = "header is not that of an image of /dev/snapshot";
	*want = *h;
	hib_userimage_describe(plan, want);
	return is_as_described(h, want) ? 0 : -EBADMSG;
}
