// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: header - the header block
 *
 * The commit record leads to the header block, which says what the image
 * holds, where its lists lie and which kernel and machine it belongs to.
 * Its strings are shown to users in lines of text, so they hold no control
 * characters.
 *
 * It exists twice: as bytes on disk and in host order. Building cannot fail.
 * Parsing trusts nothing: the tag comes first, then each number is bounded by
 * the machine, the device and the other numbers, reserved parts and the rest
 * of every string must be zero. So what is accepted is exactly what building
 * would have written, and nobody further up has to check again. Of a refused
 * block, the host order struct is not to be used.
 *
 * Magic, version and tag keep their place in every version of the format, so
 * that another version is told from damage. No state, any context.
 */
#include "header.h"
#include "leaf.h"
#include "tag.h"
#include "text.h"

/**
 * hib_header_tag() - What the tag of a header has to be.
 * @disk: The block; its own tag field is not looked at.
 * @id: The image's id.
 *
 * Return: The tag.
 */
u64 hib_header_tag(const struct hib_disk_header *disk, const u8 id[HIB_ID_BYTES])
{
	return hib_tag_compute(disk, sizeof(*disk), offsetof(struct hib_disk_header, tag), id,
			       HIB_TAG_HEADER);
}

/* How the page data was written. */
static void work_build(struct hib_disk_header *disk, const struct hib_header *h)
{
	disk->write_ns = cpu_to_le64(h->write_ns);
	disk->wait_ns = cpu_to_le64(h->wait_ns);
	for (unsigned int i = 0; i < HIB_NR_CODECS; i++)
		disk->nr_chunks[i] = cpu_to_le32(h->nr_chunks[i]);
}

static void work_read(const struct hib_disk_header *disk, struct hib_header *h)
{
	h->write_ns = le64_to_cpu(disk->write_ns);
	h->wait_ns = le64_to_cpu(disk->wait_ns);
	for (unsigned int i = 0; i < HIB_NR_CODECS; i++)
		h->nr_chunks[i] = le32_to_cpu(disk->nr_chunks[i]);
}

static void lists_build(struct hib_disk_header *disk, const struct hib_header *h)
{
	hib_piece_build(&disk->pagemap, &h->pagemap);
	hib_piece_build(&disk->segments, &h->segments);
	hib_piece_build(&disk->digests, &h->digests);
	hib_piece_build(&disk->precopied, &h->precopied);
	hib_piece_build(&disk->stale, &h->stale);
	hib_piece_build(&disk->log, &h->log);
	hib_piece_build(&disk->raw_chunks, &h->raw_chunks);
}

static void lists_read(const struct hib_disk_header *disk, struct hib_header *h)
{
	hib_piece_read(&disk->pagemap, &h->pagemap);
	hib_piece_read(&disk->segments, &h->segments);
	hib_piece_read(&disk->digests, &h->digests);
	hib_piece_read(&disk->precopied, &h->precopied);
	hib_piece_read(&disk->stale, &h->stale);
	hib_piece_read(&disk->log, &h->log);
	hib_piece_read(&disk->raw_chunks, &h->raw_chunks);
}

/**
 * hib_header_build() - Write a header block, tag included.
 * @disk: The block; every byte is written.
 * @h: What it shall say. Its id seeds the tag.
 */
void hib_header_build(struct hib_disk_header *disk, const struct hib_header *h)
{
	u32 arch_bytes = min(h->arch_bytes, HIB_ARCH_BYTES);

	memset(disk, 0, sizeof(*disk));
	disk->magic = cpu_to_le64(HIB_HEADER_MAGIC);
	disk->version = cpu_to_le32(HIB_FORMAT_VERSION);
	disk->may_ignore = cpu_to_le32(h->may_ignore);
	disk->must_know = cpu_to_le32(h->must_know);
	disk->codec = cpu_to_le32(h->codec);
	memcpy(disk->image_id, h->image_id, HIB_ID_BYTES);
	disk->page_shift = cpu_to_le32(HIB_BLOCK_SHIFT);
	disk->chunk_pages = cpu_to_le32(HIB_CHUNK_PAGES);
	disk->flags = cpu_to_le32(h->flags);
	disk->hw_signature = cpu_to_le32(h->hw_signature);
	disk->created_s = cpu_to_le64(h->created_s);
	disk->nr_ram_pages = cpu_to_le64(h->nr_ram_pages);
	disk->nr_pages = cpu_to_le64(h->nr_pages);
	disk->data_bytes = cpu_to_le64(h->data_bytes);
	disk->image_bytes = cpu_to_le64(h->image_bytes);
	lists_build(disk, h);
	disk->nr_precopied = cpu_to_le64(h->nr_precopied);
	disk->nr_stale = cpu_to_le64(h->nr_stale);
	hib_members_build(disk->members, &h->members);
	memcpy(disk->firmware_id, h->owner.firmware_id, HIB_ID_BYTES);
	disk->root_hash = cpu_to_le64(h->owner.root_hash);
	work_build(disk, h);
	hib_guards_build(disk->guards, &h->guards);
	disk->blackbox_block = cpu_to_le64(h->blackbox_block);
	disk->extent_block = cpu_to_le64(h->extent_block);
	disk->nr_extent_leaves = cpu_to_le32(h->nr_extent_leaves);
	disk->nr_cpus = cpu_to_le32(h->nr_cpus);
	disk->nr_extents = cpu_to_le64(h->nr_extents);
	disk->handover_pfn = cpu_to_le64(h->handover_pfn);
	disk->boot_pages = cpu_to_le64(h->boot_pages);
	hib_text_build(disk->release, h->release, sizeof(disk->release));
	hib_text_build(disk->build, h->build, sizeof(disk->build));
	hib_text_build(disk->machine, h->machine, sizeof(disk->machine));
	disk->arch_bytes = cpu_to_le32(arch_bytes);
	memcpy(disk->arch, h->arch, arch_bytes);
	disk->tag = cpu_to_le64(hib_header_tag(disk, h->image_id));
}

static void header_read(const struct hib_disk_header *disk, struct hib_header *h)
{
	memcpy(h->image_id, disk->image_id, HIB_ID_BYTES);
	h->may_ignore = le32_to_cpu(disk->may_ignore);
	h->must_know = le32_to_cpu(disk->must_know);
	h->codec = le32_to_cpu(disk->codec);
	h->flags = le32_to_cpu(disk->flags);
	h->hw_signature = le32_to_cpu(disk->hw_signature);
	h->created_s = le64_to_cpu(disk->created_s);
	h->nr_ram_pages = le64_to_cpu(disk->nr_ram_pages);
	h->nr_pages = le64_to_cpu(disk->nr_pages);
	h->data_bytes = le64_to_cpu(disk->data_bytes);
	h->image_bytes = le64_to_cpu(disk->image_bytes);
	lists_read(disk, h);
	h->nr_precopied = le64_to_cpu(disk->nr_precopied);
	h->nr_stale = le64_to_cpu(disk->nr_stale);
	hib_members_read(disk->members, &h->members);
	memcpy(h->owner.firmware_id, disk->firmware_id, HIB_ID_BYTES);
	h->owner.root_hash = le64_to_cpu(disk->root_hash);
	work_read(disk, h);
	h->blackbox_block = le64_to_cpu(disk->blackbox_block);
	h->extent_block = le64_to_cpu(disk->extent_block);
	h->nr_extent_leaves = le32_to_cpu(disk->nr_extent_leaves);
	h->nr_extents = le64_to_cpu(disk->nr_extents);
	h->nr_cpus = le32_to_cpu(disk->nr_cpus);
	h->handover_pfn = le64_to_cpu(disk->handover_pfn);
	h->boot_pages = le64_to_cpu(disk->boot_pages);
	memcpy(h->release, disk->release, sizeof(h->release));
	memcpy(h->build, disk->build, sizeof(h->build));
	memcpy(h->machine, disk->machine, sizeof(h->machine));
	h->arch_bytes = le32_to_cpu(disk->arch_bytes);
	memcpy(h->arch, disk->arch, sizeof(h->arch));
}

static bool is_zero(const void *at, size_t bytes)
{
	return !memchr_inv(at, 0, bytes);
}

/* What only the raw block shows: reserved fields, padding of strings, unused bytes of arch. */
static const char *header_blank_fault(const struct hib_disk_header *disk)
{
	u32 arch_bytes = le32_to_cpu(disk->arch_bytes);

	if (disk->pagemap.reserved || disk->segments.reserved || disk->digests.reserved ||
	    disk->precopied.reserved || disk->stale.reserved || disk->log.reserved ||
	    disk->raw_chunks.reserved || disk->reserved1 ||
	    !is_zero(disk->reserved0, sizeof(disk->reserved0)) ||
	    !is_zero(disk->reserved2, sizeof(disk->reserved2)))
		return "header reserved";
	if (!hib_text_is_sound(disk->release, sizeof(disk->release)))
		return "header release";
	if (!hib_text_is_sound(disk->build, sizeof(disk->build)))
		return "header build";
	if (!hib_text_is_sound(disk->machine, sizeof(disk->machine)))
		return "header machine";
	if (arch_bytes > HIB_ARCH_BYTES ||
	    !is_zero(disk->arch + arch_bytes, HIB_ARCH_BYTES - arch_bytes))
		return "header arch";
	return NULL;
}

/* What a reader of this version has to know. */
static const char *header_unknown(const struct hib_disk_header *disk)
{
	if (le32_to_cpu(disk->version) != HIB_FORMAT_VERSION)
		return "header version";
	if (le32_to_cpu(disk->must_know) & ~HIB_MUST_KNOWN)
		return "header must_know";
	if (le32_to_cpu(disk->page_shift) != HIB_BLOCK_SHIFT)
		return "header page_shift";
	if (le32_to_cpu(disk->chunk_pages) != HIB_CHUNK_PAGES)
		return "header chunk_pages";
	if (le32_to_cpu(disk->flags) & ~HIB_IMAGE_PLATFORM)
		return "header flags";
	if (le32_to_cpu(disk->codec) >= HIB_NR_CODECS)
		return "header codec";
	return NULL;
}

static const char *header_size_fault(const struct hib_header *h)
{
	u64 nr_blocks = hib_members_blocks(&h->members);

	if (!h->nr_pages || h->nr_pages > h->nr_ram_pages)
		return "header nr_pages";
	if (h->image_bytes % HIB_BLOCK_BYTES ||
	    h->image_bytes >> HIB_BLOCK_SHIFT > nr_blocks)
		return "header image_bytes";
	if (!h->data_bytes || h->data_bytes % HIB_BLOCK_BYTES || h->data_bytes > h->image_bytes)
		return "header data_bytes";
	if (!hib_members_have(&h->members, h->extent_block, 1))
		return "header extent_block";
	if (!h->nr_extents || h->nr_extents > nr_blocks ||
	    !hib_piece_leaves_fit(h->nr_extent_leaves, h->nr_extents, HIB_LEAF_EXTENT))
		return "header nr_extents";
	if (h->nr_cpus > HIB_HEADER_CPUS_MAX)
		return "header nr_cpus";
	if (h->boot_pages > h->nr_ram_pages)
		return "header boot_pages";
	return NULL;
}

/**
 * struct header_list - What a list of the image must be.
 * @name: The field, for a complaint.
 * @piece: Where it says it is.
 * @kind: Of its leaves.
 * @max_entries: As many as make sense; 0: there must be no such list.
 */
struct header_list {
	const char *name;
	const struct hib_piece *piece;
	enum hib_leaf_kind kind;
	u64 max_entries;
};

#define HEADER_LISTS	7

static u64 header_chunks(const struct hib_header *h)
{
	u64 nr_pages = h->nr_pages + h->nr_stale;

	return nr_pages / HIB_CHUNK_PAGES + !!(nr_pages % HIB_CHUNK_PAGES);
}

static const char *header_list_fault(const struct hib_header *h)
{
	u64 nr_digests = h->may_ignore & HIB_MAY_DIGESTS ? h->nr_pages : 0;
	u64 nr_steps = h->may_ignore & HIB_MAY_LOG ? hib_leaf_capacity(HIB_LEAF_LOG) : 0;
	u64 nr_raw = h->must_know & HIB_MUST_RAW ? header_chunks(h) : 0;
	const struct header_list lists[HEADER_LISTS] = {
		{ "header pagemap", &h->pagemap, HIB_LEAF_PAGEMAP, h->nr_pages },
		{ "header segments", &h->segments, HIB_LEAF_SEGMENT,
		  h->data_bytes >> HIB_BLOCK_SHIFT },
		{ "header digests", &h->digests, HIB_LEAF_DIGEST, nr_digests },
		{ "header precopied", &h->precopied, HIB_LEAF_PAGEMAP, h->nr_precopied },
		{ "header stale", &h->stale, HIB_LEAF_PAGEMAP, h->nr_stale },
		{ "header log", &h->log, HIB_LEAF_LOG, nr_steps },
		{ "header raw_chunks", &h->raw_chunks, HIB_LEAF_RAW_CHUNK, nr_raw },
	};

	for (unsigned int i = 0; i < HEADER_LISTS; i++) {
		const struct hib_piece *p = lists[i].piece;

		if (!lists[i].max_entries) {
			if (!hib_piece_is_absent(p))
				return lists[i].name;
			continue;
		}
		if (!hib_piece_is_sound(p, lists[i].kind, lists[i].max_entries, h->data_bytes,
					h->image_bytes))
			return lists[i].name;
		for (unsigned int j = 0; j < i; j++)
			if (hib_piece_overlaps(p, lists[j].piece))
				return lists[i].name;
	}
	if (h->segments.nr_entries * HIB_SEGMENT_BLOCKS < h->data_bytes >> HIB_BLOCK_SHIFT)
		return "header segments";
	return NULL;
}

/* Pages that were written early come in whole chunks, and those that count are saved. */
static const char *header_precopy_fault(const struct hib_header *h)
{
	bool precopied = h->must_know & HIB_MUST_PRECOPY;

	if (precopied != !!h->nr_precopied || h->nr_precopied % HIB_CHUNK_PAGES ||
	    h->nr_precopied > h->nr_ram_pages)
		return "header nr_precopied";
	if (h->nr_stale > h->nr_precopied || h->nr_precopied - h->nr_stale > h->nr_pages)
		return "header nr_stale";
	return NULL;
}

/* It is written to before other members are looked for, so it is on the root device. */
static const char *header_blackbox_fault(const struct hib_header *h)
{
	bool there = h->may_ignore & HIB_MAY_BLACKBOX;

	if (there != !!h->blackbox_block || hib_block_member(h->blackbox_block) ||
	    (there && !hib_members_have(&h->members, h->blackbox_block, 1)))
		return "header blackbox_block";
	return NULL;
}

/* Whoever does not know guards must refuse an image that has some. */
static const char *header_guard_fault(const struct hib_disk_header *disk, struct hib_header *h)
{
	bool guarded = h->must_know & HIB_MUST_GUARD;

	if (!hib_guards_read(disk->guards, &h->guards) || guarded != !!h->guards.nr)
		return "header guards";
	return NULL;
}

static const char *header_tag_fault(const struct hib_disk_header *disk,
				    const struct hib_commit_record *r)
{
	if (le64_to_cpu(disk->magic) != HIB_HEADER_MAGIC)
		return "header magic";
	if (le64_to_cpu(disk->tag) != hib_header_tag(disk, r->image_id))
		return "header tag";
	if (le64_to_cpu(disk->tag) != r->header_tag)
		return "header is not the one committed";
	if (memcmp(disk->image_id, r->image_id, HIB_ID_BYTES))
		return "header image_id";
	return NULL;
}

/**
 * hib_header_parse() - Check a header block and turn it into host order.
 * @disk: The block as read.
 * @r: The commit record that leads to it.
 * @device_blocks: Blocks of the root device.
 * @h: Receives the header; not to be used unless 0 is returned.
 * @why: Set to the field that is wrong when an errno is returned.
 *
 * Whether kernel, machine and memory are the same ones is for the caller and
 * the architecture to say: page counts are bounded by the memory that the header
 * itself says, @h->handover_pfn is any number.
 *
 * Return:
 * * 0			- sound
 * * -EBADMSG		- damaged, forged, or of another image
 * * -EOPNOTSUPP	- version, feature, codec, page or chunk size not known here
 */
int hib_header_parse(const struct hib_disk_header *disk, const struct hib_commit_record *r,
		     u64 device_blocks, struct hib_header *h, const char **why)
{
	*why = header_tag_fault(disk, r);
	if (*why)
		return -EBADMSG;
	*why = header_unknown(disk);
	if (*why)
		return -EOPNOTSUPP;
	header_read(disk, h);
	*why = header_blank_fault(disk);
	if (!*why && !hib_members_are_sound(&h->members, device_blocks))
		*why = "header members";
	if (!*why)
		*why = header_guard_fault(disk, h);
	if (!*why)
		*why = header_size_fault(h);
	if (!*why)
		*why = header_blackbox_fault(h);
	if (!*why)
		*why = header_precopy_fault(h);
	if (!*why)
		*why = header_list_fault(h);
	return *why ? -EBADMSG : 0;
}
