// SPDX-License-Identifier: GPL-2.0
/* The guard on file systems that mkfs.ext4 made, and what e2fsprogs do to them. */
#include <stdlib.h>
#include <unistd.h>

#include "guard.h"
#include "tap.h"

static char image[] = "/tmp/hib-guard-XXXXXX";
static char uuid[64];

/* Run a program of e2fsprogs on the image; @fmt has a %s for it. */
static int tool(const char *fmt)
{
	char command[512];
	int length = snprintf(command, sizeof(command), "PATH=$PATH:/sbin:/usr/sbin; ");

	snprintf(command + length, sizeof(command) - length, fmt, image);
	strncat(command, " >/dev/null 2>&1", sizeof(command) - strlen(command) - 1);
	return system(command);
}

static void make(const char *mkfs)
{
	strcpy(image, "/tmp/hib-guard-XXXXXX");
	close(mkstemp(image));
	check_number(truncate(image, 16 << 20), 0);
	check_number(tool(mkfs), 0);
}

static struct hib_guard taken(void)
{
	static u8 page[HIB_BLOCK_BYTES];
	struct hib_guard guard = {};
	FILE *file = fopen(image, "r");

	check(file && fread(page, sizeof(page), 1, file) == 1);
	if (file)
		fclose(file);
	check(hib_guard_take(page, &guard));
	return guard;
}

static bool changes(const char *command)
{
	struct hib_guard before = taken(), after;

	check_number(tool(command), 0);
	after = taken();
	check(!memcmp(before.id, after.id, HIB_ID_BYTES));
	return before.digest != after.digest;
}

static void look_and_change(void)
{
	check(!changes("dumpe2fs -h %s"));
	check(!changes("e2fsck -f -n %s"));
	check(!changes("debugfs -R ls %s"));
	check(changes("tune2fs -c 33 %s"));
	check(changes("debugfs -w -R 'set_super_value mnt_count 7' %s"));
	check(changes("debugfs -w -R 'mkdir other' %s"));
	check(changes("debugfs -w -R 'set_super_value state 0' %s"));
	unlink(image);
}

static void read_uuid(const struct hib_guard *guard)
{
	for (unsigned int i = 0; i < HIB_ID_BYTES; i++)
		sprintf(uuid + 2 * i, "%02x", guard->id[i]);
}

TEST(guard_of_ext4_notices_what_writes)
{
	make("mkfs.ext4 -q -F %s");
	look_and_change();
}

TEST(guard_of_ext4_with_small_blocks_notices_what_writes)
{
	make("mkfs.ext4 -q -F -b 1024 %s");
	look_and_change();
}

TEST(guard_of_ext3_notices_what_writes)
{
	make("mkfs.ext4 -q -F -t ext3 %s");
	look_and_change();
}

TEST(guard_of_ext2_notices_what_writes)
{
	make("mkfs.ext4 -q -F -t ext2 %s");
	look_and_change();
}

TEST(guard_has_the_uuid_that_mkfs_wrote)
{
	struct hib_guard guard;

	make("mkfs.ext4 -q -F -U 01234567-89ab-cdef-0123-456789abcdef %s");
	guard = taken();
	read_uuid(&guard);
	check_text(uuid, "0123456789abcdef0123456789abcdef");
	unlink(image);
}

TEST(guard_tells_two_file_systems_apart)
{
	struct hib_guards guards = {};
	struct hib_guard a, b;

	make("mkfs.ext4 -q -F %s");
	a = taken();
	unlink(image);
	make("mkfs.ext4 -q -F %s");
	b = taken();
	unlink(image);
	check(hib_guards_add(&guards, &a));
	check_number(hib_guards_find(&guards, &b), -1);
}
