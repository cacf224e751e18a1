// SPDX-License-Identifier: GPL-2.0
#include "anchor.h"
#include "tap.h"

#define UNTOUCHED	4711

/* The block that is read from a text, or UNTOUCHED. */
static u64 read_text(const char *text, size_t more)
{
	static u8 wide[HIB_ANCHOR_TEXT_BYTES + 16];
	size_t nr = strlen(text) + more, bytes = 2 * nr;
	u64 block = UNTOUCHED;
	u8 *exact;
	int ret;

	memset(wide, 0, sizeof(wide));
	for (size_t i = 0; i < strlen(text); i++)
		wide[2 * i] = text[i];
	exact = malloc(bytes ?: 1);
	memcpy(exact, wide, bytes);
	ret = hib_anchor_parse_text(exact, bytes, &block);
	free(exact);
	check_number(ret, block == UNTOUCHED ? -EBADMSG : 0);
	return block;
}

static bool is_refused(const char *text)
{
	return read_text(text, 0) == UNTOUCHED && read_text(text, 1) == UNTOUCHED;
}

TEST(anchor_reads_what_systemd_writes)
{
	const char *text = "{\"uuid\":\"11111111-2222-3333-4444-555555555555\",\"offset\":38912,"
			   "\"kernelVersion\":\"6.12.0\",\"osReleaseId\":\"debian\","
			   "\"osReleaseVersionId\":\"12\"}";

	check_number(read_text(text, 0), 38912);
	check_number(read_text(text, 1), 38912);
	check_number(read_text("{\"offset\":0}", 1), 0);
}

TEST(anchor_reads_any_such_object)
{
	check_number(read_text(" {\n\t\"offset\" : 7 , \"x\" : null\r}", 0), 7);
	check_number(read_text("{\"a\":{\"offset\":1,\"b\":[2,{}]},\"offset\":3,\"c\":[]}", 0), 3);
	check_number(read_text("{\"a\\\"offset\":1,\"offset\":2}", 0), 2);
	check_number(read_text("{\"a\":\"}\\\",\",\"offset\":5,\"autoSwap\":true}", 0), 5);
	check_number(read_text("{\"offset\":1,\"offset\":9}", 0), 9);
	check_number(read_text("{\"offset\":18446744073709551615}", 0), ~0ULL);
}

TEST(anchor_refuses_an_offset_that_is_no_number)
{
	static const char *const values[] = {
		"\"7\"", "-7", "7.0", "7e2", "7E2", "x", "", "[7]", "null", "7 7", "7x",
		"18446744073709551616", "99999999999999999999999",
	};
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		snprintf(text, sizeof(text), "{\"offset\":%s}", values[i]);
		check(is_refused(text));
	}
}

TEST(anchor_refuses_what_is_no_object)
{
	static const char *const texts[] = {
		"", "{", "{}", "x", "[]", "{\"offset\"", "{\"offset\":", "{\"offset\":7",
		"{\"offset\":7,", "{\"offset\":7,}", "{\"uuid\":\"1\"}", "{offset:7}",
		"{\"offset\" 7}", "{\"offset", "{\"offset\\", "{\"a\":]}", "{\"a\":[}", "{\"a\":\"",
		"{\"a\":{\"offset\":7}}", "{\"Offset\":7}", "{\"offse\":7}", "{\"offsets\":7}",
		"{\"a\":\"b", "{\"a\":7",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		check(is_refused(texts[i]));
}

TEST(anchor_refuses_other_encodings_and_lengths)
{
	const u8 narrow[] = "{\"offset\":77}";
	static u8 wide[HIB_ANCHOR_TEXT_BYTES + 2];
	const char *text = "{\"offset\":7}";
	u64 block = UNTOUCHED;

	check_number(hib_anchor_parse_text(narrow, sizeof(narrow), &block), -EBADMSG);
	check_number(hib_anchor_parse_text(narrow, sizeof(narrow) - 1, &block), -EBADMSG);
	memset(wide, 0, sizeof(wide));
	for (size_t i = 0; i < strlen(text); i++)
		wide[2 * i] = text[i];
	check_number(hib_anchor_parse_text(wide, 2 * strlen(text) + 1, &block), -EBADMSG);
	check_number(hib_anchor_parse_text(wide, HIB_ANCHOR_TEXT_BYTES + 2, &block), -EBADMSG);
	check_number(block, UNTOUCHED);
	check_number(hib_anchor_parse_text(wide, HIB_ANCHOR_TEXT_BYTES, &block), 0);
	wide[3] = 1;
	check_number(hib_anchor_parse_text(wide, 2 * strlen(text), &block), -EBADMSG);
}

TEST(anchor_reads_what_it_built)
{
	struct hib_disk_anchor disk;
	u64 block = UNTOUCHED;

	hib_anchor_build(&disk, 0x123456789abULL);
	check_number(hib_anchor_parse(&disk, sizeof(disk), &block), 0);
	check_number(block, 0x123456789abULL);
}

TEST(anchor_refuses_each_flipped_bit)
{
	struct hib_disk_anchor disk;
	u64 block = UNTOUCHED;

	for (size_t bit = 0; bit < 8 * sizeof(disk); bit++) {
		hib_anchor_build(&disk, 38912);
		((u8 *)&disk)[bit / 8] ^= 1 << bit % 8;
		check_number(hib_anchor_parse(&disk, sizeof(disk), &block), -EBADMSG);
	}
	hib_anchor_build(&disk, 38912);
	check_number(hib_anchor_parse(&disk, sizeof(disk) - 1, &block), -EBADMSG);
	check_number(hib_anchor_parse(&disk, 0, &block), -EBADMSG);
	check_number(block, UNTOUCHED);
}

TEST(anchor_refuses_another_version_with_a_sound_tag)
{
	struct hib_disk_anchor disk;
	u64 block = UNTOUCHED;

	hib_anchor_build(&disk, 1);
	disk.version = cpu_to_le32(HIB_ANCHOR_VERSION + 1);
	disk.tag = 0;
	disk.tag = cpu_to_le64(xxh64(&disk, sizeof(disk), 0));
	check_number(hib_anchor_parse(&disk, sizeof(disk), &block), -EBADMSG);
	check_number(block, UNTOUCHED);
}
