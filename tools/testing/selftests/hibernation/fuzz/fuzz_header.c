// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "header.h"

#define FUZZ_OTHER_ID	0x04u	/* the commit record names another image */
#define FUZZ_OTHER_TAG	0x08u	/* the commit record names another header */
#define FUZZ_DEVICE	0x10u	/* the first member is the device */
#define FUZZ_MEMBERS	0x20u	/* two more members come from the input, before the header */

static struct hib_disk_header disk __aligned(4096), again __aligned(4096);

#define DEVICE_BLOCKS	(1ull << 21)	/* 8 GiB */

static void check_piece(const struct hib_header *h, const struct hib_piece *p)
{
	if (!p->nr_leaves)
		return;
	fuzz_must(p->offset >= h->data_bytes);
	fuzz_must(p->offset + (u64)p->nr_leaves * HIB_BLOCK_BYTES <= h->image_bytes);
}

/* All blocks there are. A member is on the disk, or can be found. */
static u64 check_members(const struct hib_members *m)
{
	static const u8 no_id[HIB_ID_BYTES];
	u64 nr = 0;

	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++) {
		const struct hib_member *member = &m->member[i];

		nr += member->nr_blocks;
		if (member->nr_blocks)
			fuzz_must(member->root_block < member->nr_blocks);
		fuzz_must(!i || !member->nr_blocks == !memcmp(member->id, no_id, HIB_ID_BYTES));
	}
	fuzz_must(m->member[0].nr_blocks && m->member[0].nr_blocks <= DEVICE_BLOCKS);
	return nr;
}

/* What nobody further up checks again. */
static void check_bounds(const struct hib_header *h)
{
	fuzz_must(h->nr_pages && h->nr_pages <= h->nr_ram_pages);
	fuzz_must(h->image_bytes <= check_members(&h->members) * HIB_BLOCK_BYTES);
	fuzz_must(hib_members_have(&h->members, h->extent_block, 1));
	fuzz_must(h->nr_extents && h->nr_extents <= hib_members_blocks(&h->members));
	fuzz_must(h->arch_bytes <= sizeof(h->arch));
	fuzz_must(strlen(h->release) < sizeof(h->release));
	fuzz_must(strlen(h->build) < sizeof(h->build));
	fuzz_must(strlen(h->machine) < sizeof(h->machine));
	check_piece(h, &h->pagemap);
	check_piece(h, &h->segments);
	check_piece(h, &h->digests);
	check_piece(h, &h->precopied);
	check_piece(h, &h->stale);
	fuzz_must(h->nr_precopied <= h->nr_ram_pages && h->nr_precopied % HIB_CHUNK_PAGES == 0);
	fuzz_must(h->nr_stale <= h->nr_precopied);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	struct hib_disk_member more[2];
	struct hib_header h;
	const char *why = NULL;
	struct hib_commit_record r = {};
	int error;

	if (steer & FUZZ_MEMBERS)
		fuzz_fill(more, sizeof(more), &data, &bytes);
	fuzz_fill(&disk, sizeof(disk), &data, &bytes);
	if (steer & FUZZ_DEVICE)
		disk.members[0].nr_blocks = cpu_to_le64(DEVICE_BLOCKS);
	if (steer & FUZZ_MEMBERS)
		memcpy(disk.members + 1, more, sizeof(more));
	memcpy(r.image_id, steer & FUZZ_OTHER_ID ? fuzz_id : disk.image_id, HIB_ID_BYTES);
	if (steer & FUZZ_CLOSE)
		disk.tag = cpu_to_le64(hib_header_tag(&disk, r.image_id));
	r.header_tag = le64_to_cpu(disk.tag) ^ !!(steer & FUZZ_OTHER_TAG);
	error = hib_header_parse(&disk, &r, DEVICE_BLOCKS, &h, &why);
	if (error) {
		fuzz_must(error == -EBADMSG || error == -EOPNOTSUPP);
		fuzz_must(why && strlen(why));
		return 0;
	}
	check_bounds(&h);
	hib_header_build(&again, &h);
	fuzz_must(!memcmp(&again, &disk, sizeof(disk)));
	return 0;
}
