/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the boot kernel leaves to the kernel that it restores: one record, in
 * the frame that the image's header names (handover_pfn), which is part of no
 * image. The two kernels may differ: a change here raises the version, and the
 * restored kernel ignores a record whose version or id it does not know.
 */
#ifndef HIB_HANDOVER_H
#define HIB_HANDOVER_H

#include "format.h"
#include "timeline.h"

#define HIB_HANDOVER_MAGIC	0x5245564f444e4148ULL	/* "HANDOVER" */
#define HIB_HANDOVER_VERSION	7u
#define HIB_HANDOVER_ENTROPY	64u
#define HIB_HANDOVER_STEPS	80u

/**
 * struct hib_handover - What the boot kernel tells the kernel in the image.
 * @magic: HIB_HANDOVER_MAGIC.
 * @version: HIB_HANDOVER_VERSION.
 * @services: Firmware's, HIB_ARCH_SERVICES_* or a number.
 * @image_id: Of the image that was loaded.
 * @entropy: For the random number generator.
 * @digests_phys: The first digest leaf; 0: none.
 * @nr_digest_leaves: How many there are.
 * @boot_ns: From the kernel's entry to the start of loading.
 * @read_ns: For reading, verifying and decoding.
 * @read_bytes: From the device.
 * @nr_moved: Page frames that the final copy moved.
 * @image_bytes: Of the image on its device.
 * @write_ns: The saving kernel: for coding and writing.
 * @nr_stale: Pages written before the copy that did not count.
 * @wait_ns: The saving kernel: sum of the times that threads waited for the device.
 * @nr_chunks: Chunks of the image by the codec of their body.
 * @nr_steps: Steps of the boot kernel, and of the saving kernel after the copy.
 * @steps: They, as far as there is room the last ones.
 */
struct hib_handover {
	u64 magic;
	u32 version;
	u32 services;		/* firmware's, HIB_ARCH_SERVICES_* or a number */
	u8 image_id[HIB_ID_BYTES];
	u8 entropy[HIB_HANDOVER_ENTROPY];
	u64 digests_phys;	/* first digest leaf, 0: none */
	u64 nr_digest_leaves;
	u64 boot_ns;		/* from kernel entry to the start of loading */
	u64 read_ns;		/* reading, verifying, decoding */
	u64 read_bytes;		/* from the device */
	u64 nr_moved;		/* frames moved by the final copy */
	u64 image_bytes;	/* of the image on its device */
	u64 write_ns;		/* coding and writing, by the saving kernel */
	u64 nr_stale;		/* pages written early that did not count */
	u64 wait_ns;		/* for the device, by all threads of the saving kernel */
	u32 nr_chunks[HIB_NR_CODECS];
	u32 nr_steps;
	struct hib_timeline_step steps[HIB_HANDOVER_STEPS];
};

static_assert(sizeof(struct hib_handover) <= HIB_BLOCK_BYTES);

static inline bool hib_handover_is_sound(const struct hib_handover *h, const u8 id[HIB_ID_BYTES])
{
	return h->magic == HIB_HANDOVER_MAGIC && h->version == HIB_HANDOVER_VERSION &&
	       !memcmp(h->image_id, id, HIB_ID_BYTES);
}

#endif
