// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: filesystems - file systems held while an image is made
 *
 * When tasks are frozen, threads and work items of a file system still run: they write
 * back, commit and reclaim. Freezing the super block brings them to rest in a consistent
 * state, so that the content of the disk and that of the image agree. The newest file
 * system is held first, as it may lie on a file of an older one.
 *
 * A file system is held if it has an operation to freeze. FUSE and network file systems
 * have none. Cluster file systems would freeze on all nodes, so they are left out by
 * name. Asking for a block device would not do: the super block of btrfs has none. FAT and
 * exFAT have no such operation, either, as they have no log to bring to rest. To keep writers
 * out and to write what is dirty is all that they need, and freeze_super() does this by itself.
 *
 * Holding is best effort, and never waits without a limit. If a file system refuses, or
 * does not come to rest in time, it is named in the log and not held, and the transition
 * continues. freeze_super() cannot be interrupted, so a thread of its own freezes each
 * super block. The entry of a super block changes its state once::
 *
 *	WAITING -> HELD		by the thread; the session releases it
 *	WAITING -> REFUSED	by the thread
 *	WAITING -> LEFT		by the session, if it ends before the thread does;
 *				the thread then thaws what it froze
 *
 * If a thread is late but is done before the session ends, its super block is held like
 * the others. A task that wants to write to a held super block waits, and can be frozen
 * while it waits.
 *
 * The list belongs to the session and is in saved memory, so the restored kernel
 * releases what it names. The session and the threads share the list; the last of them
 * frees it.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "filesystems.h"
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/refcount.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "cancel.h"
#include "supers.h"

/* Share of the limit for finding the super blocks. */
#define FIND_LIMIT_SHARE	4u
/* Each file system has at least this long to come to rest, even if many were late before. */
#define LEAST_PATIENCE_MS	20u
/* Time for a file system to write what it writes when it is released. */
#define RELEASE_LIMIT_MS	10000u
/* How often to look whether the user cancels. */
#define LOOK_MS			50u

enum filesystem_state {
	FILESYSTEM_WAITING,
	FILESYSTEM_HELD,
	FILESYSTEM_REFUSED,
	FILESYSTEM_LEFT,
};

/**
 * struct hib_filesystem - One super block that is to be held.
 * @list: The list that it is in.
 * @sb: The super block, with an active reference.
 * @state: An enum filesystem_state, changed once.
 * @error: With FILESYSTEM_REFUSED: the errno.
 * @done: The thread has changed @state, or has ended without a change.
 */
struct hib_filesystem {
	struct hib_filesystems *list;
	struct super_block *sb;
	atomic_t state;
	int error;
	struct completion done;
};

/**
 * struct hib_filesystems - Super blocks that are to be held, oldest first.
 * @users: The session and each thread that runs.
 * @released: The session has let go.
 * @nr: Entries.
 * @fs: The entries.
 */
struct hib_filesystems {
	refcount_t users;
	bool released;
	unsigned int nr;
	struct hib_filesystem fs[] __counted_by(nr);
};

static void filesystems_put(struct hib_filesystems *list)
{
	if (refcount_dec_and_test(&list->users))
		kvfree(list);
}

/* These file systems freeze on all nodes of a cluster at once. */
static bool filesystem_is_of_cluster(const struct super_block *sb)
{
	return !strcmp(sb->s_type->name, "gfs2") || !strcmp(sb->s_type->name, "ocfs2");
}

/* It comes to rest without an operation of its own. */
static bool filesystem_is_fat(const struct super_block *sb)
{
	return !strcmp(sb->s_type->name, "vfat") || !strcmp(sb->s_type->name, "msdos") ||
	       !strcmp(sb->s_type->name, "exfat");
}

static bool filesystem_can_rest(const struct super_block *sb)
{
	return sb->s_op->freeze_fs || sb->s_op->freeze_super || filesystem_is_fat(sb);
}

/**
 * hib_filesystems_may_hold() - May a file system be held?
 * @sb: Its super block.
 *
 * Its operations decide, and not what it lies on: FUSE and network file systems offer none. FAT
 * and exFAT, which need none, are known by name.
 * Those of a cluster would freeze on all its machines.
 *
 * Context: Any.
 * Return: true if it may, and there is something to hold.
 */
bool hib_filesystems_may_hold(const struct super_block *sb)
{
	return !sb_rdonly(sb) && filesystem_can_rest(sb) && !filesystem_is_of_cluster(sb);
}

static int filesystem_freeze(struct super_block *sb)
{
	if (sb->s_op->freeze_super)
		return sb->s_op->freeze_super(sb, FREEZE_HOLDER_KERNEL);
	return freeze_super(sb, FREEZE_HOLDER_KERNEL);
}

static void filesystem_thaw(struct super_block *sb)
{
	int ret;

	if (sb->s_op->thaw_super)
		ret = sb->s_op->thaw_super(sb, FREEZE_HOLDER_KERNEL);
	else
		ret = thaw_super(sb, FREEZE_HOLDER_KERNEL);
	if (ret)
		pr_err("%s on %s could not be released: %pe\n", sb->s_type->name, sb->s_id,
		       ERR_PTR(ret));
}

/* If the thread reclaims, it must not wait for a file system that is held already. */
static int filesystem_thread(void *arg)
{
	struct hib_filesystem *fs = arg;
	unsigned int nofs = memalloc_nofs_save();
	int state;

	fs->error = filesystem_freeze(fs->sb);
	memalloc_nofs_restore(nofs);
	state = fs->error ? FILESYSTEM_REFUSED : FILESYSTEM_HELD;
	if (atomic_cmpxchg(&fs->state, FILESYSTEM_WAITING, state) != FILESYSTEM_WAITING) {
		if (!fs->error)
			filesystem_thaw(fs->sb);
		deactivate_super(fs->sb);
	}
	complete(&fs->done);
	filesystems_put(fs->list);
	return 0;
}

static void filesystem_start(struct hib_filesystem *fs)
{
	struct task_struct *task;

	refcount_inc(&fs->list->users);
	task = kthread_run(filesystem_thread, fs, "hib-hold/%s", fs->sb->s_id);
	if (!IS_ERR(task))
		return;
	fs->error = PTR_ERR(task);
	atomic_set(&fs->state, FILESYSTEM_REFUSED);
	complete(&fs->done);
	filesystems_put(fs->list);
}

static void filesystem_tell(const struct hib_filesystem *fs, unsigned int waited_ms)
{
	const struct super_block *sb = fs->sb;

	switch (atomic_read(&fs->state)) {
	case FILESYSTEM_WAITING:
		pr_warn("%s on %s did not come to rest in %u ms and is not held\n",
			sb->s_type->name, sb->s_id, waited_ms);
		break;
	case FILESYSTEM_REFUSED:
		pr_warn("%s on %s cannot be held: %pe\n", sb->s_type->name, sb->s_id,
			ERR_PTR(fs->error));
		break;
	}
}

/*
 * Wait for half of the time that is left: if a file system is stuck, there is still some time for
 * those after it.
 */
static unsigned int filesystem_patience_ms(unsigned long end)
{
	unsigned long now = jiffies;

	return max(time_before(now, end) ? jiffies_to_msecs(end - now) / 2 : 0, LEAST_PATIENCE_MS);
}

/* A user who cancels is answered at once. Returns the time that it took. */
static unsigned int filesystem_wait(struct hib_filesystem *fs, unsigned int wait_ms)
{
	unsigned long begin = jiffies, end = begin + msecs_to_jiffies(wait_ms);

	while (!wait_for_completion_timeout(&fs->done, msecs_to_jiffies(min(wait_ms, LOOK_MS))))
		if (time_after_eq(jiffies, end) || hib_cancel_asked())
			break;
	return jiffies_to_msecs(jiffies - begin);
}

/* Returns true if the super block is held. */
static bool filesystem_hold(struct hib_filesystem *fs, unsigned long end)
{
	if (hib_cancel_asked()) {
		fs->error = -ECANCELED;
		atomic_set(&fs->state, FILESYSTEM_REFUSED);
		return false;
	}
	filesystem_start(fs);
	filesystem_tell(fs, filesystem_wait(fs, filesystem_patience_ms(end)));
	return atomic_read(&fs->state) == FILESYSTEM_HELD;
}

static struct hib_filesystems *filesystems_create(unsigned int nr)
{
	struct hib_filesystems *list = kvzalloc(struct_size(list, fs, nr), GFP_KERNEL);

	if (!list)
		return NULL;
	refcount_set(&list->users, 1);
	list->nr = nr;
	return list;
}

/* The list takes over the references of super blocks that can be held; the others are dropped. */
static struct hib_filesystems *filesystems_choose(struct hib_supers *supers)
{
	struct hib_filesystems *list;
	unsigned int i, nr = 0;

	for (i = 0; i < supers->nr; i++) {
		if (hib_filesystems_may_hold(supers->sbs[i])) {
			swap(supers->sbs[nr], supers->sbs[i]);
			nr++;
		}
	}
	list = filesystems_create(nr);
	if (!list)
		return NULL;
	for (i = 0; i < nr; i++) {
		list->fs[i].list = list;
		list->fs[i].sb = supers->sbs[i];
		init_completion(&list->fs[i].done);
	}
	supers->nr -= nr;
	memmove(supers->sbs, supers->sbs + nr, supers->nr * sizeof(*supers->sbs));
	return list;
}

static struct hib_filesystems *filesystems_find(unsigned int limit_ms)
{
	struct hib_filesystems *list;
	struct hib_supers supers;

	if (hib_supers_collect(&supers, limit_ms) == -ETIME)
		pr_warn("a file system is being mounted or unmounted: newer ones are not held\n");
	list = filesystems_choose(&supers);
	hib_supers_drop(&supers);
	return list;
}

/**
 * hib_filesystems_hold() - Hold what can be held, newest first.
 * @limit_ms: Longest wait for all of them together; each may take a moment in addition.
 *
 * Best effort: a file system that is not held is named in the log. If the user cancels,
 * no other is held.
 *
 * Context: Process context, kernel threads running; tasks should run, too. Sleeps,
 * about @limit_ms at most.
 * Return: The list, for hib_filesystems_release() and hib_filesystems_forget(); or NULL
 * if there was no memory for it, and nothing is held.
 */
struct hib_filesystems *hib_filesystems_hold(unsigned int limit_ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(limit_ms);
	struct hib_filesystems *list = filesystems_find(limit_ms / FIND_LIMIT_SHARE);
	unsigned int nr_held = 0;

	if (!list) {
		pr_warn("no memory to hold file systems: none is held\n");
		return NULL;
	}
	for (unsigned int i = list->nr; i--; )
		nr_held += filesystem_hold(&list->fs[i], end);
	pr_info("%u of %u file systems are held\n", nr_held, list->nr);
	return list;
}

/**
 * hib_filesystems_are_held() - May a task wait for a held file system?
 * @list: From hib_filesystems_hold(), or NULL.
 *
 * Return: false if no file system is held, and none is about to be.
 */
bool hib_filesystems_are_held(const struct hib_filesystems *list)
{
	return list && list->nr && !list->released;
}

static int filesystem_release_thread(void *arg)
{
	struct hib_filesystem *fs = arg;

	filesystem_thaw(fs->sb);
	deactivate_super(fs->sb);
	complete(&fs->done);
	filesystems_put(fs->list);
	return 0;
}

/*
 * A file system writes when it is released. If its disk is dead, or if a task that is still frozen
 * serves it, this takes long, and the thread ends whenever it can.
 */
static void filesystem_release(struct hib_filesystem *fs)
{
	struct task_struct *task;

	reinit_completion(&fs->done);
	refcount_inc(&fs->list->users);
	task = kthread_run(filesystem_release_thread, fs, "hib-release");
	if (IS_ERR(task))
		filesystem_release_thread(fs);
	else if (!wait_for_completion_timeout(&fs->done, msecs_to_jiffies(RELEASE_LIMIT_MS)))
		pr_warn("a file system is not released in %u ms: its disk gives no answer\n",
			RELEASE_LIMIT_MS);
}

/**
 * hib_filesystems_release() - Release all in reverse order.
 * @list: From hib_filesystems_hold(), or NULL. Stays the caller's. Idempotent.
 *
 * If a file system did not come to rest until now, its thread thaws it when it does.
 *
 * Context: Process context; tasks may be frozen. Sleeps, a limited time for each.
 */
void hib_filesystems_release(struct hib_filesystems *list)
{
	if (!hib_filesystems_are_held(list))
		return;
	list->released = true;
	for (unsigned int i = 0; i < list->nr; i++) {
		struct hib_filesystem *fs = &list->fs[i];
		int state = atomic_cmpxchg(&fs->state, FILESYSTEM_WAITING, FILESYSTEM_LEFT);

		if (state == FILESYSTEM_WAITING)
			continue;
		if (state == FILESYSTEM_HELD)
			filesystem_release(fs);
		else
			deactivate_super(fs->sb);
	}
}

/**
 * hib_filesystems_forget() - Release all, and give up the list.
 * @list: From hib_filesystems_hold(), or NULL.
 *
 * Context: Process context. Sleeps.
 */
void hib_filesystems_forget(struct hib_filesystems *list)
{
	if (!list)
		return;
	hib_filesystems_release(list);
	filesystems_put(list);
}
