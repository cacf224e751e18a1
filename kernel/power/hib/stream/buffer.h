/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BUFFER_H
#define HIB_BUFFER_H

#include <linux/gfp_types.h>
#include "pure/io.h"

/* Segment memory: one block of pages where there is one, else vmap()ed ones. */
int hib_buffer_alloc(struct hib_buffer *buf, unsigned int nr_pages, gfp_t gfp);
void hib_buffer_free(struct hib_buffer *buf);

#endif
