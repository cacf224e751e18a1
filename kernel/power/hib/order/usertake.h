/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_USERTAKE_H
#define HIB_USERTAKE_H

#include "pure/pagemap.h"
#include "pure/userimage.h"

struct hib_up;

/**
 * struct hib_usertake - An image that a program writes.
 * @u: The way up.
 * @plan: Of the image; all zero before its header was written.
 * @nr_blocks: Blocks that block 0 tells.
 * @map: Place in the page list.
 * @next: The next block.
 * @next_chunk: The next chunk.
 * @error: Why no further block is taken; 0: they are.
 * @segment: The segment that is written.
 * @plain: Scratch memory of unpacking.
 */
struct hib_usertake {
	struct hib_up *u;
	struct hib_userimage plan;
	u64 nr_blocks;
	struct hib_pagemap_reader map;
	u64 next;
	u32 next_chunk;
	int error;
	void *segment;
	void *plain;
};

int hib_usertake_init(struct hib_usertake *t, struct hib_up *u);
void hib_usertake_exit(struct hib_usertake *t);
void hib_usertake_forget(struct hib_usertake *t);
bool hib_usertake_is_complete(const struct hib_usertake *t);
int hib_usertake_block(struct hib_usertake *t, const void *block);

#endif
