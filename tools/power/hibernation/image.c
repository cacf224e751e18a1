// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: From the swap header to the extents
 *
 * The commit record leads to the header, the header to the chain of extent
 * leaves, and these turn offsets of the image into bytes of the device. Each
 * step prints its own fault and returns an errno. After a fault the later steps
 * may not be taken.
 */
#include "hibimg.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extent_chain.h"

/* A block device that is mounted or in use as swap is not opened for writing. */
static int open_flags(const struct hibimg *img, bool writable)
{
	struct stat status;

	if (!writable)
		return O_RDONLY | O_CLOEXEC;
	if (!stat(img->path, &status) && S_ISBLK(status.st_mode))
		return O_RDWR | O_CLOEXEC | O_EXCL;
	return O_RDWR | O_CLOEXEC;
}

/**
 * hibimg_open() - Open the device or file.
 * @img: Its path and root_block are filled in.
 * @writable: For writing, too.
 *
 * What the page cache holds may be older than what a kernel has written past
 * it, so it is asked to forget that.
 *
 * Return: 0; -ENODATA: too small for a swap header; an errno of the device.
 */
int hibimg_open(struct hibimg *img, bool writable)
{
	off_t bytes;

	img->fd[0] = open(img->path, open_flags(img, writable));
	if (img->fd[0] < 0)
		return hibimg_fault(img, -errno, NULL, "open");
	posix_fadvise(img->fd[0], 0, 0, POSIX_FADV_DONTNEED);
	bytes = lseek(img->fd[0], 0, SEEK_END);
	if (bytes < 0)
		return hibimg_fault(img, -errno, NULL, "size");
	img->device_blocks = bytes / HIB_BLOCK_BYTES;
	if (img->root_block >= img->device_blocks)
		return hibimg_fault(img, -ENODATA, "the device ends before it",
				    "swap header in block %llu", img->root_block);
	return 0;
}

/**
 * hibimg_close() - Close it, and give all memory back.
 * @img: The image, however far it was read.
 */
void hibimg_close(struct hibimg *img)
{
	hibimg_drop_lists(img);
	hib_table_exit(&img->extent_leaves);
	hib_extents_exit(&img->extents);
	for (unsigned int i = 0; i < HIB_MEMBERS_MAX; i++) {
		if (img->fd[i] >= 0)
			close(img->fd[i]);
		img->fd[i] = -1;
	}
}

/**
 * hibimg_read() - Read bytes of a device.
 * @img: Open image.
 * @place: Where.
 * @to: Receives them.
 * @bytes: How many.
 *
 * Return: 0 or an errno; -EIO when the device ends there.
 */
int hibimg_read(const struct hibimg *img, u64 place, void *to, size_t bytes)
{
	int fd = img->fd[hibimg_member(place)];
	u64 byte = hibimg_byte(place);

	while (bytes) {
		ssize_t got = pread(fd, to, bytes, byte);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got ? -errno : -EIO;
		to = (u8 *)to + got;
		byte += got;
		bytes -= got;
	}
	return 0;
}

/**
 * hibimg_record_byte() - Where the commit record lies.
 * @img: Open image.
 *
 * Return: A byte of the device.
 */
u64 hibimg_record_byte(const struct hibimg *img)
{
	return img->root_block * HIB_BLOCK_BYTES + HIB_COMMIT_OFFSET;
}

/**
 * hibimg_header_byte() - Where the header lies.
 * @img: Its record was read.
 *
 * Return: A byte of the device.
 */
u64 hibimg_header_byte(const struct hibimg *img)
{
	return img->record.header_block * HIB_BLOCK_BYTES;
}

/**
 * hibimg_read_record() - Read and check the commit record.
 * @img: Open image.
 *
 * Return: 0; -ENODATA: there is no image; -EBADMSG; -EOPNOTSUPP; an errno of the device.
 */
int hibimg_read_record(struct hibimg *img)
{
	struct hib_disk_commit disk;
	u64 byte = hibimg_record_byte(img);
	const char *why = NULL;
	int error;

	error = hibimg_read(img, byte, &disk, sizeof(disk));
	if (!error)
		error = hib_commit_parse(&disk, img->device_blocks, &img->record, &why);
	return error ? hibimg_fault(img, error, why, "commit record at byte %llu", byte) : 0;
}

/*
 * Each page takes a byte of the segments at least. So no count of pages makes
 * this program ask for more memory than the device is large.
 */
static const char *count_fault(const struct hib_header *h)
{
	if (h->nr_pages > h->data_bytes || h->nr_stale > h->data_bytes)
		return "more pages than the segments can hold";
	return NULL;
}

/**
 * hibimg_read_header() - Read and check the header.
 * @img: Its record was read.
 *
 * Return: 0, -EBADMSG, -EOPNOTSUPP, or an errno of the device.
 */
int hibimg_read_header(struct hibimg *img)
{
	struct hib_disk_header disk;
	u64 byte = hibimg_header_byte(img);
	const char *why = NULL;
	int error;

	error = hibimg_read(img, byte, &disk, sizeof(disk));
	if (!error)
		error = hib_header_parse(&disk, &img->record, img->device_blocks, &img->header,
					 &why);
	if (!error) {
		why = count_fault(&img->header);
		error = why ? -EBADMSG : 0;
	}
	return error ? hibimg_fault(img, error, why, "header at byte %llu", byte) : 0;
}

/* Read the next leaf of the chain and take its runs. */
static int read_extent_leaf(struct hibimg *img, struct hib_extent_chain *chain)
{
	u64 place = hibimg_byte_on(chain->next);
	u32 index = chain->index;
	struct hib_disk_leaf leaf;
	const char *why = NULL;
	int error;

	error = hib_table_append(&img->extent_leaves, chain->next);
	if (!error)
		error = hibimg_read(img, place, &leaf, sizeof(leaf));
	if (!error)
		error = hib_extent_chain_take(chain, &leaf, img->header.image_id, &why);
	if (error)
		hibimg_fault(img, error, why, "extent leaf %u at byte %s", index,
			     hibimg_at(place).text);
	return error;
}

/**
 * hibimg_read_extents() - Open all devices and follow the chain of extent leaves.
 * @img: Its header was read.
 *
 * Return: 0, -EBADMSG, -ENOMEM, -ENODEV: a device was not named, or an errno of the device.
 */
int hibimg_read_extents(struct hibimg *img)
{
	const struct hib_header *h = &img->header;
	struct hib_extent_chain chain = {
		.extents = &img->extents,
		.members = &h->members,
		.nr_extents = h->nr_extents,
		.image_blocks = h->image_bytes >> HIB_BLOCK_SHIFT,
	};
	const char *why = NULL;
	int ret;

	ret = hibimg_open_members(img);
	if (ret)
		return ret;
	ret = hib_table_init(&img->extent_leaves, h->nr_extent_leaves, U64_MAX);
	if (ret)
		return hibimg_fault(img, ret, NULL, "extents");
	ret = hib_extent_chain_begin(&chain, h->extent_block, h->nr_extent_leaves, &why);
	if (ret)
		return hibimg_fault(img, ret, why, "extents");
	while ((ret = hib_extent_chain_step(&chain, &why)) > 0) {
		ret = read_extent_leaf(img, &chain);
		if (ret)
			return ret;
	}
	return ret ? hibimg_fault(img, ret, why, "extent leaf %u", chain.index) : 0;
}

/**
 * hibimg_place() - Where a byte of the image lies.
 * @img: Its extents were read.
 * @offset: Byte of the image, below its end.
 * @bytes: Set to the bytes that lie there in a row. May be NULL.
 *
 * Return: The place.
 */
u64 hibimg_place(const struct hibimg *img, u64 offset, u64 *bytes)
{
	u64 into = offset % HIB_BLOCK_BYTES;
	u64 block = 0, nr_blocks = 0;

	hib_extents_lookup(&img->extents, offset >> HIB_BLOCK_SHIFT, &block, &nr_blocks);
	if (bytes)
		*bytes = nr_blocks * HIB_BLOCK_BYTES - into;
	return hibimg_byte_on(block) + into;
}

/**
 * hibimg_read_image() - Read bytes of the image.
 * @img: Its extents were read.
 * @offset: Byte of the image; all that is read lies below its end.
 * @to: Receives them.
 * @bytes: How many.
 *
 * Return: 0, or an errno of the device.
 */
int hibimg_read_image(const struct hibimg *img, u64 offset, void *to, size_t bytes)
{
	while (bytes) {
		u64 row, place = hibimg_place(img, offset, &row);
		size_t now = min_t(u64, row, bytes);
		int error = hibimg_read(img, place, to, now);

		if (error)
			return error;
		to = (u8 *)to + now;
		offset += now;
		bytes -= now;
	}
	return 0;
}
