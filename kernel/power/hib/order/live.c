// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: live - has this boot begun to change its disks?
 *
 * An image holds a state of the disks. Once they change, it must not be resumed. A boot
 * has begun to change them when a file system on a disk is mounted writable, or when the
 * first task has left the initramfs, which by then has checked and mounted the root.
 *
 * Only questions: no state, nothing changes.
 *
 * Context: process context. Sleeps.
 */
#include "live.h"
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/init.h>
#include <linux/path.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include "supers.h"

/* Super blocks that are not found by then are being mounted. */
#define LIVE_LOOK_MS	1000u

static bool initramfs_was_left(void)
{
	struct path root = {};
	bool was_left = false;

	task_lock(init_pid_ns.child_reaper);
	if (init_pid_ns.child_reaper->fs)
		get_fs_root(init_pid_ns.child_reaper->fs, &root);
	task_unlock(init_pid_ns.child_reaper);
	if (root.mnt)
		was_left = root.mnt->mnt_sb->s_type != &rootfs_fs_type;
	path_put(&root);
	return was_left;
}

static int disk_is_mounted_writable(void)
{
	struct hib_supers supers;
	int ret = hib_supers_collect(&supers, LIVE_LOOK_MS);
	bool found = false;

	for (unsigned int i = 0; !found && i < supers.nr; i++)
		found = supers.sbs[i]->s_type->fs_flags & FS_REQUIRES_DEV &&
			!sb_rdonly(supers.sbs[i]);
	hib_supers_drop(&supers);
	return found ? 1 : ret;
}

/**
 * hib_live() - Has this boot begun to change its disks?
 *
 * Context: Process context. Sleeps, a second at most.
 * Return:
 * * 1		- it has
 * * 0		- it has not
 * * -ETIME	- not known: some file system is being mounted
 * * -ENOMEM	- not known
 */
int hib_live(void)
{
	return initramfs_was_left() ? 1 : disk_is_mounted_writable();
}
