// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: blank - does a device hold something?
 *
 * A device that is set aside for images loses what it held. So it has to hold
 * nothing: the beginning, where file systems, volumes and partition tables have their
 * magic numbers, is zero. What is found there is named if it is a usual thing.
 *
 * No state, any context.
 */
#include "blank.h"

/**
 * struct blank_magic - By which something is known.
 * @name: What it is called.
 * @offset: Where its magic number is.
 * @bytes: Length of that.
 * @magic: The bytes.
 */
struct blank_magic {
	const char *name;
	size_t offset;
	size_t bytes;
	const char *magic;
};

static const struct blank_magic magics[] = {
	{ "LUKS", 0, 6, "LUKS\xba\xbe" },
	{ "a swap area", 4086, 10, "SWAPSPACE2" },
	{ "a hibernation image", 4086, 10, "LINHIB0001" },
	{ "a hibernation image", 4086, 9, "S1SUSPEND" },
	{ "ext2, ext3 or ext4", 1080, 2, "\x53\xef" },
	{ "XFS", 0, 4, "XFSB" },
	{ "btrfs", 65600, 8, "_BHRfS_M" },
	{ "f2fs", 1024, 4, "\x10\x20\xf5\xf2" },
	{ "bcachefs", 4120, 8, "\xc6\x85\x73\xf6\x66\xce\x90\xa9" },
	{ "LVM", 512, 8, "LABELONE" },
	{ "LVM", 1024, 8, "LABELONE" },
	{ "RAID", 4096, 4, "\xfc\x4e\x2b\xa9" },
	{ "RAID", 0, 4, "\xfc\x4e\x2b\xa9" },
	{ "NTFS", 3, 8, "NTFS    " },
	{ "exFAT", 3, 8, "EXFAT   " },
	{ "FAT", 54, 3, "FAT" },
	{ "FAT", 82, 5, "FAT32" },
	{ "squashfs", 0, 4, "hsqs" },
	{ "ISO 9660", 32769, 5, "CD001" },
	{ "a GPT", 512, 8, "EFI PART" },
	{ "a partition table", 510, 2, "\x55\xaa" },
};

/**
 * hib_blank_fault() - What does a device hold?
 * @begin: Its first bytes.
 * @bytes: How many were read, %HIB_BLANK_BYTES at most.
 *
 * Return: NULL: nothing; or what it is called, "data" if that is not known.
 */
const char *hib_blank_fault(const u8 *begin, size_t bytes)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(magics); i++) {
		const struct blank_magic *m = &magics[i];

		if (m->offset + m->bytes <= bytes &&
		    !memcmp(begin + m->offset, m->magic, m->bytes))
			return m->name;
	}
	return memchr_inv(begin, 0, bytes) ? "data" : NULL;
}
