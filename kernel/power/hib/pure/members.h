/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MEMBERS_H
#define HIB_MEMBERS_H

#include "format.h"

/**
 * struct hib_member - A device that holds a part of an image.
 * @id: What the header page of the place there carries as its UUID.
 * @root_block: Where that header page lies.
 * @nr_blocks: Blocks of the device; 0: there is no such member.
 */
struct hib_member {
	u8 id[HIB_ID_BYTES];
	u64 root_block;
	u64 nr_blocks;
};

/**
 * struct hib_members - The devices of a place, by their numbers.
 * @member: Number 0 is the root device, which carries the commit record.
 */
struct hib_members {
	struct hib_member member[HIB_MEMBERS_MAX];
};

/**
 * hib_block_on() - Name a block of a member.
 * @member: Number of the member.
 * @block: Block of its device.
 *
 * Return: One number for both, as extents and leaves have it.
 */
static inline u64 hib_block_on(u32 member, u64 block)
{
	return (u64)member << HIB_MEMBER_SHIFT | block;
}

/**
 * hib_block_member() - Which member is a block on?
 * @block: From hib_block_on(), or from a disk.
 *
 * Return: Any number below %HIB_MEMBERS_MAX if it was checked, else below 65536.
 */
static inline u32 hib_block_member(u64 block)
{
	return block >> HIB_MEMBER_SHIFT;
}

/**
 * hib_block_number() - Where on its member is a block?
 * @block: From hib_block_on(), or from a disk.
 *
 * Return: Block of the device.
 */
static inline u64 hib_block_number(u64 block)
{
	return block & HIB_BLOCK_NUMBER_MASK;
}

void hib_members_build(struct hib_disk_member disk[HIB_MEMBERS_MAX], const struct hib_members *m);
void hib_members_read(const struct hib_disk_member disk[HIB_MEMBERS_MAX], struct hib_members *m);
bool hib_members_are_sound(const struct hib_members *m, u64 device_blocks);
u64 hib_members_blocks(const struct hib_members *m);
bool hib_members_have(const struct hib_members *m, u64 block, u64 nr_blocks);

#endif
