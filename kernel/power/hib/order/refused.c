// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: refused - an image that this boot does not resume
 *
 * The boot continues and changes the disks, so no later boot may resume the image by
 * itself. If the reason cannot pass, the image is retired. If it may pass, the image is
 * kept: the record says so, and why, and a user may ask for it. pure/fate.c decides.
 *
 * Each of these is one write of the record. If it fails, the image is retired instead, and
 * if this fails twice, the log says what to do.
 *
 * Context: process context, devices working, system_transition_mutex held.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "refused.h"
#include <linux/printk.h>
#include <linux/string.h>
#include "device/commit.h"
#include "pure/owner.h"
#include "machine.h"
#include "recorder.h"
#include "up.h"

#define REFUSED_KEPT \
	"the image is kept (%s): boot with hibernate=retry to resume it; swapon or noresume ends it\n"

/**
 * hib_refused_may_be_kept() - May this image be resumed after another boot went on?
 * @u: The way up.
 *
 * Return: true if its header says so, or if no header was read.
 */
bool hib_refused_may_be_kept(const struct hib_up *u)
{
	return !u->described || u->s.header.may_ignore & HIB_MAY_KEEP;
}

static const u8 *refused_known_id(const struct hib_up *u)
{
	return u->s.record.header_block ? u->s.image_id : NULL;
}

/**
 * hib_refused_retire() - Retire the image of a way up.
 * @u: Its store is open. If its record was not read, whatever image is there is retired.
 *
 * Return: 0, or an errno.
 */
int hib_refused_retire(struct hib_up *u)
{
	int ret = hib_commit_retire(&u->s.store, refused_known_id(u));

	if (ret)
		ret = hib_commit_retire(&u->s.store, refused_known_id(u));
	if (ret)
		pr_crit("the refused image could not be retired (%pe): run mkswap before it is resumed\n",
			ERR_PTR(ret));
	else
		pr_info("image retired, the area is swap again\n");
	return ret;
}

static int refused_keep(struct hib_up *u)
{
	struct hib_commit_record *r = &u->s.record;

	r->state = HIB_STATE_KEPT;
	strscpy(r->reason, u->s.result.reason, sizeof(r->reason));
	hib_recorder_write(u);
	return hib_commit_set_state(&u->s.store, r);
}

static enum hib_refusal refused_why(const struct hib_up *u, int error)
{
	struct hib_owner mine;

	if (u->refusal)
		return u->refusal;
	hib_machine_owner(&mine);
	if (u->described && hib_owner_is_foreign(&u->s.header.owner, &mine))
		return HIB_REFUSAL_FOREIGN;
	return hib_refusal_of(error);
}

/**
 * hib_refused() - See to an image that was refused: keep it, or retire it.
 * @u: Its store is open, and its result is noted.
 * @error: Errno of the refusal.
 *
 * One line in the log says what a user can do.
 */
void hib_refused(struct hib_up *u, int error)
{
	bool may_be_kept = hib_refused_may_be_kept(u);
	enum hib_refusal why = refused_why(u, error);
	int ret = 0;

	switch (hib_fate_of(u->s.record.state, may_be_kept, why)) {
	case HIB_FATE_KEEP:
		ret = refused_keep(u);
		fallthrough;
	case HIB_FATE_LEAVE:
		if (!ret) {
			pr_warn(REFUSED_KEPT, u->s.record.reason);
			return;
		}
		pr_err("the image cannot be kept: %pe\n", ERR_PTR(ret));
		break;
	case HIB_FATE_RETIRE:
		if (!may_be_kept && why == HIB_REFUSAL_PASSES)
			pr_warn("the image cannot be kept: not all that it depends on is guarded\n");
		break;
	}
	hib_refused_retire(u);
}
