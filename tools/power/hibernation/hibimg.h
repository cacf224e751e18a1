/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An image on a device or in a file, as hibimg sees it. Numbers from the disk
 * get into these structures only through the pure functions.
 */
#ifndef HIBIMG_H
#define HIBIMG_H

#include <stdio.h>

#include "chunk.h"
#include "extent.h"
#include "header.h"
#include "pfnset.h"
#include "record.h"
#include "rawlist.h"
#include "segments.h"
#include "table.h"
#include "timeline.h"

/* What the program ends with. In hibimg.8, too. */
enum hibimg_exit {
	HIBIMG_SOUND = 0,	/* done, and everything that was read is sound */
	HIBIMG_DAMAGED = 1,
	HIBIMG_USAGE = 2,
	HIBIMG_NO_IMAGE = 3,
	HIBIMG_UNSUPPORTED = 4,	/* version, feature or codec is not known here */
	HIBIMG_FAILED = 5,	/* cannot be read or written, or no memory */
	HIBIMG_NO_FRAME = 6,	/* the image does not hold this page frame */
};

/*
 * Frames from here on are in no image that this program reads: 64 TiB. A set
 * takes 4 MiB for that; a test that makes thousands of them says less.
 */
#ifndef HIBIMG_END_PFN
#define HIBIMG_END_PFN		(1ul << 34)
#endif

/**
 * struct hibimg - One run of the program.
 * @path: The device or file; NULL: the command has none.
 * @root: report: the tree that is looked at; NULL: this system.
 * @out: Where the answer goes.
 * @err: Where faults go.
 * @output: extract: the file for the pages; NULL: @out.
 * @pfn: extract: the frame that is wanted; HIB_PFN_NONE: all.
 * @others: Other devices or files that may hold parts, from --member.
 * @nr_others: How many there are.
 * @root_block: Block of the swap header, from --offset.
 * @device_blocks: Whole blocks of the device.
 * @fd: The open devices by the numbers of the members, -1: none.
 * @nr_faults: Faults that were printed.
 * @record: The commit record.
 * @header: The header.
 * @extents: Where the image's blocks lie.
 * @extent_leaves: Blocks of the extent leaves.
 * @saved: Frames of the image.
 * @early: Frames that were written early.
 * @stale: Of these, those whose early page does not count.
 * @segments: The segments.
 * @raw_chunks: The chunks of raw ones.
 */
struct hibimg {
	const char *path, *root;
	FILE *out, *err;
	const char *output;
	unsigned long pfn;
	const char *others[HIB_MEMBERS_MAX];
	unsigned int nr_others;
	u64 root_block;
	u64 device_blocks;
	int fd[HIB_MEMBERS_MAX];
	unsigned int nr_faults;
	struct hib_commit_record record;
	struct hib_header header;
	struct hib_extents extents;
	struct hib_table extent_leaves;
	struct hib_pfnset saved, early, stale;
	struct hib_segments_reader segments;
	struct hib_rawlist_reader raw_chunks;
};

/**
 * struct hibimg_list - A list of the image.
 * @name: What people call it.
 * @field: What the header calls it.
 * @piece: Where it is.
 */
struct hibimg_list {
	const char *name;
	const char *field;
	const struct hib_piece *piece;
};

#define HIBIMG_LISTS	7

/* hibimg.c */
int hibimg_run(int argc, char **argv, FILE *out, FILE *err);
int __attribute__((format(printf, 4, 5)))
hibimg_fault(struct hibimg *img, int error, const char *why, const char *where, ...);

/**
 * struct hibimg_text - A place as messages have it.
 * @text: The byte of the device, or "member:byte".
 */
struct hibimg_text {
	char text[32];
};

/* members.c */
int hibimg_open_members(struct hibimg *img);
u64 hibimg_byte_on(u64 block);
unsigned int hibimg_member(u64 place);
u64 hibimg_byte(u64 place);
struct hibimg_text hibimg_at(u64 place);

/* image.c */
int hibimg_open(struct hibimg *img, bool writable);
void hibimg_close(struct hibimg *img);
int hibimg_read(const struct hibimg *img, u64 place, void *to, size_t bytes);
u64 hibimg_record_byte(const struct hibimg *img);
u64 hibimg_header_byte(const struct hibimg *img);
int hibimg_read_record(struct hibimg *img);
int hibimg_read_header(struct hibimg *img);
int hibimg_read_extents(struct hibimg *img);
u64 hibimg_place(const struct hibimg *img, u64 offset, u64 *bytes);
int hibimg_read_image(const struct hibimg *img, u64 offset, void *to, size_t bytes);

/* lists.c */
void hibimg_lists(const struct hibimg *img, struct hibimg_list lists[HIBIMG_LISTS]);
int hibimg_read_frames(struct hibimg *img);
int hibimg_read_segments(struct hibimg *img);
int hibimg_read_digests(struct hibimg *img);
int hibimg_read_log(struct hibimg *img, struct hib_timeline *steps);
int hibimg_read_all(struct hibimg *img);
void hibimg_drop_lists(struct hibimg *img);

/* chunks.c */

/* One sound chunk; its offset is in the image. Return 0 to go on, 1 to stop, or an errno. */
typedef int hibimg_chunk_fn(void *priv, u64 offset, const struct hib_chunk *c);
/* One page of the image's order; the same. */
typedef int hibimg_page_fn(void *priv, u64 index, const void *page);

int hibimg_each_chunk(struct hibimg *img, hibimg_chunk_fn *take, void *priv);
int hibimg_each_page(struct hibimg *img, u64 only, hibimg_page_fn *take, void *priv);
int hibimg_decode(const struct hib_chunk *c, void *out, size_t bytes, const char **why);
const char *hibimg_codec_name(u32 codec);

/* describe.c, describe_x86.c */
void hibimg_print_id(FILE *out, const u8 id[HIB_ID_BYTES]);

/* The commands, each in a file of its name. 0 or an errno, printed already. */
int hibimg_describe(struct hibimg *img);
void hibimg_describe_arch(const struct hibimg *img);
int hibimg_verify(struct hibimg *img);
int hibimg_map(struct hibimg *img);
int hibimg_extract(struct hibimg *img);
int hibimg_offsets(struct hibimg *img);
int hibimg_discard(struct hibimg *img);
int hibimg_log(struct hibimg *img);
int hibimg_report(struct hibimg *img);

#endif
