// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg, the program
 *
 * All but main() and memory for the pure files; a test brings these itself.
 */
#include <stdlib.h>

#include "hibimg.h"

void *hib_pure_page_alloc(void)
{
	void *page = aligned_alloc(HIB_BLOCK_BYTES, HIB_BLOCK_BYTES);

	return page ? memset(page, 0, HIB_BLOCK_BYTES) : NULL;
}

void hib_pure_page_free(void *page)
{
	free(page);
}

void *hib_pure_realloc(void *old, size_t old_bytes, size_t bytes)
{
	(void)old_bytes;
	return realloc(old, bytes);
}

void hib_pure_free(void *p)
{
	free(p);
}

int main(int argc, char **argv)
{
	return hibimg_run(argc, argv, stdout, stderr);
}
