/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BLANK_H
#define HIB_BLANK_H

#include "hib_pure.h"

/* So much of the beginning of a device is looked at; whole blocks. */
#define HIB_BLANK_BYTES		(128u * 1024)

const char *hib_blank_fault(const u8 *begin, size_t bytes);

#endif
