// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: jump - the end of the way up, and its tries
 *
 * The image is in memory, complete and checked. Devices without a driver are kept from
 * writing to memory. The record says "jumping". Devices, CPUs and interrupts are
 * quiesced, and the architecture's code enters the kernel in the image.
 *
 * A device that is busy, a CPU that does not stop, or an interrupt that is armed for
 * wake-up may refuse. Nothing is lost by then: the pages stay where they are, the record
 * says "loading" again, and a moment later there is another try. The image holds all that
 * its user was working on, so a refusal that passes must not retire it. A boot makes
 * three tries, including those that end before the pages are loaded.
 *
 * Context: process context, system_transition_mutex held.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "jump.h"
#include <linux/delay.h>
#include <linux/hibernation_arch.h>
#include <linux/suspend.h>
#include "device/commit.h"
#include "pure/handover.h"
#include "inject.h"
#include "machine.h"
#include "masters.h"
#include "recorder.h"
#include "up.h"

#define JUMP_TRIES	3u
#define JUMP_PAUSE_MS	1000u

static int masters_enter(void *context)
{
	struct hib_up *u = hib_up_of(context);
	int ret = hib_masters_stop(&u->masters);

	return ret ? hib_session_fail(&u->s, ret, "memory: list of devices") : 0;
}

static void masters_leave(void *context, enum hib_outcome outcome)
{
	struct hib_up *u = hib_up_of(context);

	hib_masters_start(u->masters);
	u->masters = NULL;
}

static int mark_jumping_enter(void *context)
{
	return hib_jump_mark(context, HIB_STATE_JUMPING);
}

static void mark_jumping_leave(void *context, enum hib_outcome outcome)
{
	struct hib_up *u = hib_up_of(context);

	hib_jump_mark(u, u->trying);
}

static const struct hib_step * const jump_steps[] = {
	HIB_STEP(.name = "masters", .enter = masters_enter, .leave = masters_leave),
	HIB_STEP(.name = "mark_jumping", .enter = mark_jumping_enter, .leave = mark_jumping_leave),
};

/**
 * hib_jump_steps() - The steps before the nest, for those who list them.
 *
 * Return: The table.
 */
struct hib_step_table hib_jump_steps(void)
{
	return (struct hib_step_table) { jump_steps, ARRAY_SIZE(jump_steps) };
}

/**
 * hib_jump_mark() - Write the state of the way up into the commit record.
 * @u: The way up; its store is open.
 * @state: %HIB_STATE_LOADING, %HIB_STATE_KEPT or %HIB_STATE_JUMPING.
 *
 * Where a program wrote the image, there is no record, and nothing is done. After an errno the
 * record on the disk may have either state, and @u has the one from before: no jump was made.
 *
 * Context: Process context, devices at work.
 * Return: 0, or an errno noted in @u.
 */
int hib_jump_mark(struct hib_up *u, enum hib_image_state state)
{
	enum hib_image_state before = u->s.record.state;
	int ret;

	if (u->by_user)
		return 0;
	u->s.record.state = state;
	ret = hib_commit_set_state(&u->s.store, &u->s.record);
	if (!ret)
		return 0;
	u->s.record.state = before;
	return hib_session_fail(&u->s, ret, "commit: state %u", state);
}

/**
 * hib_jump_ignore_events() - Keep wake-up events from ending the way up.
 * @u: The way up.
 *
 * A wake-up event asks for a running system, and the way up is the way to it. If the way
 * up is nested in a way down, events still end it, as the caller asked for that.
 *
 * Context: Process context.
 */
void hib_jump_ignore_events(struct hib_up *u)
{
	if (u->nested)
		return;
	events_check_enabled = false;
	pm_wakeup_clear(0);
}

static bool jump_reason_passes(int error)
{
	return error == -EBUSY || error == -EAGAIN || error == -ENOMEM;
}

/**
 * hib_jump_again() - Should this boot make another try?
 * @u: The way up; its result says what was refused, and is cleared for the next try.
 * @error: Errno of the refusal.
 *
 * If so, waits a moment, as the reason may pass.
 *
 * Context: Process context. Sleeps.
 * Return: true if the reason may pass and tries are left.
 */
bool hib_jump_again(struct hib_up *u, int error)
{
	if (u->s.result.error == -ECANCELED || !jump_reason_passes(error) ||
	    ++u->nr_refused >= JUMP_TRIES)
		return false;
	pr_warn("resume refused (%pe) at %s: %s; trying again, %u of %u\n", ERR_PTR(error),
		u->s.result.step ?: "?", u->s.result.reason, u->nr_refused + 1, JUMP_TRIES);
	u->s.result = (struct hib_result) {};
	msleep(JUMP_PAUSE_MS);
	return true;
}

/* All steps are over but the jump itself. */
static void jump_tell_steps(struct hib_up *u)
{
	struct hib_handover *h = u->handover;

	h->nr_steps = hib_timeline_give(u->s.timeline, h->steps, HIB_HANDOVER_STEPS);
}

/* Returns only if something refused. */
static int jump_quiesced(struct hib_up *u)
{
	struct hib_quiesce *q = &u->s.quiesce;
	int ret;

	q->use = HIB_QUIESCE_RESTORE;
	q->platform = (u->s.header.flags & HIB_IMAGE_PLATFORM) && hib_machine.platform;
	q->gfp_held = u->nested;
	q->inject = hib_inject;
	q->arg = &u->s;
	ret = hib_quiesce_enter(q);
	if (!ret) {
		jump_tell_steps(u);
		hib_arch_jump(u->jump, hib_relocation_first(&u->relocation));
	}
	u->s.result.step = q->run.failed;
	hib_session_fail(&u->s, ret, "quiesce: a device, the firmware or a CPU refused");
	hib_quiesce_leave(q, HIB_FAILED);
	return ret;
}

static int jump_try(struct hib_up *u)
{
	struct hib_step_run run = {
		.steps = jump_steps,
		.nr_steps = ARRAY_SIZE(jump_steps),
		.context = &u->s,
		.inject = hib_inject,
		.mark = hib_recorder_mark,
	};
	int ret;

	hib_jump_ignore_events(u);
	ret = hib_step_enter_all(&run);
	if (ret) {
		u->s.result.step = run.failed;
		return hib_session_fail(&u->s, ret, "failed");
	}
	ret = jump_quiesced(u);
	hib_step_leave_all(&run, HIB_FAILED);
	return ret;
}

/**
 * hib_jump() - Leave this kernel and enter that of the image.
 * @u: Its pages are loaded, and its jump is prepared.
 *
 * Context: Process context, tasks and kernel threads frozen.
 * Return: Only if the jump was refused for a reason that does not pass, or too many
 * times: an errno, noted in @u. Devices work again then, and the record says "loading".
 */
int hib_jump(struct hib_up *u)
{
	int ret;

	do
		ret = jump_try(u);
	while (hib_jump_again(u, ret));
	return ret;
}
