// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg log
 *
 * Which step of the saving kernel took how long, as /sys/power/hibernate/log has it: for
 * an image that does not resume, and for one that lies on a disk somewhere else.
 */
#include "hibimg.h"

/**
 * hibimg_log() - Print the steps of the kernel that made an image.
 * @img: Open image.
 *
 * Return: 0; -ENODATA: there is no image; or the first errno.
 */
int hibimg_log(struct hibimg *img)
{
	struct hib_timeline steps = {};
	char line[HIB_TIMELINE_LINE_BYTES];
	int error = hibimg_read_record(img) ?: hibimg_read_header(img) ?:
		    hibimg_read_extents(img) ?: hibimg_read_log(img, &steps);

	if (error == -ENODATA)
		fputs("image: none\n", img->out);
	for (u32 i = 0; i < steps.nr; i++) {
		hib_timeline_line(&steps.steps[i], line);
		fputs(line, img->out);
	}
	return error;
}
