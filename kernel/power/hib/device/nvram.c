// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: nvram - where images begin, as variables of EFI say
 *
 * There are two of them. HibernateLocation is systemd's: it is read, and systemd clears it.
 * HibernationPlace is ours: a swap file's block is kept in it, so that a boot that is not
 * told any place finds the image. It is written when that block has changed, and not at
 * each hibernation, since the memory behind it wears. Nobody clears it: a block that has
 * no image any more costs one read of each device.
 *
 * Without EFI, or with its run-time services off, there are none.
 *
 * No state. If firmware gives an error, the variable is as if it were not there.
 *
 * Context: process context. Sleeps, as long as firmware takes, which has no limit.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "nvram.h"
#include <linux/efi.h>
#include <linux/slab.h>
#include "pure/anchor.h"

#define NVRAM_ATTRIBUTES	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | \
				 EFI_VARIABLE_RUNTIME_ACCESS)

/**
 * struct nvram_variable - A variable, and who reads it.
 * @name: Its name in UTF-16.
 * @said: The same, for the log.
 * @vendor: By which it differs from others of the name.
 * @parse: Reads the block from its bytes.
 */
struct nvram_variable {
	const efi_char16_t *name;
	const char *said;
	efi_guid_t vendor;
	int (*parse)(const void *data, size_t bytes, u64 *root_block);
};

static const struct nvram_variable systemds = {
	.name = L"HibernateLocation",
	.said = "HibernateLocation",
	.vendor = EFI_GUID(0x8cf2644b, 0x4b0b, 0x428f,
			   0x93, 0x87, 0x6d, 0x87, 0x60, 0x50, 0xdc, 0x67),
	.parse = hib_anchor_parse_text,
};

static const struct nvram_variable ours = {
	.name = L"HibernationPlace",
	.said = "HibernationPlace",
	.vendor = EFI_GUID(0x9048632b, 0xa3cd, 0x4be8,
			   0x8a, 0xe7, 0xea, 0x45, 0xd6, 0xde, 0x02, 0x80),
	.parse = hib_anchor_parse,
};

/* @bytes: room in @data; receives how much there is. */
static int variable_get(const struct nvram_variable *v, void *data, unsigned long *bytes)
{
	efi_guid_t vendor = v->vendor;
	efi_status_t status;

	if (!efivar_is_available() || efivar_lock())
		return -ENODEV;
	status = efivar_get_variable((efi_char16_t *)v->name, &vendor, NULL, bytes, data);
	efivar_unlock();
	if (status != EFI_SUCCESS && status != EFI_NOT_FOUND)
		pr_info("EFI variable %s cannot be read: %d\n", v->said, efi_status_to_err(status));
	return efi_status_to_err(status);
}

static bool variable_block(const struct nvram_variable *v, u64 *root_block)
{
	unsigned long bytes = HIB_ANCHOR_TEXT_BYTES;
	void *data = kmalloc(bytes, GFP_KERNEL);
	bool found = false;

	if (data && !variable_get(v, data, &bytes)) {
		found = !v->parse(data, bytes, root_block);
		if (!found)
			pr_notice("EFI variable %s is not understood, ignored\n", v->said);
	}
	kfree(data);
	return found;
}

/**
 * hib_nvram_blocks() - Which blocks are named?
 * @blocks: Receives them.
 *
 * Context: Process context. Sleeps.
 * Return: How many.
 */
unsigned int hib_nvram_blocks(u64 blocks[HIB_NVRAM_BLOCKS])
{
	unsigned int nr = 0;

	nr += variable_block(&systemds, &blocks[nr]);
	nr += variable_block(&ours, &blocks[nr]);
	return nr;
}

/**
 * hib_nvram_has() - Is a block named by one of the variables?
 * @root_block: The block.
 *
 * Context: Process context. Sleeps.
 * Return: true when it is.
 */
bool hib_nvram_has(u64 root_block)
{
	u64 blocks[HIB_NVRAM_BLOCKS];
	unsigned int nr = hib_nvram_blocks(blocks);

	for (unsigned int i = 0; i < nr; i++)
		if (blocks[i] == root_block)
			return true;
	return false;
}

/**
 * hib_nvram_keep() - Keep a block for the next boot, unless it is kept already.
 * @root_block: The block.
 *
 * Context: Process context. Sleeps.
 * Return: 0 if it is kept; -ENODEV if there are no variables that can be written; or what
 * firmware said, for example -ENOSPC.
 */
int hib_nvram_keep(u64 root_block)
{
	struct hib_disk_anchor anchor;
	efi_guid_t vendor = ours.vendor;
	efi_status_t status;

	if (!efivar_is_available() || !efivar_supports_writes())
		return -ENODEV;
	if (hib_nvram_has(root_block))
		return 0;
	hib_anchor_build(&anchor, root_block);
	status = efivar_set_variable((efi_char16_t *)ours.name, &vendor, NVRAM_ATTRIBUTES,
				     sizeof(anchor), &anchor);
	if (status == EFI_SUCCESS)
		pr_info("the next boot will look at block %llu, too: EFI variable %s\n",
			root_block, ours.said);
	else
		pr_warn("EFI variable %s cannot be written: %d\n", ours.said,
			efi_status_to_err(status));
	return efi_status_to_err(status);
}
