/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_FOREIGN_H
#define HIB_FOREIGN_H

#include "pure/pfnset.h"
#include "pure/relay.h"

/**
 * struct hib_foreign - The memory of another kernel, which this one does not know as memory.
 * @relay: The other kernel's record: the windows that this one runs in, and where memory ends.
 * @partners: For each frame of the windows, where the other kernel's content lies.
 * @frames: The frames that are saved.
 * @ranks: For each bitmap of @frames, how many frames are before it.
 * @maps: Addresses of 2 MiB each; NULL: not mapped.
 * @nr_maps: How many there are.
 * @leaves: Digest leaves to fill; NULL: no digests.
 * @digest_seed: Of the digests.
 * @nr_unread: Pages that could not be read, and are zeros in the image.
 */
struct hib_foreign {
	const struct hib_relay *relay;
	u64 *partners;
	struct hib_pfnset frames;
	u64 *ranks;
	void **maps;
	u64 nr_maps;
	struct hib_disk_leaf **leaves;
	u64 digest_seed;
	atomic64_t nr_unread;
};

int hib_foreign_open(struct hib_foreign *f, const struct hib_relay *r, const char **why);
void hib_foreign_close(struct hib_foreign *f);
const void *hib_foreign_address(struct hib_foreign *f, u64 pfn);
const struct hib_relay_page *hib_foreign_list_page(void *foreign, u64 phys);
void hib_foreign_fetch(void *foreign, u64 first, unsigned int nr, void *to);

#endif
