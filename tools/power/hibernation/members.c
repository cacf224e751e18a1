// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The devices of an image
 *
 * An image may lie on several devices. The first one has the record; the others are
 * named on the command line, in any order, and told apart by the UUID of the swap
 * header there.
 *
 * A byte of a device and the number of that device are one number, a place: the
 * member in its upper 4 bits. On the first device it is the byte.
 */
#include "hibimg.h"

#include <fcntl.h>
#include <unistd.h>

#define MEMBER_SHIFT	60
/* mkswap's page: boot bits, version, last page, number of bad pages, then the UUID. */
#define UUID_OFFSET	1036u

_Static_assert(HIB_MEMBERS_MAX <= 1 << (64 - MEMBER_SHIFT), "members fit a place");
_Static_assert(HIB_MEMBER_SHIFT + HIB_BLOCK_SHIFT <= MEMBER_SHIFT, "bytes fit a place");

/**
 * hibimg_byte_on() - The place of a block.
 * @block: Member and block, as on disk, checked.
 *
 * Return: The place of its first byte.
 */
u64 hibimg_byte_on(u64 block)
{
	return (u64)hib_block_member(block) << MEMBER_SHIFT |
	       hib_block_number(block) * HIB_BLOCK_BYTES;
}

/**
 * hibimg_member() - The device of a place.
 * @place: The place.
 *
 * Return: Number of the member.
 */
unsigned int hibimg_member(u64 place)
{
	return place >> MEMBER_SHIFT;
}

/**
 * hibimg_byte() - The byte of a place.
 * @place: The place.
 *
 * Return: Byte of its device.
 */
u64 hibimg_byte(u64 place)
{
	return place & ((1ull << MEMBER_SHIFT) - 1);
}

/**
 * hibimg_at() - A place as text.
 * @place: The place.
 *
 * Return: "BYTE" on the first device, "MEMBER:BYTE" on others.
 */
struct hibimg_text hibimg_at(u64 place)
{
	struct hibimg_text t;

	if (hibimg_member(place))
		snprintf(t.text, sizeof(t.text), "%u:%llu", hibimg_member(place),
			 hibimg_byte(place));
	else
		snprintf(t.text, sizeof(t.text), "%llu", place);
	return t;
}

static bool is_member(int fd, const struct hib_member *member)
{
	off_t header = member->root_block * HIB_BLOCK_BYTES, bytes = lseek(fd, 0, SEEK_END);
	u8 id[HIB_ID_BYTES];

	return bytes >= 0 && (u64)bytes / HIB_BLOCK_BYTES >= member->nr_blocks &&
	       pread(fd, id, sizeof(id), header + UUID_OFFSET) == sizeof(id) &&
	       !memcmp(id, member->id, sizeof(id));
}

/* -1: none of the devices that were named is this member. */
static int member_open(const struct hibimg *img, const struct hib_member *member)
{
	for (unsigned int i = 0; i < img->nr_others; i++) {
		int fd = open(img->others[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			continue;
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		if (is_member(fd, member))
			return fd;
		close(fd);
	}
	return -1;
}

/**
 * hibimg_open_members() - Open the other devices of an image.
 * @img: Its header was read.
 *
 * Return: 0, or -ENODEV when one was not named.
 */
int hibimg_open_members(struct hibimg *img)
{
	for (unsigned int i = 1; i < HIB_MEMBERS_MAX; i++) {
		const struct hib_member *member = &img->header.members.member[i];
		char id[2 * HIB_ID_BYTES + 1];

		if (!member->nr_blocks)
			continue;
		img->fd[i] = member_open(img, member);
		if (img->fd[i] >= 0)
			continue;
		for (size_t j = 0; j < HIB_ID_BYTES; j++)
			sprintf(id + 2 * j, "%02x", member->id[j]);
		return hibimg_fault(img, -ENODEV, "name it with --member",
				    "member %u, the swap area with UUID %s", i, id);
	}
	return 0;
}
