/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PLACE_H
#define HIB_PLACE_H

#include <linux/types.h>
#include "pure/format.h"

struct hib_extents;
struct hib_store;
struct hib_target;

/**
 * struct hib_place_wanted - Which place an image is to have.
 * @target: What the administrator set aside for images; NULL: nothing.
 * @dev: Without @target, the root device; 0: any.
 * @root_block: With @dev: its root block.
 * @most_members: On how many devices it may lie.
 * @quiet: Only a question: nothing is said in the log.
 */
struct hib_place_wanted {
	struct hib_target *target;
	dev_t dev;
	u64 root_block;
	unsigned int most_members;
	bool quiet;
};

/**
 * struct hib_place_ops - A kind of place for an image.
 * @name: What users call it, in messages.
 * @signature: What its root block carries where no image is, and gets back from an
 *	image that ends; %HIB_SIGNATURE_BYTES of them, at the place of our own.
 * @open: Choose a place of this kind: fill @s->bdev, @s->root_block, @s->members,
 *	@s->others and @s->own. The root block must carry @signature. -ENODEV: there is
 *	none; another errno: there is one that cannot take an image, and @s->why says
 *	why. Takes nothing.
 * @close: Free @s->own. Nothing is taken any more.
 * @is_active: Does the running kernel use the place on that device with that root block?
 * @room: Free blocks. Others may take them until tasks are frozen.
 * @reserve: Get ready for an image of so many blocks at most: is the place still
 *	the one that was opened (-ENODEV)? Memory for lists is taken; being refused it
 *	is no error. Takes no block.
 * @grow: Take blocks and append them to @s->extents, until it covers so many.
 *	-ENOSPC, -ENOMEM, -ENODEV; what was taken until then stays.
 * @take_block: Take one block beside @s->extents, on the root device if it has room.
 *	-ENOSPC, -ENOMEM, -ENODEV.
 * @give_back: Give back all that was taken. Idempotent.
 * @list_free: Of sorted blocks, append to a list those that belong to the place and that
 *	nobody has taken, neither an image nor anybody else. -ENOMEM.
 *
 * All are required, run in process context and may sleep; @reserve, @grow,
 * @take_block, @give_back and @list_free with @s->lock held. Another kind is a row more
 * in the table of place.c.
 *
 * What @own lists was taken by this kernel. Of what is taken after the copy the
 * restored kernel knows nothing, and nothing of that is taken in its memory.
 */
struct hib_place_ops {
	const char *name;
	const char *signature;
	int (*open)(struct hib_store *s, const struct hib_place_wanted *wanted);
	void (*close)(struct hib_store *s);
	bool (*is_active)(dev_t dev, u64 root_block);
	u64 (*room)(const struct hib_store *s);
	int (*reserve)(struct hib_store *s, u64 nr_blocks);
	int (*grow)(struct hib_store *s, u64 nr_blocks);
	int (*take_block)(struct hib_store *s, u64 *block);
	void (*give_back)(struct hib_store *s);
	int (*list_free)(struct hib_store *s, const struct hib_extents *blocks,
			 struct hib_extents *list);
};

extern const struct hib_place_ops hib_place_raw;
extern const struct hib_place_ops hib_place_swap;

/* The table, in the order in which places are looked for; ends with NULL. */
extern const struct hib_place_ops *const hib_places[];

const struct hib_place_ops *hib_place_by_signature(const u8 signature[HIB_SIGNATURE_BYTES]);
bool hib_place_is_active(dev_t dev, u64 root_block);
int hib_place_choose(struct hib_store *s, const struct hib_place_wanted *wanted);

#endif
