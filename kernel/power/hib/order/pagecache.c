// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pagecache - clean cache, dropped without I/O
 *
 * If memory has to be freed for an image, these pages go first: pages of files that are
 * clean and not mapped. They are read from the disk again when they are needed. Unlike
 * reclaim, this writes nothing and swaps nothing.
 *
 * Inodes without a link are skipped: dropping the last reference to such an inode
 * deletes it, and on a held file system that waits forever.
 *
 * No state. Context: process context, kernel threads running.
 */
#include "pagecache.h"
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include "supers.h"

/* After so many pages it is checked whether enough were dropped. */
#define PAGECACHE_STEP_PAGES	1024ul

/**
 * struct pagecache_job - Cache that is being dropped.
 * @wanted: Pages to drop.
 * @dropped: Pages dropped so far.
 * @limited: Not after @end.
 * @end: In jiffies.
 */
struct pagecache_job {
	u64 wanted;
	u64 dropped;
	bool limited;
	unsigned long end;
};

static bool pagecache_is_done(const struct pagecache_job *job)
{
	return job->dropped >= job->wanted || (job->limited && time_after(jiffies, job->end));
}

static void pagecache_drop_mapping(struct pagecache_job *job, struct address_space *mapping)
{
	XA_STATE(xas, &mapping->i_pages, 0);

	while (!pagecache_is_done(job)) {
		unsigned long index;
		bool found;

		/* Holes may be large: continue at the next page that is there. */
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

/* An inode without pages is pinned at times, so that the lock of the list can be dropped. */
static bool pagecache_may_pin(struct inode *inode)
{
	return !(inode->i_state & (I_FREEING | I_WILL_FREE | I_NEW)) && inode->i_nlink &&
	       (!mapping_empty(inode->i_mapping) || need_resched());
}

/* One inode is pinned at a time, and unpinned when the next one is pinned. */
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
 * @supers: The super blocks of these files. Collecting them takes memory for a thread.
 * @nr_pages: Pages to drop.
 * @limit_ms: For about so long; 0: without a limit.
 *
 * Context: Process context. Sleeps, without I/O.
 * Return: Pages that were dropped: a few more than @nr_pages, or fewer if there are no
 * more, or if the time is over.
 */
u64 hib_pagecache_drop(const struct hib_supers *supers, u64 nr_pages, unsigned int limit_ms)
{
	struct pagecache_job job = {
		.wanted = nr_pages,
		.limited = limit_ms,
		.end = jiffies + msecs_to_jiffies(limit_ms),
	};

	for (unsigned int i = 0; i < supers->nr; i++)
		pagecache_drop_super(supers->sbs[i], &job);
	return job.dropped;
}
