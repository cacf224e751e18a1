/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzz targets share. The first bytes of an input steer the target,
 * the rest is what a device might hold. Since no fuzzer guesses a tag, a
 * target closes the parts itself unless it is steered not to.
 *
 * A target judges two things: that nothing crashes, and that what is accepted
 * is written as the same bytes again.
 */
#ifndef HIB_FUZZ_H
#define HIB_FUZZ_H

#include <stdlib.h>

#include "allocator.h"
#include "hib_pure.h"

#define FUZZ_CLOSE	0x01u	/* give the bytes a sound tag */
#define FUZZ_NO_MEMORY	0x02u	/* let allocations fail */

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes);

static const u8 fuzz_id[16] = "0123456789abcdef";

/* Ends the run, and leaves the input behind. */
static inline void fuzz_must(bool holds)
{
	if (!holds)
		abort();
}

/* Take one steering byte. */
static inline u8 fuzz_take(const u8 **data, size_t *bytes)
{
	if (!*bytes)
		return 0;
	--*bytes;
	return *(*data)++;
}

/* Fill @part from the input, and with zeros where that ends. */
static inline void fuzz_fill(void *part, size_t size, const u8 **data, size_t *bytes)
{
	size_t nr = min(size, *bytes);

	memset(part, 0, size);
	memcpy(part, *data, nr);
	*data += nr;
	*bytes -= nr;
}

#endif
