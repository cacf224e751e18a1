/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SNAPSHOT_H
#define HIB_SNAPSHOT_H

#include <linux/types.h>
#include "pure/format.h"
#include "pure/pfnset.h"
#include "census.h"
#include "pool.h"
#include "precopy.h"
#include "verify.h"

struct hib_broken;
struct hib_handover;
struct page;

/**
 * struct hib_snapshot_need - What hib_snapshot_reserve() is to take, in pages.
 * @copy: Frames for copies.
 * @precopy: Pages that are to be written early, at most.
 * @saved: Frames of the image, at most; matters for @digests.
 * @digests: Keep a digest of every saved frame for the comparison.
 */
struct hib_snapshot_need {
	u64 copy;
	u64 precopy;
	u64 saved;
	bool digests;
};

/**
 * struct hib_snapshot - Memory's half of an image, on the way down.
 * @nosave: Frames never saved: registered regions, the pool's, excluded ones.
 * @saved: Frames to save, collected at the copy.
 * @precopy: Pages written before it.
 * @pool: Frames for copies, digests, handover.
 * @leaves: Digest leaves, @nr_leaves of them; NULL without verification.
 * @nr_leaves: Their number.
 * @has_digests: The image has digests, of this kernel or of a second one.
 * @nr_errors: Pages with hardware errors that the kernel counted when the sets were set up.
 * @digest_seed: Of the digests, new for each attempt.
 * @handover: Frame for the boot kernel's record.
 * @nr_copied: Frames that were copied.
 * @nr_short: After -ENOMEM, here or at the copy: frames that were missing.
 * @verify: Result of the comparison after a resume, with the frames to except.
 */
struct hib_snapshot {
	struct hib_pfnset nosave;
	struct hib_pfnset saved;
	struct hib_precopy precopy;
	struct hib_pool pool;
	struct hib_disk_leaf **leaves;
	u32 nr_leaves;
	bool has_digests;
	long nr_errors;
	u64 digest_seed;
	struct hib_handover *handover;
	u64 nr_copied;
	u64 nr_short;
	struct hib_verify verify;
};

int hib_snapshot_census(struct hib_census *census);
int hib_snapshot_saveable(struct hib_pfnset *nosave, struct hib_pfnset *frames,
			  unsigned int kinds);
int hib_snapshot_create(struct hib_snapshot *snap, const struct hib_broken *broken);
void hib_snapshot_destroy(struct hib_snapshot *snap);
int hib_snapshot_reserve(struct hib_snapshot *snap, const struct hib_snapshot_need *need);
void hib_snapshot_exclude(void *snap, struct page *page);
void hib_snapshot_except(struct hib_snapshot *snap, const void *start, size_t bytes);
int hib_snapshot_take(struct hib_snapshot *snap);
int hib_snapshot_list(struct hib_snapshot *snap, bool digests);
int hib_snapshot_settle(struct hib_snapshot *snap);
void *hib_snapshot_copy_address(void *snap, u64 index);
bool hib_snapshot_verify(struct hib_snapshot *snap, const u8 id[HIB_ID_BYTES]);
void hib_snapshot_close_digests(struct hib_snapshot *snap, const u8 id[HIB_ID_BYTES]);
void hib_snapshot_release_frames(struct hib_snapshot *snap);

#endif
