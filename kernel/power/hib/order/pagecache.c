// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pagecache - clean cache, dropped without I/O
 *
 * What has to give way for an image gives way here first: pages of files that
 * are clean and that nobody has mapped. They are read again when they are
 * wanted; nothing is written and nothing is swapped for it, as it would be if
 * reclaim was asked.
 *
 * Inodes without a link are left alone: whoever drops the last reference to
 * one deletes it, and that waits forever on a file system that is held.
 *
 * No state. Context: process context, kernel threads running.
 */
#include "pagecache.h"
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include "supers.h"

/* Pages to look at before asking whether enough were dropped. */
#define PAGECACHE_STEP_PAGES	1024ul

/**
 * struct pagecache_job - Cache that is being dropped.
 * @wanted: Pages to drop.
 * @dropped: Pages dropped so far.
 */
struct pagecache_job {
	u64 wanted;
	u64 dropped;
};

static bool pagecache_is_done(const struct pagecache_job *job)
{
	return job->dropped >= job->wanted;
}

static void pagecache_drop_mapping(struct pagecache_job *job, struct address_space *mapping)
{
	XA_STATE(xas, &mapping->i_pages, 0);

	while (!pagecache_is_done(job)) {
		unsigned long index;
		bool found;

		/* Holes may be large: go on where there is something. */
		rcu_read_lock();
		found = xas_find(&xas, ULONG_MAX);
		index = xas.xa_index;
		xas_pause(&xas);
		rcu_read_unlock();
		if (!found)
			return;
		job->dropped += invalidate_mapping_pages(mapping, index,
							 index + PAGECACHE_STEP_PAGES - 1);
		if (index > ULONG_MAX - PAGECACHE_STEP_PAGES)
			return;
		xas_set(&xas, index + PAGECACHE_STEP_PAGES);
		cond_resched();
	}
}

/* An empty one is pinned to let go of the list: there may be millions of them. */
static bool pagecache_may_pin(struct inode *inode)
{
	return !(inode->i_state & (I_FREEING | I_WILL_FREE | I_NEW)) && inode->i_nlink &&
	       (!mapping_empty(inode->i_mapping) || need_resched());
}

/* Pins one inode at a time, and lets go of it when the next one is pinned. */
static void pagecache_drop_super(struct super_block *sb, struct pagecache_job *job)
{
	struct inode *inode, *pinned = NULL;

	if (pagecache_is_done(job))
		return;
	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		spin_lock(&inode->i_lock);
		if (!pagecache_may_pin(inode)) {
			spin_unlock(&inode->i_lock);
			continue;
		}
		__iget(inode);
		spin_unlock(&inode->i_lock);
		spin_unlock(&sb->s_inode_list_lock);

		iput(pinned);
		pinned = inode;
		pagecache_drop_mapping(job, inode->i_mapping);
		cond_resched();
		spin_lock(&sb->s_inode_list_lock);
		if (pagecache_is_done(job))
			break;
	}
	spin_unlock(&sb->s_inode_list_lock);
	iput(pinned);
}

/**
 * hib_pagecache_drop() - Drop clean cache of files.
 * @supers: Whose files. Collected before memory ran short: that takes a thread.
 * @nr_pages: As much as is wanted.
 *
 * Context: Process context. Sleeps, without I/O.
 * Return: Pages dropped; a little more than @nr_pages, or fewer when there are
 * no more.
 */
u64 hib_pagecache_drop(const struct hib_supers *supers, u64 nr_pages)
{
	struct pagecache_job job = { .wanted = nr_pages };

	for (unsigned int i = 0; i < supers->nr; i++)
		pagecache_drop_super(supers->sbs[i], &job);
	return job.dropped;
}
