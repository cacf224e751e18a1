// SPDX-License-Identifier: GPL-2.0
#include "relay.h"
#include "tap.h"

#define END_PFN		70000ull	/* three bitmaps, the last one in part */
#define BLOCKS		100000ull

static struct hib_relay r;
static struct hib_header said, taken_over;
static const char *why;

#define SECOND_BLOCKS	5000ull

static const struct hib_member second = { "another area, id", 0, SECOND_BLOCKS };

/* A machine of 273 MiB with two windows, and a swap area on its disk. */
static void fill(void)
{
	memset(&r, 0, sizeof(r));
	memcpy(r.image_id, "0123456789abcdef", HIB_ID_BYTES);
	r.members.member[0] = (struct hib_member){ "the swap area id", 10, BLOCKS };
	r.windows = (struct hib_windows){ 2, { { 0x10, 0x9f }, { 0x4000, 0x4400 } } };
	r.partners = (struct hib_relay_list){ 0x200000, 0x8f + 0x400 };
	r.frames = (struct hib_relay_list){ 0x201000, 3 };
	r.blocks = (struct hib_relay_list){ 0x202000, 4 };
	r.end_pfn = END_PFN;
	r.nr_pages = 5000;
	r.has_digests = 1;
	r.digest_seed = 0x1234567890abcdef;
	r.reentry = 0x300ff0;
	r.header = 0x301000;
	r.header_bytes = sizeof(struct hib_header);
	r.header_block = 11;
	r.blackbox_block = 12;
	memcpy(r.codec, "zstd", 5);
}

static void make(void)
{
	fill();
	hib_relay_close(&r);
}

static int look(void)
{
	return hib_relay_check(&r, &why);
}

/* A record with one number changed, but closed. */
#define check_refused_with(change, reason) do {		\
	fill();						\
	change;						\
	hib_relay_close(&r);				\
	check_number(look(), -EBADMSG);			\
	check_text(why, reason);			\
} while (0)

#define check_taken_with(change) do {			\
	fill();						\
	change;						\
	hib_relay_close(&r);				\
	check_number(look(), 0);			\
} while (0)

TEST(relay_closes_and_checks)
{
	make();
	check(r.magic == HIB_RELAY_MAGIC);
	check_number(r.version, HIB_RELAY_VERSION);
	check_number(r.bytes, sizeof(r));
	check_number(look(), 0);
}

TEST(relay_closed_has_no_answer)
{
	fill();
	memset(&r.result, 0xff, sizeof(r.result));
	hib_relay_close(&r);
	check(!memchr_inv(&r.result, 0, sizeof(r.result)));
}

TEST(relay_answer_leaves_the_record_sound)
{
	make();
	memset(&r.result, 0xff, sizeof(r.result));
	check_number(look(), 0);
}

TEST(relay_needs_a_record)
{
	memset(&r, 0, sizeof(r));
	check_number(look(), -ENODATA);
	check_text(why, "no record");
	memset(&r, 0xff, sizeof(r));
	check_number(look(), -ENODATA);
}

TEST(relay_tells_another_version)
{
	make();
	r.version++;
	check_number(look(), -EOPNOTSUPP);
	check_text(why, "version");
	make();
	r.bytes -= 8;
	check_number(look(), -EOPNOTSUPP);
	check_text(why, "version");
	fill();
	r.header_bytes -= 8;
	hib_relay_close(&r);
	check_number(look(), -EOPNOTSUPP);
	check_text(why, "length of the header");
}

TEST(relay_notices_each_flipped_bit)
{
	make();
	for (size_t bit = 0; bit < 8 * offsetof(struct hib_relay, result); bit++) {
		u8 *byte = (u8 *)&r + bit / 8;

		*byte ^= 1 << bit % 8;
		if (!look())
			check_number(bit, -1);
		*byte ^= 1 << bit % 8;
	}
	check_number(look(), 0);
}

TEST(relay_refuses_windows)
{
	check_refused_with(r.windows.nr = 0, "windows");
	check_refused_with(r.windows.nr = HIB_WINDOWS_MAX + 1, "windows");
	check_refused_with(r.windows.nr = U64_MAX, "windows");
	check_refused_with(r.windows.range[1].start_pfn = 0x9f, "windows");
	check_refused_with(r.windows.range[0].end_pfn = 0x10, "windows");
	check_refused_with(r.windows.range[1].end_pfn = END_PFN + 1, "windows");
	check_taken_with(r.windows.range[1].end_pfn = END_PFN;
			 r.partners.nr = hib_windows_pages(&r.windows));
}

TEST(relay_refuses_numbers_of_frames)
{
	check_refused_with(r.nr_pages = 0, "number of frames");
	check_refused_with(r.nr_pages = END_PFN + 1, "number of frames");
	check_taken_with(r.nr_pages = END_PFN);
	check_refused_with(r.end_pfn = 2 * 32768, "number of frames");
	check_refused_with(r.end_pfn = HIB_WINDOWS_END_PFN + 1;
			   r.frames.nr = (1 << 19) + 1, "number of frames");
	check_taken_with(r.end_pfn = HIB_WINDOWS_END_PFN; r.frames.nr = 1 << 19);
	check_refused_with(r.end_pfn = U64_MAX; r.frames.nr = 0, "number of frames");
	check_refused_with(r.frames.nr--, "number of frames");
	check_refused_with(r.frames.nr++, "number of frames");
	check_refused_with(r.partners.nr--, "number of frames");
	check_refused_with(r.partners.nr++, "number of frames");
	check_refused_with(r.has_digests = 2, "number of frames");
	check_taken_with(r.has_digests = 0);
}

TEST(relay_refuses_numbers_of_blocks)
{
	check_refused_with(r.blocks.nr = 0, "number of blocks");
	check_refused_with(r.blocks.nr = 3, "number of blocks");
	check_refused_with(r.blocks.nr = 2 * BLOCKS + 2, "number of blocks");
	check_taken_with(r.blocks.nr = 2 * BLOCKS);
	check_taken_with(r.blocks.nr = 2 * (BLOCKS + SECOND_BLOCKS); r.members.member[3] = second);
	check_refused_with(r.blocks.nr = 2 * (BLOCKS + SECOND_BLOCKS) + 2;
			   r.members.member[3] = second, "number of blocks");
}

TEST(relay_refuses_devices)
{
	struct hib_member *root = &r.members.member[0], *other = &r.members.member[1];

	check_refused_with(root->root_block = BLOCKS, "devices");
	check_taken_with(root->root_block = BLOCKS - 1);
	check_taken_with(root->root_block = 0);
	check_refused_with(root->nr_blocks = 0, "devices");
	check_refused_with(root->nr_blocks = HIB_RELAY_BLOCKS_MAX + 1, "devices");
	check_taken_with(root->nr_blocks = HIB_RELAY_BLOCKS_MAX);
	check_taken_with(*other = second);
	check_refused_with(*other = second; other->root_block = SECOND_BLOCKS, "devices");
	check_refused_with(*other = second; other->nr_blocks = HIB_RELAY_BLOCKS_MAX + 1, "devices");
	check_taken_with(*other = second; other->nr_blocks = HIB_RELAY_BLOCKS_MAX);
	check_refused_with(r.members.member[15] = second; *other = second, "devices");
	check_refused_with(other->id[0] = 1, "devices");
}

TEST(relay_refuses_addresses)
{
	check_refused_with(r.header++, "address of the header");
	check_refused_with(r.header = 0x10000, "address of the header");
	check_refused_with(r.header = END_PFN * HIB_BLOCK_BYTES, "address of the header");
	check_refused_with(r.header = 0ull - HIB_BLOCK_BYTES, "address of the header");
	check_taken_with(r.header = (END_PFN - 1) * HIB_BLOCK_BYTES);
	check_refused_with(r.reentry += 4, "address of the way back");
	check_refused_with(r.reentry = 0x4000ff0, "address of the way back");
	check_refused_with(r.reentry = END_PFN * HIB_BLOCK_BYTES, "address of the way back");
	check_refused_with(r.reentry = 0ull - 8, "address of the way back");
}

/* Of a record that has nothing written, what is written does not count. */
TEST(relay_with_nothing_to_write)
{
	check_refused_with(r.keep = 2, "what is to be done");
	check_refused_with(r.keep = U64_MAX, "what is to be done");
	check_taken_with(r.keep = 1);
	memset(&r, 0, sizeof(r));
	r.keep = 1;
	r.windows = (struct hib_windows){ 1, { { 0x4000, 0x4400 } } };
	r.end_pfn = END_PFN;
	r.reentry = 0x300ff0;
	r.header_bytes = sizeof(struct hib_header);
	hib_relay_close(&r);
	check_number(look(), 0);
	check_refused_with(r.keep = 1; r.windows.nr = 0, "windows");
	check_refused_with(r.keep = 1; r.reentry = 0x4000ff0, "address of the way back");
	check_refused_with(r.keep = 1; r.end_pfn = 0x4300, "windows");
}

TEST(relay_refuses_a_codec_that_is_no_text)
{
	check_refused_with(memset(r.codec, 'z', sizeof(r.codec)), "codec");
	check_refused_with(r.codec[1] = '\n', "codec");
	check_refused_with(r.codec[sizeof(r.codec) - 1] = 'z', "codec");
	check_taken_with(memcpy(r.codec, "auto", 5));
}

TEST(relay_has_the_frames_outside_of_its_windows)
{
	make();
	check(hib_relay_has_frame(&r, 0));
	check(hib_relay_has_frame(&r, 0xf));
	check(!hib_relay_has_frame(&r, 0x10));
	check(!hib_relay_has_frame(&r, 0x9e));
	check(hib_relay_has_frame(&r, 0x9f));
	check(!hib_relay_has_frame(&r, 0x4000));
	check(hib_relay_has_frame(&r, END_PFN - 1));
	check(!hib_relay_has_frame(&r, END_PFN));
	check(!hib_relay_has_frame(&r, U64_MAX));
}

TEST(relay_partner_is_outside_of_the_windows)
{
	make();
	check(hib_relay_partner_is_sound(&r, 0x11, 0x11));
	check(hib_relay_partner_is_sound(&r, 0x11, 0x5000));
	check(!hib_relay_partner_is_sound(&r, 0x11, 0x12));
	check(!hib_relay_partner_is_sound(&r, 0x11, 0x4000));
	check(!hib_relay_partner_is_sound(&r, 0x11, END_PFN));
	check(!hib_relay_partner_is_sound(&r, 0x11, U64_MAX));
}

static struct hib_relay_taken taken;

static int take(u64 block, u64 nr_blocks)
{
	return hib_relay_blocks_take(&taken, block, nr_blocks);
}

static int begin(void)
{
	hib_relay_close(&r);
	check_number(look(), 0);
	return hib_relay_blocks_begin(&r, &taken);
}

TEST(relay_takes_runs_of_blocks)
{
	fill();
	check_number(begin(), 0);
	check_number(take(13, 1000), 0);
	check_number(take(1, 9), 0);
	check_number(take(50000, 50000), 0);
	check_number(take(1013, 1), 0);
	hib_relay_blocks_end(&taken);
}

TEST(relay_takes_runs_of_several_devices)
{
	u64 last = hib_block_on(15, SECOND_BLOCKS - 1);

	fill();
	r.members.member[15] = second;
	check_number(begin(), 0);
	check_number(take(100, 10), 0);
	check_number(take(hib_block_on(15, 100), 10), 0);
	check_number(take(hib_block_on(15, 109), 1), -EBADMSG);
	check_number(take(hib_block_on(15, 0), 1), -EBADMSG);
	check_number(take(last, 2), -EBADMSG);
	check_number(take(last + 1, 1), -EBADMSG);
	check_number(take(last, 1), 0);
	check_number(take(hib_block_on(14, 100), 1), -EBADMSG);
	check_number(take(hib_block_on(16, 100), 1), -EBADMSG);
	check_number(take(hib_block_on(0xffff, 100), 1), -EBADMSG);
	check_number(take(110, 1), 0);
	hib_relay_blocks_end(&taken);
}

TEST(relay_leaves_the_root_block_of_each_device)
{
	fill();
	r.members.member[1] = second;
	r.members.member[1].root_block = 77;
	check_number(begin(), 0);
	check_number(take(hib_block_on(1, 77), 1), -EBADMSG);
	check_number(take(77, 1), 0);
	hib_relay_blocks_end(&taken);
}

TEST(relay_refuses_runs_that_are_not_on_the_device)
{
	fill();
	check_number(begin(), 0);
	check_number(take(0, 1), -EBADMSG);
	check_number(take(100, 0), -EBADMSG);
	check_number(take(BLOCKS, 1), -EBADMSG);
	check_number(take(BLOCKS - 1, 2), -EBADMSG);
	check_number(take(U64_MAX, 1), -EBADMSG);
	check_number(take(100, U64_MAX), -EBADMSG);
	check_number(take(1ull << HIB_MEMBER_SHIFT | 100, 1), -EBADMSG);
	check_number(take(BLOCKS - 1, 1), 0);
	hib_relay_blocks_end(&taken);
}

TEST(relay_takes_no_block_twice)
{
	static const struct { u64 block, nr; } again[] = {
		{ 100, 10 }, { 109, 1 }, { 99, 2 }, { 109, 2 }, { 90, 100 }, { 50, 51 },
		{ 10, 1 }, { 11, 1 }, { 12, 1 }, { 1, 10 }, { 12, 5 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(again); i++) {
		fill();
		check_number(begin(), 0);
		check_number(take(100, 10), 0);
		check_number(take(again[i].block, again[i].nr), -EBADMSG);
		hib_relay_blocks_end(&taken);
	}
}

static int begin_with(u64 root, u64 header, u64 blackbox)
{
	int ret;

	fill();
	r.members.member[0].root_block = root;
	r.members.member[1] = second;
	r.header_block = header;
	r.blackbox_block = blackbox;
	ret = begin();
	hib_relay_blocks_end(&taken);
	return ret;
}

TEST(relay_has_a_block_for_each_part)
{
	check_number(begin_with(0, 1, 2), 0);
	check_number(begin_with(10, 11, 0), 0);
	check_number(begin_with(10, 0, 12), -EBADMSG);
	check_number(begin_with(10, 10, 12), -EBADMSG);
	check_number(begin_with(10, 11, 10), -EBADMSG);
	check_number(begin_with(10, 11, 11), -EBADMSG);
	check_number(begin_with(10, BLOCKS, 12), -EBADMSG);
	check_number(begin_with(10, 11, BLOCKS), -EBADMSG);
	check_number(begin_with(10, 11, U64_MAX), -EBADMSG);
	check_number(begin_with(10, hib_block_on(1, 11), 12), -EBADMSG);
	check_number(begin_with(10, 11, hib_block_on(1, 12)), -EBADMSG);
}

TEST(relay_tells_that_memory_is_short_for_blocks)
{
	for (int nr = 0; nr < 2; nr++) {
		fill();
		allocator_fail_after(nr);
		check_number(begin(), -ENOMEM);
		hib_relay_blocks_end(&taken);
	}
	fill();
	allocator_fail_after(2);
	check_number(begin(), 0);
	check_number(take(40000, 1), -ENOMEM);
	hib_relay_blocks_end(&taken);
}

static void say(void)
{
	struct hib_guard guard = { "a file system...", 1000, HIB_GUARD_EXT, HIB_GUARD_LATE };

	make();
	memset(&said, 0, sizeof(said));
	memcpy(said.image_id, r.image_id, HIB_ID_BYTES);
	said.may_ignore = HIB_MAY_KEEP;
	said.must_know = HIB_MUST_GUARD;
	said.flags = HIB_IMAGE_PLATFORM;
	said.hw_signature = 0x12345678;
	said.created_s = 1700000000;
	said.nr_ram_pages = END_PFN;
	said.nr_pages = r.nr_pages;
	said.owner = (struct hib_owner){ "firmware id here", 0x1234 };
	said.nr_cpus = 4;
	said.handover_pfn = 12345;
	said.boot_pages = 20000;
	check(hib_guards_add(&said.guards, &guard));
	memcpy(said.release, "6.12.0", 7);
	memcpy(said.build, "#1 SMP", 7);
	memcpy(said.machine, "x86_64", 7);
	said.arch_bytes = 10;
	memcpy(said.arch, "arch part", 10);
}

static int take_over(void)
{
	memset(&taken_over, 0xa5, sizeof(taken_over));
	return hib_relay_header_take(&r, &said, &taken_over, &why);
}

TEST(relay_header_is_taken_over)
{
	say();
	check_number(take_over(), 0);
	said.members = r.members;
	check(!memcmp(&taken_over, &said, sizeof(said)));
}

TEST(relay_header_says_nothing_of_what_the_second_kernel_makes)
{
	struct hib_piece piece = { HIB_BLOCK_BYTES, 1, 1 };

	say();
	said.data_bytes = 1;
	said.image_bytes = 1;
	said.codec = 77;
	said.pagemap = piece;
	said.segments = piece;
	said.digests = piece;
	said.precopied = piece;
	said.stale = piece;
	said.log = piece;
	said.raw_chunks = piece;
	said.nr_precopied = 32;
	said.nr_stale = 1;
	said.blackbox_block = 1;
	said.extent_block = 1;
	said.nr_extent_leaves = 1;
	said.nr_extents = 1;
	said.write_ns = 1;
	said.wait_ns = 1;
	said.nr_chunks[1] = 1;
	memset(&said.members, 0xff, sizeof(said.members));
	memset(said.arch + said.arch_bytes, 0xff, sizeof(said.arch) - said.arch_bytes);
	check_number(take_over(), 0);
	say();
	said.members = r.members;
	check(!memcmp(&taken_over, &said, sizeof(said)));
}

TEST(relay_header_has_texts_with_an_end)
{
	say();
	memset(said.release, 'r', sizeof(said.release));
	memset(said.build, 0xff, sizeof(said.build));
	memset(said.machine, '\n', sizeof(said.machine));
	check_number(take_over(), 0);
	check_number(strlen(taken_over.release), sizeof(said.release) - 1);
	check_number(strlen(taken_over.build), sizeof(said.build) - 1);
	check_number(strlen(taken_over.machine), sizeof(said.machine) - 1);
	check_number(taken_over.release[0], 'r');
	check_number(taken_over.build[0], '?');
	check_number(taken_over.machine[0], '?');
}

#define check_header_refused_with(change, reason) do {	\
	say();						\
	change;						\
	check_number(take_over(), -EBADMSG);		\
	check_text(why, reason);			\
} while (0)

#define check_header_taken_with(change) do {		\
	say();						\
	change;						\
	check_number(take_over(), 0);			\
} while (0)

TEST(relay_header_is_of_the_record)
{
	check_header_refused_with(said.image_id[15]++, "header of another image");
	check_header_refused_with(said.nr_pages--, "header of another image");
}

TEST(relay_header_has_no_feature_of_the_second_kernel)
{
	check_header_refused_with(said.may_ignore |= HIB_MAY_DIGESTS, "header features");
	check_header_refused_with(said.may_ignore |= HIB_MAY_LOG, "header features");
	check_header_refused_with(said.may_ignore |= HIB_MAY_BLACKBOX, "header features");
	check_header_refused_with(said.may_ignore |= 1u << 31, "header features");
	check_header_refused_with(said.must_know |= HIB_MUST_PRECOPY, "header features");
	check_header_refused_with(said.must_know |= HIB_MUST_RAW, "header features");
	check_header_refused_with(said.must_know |= 1u << 31, "header features");
	check_header_refused_with(said.flags |= 2, "header features");
}

TEST(relay_header_refuses_numbers)
{
	check_header_refused_with(said.nr_ram_pages = r.nr_pages - 1;
				  said.boot_pages = 0, "header nr_ram_pages");
	check_header_taken_with(said.nr_ram_pages = r.nr_pages; said.boot_pages = r.nr_pages);
	check_header_refused_with(said.boot_pages = END_PFN + 1, "header nr_ram_pages");
	check_header_refused_with(said.nr_cpus = HIB_HEADER_CPUS_MAX + 1, "header nr_cpus");
	check_header_taken_with(said.nr_cpus = HIB_HEADER_CPUS_MAX);
	check_header_refused_with(said.handover_pfn = END_PFN, "header handover_pfn");
	check_header_taken_with(said.handover_pfn = END_PFN - 1);
	check_header_refused_with(said.arch_bytes = HIB_ARCH_BYTES + 1, "header arch");
	check_header_refused_with(said.arch_bytes = U32_MAX, "header arch");
	check_header_taken_with(said.arch_bytes = HIB_ARCH_BYTES);
}

TEST(relay_header_refuses_guards)
{
	check_header_refused_with(said.guards.nr = HIB_GUARDS_MAX + 1, "header guards");
	check_header_refused_with(said.guards.nr = U32_MAX, "header guards");
	check_header_refused_with(said.guards.nr = 0, "header guards");
	check_header_refused_with(said.guards.nr = 2, "header guards");
	check_header_refused_with(said.must_know = 0, "header guards");
	check_header_refused_with(said.guards.guard[0].kind = HIB_GUARD_KINDS, "header guards");
	check_header_refused_with(said.guards.guard[0].flags = 2, "header guards");
	check_header_refused_with(said.guards.nr = 2;
				  said.guards.guard[1] = said.guards.guard[0], "header guards");
	check_header_taken_with(said.guards.nr = 0; said.must_know = 0);
	check_number(taken_over.guards.nr, 0);
}

#define PAGES	4u
#define BASE	0x400000ull	/* address of the first page */

static struct hib_relay_page pages[PAGES];
static unsigned int nr_mapped;

static const struct hib_relay_page *map(void *arg, u64 phys)
{
	nr_mapped++;
	check(arg == pages);
	check(!(phys % HIB_BLOCK_BYTES));
	if (phys < BASE || phys >= BASE + sizeof(pages))
		return NULL;
	return &pages[(phys - BASE) / HIB_BLOCK_BYTES];
}

static struct hib_relay_reader reader;
static struct hib_relay_list list;

/* A list as the other kernel writes it, its last page first. */
static void write_list(u64 nr)
{
	unsigned int nr_pages = DIV_ROUND_UP(nr, HIB_RELAY_WORDS);

	memset(pages, 0xa5, sizeof(pages));
	list = (struct hib_relay_list){ nr ? BASE + (nr_pages - 1) * HIB_BLOCK_BYTES : 0, nr };
	for (unsigned int i = 0; i < nr_pages; i++) {
		struct hib_relay_page *page = &pages[nr_pages - 1 - i];

		page->nr = min_t(u64, nr - i * HIB_RELAY_WORDS, HIB_RELAY_WORDS);
		page->next = i + 1 < nr_pages ? BASE + (nr_pages - 2 - i) * HIB_BLOCK_BYTES : 0;
		for (unsigned int at = 0; at < page->nr; at++)
			page->words[at] = 1000000 + i * HIB_RELAY_WORDS + at;
	}
	nr_mapped = 0;
}

/* How many words come back; what the reader says then is in *@ret. */
static u64 read_list(int *ret)
{
	u64 word, nr = 0;

	reader = (struct hib_relay_reader){ .map = map, .arg = pages };
	hib_relay_begin(&reader, &list);
	for (;; nr++) {
		*ret = hib_relay_next(&reader, &word);
		if (*ret)
			return nr;
		if (word != 1000000 + nr)
			check_number(word, 1000000 + nr);
	}
}

TEST(relay_list_comes_back_as_it_was_written)
{
	static const u64 lengths[] = {
		0, 1, HIB_RELAY_WORDS - 1, HIB_RELAY_WORDS, HIB_RELAY_WORDS + 1,
		2 * HIB_RELAY_WORDS, 2 * HIB_RELAY_WORDS + 7, PAGES * HIB_RELAY_WORDS,
	};
	int ret;

	for (unsigned int i = 0; i < ARRAY_SIZE(lengths); i++) {
		write_list(lengths[i]);
		check_number(read_list(&ret), lengths[i]);
		check_number(ret, -ENODATA);
		check_number(nr_mapped, DIV_ROUND_UP(lengths[i], HIB_RELAY_WORDS));
	}
}

TEST(relay_list_may_be_shorter_than_its_pages)
{
	int ret;

	write_list(HIB_RELAY_WORDS + 7);
	list.nr = HIB_RELAY_WORDS + 3;
	check_number(read_list(&ret), list.nr);
	check_number(ret, -ENODATA);
	list.nr = HIB_RELAY_WORDS;
	check_number(read_list(&ret), list.nr);
	check_number(ret, -ENODATA);
}

TEST(relay_list_refuses_pages_that_are_missing)
{
	int ret;

	write_list(3);
	list.first = 0;
	check_number(read_list(&ret), 0);
	check_number(ret, -EBADMSG);
	check_number(nr_mapped, 0);
	write_list(3);
	list.first = BASE + sizeof(pages);
	check_number(read_list(&ret), 0);
	check_number(ret, -EBADMSG);
	write_list(HIB_RELAY_WORDS);
	list.nr++;
	check_number(read_list(&ret), HIB_RELAY_WORDS);
	check_number(ret, -EBADMSG);
	check_number(nr_mapped, 1);
}

TEST(relay_list_refuses_a_page_that_is_not_full)
{
	int ret;

	write_list(HIB_RELAY_WORDS + 7);
	pages[1].nr--;
	check_number(read_list(&ret), 0);
	check_number(ret, -EBADMSG);
	write_list(HIB_RELAY_WORDS + 7);
	pages[0].nr--;
	check_number(read_list(&ret), HIB_RELAY_WORDS);
	check_number(ret, -EBADMSG);
}

TEST(relay_list_refuses_a_page_with_more_than_it_holds)
{
	int ret;

	write_list(5);
	pages[0].nr = HIB_RELAY_WORDS;
	check_number(read_list(&ret), 5);
	check_number(ret, -ENODATA);
	pages[0].nr++;
	check_number(read_list(&ret), 0);
	check_number(ret, -EBADMSG);
	pages[0].nr = U64_MAX;
	check_number(read_list(&ret), 0);
	check_number(ret, -EBADMSG);
}

TEST(relay_list_refuses_addresses_inside_of_pages)
{
	int ret;

	write_list(3);
	list.first += 8;
	check_number(read_list(&ret), 0);
	check_number(ret, -EBADMSG);
	check_number(nr_mapped, 0);
	write_list(HIB_RELAY_WORDS + 7);
	pages[1].next++;
	check_number(read_list(&ret), HIB_RELAY_WORDS);
	check_number(ret, -EBADMSG);
	check_number(nr_mapped, 1);
}

TEST(relay_list_that_turns_back_has_an_end)
{
	u64 word, nr = 0;

	write_list(HIB_RELAY_WORDS);
	pages[0].next = BASE;
	list.nr = 3 * HIB_RELAY_WORDS + 1;
	reader = (struct hib_relay_reader){ .map = map, .arg = pages };
	hib_relay_begin(&reader, &list);
	while (!hib_relay_next(&reader, &word) && nr < 10 * HIB_RELAY_WORDS)
		nr++;
	check_number(nr, 3 * HIB_RELAY_WORDS + 1);
}
