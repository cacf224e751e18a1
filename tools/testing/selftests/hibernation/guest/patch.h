/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of a disk that are to be others, as hostile.c of the host writes them and
 * hostile.c of the guest reads them.
 */
#ifndef PATCH_H
#define PATCH_H

#include <stdint.h>

#define PATCH_BLOCK_BYTES	4096

/**
 * struct patch - What is changed at once.
 * @nr_blocks: So many struct patch_block follow.
 * @name: What it is, without blanks.
 */
struct patch {
	uint32_t nr_blocks;
	char name[252];
};

/**
 * struct patch_block - A block.
 * @block: Its number.
 * @data: What it becomes.
 */
struct patch_block {
	uint64_t block;
	unsigned char data[PATCH_BLOCK_BYTES];
};

#endif
