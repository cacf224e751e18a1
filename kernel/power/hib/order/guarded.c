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
 * Context: process context. Sleeps.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "guarded.h"
#include <linux/blk_types.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include "down.h"
#include "filesystems.h"
#include "supers.h"
#include "up.h"

static void guarded_add(struct hib_volumes *volumes, const struct super_block *sb)
{
	bool held = !sb_rdonly(sb);

	if (!sb->s_bdev) {
		if (sb->s_mtd || sb->s_type->fs_flags & FS_REQUIRES_DEV)
			volumes->is_all = false;
		return;
	}

	if (held && sb->s_writers.frozen != SB_FREEZE_COMPLETE) {
		pr_info("%s on %s is not guarded: it is not held\n", sb->s_type->name, sb->s_id);
		volumes->is_all = false;
		return;
	}
	if (!hib_volumes_add(volumes, sb->s_bdev)) {
		pr_warn("%s on %s is not guarded: there are too many\n", sb->s_type->name,
			sb->s_id);
		return;
	}
	volumes->held |= held;
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
		guarded_add(&d->volumes, supers.sbs[i]);
	hib_supers_drop(&supers);
}

/**
 * hib_guarded_note() - Digest the file systems into the header.
 * @d: All of the image but its header is written. File systems may have been released.
 *
 * If each file system on a device has its guard, the header says %HIB_MAY_KEEP: whether
 * nothing was changed can be told in any later boot, so a refused image can be tried
 * again. If one has none, for example of a kind that is not known, the image is resumed once
 * as ever, and not after a refusal.
 *
 * Context: Process context, devices running, tasks frozen. Sleeps, for a limited time.
 */
void hib_guarded_note(struct hib_down *d)
{
	struct hib_header *h = &d->s.header;
	ktime_t begin = ktime_get();
	int ret = 0;

	if (!d->volumes.nr) {
		h->may_ignore |= d->volumes.is_all ? HIB_MAY_KEEP : 0;
		return;
	}
	if (!d->volumes.held || hib_filesystems_are_held(d->s.filesystems))
		ret = hib_volumes_take(&d->volumes, &h->guards);
	else
		pr_warn("no file system is guarded: they were released\n");
	if (ret)
		pr_warn("not all file systems are guarded: %pe\n", ERR_PTR(ret));
	if (h->guards.nr)
		h->must_know |= HIB_MUST_GUARD;
	if (d->volumes.is_all && h->guards.nr == d->volumes.nr)
		h->may_ignore |= HIB_MAY_KEEP;
	pr_info("%u of %u file systems on disks are guarded, in %lld ms\n", h->guards.nr,
		d->volumes.nr, ktime_ms_delta(ktime_get(), begin));
}

static enum hib_volumes_rule guarded_rule(const struct hib_up *u)
{
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
	if (hib_settings.guard == HIB_GUARD_OFF) {
		pr_warn("%u file systems are not compared: hibernate.guard=off\n", guards->nr);
		return 0;
	}
	ret = hib_volumes_check(guards, guarded_rule(u), u->guard_wait_s, why);
	u->guard_wait_s = 0;
	if (ret)
		return hib_session_fail(&u->s, ret, "guard: %s", why);
	pr_info("%u file systems were compared in %lld ms\n", guards->nr,
		ktime_ms_delta(ktime_get(), begin));
	return 0;
}
