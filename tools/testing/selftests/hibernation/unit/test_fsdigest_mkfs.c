// SPDX-License-Identifier: GPL-2.0
/* File systems that the programs of mkfs made, and what their other programs do to them. */
#include <stdlib.h>
#include <unistd.h>

#include "fsdigest.h"
#include "tap.h"

static char image[] = "/tmp/hib-guard-XXXXXX";
static char uuid[64];

/* Run a program on the image; @fmt has a %s for it. */
static int tool(const char *fmt)
{
	char command[512];
	int length = snprintf(command, sizeof(command), "PATH=$PATH:/sbin:/usr/sbin; ");

	snprintf(command + length, sizeof(command) - length, fmt, image);
	strncat(command, " >/dev/null 2>&1", sizeof(command) - strlen(command) - 1);
	return system(command);
}

static void make(const char *mkfs, unsigned int mib)
{
	strcpy(image, "/tmp/hib-guard-XXXXXX");
	close(mkstemp(image));
	check_number(truncate(image, (off_t)mib << 20), 0);
	check_number(tool(mkfs), 0);
}

static struct hib_fsdigest looked(void)
{
	static u8 page[HIB_BLOCK_BYTES];
	struct hib_fsdigest f;
	FILE *file = fopen(image, "r");

	hib_fsdigest_begin(&f, 0);
	check(file && !fseeko(file, 0, SEEK_END));
	if (!file)
		return f;
	hib_fsdigest_begin(&f, ftello(file) / HIB_BLOCK_BYTES);
	while (hib_fsdigest_wants(&f)) {
		check(!fseeko(file, (off_t)f.block * HIB_BLOCK_BYTES, SEEK_SET) &&
		      fread(page, sizeof(page), 1, file) == 1);
		hib_fsdigest_feed(&f, page);
	}
	fclose(file);
	check_number(f.step, HIB_FSDIGEST_DONE);
	return f;
}

static struct hib_guard taken(void)
{
	return looked().guard;
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

TEST(fsdigest_of_ext4_notices_what_writes)
{
	make("mkfs.ext4 -q -F %s", 16);
	look_and_change();
}

TEST(fsdigest_of_ext4_with_small_blocks_notices_what_writes)
{
	make("mkfs.ext4 -q -F -b 1024 %s", 16);
	look_and_change();
}

TEST(fsdigest_of_ext3_notices_what_writes)
{
	make("mkfs.ext4 -q -F -t ext3 %s", 16);
	look_and_change();
}

TEST(fsdigest_of_ext2_notices_what_writes)
{
	make("mkfs.ext4 -q -F -t ext2 %s", 16);
	look_and_change();
}

static void has_uuid(const char *mkfs, unsigned int mib, u32 kind)
{
	struct hib_guard guard;

	make(mkfs, mib);
	guard = taken();
	check_number(guard.kind, kind);
	read_uuid(&guard);
	check_text(uuid, "0123456789abcdef0123456789abcdef");
	unlink(image);
}

TEST(fsdigest_has_the_uuid_that_mkfs_wrote)
{
	has_uuid("mkfs.ext4 -q -F -U 01234567-89ab-cdef-0123-456789abcdef %s", 16, HIB_GUARD_EXT);
	has_uuid("mkfs.xfs -q -m uuid=01234567-89ab-cdef-0123-456789abcdef %s", 320,
		 HIB_GUARD_XFS);
	has_uuid("mkfs.f2fs -q -U 01234567-89ab-cdef-0123-456789abcdef %s", 64, HIB_GUARD_F2FS);
}

TEST(fsdigest_of_xfs_notices_what_writes)
{
	make("mkfs.xfs -q %s", 320);
	check(!changes("xfs_repair -n %s"));
	check(!changes("xfs_db -r -c 'sb 0' -c print %s"));
	check(changes("xfs_admin -L other %s"));
	check(changes("xfs_repair -L %s"));
	unlink(image);
}

TEST(fsdigest_of_btrfs_notices_what_writes)
{
	struct hib_fsdigest f;

	make("mkfs.btrfs -q -U 01234567-89ab-cdef-0123-456789abcdef %s", 128);
	f = looked();
	memcpy(f.guard.id, f.pool, HIB_ID_BYTES);
	read_uuid(&f.guard);
	check_text(uuid, "0123456789abcdef0123456789abcdef");
	check_number(f.nr_in_pool, 1);
	check(!changes("btrfs inspect-internal dump-super %s"));
	check(!changes("btrfs check --readonly %s"));
	check(changes("btrfs filesystem label %s other"));
	unlink(image);
}

TEST(fsdigest_of_btrfs_counts_its_devices)
{
	struct hib_fsdigest f;

	make("truncate -s 128M %s.second", 128);
	check_number(tool("mkfs.btrfs -q %1$s %1$s.second"), 0);
	f = looked();
	check_number(f.nr_in_pool, 2);
	check_number(tool("rm %1$s.second"), 0);
	unlink(image);
}

TEST(fsdigest_of_f2fs_notices_what_writes)
{
	make("mkfs.f2fs -q %s", 64);
	check(!changes("dump.f2fs -d 0 %s"));
	check(changes("sload.f2fs -f /bin/true %s"));
	unlink(image);
}

static void look_and_change_fat(const char *mkfs)
{
	make(mkfs, 64);
	check_number(taken().kind, HIB_GUARD_FAT);
	check(!changes("fsck.fat -n %s"));
	check(!changes("mdir -i %s ::"));
	check(changes("mmd -i %s ::/one ::/one/two"));
	check(changes("mcopy -i %s Makefile ::/one/two/file"));
	check(changes("mren -i %s ::/one/two/file other"));
	check(changes("mattrib -i %s +h ::/one/two/other"));
	check(changes("mdel -i %s ::/one/two/other"));
	unlink(image);
}

TEST(fsdigest_of_fat_notices_each_change_of_a_file)
{
	look_and_change_fat("mkfs.fat -F 16 %s");
	look_and_change_fat("mkfs.fat -F 32 -s 1 %s");
	make("mkfs.fat -F 32 -S 4096 -s 1 %s", 64);	/* mtools cannot change this one */
	check_number(taken().kind, HIB_GUARD_FAT);
	unlink(image);
}

TEST(fsdigest_knows_an_exfat)
{
	make("mkfs.exfat %s", 64);	/* no program changes a file on it */
	check_number(taken().kind, HIB_GUARD_EXFAT);
	check(!changes("fsck.exfat -n %s"));
	check(changes("tune.exfat -L other %s"));
	unlink(image);
}

TEST(fsdigest_tells_two_file_systems_apart)
{
	struct hib_guards guards = {};
	struct hib_guard a, b;

	make("mkfs.ext4 -q -F %s", 16);
	a = taken();
	unlink(image);
	make("mkfs.ext4 -q -F %s", 16);
	b = taken();
	unlink(image);
	check(hib_guards_add(&guards, &a));
	check_number(hib_guards_find(&guards, &b), -1);
}
