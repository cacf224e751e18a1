// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: An allocator for pure files under test
 *
 * What hib_pure_user.h asks for. It can be told to fail, and counts what is
 * live, so that a test sees what is left behind. Arrays always move when they
 * grow and never come zeroed: the kernel's may do both. One that is larger than
 * INT_MAX is refused, as kvmalloc() does.
 */
#include <limits.h>
#include <stdlib.h>

#include "allocator.h"
#include "hib_pure.h"

static long fail_after = -1;
static long nr_live;

void allocator_fail_after(long nr)
{
	fail_after = nr;
}

long allocator_nr_live(void)
{
	return nr_live;
}

static bool allocator_fails(void)
{
	if (fail_after < 0)
		return false;
	return !fail_after || !fail_after--;
}

void *hib_pure_page_alloc(void)
{
	void *page = allocator_fails() ? NULL : aligned_alloc(4096, 4096);

	if (!page)
		return NULL;
	nr_live++;
	return memset(page, 0, 4096);
}

void hib_pure_page_free(void *page)
{
	nr_live--;
	free(page);
}

void *hib_pure_realloc(void *old, size_t old_bytes, size_t bytes)
{
	void *array = bytes > INT_MAX || allocator_fails() ? NULL : malloc(bytes);

	if (!array)
		return NULL;
	memset(array, 0xa5, bytes);
	nr_live++;
	if (old) {
		memcpy(array, old, min(old_bytes, bytes));
		hib_pure_free(old);
	}
	return array;
}

void hib_pure_free(void *p)
{
	nr_live -= !!p;
	free(p);
}
