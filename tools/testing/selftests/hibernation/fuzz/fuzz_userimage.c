// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "tag.h"
#include "userimage.h"

#define FUZZ_BEGIN	0x04u	/* only block 0 */
#define FUZZ_SOUND	0x08u	/* a header that is planned, then the input over it */

static u8 block[HIB_BLOCK_BYTES] __aligned(8);
static struct hib_disk_header disk;
static struct hib_header header, want;

/* A header of this kind, of as many pages as the input says. */
static void plan_header(const u8 **data, size_t *bytes)
{
	struct hib_userimage plan;
	u32 nr = 0;

	fuzz_fill(&nr, sizeof(nr), data, bytes);
	header = (struct hib_header) { .nr_ram_pages = ~0u };
	memcpy(header.image_id, fuzz_id, sizeof(fuzz_id));
	if (!hib_userimage_plan(&plan, nr, nr / 3 + 1, nr & 1)) {
		hib_userimage_describe(&plan, &header);
		hib_header_build(&disk, &header);
		hib_userimage_close(block, &plan, &header, &disk);
	}
}

/* Bytes of the input are added to bytes of the header. */
static void hurt_header(const u8 *data, size_t bytes)
{
	for (; bytes > 2; data += 3, bytes -= 3)
		((u8 *)&disk)[(data[0] | data[1] << 8) % sizeof(disk)] += data[2];
}

static void *page_of(void *priv, u64 index)
{
	fuzz_must(index < *(u64 *)priv);
	return block;
}

/* A small image is packed, and each segment stays in its blocks. */
static void pack(const struct hib_userimage *plan)
{
	static u8 segment[HIB_USERIMAGE_BLOCKS * HIB_BLOCK_BYTES + 1];
	u64 nr_pages = plan->nr_pages;

	for (u64 i = 0; i < plan->nr_segments && i < 4; i++) {
		u32 bytes = hib_userimage_segment_blocks(plan, i) * HIB_BLOCK_BYTES;

		segment[bytes] = 0xa5;
		hib_userimage_pack(plan, fuzz_id, i, page_of, &nr_pages, segment);
		fuzz_must(segment[bytes] == 0xa5);
	}
}

/* What is accepted has a plan, and each of its blocks is known by it. */
static void judge(const struct hib_userimage *plan)
{
	static struct hib_disk_leaf leaf;
	u64 index, sum = 0;

	for (u64 i = 0; i < 64; i++)
		fuzz_must(hib_userimage_part(plan, i * (plan->nr_blocks / 64), &index) <
			  HIB_USERIMAGE_END);
	fuzz_must(hib_userimage_part(plan, plan->nr_blocks, &index) == HIB_USERIMAGE_END);
	hib_userimage_extents(plan, fuzz_id, &leaf);
	for (u32 i = 0; i < plan->leaves[1] && i < 16; i++)
		hib_userimage_segments(plan, fuzz_id, plan->leaves[1] - 1 - i, &leaf);
	for (u64 i = 0; i < plan->nr_segments && i < 1024; i++)
		sum += hib_userimage_segment_blocks(plan, i);
	fuzz_must(plan->nr_segments > 1024 || sum == plan->data_blocks);
	if (plan->nr_pages < 1000)
		pack(plan);
	hib_userimage_describe(plan, &want);
	fuzz_must(want.image_bytes == header.image_bytes);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	struct hib_commit_record record;
	struct hib_userimage plan;
	u64 nr_blocks;
	const char *why;

	memset(block, 0, sizeof(block));
	if (steer & FUZZ_BEGIN) {
		fuzz_fill(block, sizeof(block), &data, &bytes);
		hib_userimage_open(block, &record, &nr_blocks, &why);
		return 0;
	}
	if (steer & FUZZ_SOUND) {
		plan_header(&data, &bytes);
		hurt_header(data, bytes);
	} else {
		fuzz_fill(&disk, sizeof(disk), &data, &bytes);
	}
	if (hib_userimage_open(block, &record, &nr_blocks, &why))
		return 0;
	if (steer & FUZZ_CLOSE) {
		disk.tag = cpu_to_le64(hib_header_tag(&disk, fuzz_id));
		record.header_tag = le64_to_cpu(disk.tag);
	}
	if (hib_header_parse(&disk, &record, nr_blocks, &header, &why) ||
	    hib_userimage_check(&header, nr_blocks, &plan, &want, &why))
		return 0;
	judge(&plan);
	return 0;
}
