// SPDX-License-Identifier: GPL-2.0
#include "header.h"
#include "tag.h"
#include "tap.h"

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static const u8 other_id[HIB_ID_BYTES] = "0123456789abcdeF";

#define DEVICE_BLOCKS	(1ull << 21)	/* 8 GiB */

static struct hib_disk_header disk __aligned(4096);
static struct hib_header h, parsed;
static const char *why;

/* 1000 pages in three segments, then the lists: 1, 1 and 2 leaves. */
static void make(void)
{
	h = (struct hib_header){
		.may_ignore = HIB_MAY_DIGESTS,
		.codec = HIB_CODEC_LZ4,
		.flags = HIB_IMAGE_PLATFORM,
		.hw_signature = 0x12345678,
		.created_s = 1700000000,
		.nr_ram_pages = 1 << 20,
		.nr_pages = 1000,
		.data_bytes = 600 * HIB_BLOCK_BYTES,
		.image_bytes = 604 * HIB_BLOCK_BYTES,
		.pagemap = { 600 * HIB_BLOCK_BYTES, 200, 1 },
		.segments = { 601 * HIB_BLOCK_BYTES, 3, 1 },
		.digests = { 602 * HIB_BLOCK_BYTES, 1000, 2 },
		.members.member[0] = { "first member id!", 0, DEVICE_BLOCKS },
		.extent_block = 77,
		.nr_extent_leaves = 2,
		.nr_extents = 255,
		.nr_cpus = 4,
		.handover_pfn = 12345,
		.boot_pages = 20000,
		.write_ns = 3000000000,
		.wait_ns = 2000000000,
		.nr_chunks = { 7, 0, 11, 13 },
		.release = "6.12.0",
		.build = "#1 SMP",
		.machine = "x86_64",
		.arch_bytes = 10,
		.arch = "arch part",
	};
	memcpy(h.image_id, id, sizeof(id));
}

static void close_again(void)
{
	disk.tag = cpu_to_le64(hib_header_tag(&disk, id));
}

/* The record of an image with @image_id whose header is the one on the disk. */
static struct hib_commit_record record_of(const u8 *image_id)
{
	struct hib_commit_record r = { .header_tag = le64_to_cpu(disk.tag) };

	memcpy(r.image_id, image_id, HIB_ID_BYTES);
	return r;
}

static int parse(void)
{
	const struct hib_commit_record r = record_of(id);

	why = "not set";
	return hib_header_parse(&disk, &r, DEVICE_BLOCKS, &parsed, &why);
}

/* The header must be refused once @change was made to it, for that reason. */
static void check_refused(void (*change)(void), int error, const char *reason)
{
	make();
	change();
	hib_header_build(&disk, &h);
	check_number(parse(), error);
	check_text(why, reason);
}

/* The same for a change of its bytes, which are closed again. */
static void check_bytes_refused(void (*change)(void), int error, const char *reason)
{
	make();
	hib_header_build(&disk, &h);
	change();
	close_again();
	check_number(parse(), error);
	check_text(why, reason);
}

#define REFUSES_BY(check_how, name, change, error, reason)	\
	static void name##_change(void)				\
	{							\
		change;						\
	}							\
	TEST(name)						\
	{							\
		check_how(name##_change, error, reason);	\
	}

#define REFUSES(name, change, error, reason) \
	REFUSES_BY(check_refused, name, change, error, reason)
#define REFUSES_BYTES(name, change, error, reason) \
	REFUSES_BY(check_bytes_refused, name, change, error, reason)

TEST(header_comes_back_as_it_was_built)
{
	struct hib_disk_header again;

	make();
	memset(&disk, 0x5a, sizeof(disk));
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(parsed.nr_pages, 1000);
	check_number(parsed.digests.nr_leaves, 2);
	check_text(parsed.machine, "x86_64");
	check(!memcmp(parsed.arch, h.arch, sizeof(h.arch)));
	check(parsed.codec == h.codec && parsed.flags == h.flags &&
	      parsed.hw_signature == h.hw_signature && parsed.created_s == h.created_s &&
	      parsed.handover_pfn == h.handover_pfn && parsed.boot_pages == h.boot_pages &&
	      parsed.nr_cpus == h.nr_cpus && parsed.extent_block == h.extent_block);
	check(parsed.write_ns == h.write_ns && parsed.wait_ns == h.wait_ns &&
	      !memcmp(parsed.nr_chunks, h.nr_chunks, sizeof(h.nr_chunks)));
	hib_header_build(&again, &parsed);
	check(!memcmp(&again, &disk, sizeof(disk)));
}

TEST(header_accepts_the_limits_themselves)
{
	make();
	h.nr_pages = h.nr_ram_pages;
	h.boot_pages = h.nr_ram_pages;
	h.handover_pfn = U64_MAX;
	h.extent_block = DEVICE_BLOCKS - 1;
	h.nr_extents = DEVICE_BLOCKS;
	h.nr_extent_leaves = (DEVICE_BLOCKS + 253) / 254;
	h.nr_cpus = 65536;
	h.arch_bytes = HIB_ARCH_BYTES;
	h.image_bytes = DEVICE_BLOCKS * HIB_BLOCK_BYTES;
	h.digests.offset = h.image_bytes - 2 * HIB_BLOCK_BYTES;
	memset(h.arch, 0xff, sizeof(h.arch));
	memset(h.release, 'r', sizeof(h.release) - 1);
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(parsed.arch_bytes, HIB_ARCH_BYTES);
}

/* The map that comes with it names the range that differs. */
TEST(header_leaves_a_machine_of_any_size_to_its_map)
{
	make();
	h.nr_ram_pages = 1ull << 40;
	h.handover_pfn = h.nr_ram_pages - 1;
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
}

/* A release is what whoever built the kernel chose. */
TEST(header_writes_no_line_break_in_a_string)
{
	make();
	strcpy(h.release, "6.12\nresumable yes");
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_text(parsed.release, "6.12?resumable yes");
}

TEST(header_accepts_members)
{
	make();
	h.members.member[0] = (struct hib_member){ .nr_blocks = 1000 };
	h.members.member[3] = (struct hib_member){ "another one's id", 99, 100 };
	h.members.member[15] = (struct hib_member){ "the last one has", 0, HIB_BLOCK_NUMBER_MASK };
	h.extent_block = hib_block_on(15, HIB_BLOCK_NUMBER_MASK - 1);
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check(!memcmp(&parsed.members, &h.members, sizeof(h.members)));
	check_number(hib_members_blocks(&parsed.members), 1100 + HIB_BLOCK_NUMBER_MASK);
}

TEST(header_bounds_the_image_by_all_members)
{
	make();
	h.members.member[0].nr_blocks = 300;
	h.members.member[1] = (struct hib_member){ "another one's id", 0, 304 };
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	h.members.member[1].nr_blocks = 303;
	hib_header_build(&disk, &h);
	check_number(parse(), -EBADMSG);
	check_text(why, "header image_bytes");
}

TEST(header_accepts_no_digests)
{
	make();
	h.may_ignore = 0;
	h.digests = (struct hib_piece){};
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
}

TEST(header_accepts_lists_in_any_order)
{
	make();
	h.digests.offset = 600 * HIB_BLOCK_BYTES;
	h.segments.offset = 602 * HIB_BLOCK_BYTES;
	h.pagemap.offset = 603 * HIB_BLOCK_BYTES;
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
}

TEST(header_accepts_full_segments_and_every_codec)
{
	make();
	h.segments.nr_entries = 2;
	h.data_bytes = 2 * HIB_SEGMENT_BYTES;
	for (h.codec = HIB_CODEC_NONE; h.codec <= HIB_CODEC_ZSTD; h.codec++) {
		hib_header_build(&disk, &h);
		check_number(parse(), 0);
	}
}

TEST(header_accepts_features_that_may_be_ignored)
{
	make();
	h.may_ignore |= 0x80000000;
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(parsed.may_ignore, HIB_MAY_DIGESTS | 0x80000000);
}

TEST(header_shows_what_is_no_text_as_question_marks)
{
	make();
	strcpy(h.release, "6\xc3\xa4\n12");
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_text(parsed.release, "6???12");
}

TEST(header_cuts_strings_and_arch_that_are_too_long)
{
	make();
	memset(h.build, 'b', sizeof(h.build));
	h.arch_bytes = HIB_ARCH_BYTES + 1;
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(strlen(parsed.build), 64);
	check_number(parsed.arch_bytes, HIB_ARCH_BYTES);
}

TEST(header_refuses_every_flipped_bit)
{
	unsigned int bit;

	make();
	hib_header_build(&disk, &h);
	for (bit = 0; bit < 8 * sizeof(disk); bit++) {
		((u8 *)&disk)[bit / 8] ^= 1 << bit % 8;
		if (parse() != -EBADMSG)
			check_number(bit, -1);
		((u8 *)&disk)[bit / 8] ^= 1 << bit % 8;
	}
	check_number(parse(), 0);
}

REFUSES(header_refuses_no_first_member, h.members.member[0].nr_blocks = 0, -EBADMSG,
	"header members")
REFUSES(header_refuses_a_first_member_larger_than_its_device,
	h.members.member[0].nr_blocks = DEVICE_BLOCKS + 1, -EBADMSG, "header members")
REFUSES(header_refuses_a_first_member_that_ends_before_its_root,
	h.members.member[0].root_block = DEVICE_BLOCKS, -EBADMSG, "header members")
REFUSES(header_refuses_a_member_without_id, h.members.member[2].nr_blocks = 5, -EBADMSG,
	"header members")
REFUSES(header_refuses_a_member_that_ends_before_its_root,
	(h.members.member[2] = (struct hib_member){ "id", 5, 5 }), -EBADMSG, "header members")
REFUSES(header_refuses_a_member_with_too_many_blocks,
	(h.members.member[2] = (struct hib_member){ "id", 0, HIB_BLOCK_NUMBER_MASK + 1 }),
	-EBADMSG, "header members")
REFUSES(header_refuses_an_id_without_member, h.members.member[2].id[15] = 1, -EBADMSG,
	"header members")
REFUSES(header_refuses_a_root_block_without_member, h.members.member[2].root_block = 1, -EBADMSG,
	"header members")
REFUSES(header_refuses_two_members_of_one_id,
	(h.members.member[1] = h.members.member[9] = (struct hib_member){ "id", 1, 5 }), -EBADMSG,
	"header members")
REFUSES(header_refuses_a_member_with_the_first_ones_id,
	h.members.member[9] = h.members.member[0], -EBADMSG, "header members")
REFUSES(header_refuses_extents_on_no_member, h.extent_block = hib_block_on(1, 77), -EBADMSG,
	"header extent_block")

TEST(header_refuses_another_image)
{
	struct hib_commit_record r;

	make();
	hib_header_build(&disk, &h);
	r = record_of(other_id);
	check_number(hib_header_parse(&disk, &r, DEVICE_BLOCKS, &parsed, &why), -EBADMSG);
	check_text(why, "header tag");
	memcpy(disk.image_id, other_id, sizeof(other_id));
	close_again();
	check_number(parse(), -EBADMSG);
	check_text(why, "header image_id");
}

/* Sound, and of the same image: one that was written before the image was complete. */
TEST(header_refuses_one_that_was_not_committed)
{
	struct hib_commit_record r;

	make();
	hib_header_build(&disk, &h);
	r = record_of(id);
	h.created_s++;
	hib_header_build(&disk, &h);
	check_number(hib_header_parse(&disk, &r, DEVICE_BLOCKS, &parsed, &why), -EBADMSG);
	check_text(why, "header is not the one committed");
	check_number(parse(), 0);
}

REFUSES_BYTES(header_refuses_magic, disk.magic = 0, -EBADMSG, "header magic")
REFUSES_BYTES(header_refuses_version_by_name, disk.version = cpu_to_le32(HIB_FORMAT_VERSION - 1), -EOPNOTSUPP,
	      "header version")
REFUSES(header_refuses_feature_it_must_know, h.must_know = HIB_MUST_SEAL, -EOPNOTSUPP,
	"header must_know")
REFUSES_BYTES(header_refuses_page_shift, disk.page_shift = cpu_to_le32(14), -EOPNOTSUPP,
	      "header page_shift")
REFUSES_BYTES(header_refuses_chunk_pages, disk.chunk_pages = cpu_to_le32(33), -EOPNOTSUPP,
	      "header chunk_pages")
REFUSES(header_refuses_unknown_flags, h.flags = 2, -EOPNOTSUPP, "header flags")
REFUSES(header_refuses_unknown_codec, h.codec = 4, -EOPNOTSUPP, "header codec")

REFUSES(header_refuses_no_pages, h.nr_pages = 0, -EBADMSG, "header nr_pages")
REFUSES(header_refuses_more_pages_than_its_memory, h.nr_pages = h.nr_ram_pages + 1, -EBADMSG,
	"header nr_pages")

REFUSES(header_refuses_image_that_ends_inside_a_block, h.image_bytes++, -EBADMSG,
	"header image_bytes")
REFUSES(header_refuses_image_larger_than_device,
	h.image_bytes = (DEVICE_BLOCKS + 1) * HIB_BLOCK_BYTES, -EBADMSG,
	"header image_bytes")
REFUSES(header_refuses_image_that_overflows, h.image_bytes = U64_MAX - 4095, -EBADMSG,
	"header image_bytes")
REFUSES(header_refuses_no_data, h.data_bytes = 0, -EBADMSG, "header data_bytes")
REFUSES(header_refuses_data_that_ends_inside_a_block, h.data_bytes -= 8, -EBADMSG,
	"header data_bytes")
REFUSES(header_refuses_data_past_the_image, h.data_bytes = 605 * HIB_BLOCK_BYTES, -EBADMSG,
	"header data_bytes")

REFUSES(header_refuses_extents_in_the_swap_header, h.extent_block = 0, -EBADMSG,
	"header extent_block")
REFUSES(header_refuses_extents_past_device, h.extent_block = DEVICE_BLOCKS, -EBADMSG,
	"header extent_block")
REFUSES(header_refuses_no_extents, h.nr_extents = 0, -EBADMSG, "header nr_extents")
REFUSES(header_refuses_more_extents_than_blocks,
	(h.nr_extents = DEVICE_BLOCKS + 1, h.nr_extent_leaves = 8257), -EBADMSG,
	"header nr_extents")
REFUSES(header_refuses_too_few_extent_leaves, h.nr_extent_leaves = 1, -EBADMSG,
	"header nr_extents")
REFUSES(header_refuses_too_many_extent_leaves, h.nr_extent_leaves = U32_MAX, -EBADMSG,
	"header nr_extents")
REFUSES(header_refuses_too_many_cpus, h.nr_cpus = 65537, -EBADMSG, "header nr_cpus")
REFUSES(header_refuses_footprint_past_memory, h.boot_pages = h.nr_ram_pages + 1, -EBADMSG,
	"header boot_pages")

REFUSES(header_refuses_page_list_inside_data, h.pagemap.offset -= HIB_BLOCK_BYTES, -EBADMSG,
	"header pagemap")
REFUSES(header_refuses_page_list_off_a_block, h.pagemap.offset++, -EBADMSG, "header pagemap")
REFUSES(header_refuses_page_list_past_the_image, h.pagemap.offset = h.image_bytes, -EBADMSG,
	"header pagemap")
REFUSES(header_refuses_page_list_that_overflows, h.pagemap.offset = U64_MAX - 4095, -EBADMSG,
	"header pagemap")
REFUSES(header_refuses_empty_page_list, (h.pagemap.nr_entries = 0, h.pagemap.nr_leaves = 0),
	-EBADMSG, "header pagemap")
REFUSES(header_refuses_more_runs_than_pages,
	(h.pagemap.nr_entries = 1001, h.pagemap.nr_leaves = 4), -EBADMSG, "header pagemap")
REFUSES(header_refuses_runs_that_overflow, h.pagemap.nr_entries = U64_MAX, -EBADMSG,
	"header pagemap")
REFUSES(header_refuses_leaves_that_do_not_match, h.pagemap.nr_leaves = 2, -EBADMSG,
	"header pagemap")

REFUSES(header_refuses_lists_that_overlap, h.segments.offset = h.pagemap.offset, -EBADMSG,
	"header segments")
REFUSES(header_refuses_more_segments_than_blocks,
	(h.segments.nr_entries = 601, h.segments.nr_leaves = 2), -EBADMSG, "header segments")
REFUSES(header_refuses_too_few_segments, h.segments.nr_entries = 2, -EBADMSG,
	"header segments")
REFUSES(header_refuses_segments_past_the_image,
	h.segments.offset = 604 * HIB_BLOCK_BYTES, -EBADMSG, "header segments")

REFUSES(header_refuses_digests_without_their_feature, h.may_ignore = 0, -EBADMSG,
	"header digests")
REFUSES(header_refuses_entries_of_no_digests,
	(h.may_ignore = 0, h.digests = (struct hib_piece){ .nr_entries = 1 }), -EBADMSG,
	"header digests")
REFUSES(header_refuses_leaves_of_no_digests,
	(h.may_ignore = 0, h.digests = (struct hib_piece){ .nr_leaves = 1 }), -EBADMSG,
	"header digests")
REFUSES(header_refuses_feature_without_digests, h.digests = (struct hib_piece){}, -EBADMSG,
	"header digests")
REFUSES(header_refuses_digests_over_the_page_list,
	h.digests.offset = h.pagemap.offset, -EBADMSG, "header digests")
REFUSES(header_refuses_digests_over_the_segments,
	h.digests.offset = 601 * HIB_BLOCK_BYTES, -EBADMSG, "header digests")
REFUSES(header_refuses_digests_past_the_image, h.digests.offset += HIB_BLOCK_BYTES, -EBADMSG,
	"header digests")
REFUSES(header_refuses_more_digests_than_pages, h.digests.nr_entries = 1001, -EBADMSG,
	"header digests")

REFUSES_BYTES(header_refuses_release_without_end, memset(disk.release, 'x', 65), -EBADMSG,
	      "header release")
REFUSES_BYTES(header_refuses_build_without_end, memset(disk.build, 'x', 65), -EBADMSG,
	      "header build")
REFUSES_BYTES(header_refuses_machine_without_end, memset(disk.machine, 'x', 65), -EBADMSG,
	      "header machine")
REFUSES_BYTES(header_refuses_release_of_two_lines, strcpy(disk.release, "6.12\nresumable yes"),
	      -EBADMSG, "header release")
REFUSES_BYTES(header_refuses_build_that_is_no_text, disk.build[0] = '\x7f', -EBADMSG,
	      "header build")
REFUSES_BYTES(header_refuses_line_break_in_a_string, disk.release[2] = '\n', -EBADMSG,
	      "header release")
REFUSES_BYTES(header_refuses_control_character_in_a_string, disk.machine[1] = 0x7f, -EBADMSG,
	      "header machine")
REFUSES_BYTES(header_refuses_text_behind_the_end, disk.release[20] = 'x', -EBADMSG,
	      "header release")
REFUSES_BYTES(header_refuses_arch_part_too_long, disk.arch_bytes = cpu_to_le32(HIB_ARCH_BYTES + 1), -EBADMSG,
	      "header arch")
REFUSES_BYTES(header_refuses_arch_part_that_overflows, disk.arch_bytes = cpu_to_le32(U32_MAX),
	      -EBADMSG, "header arch")
REFUSES_BYTES(header_refuses_bytes_behind_arch_part, disk.arch[10] = 1, -EBADMSG,
	      "header arch")

/* Of the 1000 pages 640 were written early, and 32 more, which are stale. */
static void precopy(void)
{
	h.must_know = HIB_MUST_PRECOPY;
	h.nr_precopied = 672;
	h.nr_stale = 32;
	h.image_bytes = 606 * HIB_BLOCK_BYTES;
	h.precopied = (struct hib_piece){ 604 * HIB_BLOCK_BYTES, 7, 1 };
	h.stale = (struct hib_piece){ 605 * HIB_BLOCK_BYTES, 32, 1 };
}

TEST(header_with_precopy_comes_back_as_it_was_built)
{
	make();
	precopy();
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(parsed.nr_precopied, 672);
	check_number(parsed.nr_stale, 32);
	check_number(parsed.precopied.nr_entries, 7);
	check_number(parsed.stale.offset, 605 * HIB_BLOCK_BYTES);
	h.nr_stale = 0;
	h.stale = (struct hib_piece){};
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
}

REFUSES(header_refuses_precopy_without_its_feature, (precopy(), h.must_know = 0), -EBADMSG,
	"header nr_precopied")
REFUSES(header_refuses_feature_without_precopied_pages, h.must_know = HIB_MUST_PRECOPY,
	-EBADMSG, "header nr_precopied")
REFUSES(header_refuses_precopied_pages_in_half_a_chunk, (precopy(), h.nr_precopied += 1),
	-EBADMSG, "header nr_precopied")
REFUSES(header_refuses_more_precopied_pages_than_memory,
	(precopy(), h.nr_precopied = (1 << 20) + 32), -EBADMSG, "header nr_precopied")
REFUSES(header_refuses_more_stale_pages_than_precopied, (precopy(), h.nr_stale = 673),
	-EBADMSG, "header nr_stale")
REFUSES(header_refuses_more_valid_precopied_pages_than_saved,
	(precopy(), h.nr_precopied = 1056, h.nr_stale = 55), -EBADMSG, "header nr_stale")
REFUSES(header_refuses_stale_list_without_stale_pages, (precopy(), h.nr_stale = 0),
	-EBADMSG, "header stale")
REFUSES(header_refuses_stale_pages_without_list, (precopy(), h.stale = (struct hib_piece){}),
	-EBADMSG, "header stale")
REFUSES(header_refuses_precopied_list_over_another,
	(precopy(), h.precopied.offset = h.digests.offset), -EBADMSG, "header precopied")
REFUSES(header_refuses_stale_list_over_precopied_list,
	(precopy(), h.stale.offset = h.precopied.offset), -EBADMSG, "header stale")
REFUSES(header_refuses_stale_list_past_the_image,
	(precopy(), h.stale.offset += HIB_BLOCK_BYTES), -EBADMSG, "header stale")
REFUSES(header_refuses_precopied_list_without_precopy,
	h.precopied = (struct hib_piece){ .nr_leaves = 1 }, -EBADMSG, "header precopied")
REFUSES_BYTES(header_refuses_reserved_in_precopied_list,
	      disk.precopied.reserved = cpu_to_le32(1), -EBADMSG, "header reserved")
REFUSES_BYTES(header_refuses_reserved_in_stale_list, disk.stale.reserved = cpu_to_le32(1),
	      -EBADMSG, "header reserved")

/* The steps of the saving kernel, in a leaf behind the digests. */
static void logged(void)
{
	h.may_ignore |= HIB_MAY_LOG;
	h.image_bytes = 605 * HIB_BLOCK_BYTES;
	h.log = (struct hib_piece){ 604 * HIB_BLOCK_BYTES, 40, 1 };
}

TEST(header_with_a_log_comes_back_as_it_was_built)
{
	make();
	logged();
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(parsed.log.nr_entries, 40);
	check_number(parsed.log.offset, 604 * HIB_BLOCK_BYTES);
}

REFUSES(header_refuses_log_without_its_feature, (logged(), h.may_ignore = HIB_MAY_DIGESTS), -EBADMSG,
	"header log")
REFUSES(header_refuses_feature_without_log, h.may_ignore |= HIB_MAY_LOG, -EBADMSG, "header log")
REFUSES(header_refuses_log_of_two_leaves,
	(logged(), h.log.nr_entries = 102, h.log.nr_leaves = 2, h.image_bytes += HIB_BLOCK_BYTES),
	-EBADMSG, "header log")
REFUSES(header_refuses_log_over_digests, (logged(), h.log.offset = h.digests.offset), -EBADMSG,
	"header log")
REFUSES(header_refuses_log_past_the_image, (logged(), h.log.offset += HIB_BLOCK_BYTES), -EBADMSG,
	"header log")
REFUSES_BYTES(header_refuses_reserved_in_log, disk.log.reserved = cpu_to_le32(1), -EBADMSG,
	      "header reserved")

/* 1000 pages are 32 chunks; the list of raw ones is a leaf behind the digests. */
static void with_raw(void)
{
	h.must_know |= HIB_MUST_RAW;
	h.image_bytes = 605 * HIB_BLOCK_BYTES;
	h.raw_chunks = (struct hib_piece){ 604 * HIB_BLOCK_BYTES, 32, 1 };
}

TEST(header_with_raw_chunks_comes_back_as_it_was_built)
{
	make();
	with_raw();
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(parsed.raw_chunks.nr_entries, 32);
	check_number(parsed.raw_chunks.offset, 604 * HIB_BLOCK_BYTES);
	check(parsed.must_know & HIB_MUST_RAW);
}

REFUSES(header_refuses_raw_chunks_without_their_feature,
	(with_raw(), h.must_know &= ~HIB_MUST_RAW), -EBADMSG, "header raw_chunks")
REFUSES(header_refuses_feature_without_raw_chunks, h.must_know |= HIB_MUST_RAW, -EBADMSG,
	"header raw_chunks")
REFUSES(header_refuses_more_raw_chunks_than_chunks, (with_raw(), h.raw_chunks.nr_entries = 33),
	-EBADMSG, "header raw_chunks")
REFUSES(header_refuses_raw_chunks_over_digests,
	(with_raw(), h.raw_chunks.offset = h.digests.offset), -EBADMSG, "header raw_chunks")
REFUSES(header_refuses_raw_chunks_over_the_segments,
	(with_raw(), h.raw_chunks.offset = 0), -EBADMSG, "header raw_chunks")
REFUSES_BYTES(header_refuses_reserved_in_raw_chunks,
	      disk.raw_chunks.reserved = cpu_to_le32(1), -EBADMSG, "header reserved")

/* A block for the steps of boots. */
static void boxed(void)
{
	h.may_ignore |= HIB_MAY_BLACKBOX;
	h.blackbox_block = 605;
}

TEST(header_with_a_black_box_comes_back_as_it_was_built)
{
	make();
	boxed();
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(parsed.blackbox_block, 605);
}

REFUSES(header_refuses_black_box_without_its_feature, (boxed(), h.may_ignore &= ~HIB_MAY_BLACKBOX), -EBADMSG,
	"header blackbox_block")
REFUSES(header_refuses_feature_without_black_box, h.may_ignore |= HIB_MAY_BLACKBOX, -EBADMSG, "header blackbox_block")
REFUSES(header_refuses_black_box_past_the_device, (boxed(), h.blackbox_block = DEVICE_BLOCKS), -EBADMSG,
	"header blackbox_block")
REFUSES(header_refuses_black_box_on_another_member,
	(boxed(), h.members.member[1] = (struct hib_member){ "another one's id", 0, 1000 },
	 h.blackbox_block |= 1ull << HIB_MEMBER_SHIFT), -EBADMSG, "header blackbox_block")

/* One file system. */
static void guarded(void)
{
	h.must_know = HIB_MUST_GUARD;
	h.guards.nr = 1;
	h.guards.guard[0] = (struct hib_guard){ "one file system!", 77, HIB_GUARD_EXT, 0 };
}

TEST(header_with_guards_comes_back_as_it_was_built)
{
	make();
	guarded();
	hib_header_build(&disk, &h);
	check_number(parse(), 0);
	check_number(parsed.guards.nr, 1);
	check_number(parsed.guards.guard[0].digest, 77);
}

REFUSES(header_refuses_guards_without_their_feature, (guarded(), h.must_know = 0), -EBADMSG,
	"header guards")
REFUSES(header_refuses_feature_without_guards, h.must_know = HIB_MUST_GUARD, -EBADMSG,
	"header guards")
REFUSES(header_refuses_unknown_kind_of_guard, (guarded(), h.guards.guard[0].kind = HIB_GUARD_KINDS), -EBADMSG,
	"header guards")

REFUSES_BYTES(header_refuses_reserved_bytes, disk.reserved0[4] = 1, -EBADMSG,
	      "header reserved")
REFUSES_BYTES(header_refuses_reserved_word, disk.reserved1 = cpu_to_le32(1), -EBADMSG,
	      "header reserved")
REFUSES_BYTES(header_refuses_reserved_tail, disk.reserved2[sizeof(disk.reserved2) - 1] = 1, -EBADMSG,
	      "header reserved")
REFUSES_BYTES(header_refuses_reserved_in_page_list, disk.pagemap.reserved = cpu_to_le32(1),
	      -EBADMSG, "header reserved")
REFUSES_BYTES(header_refuses_reserved_in_segments, disk.segments.reserved = cpu_to_le32(1),
	      -EBADMSG, "header reserved")
REFUSES_BYTES(header_refuses_reserved_in_digests, disk.digests.reserved = cpu_to_le32(1),
	      -EBADMSG, "header reserved")

TEST(header_bytes_stay_as_they_are_on_disk)
{
	make();
	hib_header_build(&disk, &h);
	check_number(le64_to_cpu(disk.tag), -2218866026357016838);
}
