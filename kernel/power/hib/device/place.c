// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: place - the kinds of places for an image
 *
 * The one list of them. A store gets the first that there is, and asks nothing else
 * about its kind. On the way up the signature in the commit record tells which
 * kind it was, or one that looks the same. Read only.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "place.h"
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "store.h"

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

static void complain(const struct hib_place_wanted *wanted, int error)
{
	if (wanted->dev)
		pr_err("no usable place on device %u:%u at block %llu: %pe\n",
		       MAJOR(wanted->dev), MINOR(wanted->dev), wanted->root_block,
		       ERR_PTR(error));
	else
		pr_err("no usable swap area is active: %pe\n", ERR_PTR(error));
}

/**
 * hib_place_choose() - Open the first kind of place that there is.
 * @s: Store, initialised; its kind is set and its place open on return 0.
 * @wanted: Which place.
 *
 * Context: Process context. Sleeps.
 * Return: 0; -ENODEV: there is none; or why the one that there is cannot take an image.
 */
int hib_place_choose(struct hib_store *s, const struct hib_place_wanted *wanted)
{
	int ret = -ENODEV;

	for (unsigned int i = 0; hib_places[i] && ret == -ENODEV; i++) {
		s->place = hib_places[i];
		ret = s->place->open(s, wanted);
	}
	if (ret && !wanted->quiet)
		complain(wanted, ret);
	return ret;
}
