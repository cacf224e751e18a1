/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MIX_H
#define HIB_MIX_H

#include "hib_pure.h"

#define HIB_MIX_ONE	1024u	/* the sum of all shares */

/**
 * enum hib_way - How the pages of a chunk are stored.
 * @HIB_WAY_RAW: As they are.
 * @HIB_WAY_QUICK: By the codec that is quick.
 * @HIB_WAY_DENSE: By the codec that makes less of them.
 * @HIB_NR_WAYS: Their number.
 */
enum hib_way { HIB_WAY_RAW, HIB_WAY_QUICK, HIB_WAY_DENSE, HIB_NR_WAYS };

/**
 * struct hib_mix_seen - What one way made of some pages.
 * @in_bytes: Their bytes, without those of same-filled pages.
 * @out_bytes: Bytes that were stored; what did not shrink counts as it is.
 * @pack_ns: Time of one CPU for that.
 * @unpack_ns: Time of one CPU for the way back; 0: not tried.
 */
struct hib_mix_seen {
	u64 in_bytes, out_bytes;
	u64 pack_ns, unpack_ns;
};

/**
 * struct hib_mix_left - What is still to be done.
 * @page_bytes: Bytes of pages, without those that are same-filled.
 * @room_bytes: Bytes that they may take in the image; U64_MAX: any number.
 */
struct hib_mix_left {
	u64 page_bytes, room_bytes;
};

/**
 * struct hib_mix_shares - How many chunks are stored in each way.
 * @of: Of HIB_MIX_ONE chunks, by way.
 * @nr_first: The first chunks of the image, which are raw whatever the shares are.
 */
struct hib_mix_shares {
	u32 of[HIB_NR_WAYS];
	u64 nr_first;
};

/**
 * struct hib_mix - The shares of the ways, and what they follow from.
 * @nr_workers: CPUs that work, on either way.
 * @write_only: Only the wait until the image is written counts.
 * @device_ns: What the device is taken to need for a MiB; 0: not known.
 * @trial: The shares are those for a device that is twice as fast.
 * @pause: How often shares are chosen from one trial to the next,
 * @left: and how often until the next one.
 * @wait_ns: Time that workers waited for the device since shares were chosen,
 * @work_ns: and their time in all.
 * @seen: What each way made of the pages of late.
 * @first_size: What it made of the sample, in bytes for each MiB.
 * @shares: The shares.
 * @next: Chunk at which they are chosen again.
 */
struct hib_mix {
	unsigned int nr_workers;
	bool write_only;
	u64 device_ns;
	u64 wait_ns, work_ns;
	bool trial;
	unsigned int pause, left;
	struct hib_mix_seen seen[HIB_NR_WAYS];
	u64 first_size[HIB_NR_WAYS];
	struct hib_mix_shares shares;
	u64 next;
};

/**
 * hib_mix_sum() - Add figures.
 * @sum: Added to.
 * @seen: What is added.
 */
static inline void hib_mix_sum(struct hib_mix_seen *sum, const struct hib_mix_seen *seen)
{
	sum->in_bytes += seen->in_bytes;
	sum->out_bytes += seen->out_bytes;
	sum->pack_ns += seen->pack_ns;
	sum->unpack_ns += seen->unpack_ns;
}

void hib_mix_begin(struct hib_mix *m, unsigned int nr_workers);
void hib_mix_sample(struct hib_mix *m, enum hib_way way, const struct hib_mix_seen *seen);
void hib_mix_compare(struct hib_mix *m, const struct hib_mix_seen *dense,
		     const struct hib_mix_seen *quick, const struct hib_mix_seen *shrunk);
void hib_mix_note(struct hib_mix *m, enum hib_way way, const struct hib_mix_seen *seen);
void hib_mix_waited(struct hib_mix *m, u64 wait_ns, u64 work_ns);
bool hib_mix_is_due(const struct hib_mix *m, u64 index);
void hib_mix_decide(struct hib_mix *m, u64 index, u64 device_ns, const struct hib_mix_left *left);
enum hib_way hib_mix_way(const struct hib_mix_shares *shares, u64 index);
u64 hib_mix_stored(const struct hib_mix *m, u64 page_bytes);
u64 hib_mix_least(const struct hib_mix *m, u64 page_bytes);

#endif
