// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: record - the bytes of the commit record
 *
 * The commit record is what makes an image count: the last 512 bytes of the
 * swap header page. It says in which state the image is and leads to its header
 * block. Here are its bytes and what may be done with an image in each state;
 * the block that holds it is read and written by commit.c.
 *
 * The signature that is given back must be one that the format knows: that of a
 * swap header.
 *
 * Building cannot fail. Parsing trusts nothing, and what it accepts is exactly
 * what building would have written. Magic, version and tag keep their place in
 * every version of the format, so that another version is told from damage.
 * No state, any context.
 */
#include "record.h"
#include "tag.h"
#include "text.h"

static bool is_zero(const void *at, size_t bytes)
{
	return !memchr_inv(at, 0, bytes);
}

static u64 commit_tag(const struct hib_disk_commit *disk)
{
	return hib_tag_compute(disk, sizeof(*disk), offsetof(struct hib_disk_commit, tag),
			       disk->image_id, HIB_TAG_COMMIT);
}

/**
 * hib_commit_build() - Write a commit record, signature and tag included.
 * @disk: The last 512 bytes of the swap header page; every byte is written.
 * @r: What it shall say.
 */
void hib_commit_build(struct hib_disk_commit *disk, const struct hib_commit_record *r)
{
	memset(disk, 0, sizeof(*disk));
	disk->magic = cpu_to_le64(HIB_COMMIT_MAGIC);
	disk->version = cpu_to_le32(HIB_FORMAT_VERSION);
	disk->state = cpu_to_le32(r->state);
	disk->tries = cpu_to_le32(r->tries);
	memcpy(disk->image_id, r->image_id, HIB_ID_BYTES);
	disk->header_block = cpu_to_le64(r->header_block);
	disk->header_tag = cpu_to_le64(r->header_tag);
	if (r->state == HIB_STATE_KEPT)
		hib_text_build(disk->reason, r->reason, sizeof(disk->reason));
	memcpy(disk->saved_signature, r->saved_signature, HIB_SIGNATURE_BYTES);
	memcpy(disk->signature, HIB_SIGNATURE, HIB_SIGNATURE_BYTES);
	disk->tag = cpu_to_le64(commit_tag(disk));
}

static const char *commit_fault(const struct hib_disk_commit *disk, u64 device_blocks)
{
	u64 header_block = le64_to_cpu(disk->header_block);
	u32 state = le32_to_cpu(disk->state);

	if (disk->reserved0 || !is_zero(disk->reserved1, sizeof(disk->reserved1)) ||
	    !is_zero(disk->reserved2, sizeof(disk->reserved2)))
		return "commit reserved";
	if (state < HIB_STATE_READY || state > HIB_STATE_KEPT)
		return "commit state";
	if (state == HIB_STATE_KEPT ? !hib_text_is_sound(disk->reason, sizeof(disk->reason)) :
				      !is_zero(disk->reason, sizeof(disk->reason)))
		return "commit reason";
	if (le32_to_cpu(disk->tries) > HIB_TRIES_MAX)
		return "commit tries";
	if (!header_block || header_block >= device_blocks)
		return "commit header_block";
	if (memcmp(disk->saved_signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES))
		return "commit saved_signature";
	return NULL;
}

/**
 * hib_commit_parse() - Check a commit record and turn it into host order.
 * @disk: The last 512 bytes of the swap header page, as read.
 * @device_blocks: Blocks of the device.
 * @r: Receives the record; written only when 0 is returned.
 * @why: Set to what is wrong when an errno is returned.
 *
 * Return:
 * * 0			- an image is here
 * * -ENODATA		- the signature is not ours: no image
 * * -EBADMSG		- our signature without a sound record
 * * -EOPNOTSUPP	- sound, but of another version
 */
int hib_commit_parse(const struct hib_disk_commit *disk, u64 device_blocks,
		     struct hib_commit_record *r, const char **why)
{
	*why = "signature";
	if (memcmp(disk->signature, HIB_SIGNATURE, HIB_SIGNATURE_BYTES))
		return -ENODATA;
	*why = "commit magic";
	if (le64_to_cpu(disk->magic) != HIB_COMMIT_MAGIC)
		return -EBADMSG;
	*why = "commit tag";
	if (le64_to_cpu(disk->tag) != commit_tag(disk))
		return -EBADMSG;
	*why = "commit version";
	if (le32_to_cpu(disk->version) != HIB_FORMAT_VERSION)
		return -EOPNOTSUPP;
	*why = commit_fault(disk, device_blocks);
	if (*why)
		return -EBADMSG;

	r->state = le32_to_cpu(disk->state);
	r->tries = le32_to_cpu(disk->tries);
	memcpy(r->image_id, disk->image_id, HIB_ID_BYTES);
	r->header_block = le64_to_cpu(disk->header_block);
	r->header_tag = le64_to_cpu(disk->header_tag);
	memcpy(r->reason, disk->reason, sizeof(r->reason));
	memcpy(r->saved_signature, disk->saved_signature, HIB_SIGNATURE_BYTES);
	return 0;
}

/**
 * hib_commit_state_name() - What a state is called.
 * @state: From a record that was parsed.
 *
 * Return: One word, as in /sys/power/hibernate/image_info.
 */
const char *hib_commit_state_name(enum hib_image_state state)
{
	static const char * const names[] = {
		[HIB_STATE_NONE] = "none",
		[HIB_STATE_READY] = "ready",
		[HIB_STATE_LOADING] = "loading",
		[HIB_STATE_JUMPING] = "jumping",
		[HIB_STATE_SPENT] = "spent",
		[HIB_STATE_KEPT] = "kept",
	};

	return names[state];
}

/**
 * hib_commit_decide() - May the image of a sound record be loaded?
 * @r: The record.
 * @max_tries: Boots that may begin to load it and die.
 * @asked: A user asked for a kept image to be resumed.
 * @why: Set when an errno is returned.
 *
 * An image that was jumped to is never loaded again: its file systems have
 * been written since.
 *
 * Return:
 * * 0		- it may
 * * -ESTALE	- no more
 * * -EPERM	- it is kept, and nobody asked
 */
int hib_commit_decide(const struct hib_commit_record *r, u32 max_tries, bool asked,
		      const char **why)
{
	switch (r->state) {
	case HIB_STATE_READY:
		return 0;
	case HIB_STATE_LOADING:
		*why = "loading began too often";
		return r->tries < max_tries ? 0 : -ESTALE;
	case HIB_STATE_JUMPING:
		*why = "jumped to before";
		return -ESTALE;
	case HIB_STATE_KEPT:
		*why = "kept, resumed on request only";
		return asked ? 0 : -EPERM;
	default:
		*why = "not to be resumed";
		return -ESTALE;
	}
}
