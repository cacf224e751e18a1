// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: hibimg discard
 *
 * The only command that writes. It does what the kernel does when it retires an
 * image: the swap header gets its signature back, and the rest of the record
 * becomes zero. As in the kernel, the signature of an image is enough: the area must
 * become swap again even if the record is damaged or of another version. Without
 * that signature nothing is written.
 */
#include "hibimg.h"

#include <unistd.h>

static int record_write(struct hibimg *img, u64 byte, const struct hib_disk_commit *disk)
{
	ssize_t written = pwrite(img->fd[0], disk, sizeof(*disk), byte);

	if (written < 0)
		return -errno;
	if (written != sizeof(*disk))
		return -EIO;
	return fsync(img->fd[0]) ? -errno : 0;
}

/**
 * hibimg_discard() - Give the image up; the area is swap again.
 * @img: Open image, writable.
 *
 * Return: 0; -ENODATA: there is no image; an errno of the device.
 */
int hibimg_discard(struct hibimg *img)
{
	u64 byte = hibimg_record_byte(img);
	struct hib_disk_commit disk;
	int error;

	error = hibimg_read(img, byte, &disk, sizeof(disk));
	if (!error && memcmp(disk.signature, HIB_SIGNATURE, HIB_SIGNATURE_BYTES))
		return hibimg_fault(img, -ENODATA, "nothing was written",
				    "commit record at byte %llu", byte);
	if (!error) {
		memset(&disk, 0, sizeof(disk));
		memcpy(disk.signature, HIB_SWAP_SIGNATURE, HIB_SIGNATURE_BYTES);
		error = record_write(img, byte, &disk);
	}
	if (error)
		return hibimg_fault(img, error, NULL, "commit record at byte %llu", byte);
	fputs("image: discarded, the area is swap again\n", img->out);
	return 0;
}
