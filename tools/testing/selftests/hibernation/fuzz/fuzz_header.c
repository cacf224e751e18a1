// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "header.h"

#define FUZZ_OTHER_ID	0x04u	/* the commit record names another image */

static struct hib_disk_header disk __aligned(4096), again __aligned(4096);

/* A machine of 4 GiB with a device of 8 GiB. */
static const struct hib_limits limits = {
	.max_pages = 1 << 20,
	.end_pfn = 1 << 21,
	.device_blocks = 1 << 21,
};

static void check_piece(const struct hib_header *h, const struct hib_piece *p)
{
	if (!p->nr_leaves)
		return;
	fuzz_must(p->offset >= h->data_bytes);
	fuzz_must(p->offset + (u64)p->nr_leaves * HIB_BLOCK_BYTES <= h->image_bytes);
}

/* What nobody further up checks again. */
static void check_bounds(const struct hib_header *h)
{
	fuzz_must(h->nr_pages && h->nr_pages <= limits.max_pages);
	fuzz_must(h->handover_pfn < limits.end_pfn);
	fuzz_must(h->image_bytes <= limits.device_blocks * HIB_BLOCK_BYTES);
	fuzz_must(h->extent_block && h->extent_block < limits.device_blocks);
	fuzz_must(h->nr_extents && h->nr_extents <= limits.device_blocks);
	fuzz_must(h->arch_bytes <= sizeof(h->arch));
	fuzz_must(strlen(h->release) < sizeof(h->release));
	fuzz_must(strlen(h->build) < sizeof(h->build));
	fuzz_must(strlen(h->machine) < sizeof(h->machine));
	check_piece(h, &h->pagemap);
	check_piece(h, &h->segments);
	check_piece(h, &h->digests);
	check_piece(h, &h->precopied);
	check_piece(h, &h->stale);
	fuzz_must(h->nr_precopied <= limits.max_pages && h->nr_precopied % HIB_CHUNK_PAGES == 0);
	fuzz_must(h->nr_stale <= h->nr_precopied);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	struct hib_header h;
	const char *why = NULL;
	u8 id[HIB_ID_BYTES];
	int error;

	fuzz_fill(&disk, sizeof(disk), &data, &bytes);
	memcpy(id, steer & FUZZ_OTHER_ID ? fuzz_id : disk.image_id, sizeof(id));
	if (steer & FUZZ_SEAL)
		disk.tag = cpu_to_le64(hib_header_tag(&disk, id));
	error = hib_header_parse(&disk, id, &limits, &h, &why);
	if (error) {
		fuzz_must(error == -EBADMSG || error == -EOPNOTSUPP || error == -ESTALE);
		fuzz_must(why && strlen(why));
		return 0;
	}
	check_bounds(&h);
	hib_header_build(&again, &h);
	fuzz_must(!memcmp(&again, &disk, sizeof(disk)));
	return 0;
}
