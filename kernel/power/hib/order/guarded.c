// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: guarded - no resume over a file system that was changed
 *
 * Before file systems are held, the devices of those that are mounted are noted. When all
 * of the image but its header is written, their super blocks are read from the disk and
 * digested into the header: by then they are at rest, and nothing is written to them until
 * the power is off. Before a resume they are compared: with the other checks, and again
 * when tasks are frozen.
 *
 * Best effort on the way down: a file system that is not noted is named, if it is known,
 * and the transition continues. On the way up there is no such mercy: a file system that
 * was changed, or is mounted, ends the resume, and the image is retired.
 *
 * Context: process context. Sleeps.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "guarded.h"
#include <linux/blk_types.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include "device/volume.h"
#include "supers.h"
#include "up.h"

/**
 * hib_guarded_find() - Note the devices of mounted file systems.
 * @volumes: Receives them.
 *
 * Context: Process context. Sleeps, a second at most.
 */
void hib_guarded_find(struct hib_volumes *volumes)
{
	struct hib_supers supers;

	volumes->nr = 0;
	if (hib_supers_collect(&supers, HIB_SUPERS_LIMIT_MS))
		pr_warn("not all file systems are guarded: some were not found\n");
	for (unsigned int i = 0; i < supers.nr; i++) {
		struct super_block *sb = supers.sbs[i];

		if (sb->s_bdev && !hib_volumes_add(volumes, sb->s_bdev))
			pr_warn("%s on %s is not guarded: there are too many\n",
				sb->s_type->name, sb->s_id);
	}
	hib_supers_drop(&supers);
}

/**
 * hib_guarded_note() - Digest the file systems into the header.
 * @volumes: Their devices.
 * @h: The header.
 *
 * Context: Process context, devices running, tasks frozen. Sleeps.
 */
void hib_guarded_note(const struct hib_volumes *volumes, struct hib_header *h)
{
	void *page = (void *)__get_free_page(GFP_KERNEL);

	if (!page) {
		pr_warn("no file system is guarded: no memory\n");
		return;
	}
	hib_volumes_take(volumes, &h->guards, page);
	free_page((unsigned long)page);
	if (h->guards.nr)
		h->must_know |= HIB_MUST_GUARD;
	pr_info("%u of %u file systems on disks are guarded\n", h->guards.nr, volumes->nr);
}

/**
 * hib_guarded_check() - Are the file systems of the image as it knows them?
 * @u: Its header was parsed. If it is nested in a way down, they may be mounted.
 *
 * Context: Process context. Sleeps.
 * Return: 0; or, noted in @u, -ESTALE if one was changed or is mounted, or -ENOMEM.
 */
int hib_guarded_check(struct hib_up *u)
{
	char why[HIB_VOLUME_WHY_BYTES];
	void *page;
	int ret;

	if (!u->s.header.guards.nr)
		return 0;
	page = (void *)__get_free_page(GFP_KERNEL);
	if (!page)
		return hib_session_fail(&u->s, -ENOMEM, "guard: memory");
	ret = hib_volumes_check(&u->s.header.guards, u->nested, page, why);
	free_page((unsigned long)page);
	return ret ? hib_session_fail(&u->s, ret, "guard: %s", why) : 0;
}
