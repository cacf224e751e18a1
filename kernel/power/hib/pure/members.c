// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: members - the devices that an image lies on
 *
 * An image may lie on several devices. The header lists them, each with what its
 * header page says of it, since a device has another number in the next boot. A
 * block of the image is named by one number: the member in the upper 16 bits, the
 * block of its device in the others. So the numbers of an image on one device are
 * those of the device.
 *
 * A member that holds nothing is not listed, and its number stays free: a device
 * that is not needed is not missed.
 *
 * No state, any context.
 */
#include "members.h"

/**
 * hib_members_build() - Write the list of members.
 * @disk: Receives it.
 * @m: The members.
 */
void hib_members_build(struct hib_disk_member disk[HIB_MEMBERS_MAX], const struct hib_members *m)
{
	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++) {
		memcpy(disk[i].id, m->member[i].id, HIB_ID_BYTES);
		disk[i].root_block = cpu_to_le64(m->member[i].root_block);
		disk[i].nr_blocks = cpu_to_le64(m->member[i].nr_blocks);
	}
}

/**
 * hib_members_read() - Read the list of members, unchecked.
 * @disk: From the header.
 * @m: Receives it, for hib_members_are_sound().
 */
void hib_members_read(const struct hib_disk_member disk[HIB_MEMBERS_MAX], struct hib_members *m)
{
	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++) {
		memcpy(m->member[i].id, disk[i].id, HIB_ID_BYTES);
		m->member[i].root_block = le64_to_cpu(disk[i].root_block);
		m->member[i].nr_blocks = le64_to_cpu(disk[i].nr_blocks);
	}
}

static bool id_is_zero(const struct hib_member *member)
{
	return !memchr_inv(member->id, 0, HIB_ID_BYTES);
}

/* All zero, or a device that can be found by its id. */
static bool member_is_sound(const struct hib_member *member)
{
	if (!member->nr_blocks)
		return !member->root_block && id_is_zero(member);
	return member->nr_blocks <= HIB_BLOCK_NUMBER_MASK &&
	       member->root_block < member->nr_blocks && !id_is_zero(member);
}

static bool is_listed_before(const struct hib_members *m, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		if (m->member[i].nr_blocks &&
		    !memcmp(m->member[i].id, m->member[nr].id, HIB_ID_BYTES))
			return true;
	return false;
}

/**
 * hib_members_are_sound() - Can these be the members of a place?
 * @m: From a header.
 * @device_blocks: Blocks of the root device.
 *
 * The root device is where the header was read, and need not have an id.
 *
 * Return: true when each member has a size, and all but the root device an id of
 * its own.
 */
bool hib_members_are_sound(const struct hib_members *m, u64 device_blocks)
{
	const struct hib_member *root = &m->member[0];

	if (!root->nr_blocks || root->nr_blocks > min(device_blocks, HIB_BLOCK_NUMBER_MASK) ||
	    root->root_block >= root->nr_blocks)
		return false;
	for (unsigned int i = 1; i < HIB_MEMBERS_MAX; i++)
		if (!member_is_sound(&m->member[i]) ||
		    (m->member[i].nr_blocks && is_listed_before(m, i)))
			return false;
	return true;
}

/**
 * hib_members_blocks() - Blocks of all members.
 * @m: The members, sound.
 *
 * Return: Their number, below 2^53.
 */
u64 hib_members_blocks(const struct hib_members *m)
{
	u64 nr = 0;

	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++)
		nr += m->member[i].nr_blocks;
	return nr;
}

/**
 * hib_members_have() - Does a run of blocks lie on one of the members?
 * @m: The members, sound.
 * @block: First block, any number.
 * @nr_blocks: Length, any number.
 *
 * Block 0 of a device is never an image's: a boot sector, or a swap header.
 *
 * Return: true when it does, to its end.
 */
bool hib_members_have(const struct hib_members *m, u64 block, u64 nr_blocks)
{
	u32 member = hib_block_member(block);
	u64 number = hib_block_number(block);

	if (member >= HIB_MEMBERS_MAX || !number || number >= m->member[member].nr_blocks)
		return false;
	return nr_blocks <= m->member[member].nr_blocks - number;
}
