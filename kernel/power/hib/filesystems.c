// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: filesystems - super blocks held still while an image is made
 *
 * With tasks frozen a file system's own threads and work still run: they
 * write back, commit, reclaim. Freezing the super blocks brings them to rest
 * in a consistent state, so that what lies on disk and what lies in the image
 * agree. Newest first, since a newer one may stand on a file of an older one.
 * Only block-backed ones that know how to freeze; FUSE and network ones are
 * left alone, their servers are frozen or far away.
 *
 * Each frozen super block is pinned until it is thawed. The list belongs to
 * the session and is in saved memory: the restored kernel thaws by it.
 */
#include "filesystems.h"
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/slab.h>

#define FILESYSTEMS_MAX		4096u

/**
 * struct hib_filesystems - Super blocks, oldest first.
 * @nr: Entries in use.
 * @size: Entries there is room for.
 * @nr_frozen: Entries, counted from the end, that are frozen.
 * @sbs: Pinned super blocks.
 */
struct hib_filesystems {
	unsigned int nr;
	unsigned int size;
	unsigned int nr_frozen;
	struct super_block *sbs[] __counted_by(size);
};

static bool filesystem_can_freeze(const struct super_block *sb)
{
	return sb->s_bdev && !sb_rdonly(sb) &&
	       (sb->s_op->freeze_fs || sb->s_op->freeze_super) &&
	       !(sb->s_type->fs_flags & FS_HAS_SUBTYPE);
}

static void filesystem_count(struct super_block *sb, void *arg)
{
	unsigned int *nr = arg;

	*nr += filesystem_can_freeze(sb);
}

static void filesystem_collect(struct super_block *sb, void *arg)
{
	struct hib_filesystems *list = arg;

	if (list->nr < list->size && filesystem_can_freeze(sb) &&
	    atomic_inc_not_zero(&sb->s_active))
		list->sbs[list->nr++] = sb;
}

static int filesystem_freeze(struct super_block *sb)
{
	if (sb->s_op->freeze_super)
		return sb->s_op->freeze_super(sb, FREEZE_HOLDER_KERNEL);
	return freeze_super(sb, FREEZE_HOLDER_KERNEL);
}

static void filesystem_thaw(struct super_block *sb)
{
	if (sb->s_op->thaw_super)
		sb->s_op->thaw_super(sb, FREEZE_HOLDER_KERNEL);
	else
		thaw_super(sb, FREEZE_HOLDER_KERNEL);
}

static struct hib_filesystems *filesystems_collect(void)
{
	struct hib_filesystems *list;
	unsigned int nr = 0;

	iterate_supers(filesystem_count, &nr);
	if (nr > FILESYSTEMS_MAX)
		return ERR_PTR(-E2BIG);
	list = kvzalloc(struct_size(list, sbs, nr), GFP_KERNEL);
	if (!list)
		return ERR_PTR(-ENOMEM);
	list->size = nr;
	iterate_supers(filesystem_collect, list);
	return list;
}

/**
 * hib_filesystems_freeze() - Freeze what can be frozen, newest first.
 * @frozen: Receives the list, for hib_filesystems_thaw().
 * @failed: Receives the name of the device whose file system refused.
 *
 * Context: Process context, user tasks frozen, kernel threads running.
 * Return: 0, or the errno of a file system that refused, with all thawed again.
 */
int hib_filesystems_freeze(struct hib_filesystems **frozen, const char **failed)
{
	struct hib_filesystems *list = filesystems_collect();

	if (IS_ERR(list))
		return PTR_ERR(list);

	while (list->nr_frozen < list->nr) {
		struct super_block *sb = list->sbs[list->nr - 1 - list->nr_frozen];
		int ret = filesystem_freeze(sb);

		if (ret) {
			*failed = sb->s_id;
			hib_filesystems_thaw(list);
			return ret;
		}
		list->nr_frozen++;
	}
	*frozen = list;
	return 0;
}

/**
 * hib_filesystems_thaw() - Thaw in reverse and let go.
 * @frozen: The list, freed here; NULL is fine.
 *
 * Context: Process context.
 */
void hib_filesystems_thaw(struct hib_filesystems *frozen)
{
	if (!frozen)
		return;
	for (unsigned int i = frozen->nr - frozen->nr_frozen; i < frozen->nr; i++)
		filesystem_thaw(frozen->sbs[i]);
	for (unsigned int i = 0; i < frozen->nr; i++)
		deactivate_super(frozen->sbs[i]);
	kvfree(frozen);
}
