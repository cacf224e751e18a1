// SPDX-License-Identifier: GPL-2.0
/* The steps of boots that did not resume an image: written, read back, and not believed. */
#include "blackbox.h"
#include "timeline.h"
#include "tap.h"

static const u8 id[HIB_ID_BYTES] = "0123456789abcdef";
static const u8 other_id[HIB_ID_BYTES] = "0123456789abcdeF";

static struct hib_disk_blackbox disk;
static struct hib_timeline boot, back;

/* A boot that checked the image, read it, and died of that; and what is not its own. */
static void make(void)
{
	memset(&boot, 0, sizeof(boot));
	memset(&back, 0, sizeof(back));
	memset(&disk, 0x5a, sizeof(disk));
	hib_timeline_start(&boot, HIB_TIMELINE_SAVING, 0);
	hib_timeline_begin(&boot, "sync", false, 0);
	hib_timeline_start(&boot, HIB_TIMELINE_BOOT, 0);
	hib_timeline_begin(&boot, "check", false, 1000000);
	hib_timeline_end(&boot, "check", false, 0, 2000000);
	hib_timeline_begin(&boot, "lists", true, 2000000);
	hib_timeline_begin(&boot, "read", false, 3000000);
	hib_timeline_moved(&boot, 0x7654321098);
	hib_blackbox_build(&disk, id, &boot);
}

static const char *line_of(const struct hib_timeline *t, u32 index)
{
	static char line[HIB_TIMELINE_LINE_BYTES];

	hib_timeline_line(&t->steps[index], line);
	return line;
}

TEST(blackbox_tells_the_next_boot_how_far_it_came)
{
	make();
	check(hib_blackbox_is_of(&disk, id));
	check_number(hib_blackbox_read(&disk, id, &back), 0);
	check_number(back.nr, 2);
	check_text(line_of(&back, 0), "failed enter check 1 1000 0 0\n");
	check_text(line_of(&back, 1), "failed enter read 3 - - 508218708120\n");
}

TEST(blackbox_keeps_the_steps_of_all_boots)
{
	make();
	hib_timeline_start(&back, HIB_TIMELINE_BOOT, 0);
	check_number(hib_blackbox_read(&disk, id, &back), 0);
	hib_timeline_begin(&back, "check", false, 9000000);
	hib_blackbox_build(&disk, id, &back);
	memset(&back, 0, sizeof(back));
	check_number(hib_blackbox_read(&disk, id, &back), 0);
	check_number(back.nr, 3);
	check_text(line_of(&back, 1), "failed enter read 3 - - 508218708120\n");
	check_text(line_of(&back, 2), "failed enter check 9 - - 0\n");
}

TEST(blackbox_forgets_the_oldest)
{
	char name[16];

	make();
	for (u32 i = 0; i < HIB_BLACKBOX_STEPS; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		hib_timeline_begin(&boot, name, false, 0);
	}
	hib_blackbox_build(&disk, id, &boot);
	check_number(hib_blackbox_read(&disk, id, &back), 0);
	check_number(back.nr, HIB_BLACKBOX_STEPS);
	check_text(back.steps[0].name, "s0");
	check_text(back.steps[HIB_BLACKBOX_STEPS - 1].name, "s83");
}

TEST(blackbox_that_was_just_made_is_empty)
{
	make();
	hib_blackbox_build(&disk, id, NULL);
	check(hib_blackbox_is_of(&disk, id));
	check_number(hib_blackbox_read(&disk, id, &back), 0);
	check_number(back.nr, 0);
}

/* No byte of it may change, but one that is torn is still known for what it is. */
TEST(blackbox_that_is_torn_is_not_read)
{
	u32 nr_ours = 0;

	make();
	for (size_t i = 0; i < sizeof(disk); i++) {
		((u8 *)&disk)[i] ^= 0x10;
		check_number(hib_blackbox_read(&disk, id, &back), -EBADMSG);
		nr_ours += hib_blackbox_is_of(&disk, id);
		((u8 *)&disk)[i] ^= 0x10;
	}
	check_number(back.nr, 0);
	check_number(nr_ours, sizeof(disk) - sizeof(disk.magic) - HIB_ID_BYTES);
}

TEST(blackbox_of_another_image_is_not_ours)
{
	make();
	check(!hib_blackbox_is_of(&disk, other_id));
	check_number(hib_blackbox_read(&disk, other_id, &back), -EBADMSG);
	/* Also with a tag that was made for it. */
	disk.tag = cpu_to_le64(hib_blackbox_tag(&disk, other_id));
	check_number(hib_blackbox_read(&disk, other_id, &back), -EBADMSG);
	memset(&disk, 0, sizeof(disk));
	check(!hib_blackbox_is_of(&disk, id));
}

static void check_forged(int error)
{
	disk.tag = cpu_to_le64(hib_blackbox_tag(&disk, id));
	check_number(hib_blackbox_read(&disk, id, &back), error);
}

TEST(blackbox_that_is_forged_is_not_believed)
{
	make();
	disk.nr = cpu_to_le32(U32_MAX);
	check_forged(-EBADMSG);
	make();
	disk.nr = cpu_to_le32(HIB_BLACKBOX_STEPS + 1);
	check_forged(-EBADMSG);
	make();
	disk.nr = cpu_to_le32(1);
	check_forged(-EBADMSG);
	make();
	disk.reserved0 = 1;
	check_forged(-EBADMSG);
	make();
	disk.reserved1[23] = 1;
	check_forged(-EBADMSG);
	check_number(back.nr, 0);
	/* A step that cannot be right is left out: of another kernel, left, without a name. */
	make();
	disk.steps[0].kernel = HIB_TIMELINE_RESTORED;
	check_forged(0);
	check_number(back.nr, 1);
	make();
	disk.steps[0].leave = 1;
	check_forged(0);
	check_number(back.nr, 1);
	make();
	disk.steps[1].name[0] = 0;
	check_forged(0);
	check_number(back.nr, 1);
	check_text(back.steps[0].name, "check");
}
