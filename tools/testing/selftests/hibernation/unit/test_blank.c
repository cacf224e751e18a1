// SPDX-License-Identifier: GPL-2.0
#include "blank.h"
#include "tap.h"

static u8 begin[HIB_BLANK_BYTES];

static void put(size_t offset, const char *magic, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		begin[offset + i] = magic[i];
}

/* As the programs that make them write it. */
static void check_named(const char *name, size_t offset, const char *magic, size_t bytes)
{
	memset(begin, 0, sizeof(begin));
	put(offset, magic, bytes);
	check_text(hib_blank_fault(begin, sizeof(begin)), name);
	check_text(hib_blank_fault(begin, offset + bytes), name);
	check_text(hib_blank_fault(begin, offset + bytes - 1), "data");
}

TEST(blank_names_what_is_usual)
{
	check_named("LUKS", 0, "LUKS\xba\xbe", 6);
	check_named("a swap area", 4096 - 10, "SWAPSPACE2", 10);
	check_named("a hibernation image", 4096 - 10, "LINHIB0001", 10);
	check_named("ext2, ext3 or ext4", 1024 + 56, "\x53\xef", 2);
	check_named("XFS", 0, "XFSB", 4);
	check_named("btrfs", 65536 + 64, "_BHRfS_M", 8);
	check_named("f2fs", 1024, "\x10\x20\xf5\xf2", 4);
	check_named("bcachefs", 4096 + 24, "\xc6\x85\x73\xf6\x66\xce\x90\xa9", 8);
	check_named("LVM", 512, "LABELONE", 8);
	check_named("LVM", 1024, "LABELONE", 8);
	check_named("RAID", 4096, "\xfc\x4e\x2b\xa9", 4);
	check_named("NTFS", 3, "NTFS    ", 8);
	check_named("exFAT", 3, "EXFAT   ", 8);
	check_named("squashfs", 0, "hsqs", 4);
	check_named("ISO 9660", 32768 + 1, "CD001", 5);
	check_named("a GPT", 512, "EFI PART", 8);
	check_named("a partition table", 510, "\x55\xaa", 2);
}

TEST(blank_names_a_file_system_before_its_boot_sector)
{
	memset(begin, 0, sizeof(begin));
	put(82, "FAT32", 5);
	put(510, "\x55\xaa", 2);
	check_text(hib_blank_fault(begin, sizeof(begin)), "FAT");
	put(1080, "\x53\xef", 2);
	check_text(hib_blank_fault(begin, sizeof(begin)), "ext2, ext3 or ext4");
}

TEST(blank_is_nothing_but_zeros)
{
	memset(begin, 0, sizeof(begin));
	check(!hib_blank_fault(begin, sizeof(begin)));
	check(!hib_blank_fault(begin, 4096));
	begin[sizeof(begin) - 1] = 1;
	check_text(hib_blank_fault(begin, sizeof(begin)), "data");
	check(!hib_blank_fault(begin, sizeof(begin) - 1));
	begin[0] = 1;
	check_text(hib_blank_fault(begin, 4096), "data");
}
