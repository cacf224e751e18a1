// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: blackbox - the steps of boots that loaded an image and did not resume it
 *
 * A boot that dies leaves no log. So it writes its steps to a block of the image while it
 * loads, and the next boot reads them there. That block is rewritten as a whole and is not
 * flushed, so it may be torn, or older than it could be. The image is as good without it.
 *
 * Where the block lies is a number from a disk. So a boot writes there only if the block
 * begins with the magic and the id of the image: then it is the one that was made for this
 * purpose. A block that is torn has both and can be written again.
 *
 * No state, any context.
 */
#include "blackbox.h"
#include "tag.h"
#include "timeline.h"

/**
 * hib_blackbox_tag() - What the tag of a black box has to be.
 * @disk: The block; its own tag field is not looked at.
 * @id: Id of the image.
 *
 * Return: The tag.
 */
u64 hib_blackbox_tag(const struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES])
{
	return hib_tag_compute(disk, sizeof(*disk), offsetof(struct hib_disk_blackbox, tag), id,
			       HIB_TAG_BLACKBOX);
}

/* Steps that are left say less than those that were entered, and take the same room. */
static bool blackbox_wants(const struct hib_timeline_step *step)
{
	return !step->leave &&
	       (step->kernel == HIB_TIMELINE_FAILED || step->kernel == HIB_TIMELINE_BOOT);
}

/**
 * hib_blackbox_build() - Write a black box, tag included.
 * @disk: The block; every byte is written.
 * @id: Id of the image.
 * @t: Its steps of boots are taken, the last ones that fit; NULL: there are none yet.
 */
void hib_blackbox_build(struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES],
			const struct hib_timeline *t)
{
	u32 nr_steps = t ? t->nr : 0, wanted = 0, nr = 0;

	memset(disk, 0, sizeof(*disk));
	for (u32 i = 0; i < nr_steps; i++)
		wanted += blackbox_wants(&t->steps[i]);
	for (u32 i = 0; i < nr_steps; i++)
		if (blackbox_wants(&t->steps[i]) && wanted-- <= HIB_BLACKBOX_STEPS)
			hib_timeline_encode(&t->steps[i], &disk->steps[nr++]);
	disk->magic = cpu_to_le64(HIB_BLACKBOX_MAGIC);
	memcpy(disk->image_id, id, HIB_ID_BYTES);
	disk->nr = cpu_to_le32(nr);
	disk->tag = cpu_to_le64(hib_blackbox_tag(disk, id));
}

/**
 * hib_blackbox_is_of() - Was this block made for the steps of boots that load an image?
 * @disk: The block, as read.
 * @id: Id of the image.
 *
 * Return: true if it may be overwritten with them; what it holds may be damaged.
 */
bool hib_blackbox_is_of(const struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES])
{
	return le64_to_cpu(disk->magic) == HIB_BLACKBOX_MAGIC &&
	       !memcmp(disk->image_id, id, HIB_ID_BYTES);
}

static bool blackbox_is_sound(const struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES])
{
	u32 nr = le32_to_cpu(disk->nr);
	size_t used = offsetof(struct hib_disk_blackbox, steps) + nr * sizeof(disk->steps[0]);

	return hib_blackbox_is_of(disk, id) && nr <= HIB_BLACKBOX_STEPS && !disk->reserved0 &&
	       le64_to_cpu(disk->tag) == hib_blackbox_tag(disk, id) &&
	       !memchr_inv((const u8 *)disk + used, 0, sizeof(*disk) - used);
}

/**
 * hib_blackbox_read() - Put the steps of boots before this one behind those that are there.
 * @disk: The block, as read.
 * @id: Id of the image.
 * @t: The table. A step that cannot be right is left out.
 *
 * Return: 0; or -EBADMSG: torn or forged, and nothing was read.
 */
int hib_blackbox_read(const struct hib_disk_blackbox *disk, const u8 id[HIB_ID_BYTES],
		      struct hib_timeline *t)
{
	struct hib_timeline_step step;

	if (!blackbox_is_sound(disk, id))
		return -EBADMSG;
	for (u32 i = 0; i < le32_to_cpu(disk->nr); i++) {
		hib_timeline_decode(&disk->steps[i], &step);
		if (!blackbox_wants(&step))
			continue;
		step.kernel = HIB_TIMELINE_FAILED;
		hib_timeline_take(t, &step, 1);
	}
	return 0;
}
