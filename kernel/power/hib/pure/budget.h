/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_BUDGET_H
#define HIB_BUDGET_H

#include "hib_pure.h"

/* hibernate.precopy= */
enum hib_budget_precopy {
	HIB_PRECOPY_AUTO,	/* when memory cannot hold a copy of itself */
	HIB_PRECOPY_ALWAYS,	/* and all of it */
	HIB_PRECOPY_NEVER,
};

/**
 * struct hib_budget_input - What hib_budget decides from; all in pages.
 * @saveable: What would be saved now.
 * @still: Of these, what no running kernel changes.
 * @free: Free now, as far as it may be taken.
 * @clean: Cache that can be dropped without I/O.
 * @reclaimable: An upper bound of what reclaim can give, @clean included.
 * @image_limit: From image_size; 0: as small as can be.
 * @loadable: How large an image a boot kernel like this one can load.
 * @reserved: For drivers, from reserved_size and from what they took before.
 * @buffers: For segments, workspaces and lists.
 * @slack: How much may be added between the census and the copy.
 * @missed: An additional wish: what earlier attempts were short of.
 * @room: The largest image that the store has room for; 0: no bound.
 * @shed: Clean cache that is dropped although there is room for it.
 * @mode: What the parameter hibernate.precopy says.
 */
struct hib_budget_input {
	u64 saveable;		/* what would be saved now */
	u64 still;		/* of these, such as no running kernel changes */
	u64 free;		/* free now, as far as it may be taken */
	u64 clean;		/* cache that can be dropped without I/O */
	u64 reclaimable;	/* an upper bound of what reclaim can give, @clean too */
	u64 image_limit;	/* from image_size; 0: as small as can be */
	u64 loadable;		/* of an image, beside a boot kernel like this one's */
	u64 reserved;		/* for drivers, from reserved_size and what they took before */
	u64 buffers;		/* segments, workspaces, lists */
	u64 slack;		/* growth between census and copy */
	u64 missed;		/* an additional wish: what earlier attempts were short of */
	u64 room;		/* pages of an image that the store has room for; 0: no bound */
	u64 shed;		/* clean cache that is dropped although there is room */
	enum hib_budget_precopy mode;
};

/* How much is written before the copy. */
enum hib_budget_level {
	HIB_LEVEL_NONE,		/* nothing: everything is copied */
	HIB_LEVEL_STILL,	/* what does not change while tasks are frozen */
	HIB_LEVEL_ALL,		/* everything: what changes is copied too */
};

/**
 * struct hib_budget - How memory is used for an image; all in pages.
 * @level: How much is written before the copy.
 * @drop: Clean cache to drop first.
 * @reclaim: What to free in addition.
 * @must: The part of @drop and @reclaim without which there is no image.
 * @copy: Frames that the pool must own for copies, slack included.
 * @extra: The part of @copy that is only a wish.
 * @precopy: The most that is written before the copy.
 * @short_pages: With -ENOMEM: what is missing.
 * @too_large: With -ENOMEM: it is missing when the image is loaded, not here.
 */
struct hib_budget {
	enum hib_budget_level level;
	u64 drop;		/* clean cache to drop first */
	u64 reclaim;		/* pages to free in addition */
	u64 must;		/* the part of both that is required */
	u64 copy;		/* frames the pool must own for copies, slack included */
	u64 extra;		/* the part of these that is only a wish */
	u64 precopy;		/* pages to write early, at most */
	u64 short_pages;	/* with -ENOMEM: what is missing */
	bool too_large;		/* with -ENOMEM: missing on the way up, not here */
};

/* 0, or -ENOMEM with short_pages. Pure: same input, same answer. */
int hib_budget_compute(const struct hib_budget_input *in, struct hib_budget *out);
/* Blocks an image of @nr_pages may need at worst (raw chunks, lists, header). */
u64 hib_budget_worst_blocks(u64 nr_pages, bool digests);
/* Pages of an image that fit into @room blocks, if @pages took @blocks before. */
u64 hib_budget_fitting_pages(u64 room, u64 pages, u64 blocks, bool digests);

#endif
