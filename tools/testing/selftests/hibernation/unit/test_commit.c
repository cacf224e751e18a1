// SPDX-License-Identifier: GPL-2.0
#include "header.h"
#include "tag.h"
#include "tap.h"

#define DEVICE_BLOCKS	1000u

static struct hib_disk_commit disk __aligned(512);
static struct hib_commit_record parsed;
static const char *why;

static const struct hib_commit_record record = {
	.state = HIB_STATE_LOADING,
	.tries = 2,
	.image_id = "0123456789abcdef",
	.header_block = 999,
	.header_tag = 0x1122334455667788ULL,
	.saved_signature = HIB_SWAP_SIGNATURE,
};

static void close_again(void)
{
	disk.tag = cpu_to_le64(hib_tag_compute(&disk, sizeof(disk),
					       offsetof(struct hib_disk_commit, tag),
					       disk.image_id, HIB_TAG_COMMIT));
}

static int parse(void)
{
	why = "not set";
	return hib_commit_parse(&disk, DEVICE_BLOCKS, &parsed, &why);
}

/* The record must be refused once @change was made to its bytes, for that reason. */
static void check_refused(void (*change)(void), int error, const char *reason)
{
	hib_commit_build(&disk, &record);
	change();
	close_again();
	check_number(parse(), error);
	check_text(why, reason);
}

#define REFUSES(name, change, error, reason)			\
	static void name##_change(void)				\
	{							\
		change;						\
	}							\
	TEST(name)						\
	{							\
		check_refused(name##_change, error, reason);	\
	}

TEST(commit_comes_back_as_it_was_built)
{
	struct hib_disk_commit again;

	memset(&disk, 0x5a, sizeof(disk));
	hib_commit_build(&disk, &record);
	check_number(parse(), 0);
	check(parsed.state == HIB_STATE_LOADING && parsed.tries == 2);
	check(parsed.header_block == 999 && parsed.header_tag == record.header_tag);
	check(!memcmp(parsed.image_id, record.image_id, HIB_ID_BYTES));
	check(!memcmp(parsed.saved_signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES));
	hib_commit_build(&again, &parsed);
	check(!memcmp(&again, &disk, sizeof(disk)));
}

TEST(commit_ends_with_our_signature)
{
	hib_commit_build(&disk, &record);
	check(!memcmp((u8 *)&disk + 502, "LINHIB0001", 10));
	check(!memcmp((u8 *)&disk + 492, "SWAPSPACE2", 10));
}

TEST(commit_accepts_every_state_of_an_image)
{
	struct hib_commit_record r = record;

	r.tries = 65535;
	for (r.state = HIB_STATE_READY; r.state <= HIB_STATE_KEPT; r.state++) {
		hib_commit_build(&disk, &r);
		check_number(parse(), 0);
		check(parsed.state == r.state);
	}
}

TEST(commit_without_our_signature_is_no_image)
{
	hib_commit_build(&disk, &record);
	memcpy(disk.signature, "SWAPSPACE2", 10);
	check_number(parse(), -ENODATA);
	memcpy(disk.signature, "S1SUSPEND\0", 10);
	check_number(parse(), -ENODATA);
	memset(&disk, 0, sizeof(disk));
	check_number(parse(), -ENODATA);
	check_text(why, "signature");
}

TEST(commit_refuses_every_flipped_bit)
{
	unsigned int bit;

	hib_commit_build(&disk, &record);
	for (bit = 0; bit < 8 * sizeof(disk); bit++) {
		int want = bit / 8 < 502 ? -EBADMSG : -ENODATA;

		((u8 *)&disk)[bit / 8] ^= 1 << bit % 8;
		if (parse() != want)
			check_number(bit, -1);
		((u8 *)&disk)[bit / 8] ^= 1 << bit % 8;
	}
	check_number(parse(), 0);
	disk.header_tag ^= 1;
	check_number(parse(), -EBADMSG);
	check_text(why, "commit tag");
}

TEST(commit_refuses_our_signature_on_other_bytes)
{
	memset(&disk, 0, sizeof(disk));
	memcpy(disk.signature, HIB_SIGNATURE, HIB_SIGNATURE_BYTES);
	check_number(parse(), -EBADMSG);
	check_text(why, "commit magic");
}

TEST(commit_leaves_the_record_alone_when_it_refuses)
{
	struct hib_commit_record before;

	memset(&parsed, 0x77, sizeof(parsed));
	before = parsed;
	hib_commit_build(&disk, &record);
	disk.state = 0;
	close_again();
	check_number(parse(), -EBADMSG);
	check(!memcmp(&before, &parsed, sizeof(parsed)));
}

REFUSES(commit_refuses_version_by_name, disk.version = cpu_to_le32(HIB_FORMAT_VERSION - 1), -EOPNOTSUPP,
	"commit version")
REFUSES(commit_refuses_no_state, disk.state = 0, -EBADMSG, "commit state")
REFUSES(commit_refuses_unknown_state, disk.state = cpu_to_le32(6), -EBADMSG, "commit state")
REFUSES(commit_refuses_endless_tries, disk.tries = cpu_to_le32(65536), -EBADMSG,
	"commit tries")
REFUSES(commit_refuses_header_in_the_swap_header, disk.header_block = 0, -EBADMSG,
	"commit header_block")
REFUSES(commit_refuses_header_past_device, disk.header_block = cpu_to_le64(DEVICE_BLOCKS),
	-EBADMSG, "commit header_block")
REFUSES(commit_refuses_header_that_overflows, disk.header_block = cpu_to_le64(U64_MAX),
	-EBADMSG, "commit header_block")
REFUSES(commit_refuses_signature_that_is_no_swap, disk.saved_signature[0] = 'X', -EBADMSG,
	"commit saved_signature")
REFUSES(commit_refuses_reserved_word, disk.reserved0 = cpu_to_le32(1), -EBADMSG,
	"commit reserved")
REFUSES(commit_refuses_reserved_bytes, disk.reserved1[263] = 1, -EBADMSG, "commit reserved")
REFUSES(commit_refuses_reserved_tail, disk.reserved2[3] = 1, -EBADMSG, "commit reserved")

TEST(commit_bytes_stay_as_they_are_on_disk)
{
	hib_commit_build(&disk, &record);
	check_number(le64_to_cpu(disk.tag), 1600467815569679975);
}

static void make_kept(const char *reason)
{
	struct hib_commit_record r = record;

	r.state = HIB_STATE_KEPT;
	strscpy(r.reason, reason, sizeof(r.reason));
	hib_commit_build(&disk, &r);
}

TEST(commit_says_why_it_is_kept)
{
	make_kept("memory size: image 1024 MiB, machine 512 MiB");
	check_number(parse(), 0);
	check_text(parsed.reason, "memory size: image 1024 MiB, machine 512 MiB");
	check(!memcmp((u8 *)&disk + 56, "memory size: ", 13));
}

TEST(commit_has_a_reason_only_while_it_is_kept)
{
	struct hib_commit_record r;

	make_kept("page data: unreadable");
	check_number(parse(), 0);
	r = parsed;
	r.state = HIB_STATE_JUMPING;
	hib_commit_build(&disk, &r);
	check(!memchr_inv(disk.reason, 0, sizeof(disk.reason)));
	check_number(parse(), 0);
	memcpy(disk.reason, "x", 1);
	close_again();
	check_number(parse(), -EBADMSG);
	check_text(why, "commit reason");
}

TEST(commit_reason_breaks_no_line)
{
	make_kept("two\nlines\033[2J");
	check_number(parse(), 0);
	check_text(parsed.reason, "two?lines?[2J");
	disk.reason[3] = '\n';
	close_again();
	check_number(parse(), -EBADMSG);
	check_text(why, "commit reason");
}

TEST(commit_reason_ends_and_nothing_follows)
{
	make_kept("short");
	disk.reason[HIB_KEPT_BYTES - 1] = 'x';
	close_again();
	check_number(parse(), -EBADMSG);
	memset(disk.reason, 'x', sizeof(disk.reason));
	close_again();
	check_number(parse(), -EBADMSG);
	check_text(why, "commit reason");
}

TEST(commit_reason_that_is_too_long_is_cut)
{
	char longest[2 * HIB_KEPT_BYTES] = {};
	struct hib_commit_record r = record;

	memset(r.reason, 'y', sizeof(r.reason) - 1);
	r.reason[sizeof(r.reason) - 1] = '\0';
	r.state = HIB_STATE_KEPT;
	hib_commit_build(&disk, &r);
	check_number(parse(), 0);
	check_number(strlen(parsed.reason), HIB_KEPT_BYTES - 1);
	memset(longest, 'z', sizeof(longest) - 1);
	make_kept(longest);
	check_number(parse(), 0);
	check_number(strlen(parsed.reason), HIB_KEPT_BYTES - 1);
}

static int decide_asked(enum hib_image_state state, u32 tries, u32 max_tries, bool asked)
{
	struct hib_commit_record r = record;

	r.state = state;
	r.tries = tries;
	why = "not set";
	return hib_commit_decide(&r, max_tries, asked, &why);
}

static int decide(enum hib_image_state state, u32 tries, u32 max_tries)
{
	return decide_asked(state, tries, max_tries, false);
}

TEST(commit_may_be_loaded_while_it_is_ready)
{
	check_number(decide(HIB_STATE_READY, 0, 2), 0);
	check_number(decide(HIB_STATE_READY, 0, 0), 0);
}

TEST(commit_may_be_loaded_again_while_tries_are_left)
{
	check_number(decide(HIB_STATE_LOADING, 1, 2), 0);
	check_number(decide(HIB_STATE_LOADING, 2, 2), -ESTALE);
	check_text(why, "loading began too often");
	check_number(decide(HIB_STATE_LOADING, 3, 2), -ESTALE);
	check_number(decide(HIB_STATE_LOADING, 0, 0), -ESTALE);
}

TEST(commit_that_was_jumped_to_is_never_loaded_again)
{
	check_number(decide(HIB_STATE_JUMPING, 0, 65535), -ESTALE);
	check_text(why, "jumped to before");
	check_number(decide(HIB_STATE_SPENT, 0, 65535), -ESTALE);
	check_number(decide(HIB_STATE_NONE, 0, 65535), -ESTALE);
	check_text(why, "not to be resumed");
}

TEST(commit_that_is_kept_is_loaded_on_request_only)
{
	check_number(decide(HIB_STATE_KEPT, 0, 65535), -EPERM);
	check_text(why, "kept, resumed on request only");
	check_number(decide_asked(HIB_STATE_KEPT, 0, 2, true), 0);
	check_number(decide_asked(HIB_STATE_KEPT, 65535, 1, true), 0);
}

TEST(commit_request_changes_nothing_else)
{
	check_number(decide_asked(HIB_STATE_READY, 0, 2, true), 0);
	check_number(decide_asked(HIB_STATE_LOADING, 2, 2, true), -ESTALE);
	check_number(decide_asked(HIB_STATE_JUMPING, 0, 2, true), -ESTALE);
	check_number(decide_asked(HIB_STATE_SPENT, 0, 2, true), -ESTALE);
	check_number(decide_asked(HIB_STATE_NONE, 0, 2, true), -ESTALE);
}
