// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: place - the kinds of places for an image
 *
 * The one list of them. store.c opens the first that there is and asks nothing
 * else about its kind. On the way up the signature in the commit record tells which
 * kind it was, or one that looks the same. Read only.
 */
#include "place.h"
#include <linux/string.h>

const struct hib_place_ops *const hib_places[] = {
	&hib_place_swap,
	&hib_place_raw,
	NULL
};

/**
 * hib_place_by_signature() - Whose signature is this?
 * @signature: From a root block, or from a commit record.
 *
 * Context: Any.
 * Return: The kind of place, or NULL.
 */
const struct hib_place_ops *hib_place_by_signature(const u8 signature[HIB_SIGNATURE_BYTES])
{
	for (const struct hib_place_ops *const *place = hib_places; *place; place++)
		if (!memcmp((*place)->signature, signature, HIB_SIGNATURE_BYTES))
			return *place;
	return NULL;
}

/**
 * hib_place_is_active() - Does the running kernel use a place?
 * @dev: Its device.
 * @root_block: Its root block.
 *
 * An image there would be none of another kernel's.
 *
 * Context: Process context. Sleeps.
 * Return: true when it does.
 */
bool hib_place_is_active(dev_t dev, u64 root_block)
{
	for (const struct hib_place_ops *const *place = hib_places; *place; place++)
		if ((*place)->is_active(dev, root_block))
			return true;
	return false;
}
