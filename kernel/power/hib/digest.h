/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_DIGEST_H
#define HIB_DIGEST_H

#include "hib_pure.h"

/*
 * hib_digest_page(): xxh64 of one page (4096 bytes, 8-byte aligned), seeded.
 * Inline and free of calls, since copy.c runs it where nothing may be called.
 * Same result as xxh64(page, 4096, seed).
 *
 * To be written here by the pure part: static __always_inline u64
 * hib_digest_page(const void *page, u64 seed).
 */

#endif
