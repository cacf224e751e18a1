/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_NOSAVE_H
#define HIB_NOSAVE_H

#include <linux/types.h>

struct hib_pfnset;

int hib_nosave_parse(const char **at, u64 *start, u64 *end);
bool hib_nosave_has(unsigned long start_pfn, unsigned long end_pfn);
int hib_nosave_collect(struct hib_pfnset *set);

#endif
