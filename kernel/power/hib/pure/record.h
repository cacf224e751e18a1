/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_RECORD_H
#define HIB_RECORD_H

#include "format.h"

/**
 * struct hib_commit_record - The commit record in host order, checked.
 * @state: Whether there is an image, and what became of it.
 * @tries: Boots that began to load it.
 * @image_id: Of the image.
 * @header_block: Where the header lies.
 * @header_tag: The header's own tag.
 * @reason: Of a kept image, why it is kept: plain text.
 * @saved_signature: What goes back into the place when the image is retired.
 */
struct hib_commit_record {
	enum hib_image_state state;
	u32 tries;
	u8 image_id[HIB_ID_BYTES];
	u64 header_block;
	u64 header_tag;
	char reason[HIB_KEPT_BYTES];
	u8 saved_signature[HIB_SIGNATURE_BYTES];
};

/* Build into the last 512 bytes of a header page; signature and tag included. */
void hib_commit_build(struct hib_disk_commit *disk, const struct hib_commit_record *r);
/* -ENODATA no image here, -EBADMSG signature without a sound record, -EOPNOTSUPP version. */
int hib_commit_parse(const struct hib_disk_commit *disk, u64 device_blocks,
		     struct hib_commit_record *r, const char **why);
const char *hib_commit_state_name(enum hib_image_state state);
/*
 * May the image be loaded? 0; -ESTALE or -EPERM with *@why. @max_tries: boots that may die of
 * it. @asked: a user asked for a kept one.
 */
int hib_commit_decide(const struct hib_commit_record *r, u32 max_tries, bool asked,
		      const char **why);

#endif
