// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: rawdisk - disks that programs write by themselves
 *
 * A program may write to a disk without a file system, for example to that of a virtual
 * machine. What it knows of the disk is in the image, and nothing on the disk could be
 * compared later. So such an image must not be kept for a boot after others have gone on.
 *
 * Looks at the open files of all tasks. A disk that a file system, swap or another disk
 * has claimed does not count. What is open without a number in a table of files is not
 * found: a file on its way through a socket, or the disk below a loop device.
 *
 * Context: process context, tasks frozen. Nothing is changed.
 */
#include "rawdisk.h"
#include <linux/blkdev.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "device/scan.h"

/**
 * struct rawdisk_search - What is looked for in a table of files.
 * @dev: Receives the number of the disk.
 */
struct rawdisk_search {
	dev_t *dev;
};

/* Context: spinlock of the table. */
static int rawdisk_look(const void *context, struct file *file, unsigned int fd)
{
	const struct rawdisk_search *search = context;
	struct block_device *bdev;

	if (!S_ISBLK(file_inode(file)->i_mode) || !(file->f_mode & FMODE_WRITE))
		return 0;
	bdev = I_BDEV(file->f_mapping->host);
	/* Opened with O_EXCL, the disk is claimed by the file itself. */
	if (!hib_scan_is_disk(bdev) || (bdev->bd_holder && bdev->bd_holder != file))
		return 0;
	*search->dev = bdev->bd_dev;
	return 1;
}

static bool rawdisk_in(struct task_struct *p, const struct rawdisk_search *search)
{
	bool found;

	task_lock(p);
	found = p->files && iterate_fd(p->files, 0, rawdisk_look, search);
	task_unlock(p);
	return found;
}

/**
 * hib_rawdisk_find() - Find a disk that a program has open for writing.
 * @dev: Receives its number.
 *
 * Context: Process context, tasks frozen.
 * Return: true if there is one.
 */
bool hib_rawdisk_find(dev_t *dev)
{
	const struct rawdisk_search search = { .dev = dev };
	struct task_struct *g, *p;
	bool found = false;

	rcu_read_lock();
	for_each_process_thread(g, p) {
		found = found || rawdisk_in(p, &search);
	}
	rcu_read_unlock();
	return found;
}
