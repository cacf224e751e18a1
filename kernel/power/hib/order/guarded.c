// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: guarded - no resume over a file system that was changed
 *
 * When file systems are held, the devices of those that are at rest are noted: held ones,
 * and those that are mounted read-only. When all of the image but its header is written,
 * they are read from the disk and digested into the header: nothing is written to them
 * until the power is off. A file system that is not held may still be written to in
 * that time, and would be found changed by mistake. So it is not guarded.
 * Before a resume they are compared: with the other checks, and again when tasks are
 * frozen.
 *
 * Best effort on the way down: a file system that is not noted is named, and the
 * transition continues. On the way up there is no such mercy: a file system that
 * was changed, or is mounted, ends the resume, and the image is retired.
 *
 * If one is not noted, if a program writes to a disk by itself, or if pages were swapped to
 * another area than that of the image, no later boot can tell whether the image still fits,
 * and it may not be kept.
 *
 * Context: process context. Sleeps.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "guarded.h"
#include <linux/blk_types.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/ktime.h>
#include <linux/string.h>
#include "device/area.h"
#include "device/compare.h"
#include "down.h"
#include "filesystems.h"
#include "rawdisk.h"
#include "supers.h"
#include "up.h"

/* The super block of a btrfs has no device. */
static bool guarded_is_pool(const struct super_block *sb)
{
	return !sb->s_bdev && !strcmp(sb->s_type->name, "btrfs");
}

static bool guarded_is_on_device(const struct super_block *sb)
{
	return sb->s_bdev || sb->s_mtd || sb->s_type->fs_flags & FS_REQUIRES_DEV;
}

static bool guarded_add(struct hib_volumes *volumes, const struct super_block *sb)
{
	if (guarded_is_pool(sb))
		return hib_volumes_add_pool(volumes, sb->s_uuid.b);
	if (sb->s_bdev)
		return hib_volumes_add(volumes, sb->s_bdev);
	volumes->is_all = false;
	return true;
}

static void guarded_look(struct hib_volumes *volumes, const struct super_block *sb)
{
	bool held = !sb_rdonly(sb);

	if (!guarded_is_on_device(sb))
		return;
	if (held && sb->s_writers.frozen != SB_FREEZE_COMPLETE) {
		pr_info("%s on %s is not guarded: it is not held\n", sb->s_type->name, sb->s_id);
		volumes->is_all = false;
	} else if (guarded_add(volumes, sb)) {
		volumes->held |= held;
	} else {
		pr_warn("%s on %s is not guarded: there are too many\n", sb->s_type->name,
			sb->s_id);
	}
}

/**
 * hib_guarded_find() - Note the devices of mounted file systems that are at rest.
 * @d: File systems are held.
 *
 * Context: Process context. Sleeps, a second at most.
 */
void hib_guarded_find(struct hib_down *d)
{
	struct hib_supers supers;

	d->volumes = (struct hib_volumes) { .is_all = true };
	if (hib_supers_collect(&supers, HIB_SUPERS_LIMIT_MS)) {
		pr_warn("not all file systems are guarded: some were not found\n");
		d->volumes.is_all = false;
	}
	for (unsigned int i = 0; i < supers.nr; i++)
		guarded_look(&d->volumes, supers.sbs[i]);
	hib_supers_drop(&supers);
}

static bool guarded_is_written_raw(void)
{
	dev_t dev;

	if (!hib_rawdisk_find(&dev))
		return false;
	pr_info("a program has the disk %u:%u open for writing: it cannot be guarded\n",
		MAJOR(dev), MINOR(dev));
	return true;
}

/**
 * hib_guarded_note() - Digest the file systems into the header.
 * @d: All of the image but its header is written. File systems may have been released.
 *
 * If each file system on a device has its guard, no program writes to a disk by itself, and
 * no other swap area has pages, the header says %HIB_MAY_KEEP: whether nothing was changed
 * can be told in any later boot, so a refused image can be tried again. Otherwise, for
 * example with a file system of a kind that is not known, the image is resumed once as ever,
 * and not after a refusal.
 *
 * Context: Process context, devices running, tasks frozen. Sleeps, for a limited time.
 */
void hib_guarded_note(struct hib_down *d)
{
	struct hib_header *h = &d->s.header;
	struct hib_volumes volumes = d->volumes;
	ktime_t begin = ktime_get();
	int ret = 0;

	if (volumes.held && !hib_filesystems_are_held(d->s.filesystems)) {
		pr_warn("no file system is guarded: they were released\n");
		return;
	}
	if (volumes.nr || volumes.nr_pools)
		ret = hib_volumes_take(&volumes, &h->guards);
	if (ret)
		pr_warn("not all file systems are guarded: %pe\n", ERR_PTR(ret));
	if (h->guards.nr)
		h->must_know |= HIB_MUST_GUARD;
	if (volumes.is_all && !guarded_is_written_raw() &&
	    !hib_area_others_hold_pages(d->s.store.bdev->bd_dev, d->s.store.root_block))
		h->may_ignore |= HIB_MAY_KEEP;
	if (volumes.nr || volumes.nr_pools)
		pr_info("%u devices with file systems are guarded%s, in %lld ms\n", h->guards.nr,
			volumes.is_all ? "" : ", others are not",
			ktime_ms_delta(ktime_get(), begin));
}

/* Any boot may have run since an image was kept, so no parameter makes an exception. */
static bool guarded_is_kept(const struct hib_up *u)
{
	return u->s.record.state == HIB_STATE_KEPT;
}

static enum hib_volumes_rule guarded_rule(const struct hib_up *u)
{
	if (guarded_is_kept(u))
		return HIB_VOLUMES_ALL;
	if (u->nested || hib_settings.live_resume)
		return HIB_VOLUMES_MOUNTED;
	return hib_settings.guard == HIB_GUARD_STRICT ? HIB_VOLUMES_ALL : HIB_VOLUMES_MISSING;
}

/**
 * hib_guarded_check() - Are the file systems of the image as it knows them?
 * @u: Its header was parsed. If it is nested in a way down, they may be mounted.
 *
 * Context: Process context. Sleeps, for a limited time.
 * Return: 0; or, noted in @u, -ESTALE if one was changed or is mounted, -ENODEV if one has to
 * be there and is not, or -ENOMEM.
 */
int hib_guarded_check(struct hib_up *u)
{
	const struct hib_guards *guards = &u->s.header.guards;
	char why[HIB_VOLUME_WHY_BYTES] = "memory";
	ktime_t begin = ktime_get();
	int ret;

	if (!guards->nr)
		return 0;
	if (hib_settings.guard == HIB_GUARD_OFF && !guarded_is_kept(u)) {
		pr_warn("%u file systems are not compared: hibernate.guard=off\n", guards->nr);
		return 0;
	}
	ret = hib_volumes_check(guards, guarded_rule(u), u->guard_wait_s, why);
	u->guard_wait_s = 0;
	if (ret == -ESTALE)
		u->refusal = HIB_REFUSAL_CHANGED;
	if (ret)
		return hib_session_fail(&u->s, ret, "guard: %s", why);
	pr_info("%u file systems were compared in %lld ms\n", guards->nr,
		ktime_ms_delta(ktime_get(), begin));
	return 0;
}
