// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: leaf - one block of a list
 *
 * A leaf is one block of a list: extents, page runs, segment lengths, digests steps
 * or raw chunks. The builder of a list fills data[] and closes the leaf with its tag;
 * the reader checks the leaf before it looks at data[]. Closing also clears the
 * bytes after the last entry, and checking requires that. So an accepted leaf is
 * exactly one that could have been built, and no stray memory reaches a disk.
 *
 * The caller owns the block. No state, no allocation, any context. A refused
 * leaf must not be looked at further.
 */
#include "leaf.h"
#include "tag.h"

static u32 leaf_entry_bytes(enum hib_leaf_kind kind)
{
	switch (kind) {
	case HIB_LEAF_EXTENT:
		return sizeof(struct hib_disk_extent);
	case HIB_LEAF_PAGEMAP:
		return sizeof(struct hib_disk_run);
	case HIB_LEAF_SEGMENT:
		return sizeof(struct hib_disk_segment);
	case HIB_LEAF_DIGEST:
		return sizeof(__le64);
	case HIB_LEAF_LOG:
		return sizeof(struct hib_disk_step);
	case HIB_LEAF_RAW_CHUNK:
		return sizeof(struct hib_disk_raw_chunk);
	}
	return 0;
}

/**
 * hib_leaf_capacity() - Entries that fit in a leaf.
 * @kind: What the entries are.
 *
 * Return: The number; 0 for a kind that is not known.
 */
u32 hib_leaf_capacity(enum hib_leaf_kind kind)
{
	u32 entry_bytes = leaf_entry_bytes(kind);

	return entry_bytes ? HIB_LEAF_BYTES / entry_bytes : 0;
}

/**
 * hib_leaf_tag() - What the tag of a leaf has to be.
 * @leaf: The block; its own tag field is not looked at.
 * @id: The image's id.
 *
 * Return: The tag.
 */
u64 hib_leaf_tag(const struct hib_disk_leaf *leaf, const u8 id[HIB_ID_BYTES])
{
	return hib_tag_compute(leaf, sizeof(*leaf), offsetof(struct hib_disk_leaf, tag), id,
			       HIB_TAG_LEAF);
}

/**
 * hib_leaf_close() - Finish a leaf whose entries are in place.
 * @leaf: The block. All but the first @nr entries is written.
 * @id: The image's id.
 * @kind: What the entries are.
 * @index: Place of the leaf in its list.
 * @nr: Entries in use, 1 to hib_leaf_capacity(@kind).
 * @next: Extents: device block of the next leaf, 0 for the last. Else 0.
 */
void hib_leaf_close(struct hib_disk_leaf *leaf, const u8 id[HIB_ID_BYTES],
		    enum hib_leaf_kind kind, u32 index, u32 nr, u64 next)
{
	u32 used = min(nr, hib_leaf_capacity(kind)) * leaf_entry_bytes(kind);

	leaf->kind = cpu_to_le32(kind);
	leaf->index = cpu_to_le32(index);
	leaf->nr = cpu_to_le32(nr);
	leaf->reserved = 0;
	leaf->next = cpu_to_le64(next);
	memset(leaf->data + used, 0, sizeof(leaf->data) - used);
	leaf->tag = cpu_to_le64(hib_leaf_tag(leaf, id));
}

/**
 * hib_leaf_check() - Check a leaf that came from a device.
 * @leaf: The block.
 * @id: The image's id.
 * @kind: What the entries should be.
 * @index: Place in its list that the leaf should have.
 * @nr: Set to the entries in use, 1 to hib_leaf_capacity(@kind).
 *
 * Only leaves of extents may have a next one; where it leads is for the
 * caller to bound. Entries are not looked at, except that all behind the last
 * must be zero.
 *
 * Return:
 * * 0		- the leaf is sound, @nr is set
 * * -EBADMSG	- tag, kind, index, count or a reserved part is wrong
 */
int hib_leaf_check(const struct hib_disk_leaf *leaf, const u8 id[HIB_ID_BYTES],
		   enum hib_leaf_kind kind, u32 index, u32 *nr)
{
	u32 count = le32_to_cpu(leaf->nr);
	u32 used;

	if (le64_to_cpu(leaf->tag) != hib_leaf_tag(leaf, id))
		return -EBADMSG;
	if (le32_to_cpu(leaf->kind) != kind || le32_to_cpu(leaf->index) != index)
		return -EBADMSG;
	if (!count || count > hib_leaf_capacity(kind))
		return -EBADMSG;
	if (leaf->reserved || (leaf->next && kind != HIB_LEAF_EXTENT))
		return -EBADMSG;
	used = count * leaf_entry_bytes(kind);
	if (memchr_inv(leaf->data + used, 0, sizeof(leaf->data) - used))
		return -EBADMSG;
	*nr = count;
	return 0;
}
