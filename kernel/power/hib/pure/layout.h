/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where each member of a disk structure lies, as format.rst says. A compiler
 * that lays one out otherwise, or a change that moves a member, ends the build.
 * Included by format.h, so that everything that knows the format is held to it.
 */
#ifndef HIB_LAYOUT_H
#define HIB_LAYOUT_H

static_assert(sizeof(struct hib_disk_commit) == 512);
static_assert(offsetof(struct hib_disk_commit, magic) == 0);
static_assert(offsetof(struct hib_disk_commit, version) == 8);
static_assert(offsetof(struct hib_disk_commit, state) == 12);
static_assert(offsetof(struct hib_disk_commit, tries) == 16);
static_assert(offsetof(struct hib_disk_commit, reserved0) == 20);
static_assert(offsetof(struct hib_disk_commit, image_id) == 24);
static_assert(offsetof(struct hib_disk_commit, header_block) == 40);
static_assert(offsetof(struct hib_disk_commit, header_tag) == 48);
static_assert(offsetof(struct hib_disk_commit, reason) == 56);
static_assert(offsetof(struct hib_disk_commit, reserved1) == 216);
static_assert(offsetof(struct hib_disk_commit, tag) == 480);
static_assert(offsetof(struct hib_disk_commit, reserved2) == 488);
static_assert(offsetof(struct hib_disk_commit, saved_signature) == 492);
static_assert(offsetof(struct hib_disk_commit, signature) == 502);

static_assert(sizeof(struct hib_disk_header) == HIB_BLOCK_BYTES);
static_assert(offsetof(struct hib_disk_header, magic) == 0);
static_assert(offsetof(struct hib_disk_header, version) == 8);
static_assert(offsetof(struct hib_disk_header, may_ignore) == 12);
static_assert(offsetof(struct hib_disk_header, must_know) == 16);
static_assert(offsetof(struct hib_disk_header, codec) == 20);
static_assert(offsetof(struct hib_disk_header, image_id) == 24);
static_assert(offsetof(struct hib_disk_header, page_shift) == 40);
static_assert(offsetof(struct hib_disk_header, chunk_pages) == 44);
static_assert(offsetof(struct hib_disk_header, flags) == 48);
static_assert(offsetof(struct hib_disk_header, hw_signature) == 52);
static_assert(offsetof(struct hib_disk_header, created_s) == 56);
static_assert(offsetof(struct hib_disk_header, nr_ram_pages) == 64);
static_assert(offsetof(struct hib_disk_header, nr_pages) == 72);
static_assert(offsetof(struct hib_disk_header, data_bytes) == 80);
static_assert(offsetof(struct hib_disk_header, image_bytes) == 88);
static_assert(offsetof(struct hib_disk_header, pagemap) == 96);
static_assert(offsetof(struct hib_disk_header, segments) == 120);
static_assert(offsetof(struct hib_disk_header, digests) == 144);
static_assert(offsetof(struct hib_disk_header, extent_block) == 168);
static_assert(offsetof(struct hib_disk_header, nr_extent_leaves) == 176);
static_assert(offsetof(struct hib_disk_header, nr_cpus) == 180);
static_assert(offsetof(struct hib_disk_header, nr_extents) == 184);
static_assert(offsetof(struct hib_disk_header, handover_pfn) == 192);
static_assert(offsetof(struct hib_disk_header, boot_pages) == 200);
static_assert(offsetof(struct hib_disk_header, precopied) == 208);
static_assert(offsetof(struct hib_disk_header, nr_precopied) == 232);
static_assert(offsetof(struct hib_disk_header, release) == 240);
static_assert(offsetof(struct hib_disk_header, build) == 305);
static_assert(offsetof(struct hib_disk_header, machine) == 370);
static_assert(offsetof(struct hib_disk_header, reserved0) == 435);
static_assert(offsetof(struct hib_disk_header, arch_bytes) == 440);
static_assert(offsetof(struct hib_disk_header, reserved1) == 444);
static_assert(offsetof(struct hib_disk_header, arch) == 448);
static_assert(offsetof(struct hib_disk_header, stale) == 2496);
static_assert(offsetof(struct hib_disk_header, nr_stale) == 2520);
static_assert(offsetof(struct hib_disk_header, members) == 2528);
static_assert(offsetof(struct hib_disk_header, firmware_id) == 3040);
static_assert(offsetof(struct hib_disk_header, root_hash) == 3056);
static_assert(offsetof(struct hib_disk_header, write_ns) == 3064);
static_assert(offsetof(struct hib_disk_header, wait_ns) == 3072);
static_assert(offsetof(struct hib_disk_header, nr_chunks) == 3080);
static_assert(offsetof(struct hib_disk_header, guards) == 3096);
static_assert(offsetof(struct hib_disk_header, log) == 3608);
static_assert(offsetof(struct hib_disk_header, raw_chunks) == 3632);
static_assert(offsetof(struct hib_disk_header, blackbox_block) == 3656);
static_assert(offsetof(struct hib_disk_header, reserved2) == 3664);
static_assert(offsetof(struct hib_disk_header, tag) == 4088);

static_assert(sizeof(struct hib_disk_guard) == 32);
static_assert(offsetof(struct hib_disk_guard, digest) == 16);
static_assert(offsetof(struct hib_disk_guard, kind) == 24);
static_assert(offsetof(struct hib_disk_guard, flags) == 28);

static_assert(sizeof(struct hib_disk_step) == 48);
static_assert(offsetof(struct hib_disk_step, begin_ms) == 24);
static_assert(offsetof(struct hib_disk_step, took_us) == 28);
static_assert(offsetof(struct hib_disk_step, ret) == 32);
static_assert(offsetof(struct hib_disk_step, kernel) == 36);
static_assert(offsetof(struct hib_disk_step, bytes) == 40);

static_assert(sizeof(struct hib_disk_blackbox) == HIB_BLOCK_BYTES);
static_assert(offsetof(struct hib_disk_blackbox, magic) == 0);
static_assert(offsetof(struct hib_disk_blackbox, image_id) == 8);
static_assert(offsetof(struct hib_disk_blackbox, tag) == 24);
static_assert(offsetof(struct hib_disk_blackbox, nr) == 32);
static_assert(offsetof(struct hib_disk_blackbox, steps) == 40);
static_assert(offsetof(struct hib_disk_blackbox, reserved1) == 4072);

static_assert(sizeof(struct hib_disk_piece) == 24);
static_assert(offsetof(struct hib_disk_piece, offset) == 0);
static_assert(offsetof(struct hib_disk_piece, nr_entries) == 8);
static_assert(offsetof(struct hib_disk_piece, nr_leaves) == 16);
static_assert(offsetof(struct hib_disk_piece, reserved) == 20);

static_assert(sizeof(struct hib_disk_member) == 32);
static_assert(offsetof(struct hib_disk_member, id) == 0);
static_assert(offsetof(struct hib_disk_member, root_block) == 16);
static_assert(offsetof(struct hib_disk_member, nr_blocks) == 24);

static_assert(sizeof(struct hib_disk_leaf) == HIB_BLOCK_BYTES);
static_assert(offsetof(struct hib_disk_leaf, tag) == 0);
static_assert(offsetof(struct hib_disk_leaf, kind) == 8);
static_assert(offsetof(struct hib_disk_leaf, index) == 12);
static_assert(offsetof(struct hib_disk_leaf, nr) == 16);
static_assert(offsetof(struct hib_disk_leaf, reserved) == 20);
static_assert(offsetof(struct hib_disk_leaf, next) == 24);
static_assert(offsetof(struct hib_disk_leaf, data) == 32);

static_assert(sizeof(struct hib_disk_extent) == 16);
static_assert(offsetof(struct hib_disk_extent, block) == 0);
static_assert(offsetof(struct hib_disk_extent, nr_blocks) == 8);

static_assert(sizeof(struct hib_disk_run) == 16);
static_assert(offsetof(struct hib_disk_run, pfn) == 0);
static_assert(offsetof(struct hib_disk_run, nr_pages) == 8);

static_assert(sizeof(struct hib_disk_segment) == 8);
static_assert(offsetof(struct hib_disk_segment, nr_blocks) == 0);
static_assert(offsetof(struct hib_disk_segment, kind) == 4);

static_assert(sizeof(struct hib_disk_raw_chunk) == 16);
static_assert(offsetof(struct hib_disk_raw_chunk, index) == 0);
static_assert(offsetof(struct hib_disk_raw_chunk, zero_mask) == 4);
static_assert(offsetof(struct hib_disk_raw_chunk, tag) == 8);

static_assert(sizeof(struct hib_disk_chunk) == 32);
static_assert(offsetof(struct hib_disk_chunk, magic) == 0);
static_assert(offsetof(struct hib_disk_chunk, index) == 4);
static_assert(offsetof(struct hib_disk_chunk, same_mask) == 8);
static_assert(offsetof(struct hib_disk_chunk, nr_pages) == 12);
static_assert(offsetof(struct hib_disk_chunk, codec) == 16);
static_assert(offsetof(struct hib_disk_chunk, body_bytes) == 20);
static_assert(offsetof(struct hib_disk_chunk, tag) == 24);

static_assert(HIB_LEAF_EXTENTS == 254);
static_assert(HIB_LEAF_RUNS == 254);
static_assert(HIB_LEAF_SEGMENTS == 508);
static_assert(HIB_LEAF_DIGESTS == 508);
static_assert(HIB_LEAF_RAW_CHUNKS == 254);

#endif
