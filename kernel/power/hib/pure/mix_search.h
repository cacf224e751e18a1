/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_MIX_SEARCH_H
#define HIB_MIX_SEARCH_H

#include "mix.h"

#define HIB_MIX_NS_MAX	BIT_ULL(40)	/* the largest time in &struct hib_mix_costs */

/**
 * struct hib_mix_costs - What a MiB of pages takes, in each way.
 * @known: The way can be used. Raw always can.
 * @device: Time of the device, ns, at most HIB_MIX_NS_MAX as all times.
 * @pack: Time of all CPUs when writing, ns.
 * @unpack: Time of all CPUs when reading, ns.
 * @size: Bytes in the image, at most a MiB.
 * @write_only: The wait for reading does not count.
 * @room: Bytes that a MiB may take, at most a MiB.
 */
struct hib_mix_costs {
	bool known[HIB_NR_WAYS];
	u64 device[HIB_NR_WAYS], pack[HIB_NR_WAYS], unpack[HIB_NR_WAYS];
	u64 size[HIB_NR_WAYS];
	bool write_only;
	u64 room;
};

void hib_mix_search(const struct hib_mix_costs *c, u32 share[HIB_NR_WAYS]);

#endif
