// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: owner - the installation that an image belongs to
 *
 * A kernel that looks for an image by itself has nothing to compare with but what it
 * was given: the UUID of the machine, by firmware, and the name of its root file
 * system, by root= on the command line. An image is of this installation if both are
 * the same. A copy of the disk in another machine has another UUID; another
 * installation on this machine has another root.
 *
 * No state, any context.
 */
#include "owner.h"

#define OWNER_ROOT	"root="

/**
 * hib_owner_root_hash() - Make a number of root= on a command line.
 * @command_line: Words with spaces between them. The last root= counts.
 *
 * Return: 0: there is none.
 */
u64 hib_owner_root_hash(const char *command_line)
{
	const size_t length = sizeof(OWNER_ROOT) - 1;
	const char *at = command_line;
	u64 hash = 0;

	while (*at) {
		const char *word = at;

		while (*at && *at != ' ')
			at++;
		if ((size_t)(at - word) > length && !memcmp(word, OWNER_ROOT, length))
			hash = xxh64(word + length, at - word - length, 0) ?: 1;
		while (*at == ' ')
			at++;
	}
	return hash;
}

/**
 * hib_owner_is_certain() - Is the installation told apart from all others?
 * @owner: The installation.
 *
 * Where firmware has no UUID, or the command line has no root=, another installation
 * may look the same.
 *
 * Return: true when both are there.
 */
bool hib_owner_is_certain(const struct hib_owner *owner)
{
	return owner->root_hash && memchr_inv(owner->firmware_id, 0, HIB_ID_BYTES);
}

/**
 * hib_owner_is_same() - Are these the same installation?
 * @a: One.
 * @b: The other.
 *
 * Return: true when they are, as far as they can be told apart.
 */
bool hib_owner_is_same(const struct hib_owner *a, const struct hib_owner *b)
{
	return a->root_hash == b->root_hash &&
	       !memcmp(a->firmware_id, b->firmware_id, HIB_ID_BYTES);
}

/**
 * hib_owner_is_foreign() - Does an image belong to another machine for certain?
 * @owner: Its installation.
 * @mine: This one.
 *
 * Return: true if firmware has a UUID for both machines, and they differ.
 */
bool hib_owner_is_foreign(const struct hib_owner *owner, const struct hib_owner *mine)
{
	return memchr_inv(owner->firmware_id, 0, HIB_ID_BYTES) &&
	       memchr_inv(mine->firmware_id, 0, HIB_ID_BYTES) &&
	       memcmp(owner->firmware_id, mine->firmware_id, HIB_ID_BYTES);
}
