// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: userdown - the way down where a program writes the image
 *
 * The program freezes tasks, has memory copied, reads the image block by block, writes it
 * wherever it wants, and puts the machine to sleep. Each of these is a call here::
 *
 *	hib_userdown_begin()	claim the system, tell notifiers
 *	hib_userdown_freeze()	keep disks awake, sync, freeze tasks
 *	hib_userdown_create()	an attempt, up to the copy; returns once more in the
 *				restored kernel
 *	hib_userdown_next()	a block of the image
 *	hib_userdown_drop()	give up the copy
 *	hib_userdown_thaw()	thaw tasks
 *	hib_userdown_end()
 *
 * The steps are those of save.c and attempt.c. What is not there: a place, file systems
 * that are held (the program may write to a file), precopy, and a record on a disk that
 * would have to be withdrawn: whether the image may be resumed is for the program to say.
 * So no more than half of memory can be saved this way.
 *
 * Between two calls no lock is held. The program may end at any time, and hib_userdown_end()
 * undoes everything.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#include "userdown.h"
#include <linux/memory_hotplug.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include "attempt.h"
#include "down.h"
#include "hybrid.h"
#include "inject.h"
#include "machine.h"
#include "mark.h"
#include "platform.h"
#include "save.h"
#include "still.h"
#include "usergive.h"

/**
 * struct hib_userdown - A way down that a program takes.
 * @d: The way down.
 * @begun: Notifiers were told.
 * @image: What the program reads.
 */
struct hib_userdown {
	struct hib_down *d;
	struct hib_step_run begun;
	struct hib_usergive image;
};

static const struct hib_step * const userdown_steps[] = {
	&hib_still_notifiers,
};

static struct hib_userdown *userdown_alloc(int *error)
{
	struct hib_userdown *ud = kzalloc(sizeof(*ud), GFP_KERNEL);

	*error = -ENOMEM;
	if (!ud)
		return NULL;
	ud->d = hib_down_begin(HIB_MODE_SHUTDOWN, error);
	if (ud->d)
		*error = hib_usergive_init(&ud->image, ud->d);
	if (!*error)
		return ud;
	if (ud->d)
		hib_down_end(ud->d);
	kfree(ud);
	return NULL;
}

static void userdown_free(struct hib_userdown *ud)
{
	hib_usergive_exit(&ud->image);
	hib_down_end(ud->d);
	kfree(ud);
}

/* Each of the program's calls succeeds or fails by itself. */
static void userdown_report(struct hib_userdown *ud, int error, const char *step)
{
	struct hib_down *d = ud->d;

	hib_session_fail(&d->s, error, "failed");
	hib_session_report(&d->s, "hibernate", step);
	d->s.result = (struct hib_result) {};
}

/**
 * hib_userdown_begin() - Claim the system for a program.
 * @error: Receives 0; -EBUSY, -ENOMEM, or the errno of a notifier that objects.
 *
 * Return: The way down, for hib_userdown_end(); or NULL, and @error says why.
 */
struct hib_userdown *hib_userdown_begin(int *error)
{
	struct hib_userdown *ud = userdown_alloc(error);

	if (!ud)
		return NULL;
	ud->d->writer = HIB_WRITER_USER;
	ud->begun = (struct hib_step_run) {
		.steps = userdown_steps, .nr_steps = ARRAY_SIZE(userdown_steps),
		.context = &ud->d->s,
		.inject = hib_inject, .mark = hib_mark,
	};
	*error = hib_step_enter_all(&ud->begun);
	if (!*error)
		return ud;
	userdown_report(ud, *error, ud->begun.failed);
	userdown_free(ud);
	return NULL;
}

/**
 * hib_userdown_end() - Undo everything, and end the claim on the system.
 * @ud: Freed here.
 */
void hib_userdown_end(struct hib_userdown *ud)
{
	hib_userdown_drop(ud);
	hib_userdown_thaw(ud);
	hib_step_leave_all(&ud->begun, HIB_FAILED);
	userdown_free(ud);
}

/**
 * hib_userdown_is_frozen() - Are tasks frozen?
 * @ud: The way down.
 *
 * Return: true if they are.
 */
bool hib_userdown_is_frozen(const struct hib_userdown *ud)
{
	return ud->d->hold.nr_entered;
}

/**
 * hib_userdown_freeze() - Freeze tasks, except the caller.
 * @ud: The way down. If tasks are frozen, nothing happens.
 *
 * Return: 0; or the errno of the step that failed, and nothing is frozen.
 */
int hib_userdown_freeze(struct hib_userdown *ud)
{
	int ret;

	if (hib_userdown_is_frozen(ud))
		return 0;
	ret = hib_save_hold(ud->d);
	if (ret)
		userdown_report(ud, ret, ud->d->step);
	return ret;
}

/*
 * The freezer wants whoever froze tasks to thaw them. If the program gave its descriptor to
 * another one and ended, that one does.
 */
static void userdown_may_thaw(void)
{
	current->flags |= PF_SUSPEND_TASK;
}

/**
 * hib_userdown_thaw() - Thaw tasks.
 * @ud: The way down; it has no copy. If nothing is frozen, nothing happens.
 */
void hib_userdown_thaw(struct hib_userdown *ud)
{
	if (!hib_userdown_is_frozen(ud))
		return;
	userdown_may_thaw();
	hib_save_release(ud->d);
	ud->d->resumed = false;
}

/**
 * hib_userdown_drop() - Give up the copy.
 * @ud: The way down. If there is no copy, nothing happens.
 *
 * Kernel threads run again; tasks stay frozen.
 */
void hib_userdown_drop(struct hib_userdown *ud)
{
	hib_attempt_drop(ud->d);
	hib_usergive_forget(&ud->image);
}

static int userdown_copy(struct hib_userdown *ud)
{
	int ret;

	lock_device_hotplug();
	do {
		ret = hib_attempt_copy(ud->d);
		if (ret == HIB_ATTEMPT_COPIED)
			ret = hib_usergive_begin(&ud->image);
		if (ret)
			hib_userdown_drop(ud);
	} while (ret < 0 && hib_attempt_again(ud->d));
	unlock_device_hotplug();
	return ret;
}

/**
 * hib_userdown_create() - Copy memory.
 * @ud: The way down; tasks are frozen, and there is no copy.
 * @platform: The machine will sleep through its firmware.
 * @made: Receives whether there is a copy. If not, this is the restored kernel, or a
 *	pm_test level was reached.
 *
 * Returns a second time in the restored kernel.
 *
 * Return: 0, or the errno of what failed; tasks are still frozen.
 */
int hib_userdown_create(struct hib_userdown *ud, bool platform, bool *made)
{
	struct hib_down *d = ud->d;
	int ret;

	d->s.mode = platform && hib_machine.platform ? HIB_MODE_PLATFORM : HIB_MODE_SHUTDOWN;
	d->s.stats = (struct hib_stats) {};
	d->next = (struct hib_next) {};
	d->resumed = false;
	ret = userdown_copy(ud);
	*made = hib_userdown_has_image(ud);
	if (ret < 0) {
		userdown_report(ud, ret, d->step);
		return ret;
	}
	if (d->resumed) {
		hib_session_report(&d->s, "resume", d->s.result.error ? d->step : "done");
		d->s.result = (struct hib_result) {};
	}
	return 0;
}

/**
 * hib_userdown_has_image() - Can an image be read?
 * @ud: The way down.
 *
 * Return: true if it can.
 */
bool hib_userdown_has_image(const struct hib_userdown *ud)
{
	return hib_usergive_bytes(&ud->image);
}

/**
 * hib_userdown_bytes() - How long is the image?
 * @ud: The way down.
 *
 * Return: Its length in bytes; 0 if there is none.
 */
u64 hib_userdown_bytes(const struct hib_userdown *ud)
{
	return hib_usergive_bytes(&ud->image);
}

/**
 * hib_userdown_next() - Make the next block of the image.
 * @ud: The way down; it has an image.
 *
 * Return: The block, HIB_BLOCK_BYTES bytes, valid until the next call; NULL behind the
 * last one.
 */
const void *hib_userdown_next(struct hib_userdown *ud)
{
	return hib_usergive_next(&ud->image);
}

/**
 * hib_userdown_suspend() - Suspend to memory.
 * @ud: The way down; tasks are frozen. The frames of a copy are given back before.
 *
 * Return: 0 after the machine slept; or the errno of what refused.
 */
int hib_userdown_suspend(struct hib_userdown *ud)
{
	hib_usergive_forget(&ud->image);
	return hib_hybrid_enter(ud->d);
}

/**
 * hib_userdown_power_off() - Put the machine to sleep through its firmware.
 * @ud: The way down; the program has written the image.
 *
 * Return: Only if the machine stays on: -ENOSYS if firmware cannot, -EAGAIN or -EBUSY for
 * a wake-up event, or the errno of what refused.
 */
int hib_userdown_power_off(struct hib_userdown *ud)
{
	int ret = hib_platform_enter(ud->d);

	return ret == -ENODEV && !hib_machine.platform ? -ENOSYS : ret;
}
