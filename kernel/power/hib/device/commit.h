/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_COMMIT_H
#define HIB_COMMIT_H

#include "pure/header.h"

struct hib_store;

/* The one block that makes an image valid. All of them read, change and write the root block. */

/* -ENODATA: no image; -EBADMSG, -EOPNOTSUPP: *@why; -EIO. Nothing is written. */
int hib_commit_read(struct hib_store *s, struct hib_commit_record *r, const char **why);
/*
 * Flush the device, then write the record with FUA: the image counts from here.
 * The root block must still carry the place's signature, else -ESTALE. *@begun: the
 * record may be on the disk.
 */
int hib_commit_make(struct hib_store *s, const struct hib_commit_record *r, bool *begun);
/* Rewrite the record with another state and count of tries; FUA. */
int hib_commit_set_state(struct hib_store *s, const struct hib_commit_record *r);
/*
 * Put the swap signature back and wipe the record, FUA. With @id, only when the
 * record on disk carries that id: -ESTALE otherwise. @id NULL: a damaged record;
 * needs the signature LINHIB0001.
 */
int hib_commit_retire(struct hib_store *s, const u8 *id);

#endif
