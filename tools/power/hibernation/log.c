// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg log
 *
 * Which step of the saving kernel took how long, and how far boots came that did not resume
 * the image, as /sys/power/hibernate/log has it: for an image that does not resume, and for
 * one that lies on a disk somewhere else.
 */
#include "hibimg.h"
#include "blackbox.h"

/* A black box that is torn is no fault of the image. */
static int log_read_blackbox(struct hibimg *img, struct hib_timeline *steps)
{
	const struct hib_header *h = &img->header;
	u64 byte = hibimg_byte_on(h->blackbox_block);
	struct hib_disk_blackbox disk;
	int error;

	if (!(h->may_ignore & HIB_MAY_BLACKBOX))
		return 0;
	error = hibimg_read(img, byte, &disk, sizeof(disk));
	if (error)
		return hibimg_fault(img, error, NULL, "black box at byte %llu", byte);
	if (hib_blackbox_read(&disk, h->image_id, steps))
		fputs("hibimg: what boots did with the image is not known: black box\n", img->err);
	return 0;
}

/**
 * hibimg_log() - Print the steps of the kernel that made an image, and of boots that loaded it.
 * @img: Open image.
 *
 * Return: 0; -ENODATA: there is no image; or the first errno.
 */
int hibimg_log(struct hibimg *img)
{
	struct hib_timeline steps = {};
	char line[HIB_TIMELINE_LINE_BYTES];
	int error = hibimg_read_record(img) ?: hibimg_read_header(img) ?:
		    hibimg_read_extents(img) ?: hibimg_read_log(img, &steps) ?:
		    log_read_blackbox(img, &steps);

	if (error == -ENODATA)
		fputs("image: none\n", img->out);
	for (u32 i = 0; i < steps.nr; i++) {
		hib_timeline_line(&steps.steps[i], line);
		fputs(line, img->out);
	}
	return error;
}
