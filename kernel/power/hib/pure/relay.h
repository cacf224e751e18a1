/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a kernel that hibernates leaves to a second kernel that writes the image: one record,
 * in the last page frame of the second kernel's window, and lists that it leads to. Both run
 * on the same machine, one after the other, and may be different builds: a change here raises
 * the version. The second kernel answers in the same record.
 */
#ifndef HIB_RELAY_H
#define HIB_RELAY_H

#include "header.h"
#include "members.h"
#include "pfnset.h"
#include "window.h"

#define HIB_RELAY_MAGIC		0x4543415053594c52ULL
#define HIB_RELAY_VERSION	4u
#define HIB_RELAY_WORDS		((HIB_BLOCK_BYTES - 16) / sizeof(u64))
#define HIB_RELAY_REASON_BYTES	160u
#define HIB_RELAY_CODEC_BYTES	16u
/* The most blocks that a device may have: 4 PiB, as many as a set has numbers. */
#define HIB_RELAY_BLOCKS_MAX	BIT_ULL(40)

/**
 * struct hib_relay_page - A page of a list of words.
 * @next: Physical address of the next page; 0: last.
 * @nr: Words in use; only the last page may have room left.
 * @words: The words.
 */
struct hib_relay_page {
	u64 next;
	u64 nr;
	u64 words[HIB_RELAY_WORDS];
};

static_assert(sizeof(struct hib_relay_page) == HIB_BLOCK_BYTES);

/**
 * struct hib_relay_list - A list of words.
 * @first: Physical address of its first page; 0: it has none.
 * @nr: Words that count; its pages may have more.
 */
struct hib_relay_list {
	u64 first;
	u64 nr;
};

/**
 * struct hib_relay_result - What the second kernel answers.
 * @done: It has answered.
 * @error: 0 or an errno.
 * @committed: The commit record was sent: the image is valid, or may be valid.
 * @workers: How many worked on it.
 * @image_bytes: Length of the image.
 * @write_ns: For coding and writing.
 * @wait_ns: Sum of the times that threads waited for the device.
 * @same_pages: Pages that are same-filled.
 * @nr_chunks: Chunks by the codec of their body.
 * @full_pages: After -ENOSPC: pages that were written when all blocks were in use,
 * @full_blocks: and the blocks that these took.
 * @reason: After an error: why, as text.
 */
struct hib_relay_result {
	u32 done;
	s32 error;
	u32 committed;
	u32 workers;
	u64 image_bytes;
	u64 write_ns;
	u64 wait_ns;
	u64 same_pages;
	u32 nr_chunks[HIB_NR_CODECS];
	u64 full_pages;
	u64 full_blocks;
	char reason[HIB_RELAY_REASON_BYTES];
};

/**
 * struct hib_relay - The record.
 * @magic: %HIB_RELAY_MAGIC.
 * @version: %HIB_RELAY_VERSION.
 * @bytes: Of this structure.
 * @tag: Of all up to @result, with this member 0.
 * @keep: 1: nothing is to be written: the second kernel has booted, and goes back to be entered
 *	again, with another record. Of what follows, only @reentry, @windows, @end_pfn and
 *	@header_bytes count.
 * @image_id: The image that is to be written.
 * @reentry: Physical address of the word that says where the first kernel is entered again.
 * @windows: What the second kernel runs in.
 * @partners: For each page frame of the windows, in their order: where what the first kernel
 *	had in it lies now; itself if that does not matter.
 * @frames: For each 32768 page frames from 0 on: the page frame of a bitmap of those that are
 *	saved, as in &struct hib_pfnset; 0: none is.
 * @end_pfn: Past the last frame that may be saved.
 * @nr_pages: How many are saved.
 * @members: The devices of the place. The root device, and those that a run of @blocks is on.
 * @blocks: Runs of blocks for the image, two words each: member and block, length.
 * @has_digests: Each page is to be digested,
 * @digest_seed: with this seed.
 * @header: Physical address of what the first kernel says in the header.
 * @header_bytes: Length of that: a struct hib_header.
 * @header_block: Block of the root device for the header. When the second kernel is entered
 *	it begins with @image_id, and so does the first run of @blocks on each other member.
 * @blackbox_block: Block of the root device for the steps of boots; 0: none.
 * @codec: Name of the codec, or "auto"; zeros behind it.
 * @result: The answer.
 */
struct hib_relay {
	u64 magic;
	u32 version;
	u32 bytes;
	u64 tag;
	u64 keep;
	u8 image_id[HIB_ID_BYTES];
	u64 reentry;
	struct hib_windows windows;
	struct hib_relay_list partners;
	struct hib_relay_list frames;
	u64 end_pfn;
	u64 nr_pages;
	struct hib_members members;
	struct hib_relay_list blocks;
	u64 has_digests;
	u64 digest_seed;
	u64 header;
	u64 header_bytes;
	u64 header_block;
	u64 blackbox_block;
	char codec[HIB_RELAY_CODEC_BYTES];
	struct hib_relay_result result;
};

static_assert(sizeof(struct hib_relay) <= HIB_BLOCK_BYTES);

/**
 * struct hib_relay_taken - Blocks that a record has named.
 * @member: Of each member, a set of blocks instead of frames.
 */
struct hib_relay_taken {
	struct hib_pfnset member[HIB_MEMBERS_MAX];
};

void hib_relay_close(struct hib_relay *r);
int hib_relay_check(const struct hib_relay *r, const char **why);
bool hib_relay_has_frame(const struct hib_relay *r, u64 pfn);
bool hib_relay_partner_is_sound(const struct hib_relay *r, u64 pfn, u64 partner);
int hib_relay_blocks_begin(const struct hib_relay *r, struct hib_relay_taken *taken);
int hib_relay_blocks_take(struct hib_relay_taken *taken, u64 block, u64 nr_blocks);
void hib_relay_blocks_end(struct hib_relay_taken *taken);
int hib_relay_header_take(const struct hib_relay *r, const struct hib_header *said,
			  struct hib_header *h, const char **why);

/**
 * struct hib_relay_reader - Where a list is read.
 * @map: Gives the page at a physical address, or NULL if there is none.
 * @arg: Passed to it.
 * @left: Words that are left.
 * @next: Physical address of the page after @page.
 * @page: The page that is read.
 * @at: Its next word.
 */
struct hib_relay_reader {
	const struct hib_relay_page *(*map)(void *arg, u64 phys);
	void *arg;
	u64 left;
	u64 next;
	const struct hib_relay_page *page;
	u64 at;
};

void hib_relay_begin(struct hib_relay_reader *reader, const struct hib_relay_list *list);
int hib_relay_next(struct hib_relay_reader *reader, u64 *word);

#endif
