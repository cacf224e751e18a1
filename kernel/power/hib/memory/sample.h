/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_SAMPLE_H
#define HIB_SAMPLE_H

#include <linux/types.h>
#include "pure/pfnset.h"

int hib_sample_collect(const struct hib_pfnset *nosave, struct hib_pfnset *frames,
		       unsigned int kinds);
void hib_sample_fetch(void *frames, u64 first, unsigned int nr, void *to);

#endif
