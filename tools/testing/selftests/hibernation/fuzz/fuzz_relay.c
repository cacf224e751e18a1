// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "relay.h"

#define FUZZ_FIT	0x04u	/* numbers that follow from others do */
#define FUZZ_LIST	0x08u	/* the input is a list of words, not a record */

#define PAGES		4u
#define BASE		0x400000ull	/* address of the first page */
#define SMALL_BLOCKS	4096u
#define LARGE_BLOCKS	BIT_ULL(24)	/* a larger device needs much memory for its set */

static struct hib_relay r, again;
static struct hib_header said, h, parsed;
static struct hib_disk_header disk __aligned(4096);
static struct hib_relay_page pages[PAGES];
static u8 used[HIB_MEMBERS_MAX][SMALL_BLOCKS];

static const struct hib_relay_page *map(void *arg, u64 phys)
{
	fuzz_must(arg == pages && phys && !(phys % HIB_BLOCK_BYTES));
	if (phys < BASE || phys >= BASE + sizeof(pages))
		return NULL;
	return &pages[(phys - BASE) / HIB_BLOCK_BYTES];
}

/* A page is eight bytes of the input: how full it is, and which one follows. */
static int read_list(const u8 *data, size_t bytes)
{
	struct hib_relay_reader reader = { .map = map, .arg = pages };
	struct hib_relay_list list;
	u64 word, nr = 0, first = BASE;
	int ret;

	fuzz_fill(&list, sizeof(list), &data, &bytes);
	list.first += BASE;
	list.nr %= 4 * PAGES * HIB_RELAY_WORDS;
	for (unsigned int i = 0; i < PAGES; i++) {
		struct { u32 nr, next; } head;

		fuzz_fill(&head, sizeof(head), &data, &bytes);
		pages[i].nr = head.nr >> 31 ? ~(u64)head.nr : head.nr;
		pages[i].next = head.next;
		memset(pages[i].words, i + 1, sizeof(pages[i].words));
	}
	hib_relay_begin(&reader, &list);
	while (!(ret = hib_relay_next(&reader, &word))) {
		if (!(nr++ % HIB_RELAY_WORDS) && nr > 1)
			first = pages[(first - BASE) / HIB_BLOCK_BYTES].next;
		else if (nr == 1)
			first = list.first;
		fuzz_must(word == pages[(first - BASE) / HIB_BLOCK_BYTES].words[0]);
		fuzz_must(reader.page->nr <= HIB_RELAY_WORDS);
	}
	fuzz_must(ret == -EBADMSG || (ret == -ENODATA && nr == list.nr));
	return 0;
}

static void make_fit(void)
{
	r.windows.nr %= HIB_WINDOWS_MAX + 1;
	r.partners.nr = hib_windows_pages(&r.windows);
	r.frames.nr = DIV_ROUND_UP(r.end_pfn, HIB_PFNSET_PAGE_PFNS);
	r.header_bytes = sizeof(said);
	said.nr_pages = r.nr_pages;
	memcpy(said.image_id, r.image_id, HIB_ID_BYTES);
}

static void check_windows(void)
{
	u64 end = 0, index = 0;

	fuzz_must(r.windows.nr && r.windows.nr <= HIB_WINDOWS_MAX);
	for (u64 i = 0; i < r.windows.nr; i++) {
		const struct hib_window *w = &r.windows.range[i];

		fuzz_must((!i || w->start_pfn > end) && w->start_pfn < w->end_pfn);
		end = w->end_pfn;
		fuzz_must(hib_windows_frame(&r.windows, index) == w->start_pfn);
		index += w->end_pfn - w->start_pfn;
		fuzz_must(hib_windows_frame(&r.windows, index - 1) == end - 1);
		fuzz_must(hib_windows_index(&r.windows, end - 1) == index - 1);
		fuzz_must(!hib_relay_has_frame(&r, w->start_pfn));
		fuzz_must(!hib_relay_has_frame(&r, end - 1));
		fuzz_must(hib_relay_partner_is_sound(&r, end - 1, end - 1));
	}
	fuzz_must(end <= r.end_pfn && index == hib_windows_pages(&r.windows));
	fuzz_must(hib_relay_has_frame(&r, r.reentry / HIB_BLOCK_BYTES));
	fuzz_must(!hib_relay_has_frame(&r, r.end_pfn));
}

static void check_frames(void)
{
	fuzz_must(r.partners.nr == hib_windows_pages(&r.windows));
	fuzz_must(r.nr_pages && r.nr_pages <= r.end_pfn);
	fuzz_must(hib_relay_has_frame(&r, r.header / HIB_BLOCK_BYTES));
}

/* Of a small place: a block of a device of it, and nobody else's. */
static void use(u64 block, u64 nr)
{
	u32 member = hib_block_member(block);
	u64 number = hib_block_number(block), end = r.members.member[member].nr_blocks;

	for (; end <= SMALL_BLOCKS && nr; number++, nr--)
		fuzz_must(number < end && !used[member][number]++);
}

/* Each run is four bytes: member and block, length. */
static void check_blocks(const u8 *data, size_t bytes)
{
	struct hib_relay_taken taken;

	memset(used, 0, sizeof(used));
	if (hib_relay_blocks_begin(&r, &taken)) {
		hib_relay_blocks_end(&taken);
		return;
	}
	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++) {
		const struct hib_member *member = &r.members.member[i];

		use(hib_block_on(i, member->root_block), !!member->nr_blocks);
	}
	use(r.header_block, 1);
	use(r.blackbox_block, !!r.blackbox_block);
	while (bytes) {
		struct { u16 block, nr; } run;
		u64 block;

		fuzz_fill(&run, sizeof(run), &data, &bytes);
		block = hib_block_on(run.block >> 12, run.block & 0xfff);
		if (hib_relay_blocks_take(&taken, block, run.nr))
			break;
		fuzz_must(hib_block_number(block) && run.nr);
		use(block, run.nr);
	}
	hib_relay_blocks_end(&taken);
}

/* With what the second kernel adds, a boot takes it. */
static void check_header(void)
{
	struct hib_commit_record record = {};
	const char *why;

	if (hib_relay_header_take(&r, &said, &h, &why) || r.members.member[0].nr_blocks < 4)
		return;
	h.data_bytes = HIB_BLOCK_BYTES;
	h.image_bytes = 3 * HIB_BLOCK_BYTES;
	h.pagemap = (struct hib_piece){ HIB_BLOCK_BYTES, 1, 1 };
	h.segments = (struct hib_piece){ 2 * HIB_BLOCK_BYTES, 1, 1 };
	h.extent_block = 1;
	h.nr_extents = 1;
	h.nr_extent_leaves = 1;
	hib_header_build(&disk, &h);
	record.header_tag = le64_to_cpu(disk.tag);
	memcpy(record.image_id, r.image_id, HIB_ID_BYTES);
	fuzz_must(!hib_header_parse(&disk, &record, r.members.member[0].nr_blocks,
				    &parsed, &why));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	u8 steer = fuzz_take(&data, &bytes);
	const char *why = NULL;

	if (steer & FUZZ_LIST)
		return read_list(data, bytes);
	memset(&r, 0, sizeof(r));
	fuzz_fill(&r, offsetof(struct hib_relay, result), &data, &bytes);
	fuzz_fill(&said, sizeof(said), &data, &bytes);
	if (steer & FUZZ_FIT)
		make_fit();
	if (steer & FUZZ_CLOSE)
		hib_relay_close(&r);
	if (hib_relay_check(&r, &why)) {
		fuzz_must(why);
		return 0;
	}
	again = r;
	hib_relay_close(&again);
	fuzz_must(!memcmp(&r, &again, sizeof(r)));
	check_windows();
	if (r.keep)
		return 0;
	check_frames();
	allocator_fail_after(steer & FUZZ_NO_MEMORY ? steer >> 4 : -1);
	if (hib_members_blocks(&r.members) <= LARGE_BLOCKS)
		check_blocks(data, bytes);
	allocator_fail_after(-1);
	check_header();
	return 0;
}
