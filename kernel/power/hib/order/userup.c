// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: userup - the way up where a program reads the image
 *
 * The program writes an image block by block, in the order in which userdown.c gave it out,
 * freezes tasks, and has the image restored::
 *
 *	hib_userup_begin()	claim the system, tell notifiers
 *	hib_userup_write()	a block of the image
 *	hib_userup_freeze()	sync, freeze tasks
 *	hib_userup_restore()	freeze kernel threads, jump; does not return
 *	hib_userup_thaw()
 *	hib_userup_end()
 *
 * Between two calls no lock is held. The program may end at any time, and hib_userup_end()
 * undoes everything.
 *
 * Context: process context, system_transition_mutex held by the caller.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include "userup.h"
#include <linux/memory_hotplug.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "inject.h"
#include "load.h"
#include "machine.h"
#include "mark.h"
#include "still.h"
#include "sync.h"
#include "up.h"
#include "usertake.h"

/**
 * struct hib_userup - A way up that a program takes.
 * @begun: Notifiers were told.
 * @held: Tasks are frozen.
 * @image: What the program writes, and the way up.
 */
struct hib_userup {
	struct hib_step_run begun;
	struct hib_step_run held;
	struct hib_usertake image;
};

static int sync_enter(void *context)
{
	return hib_sync(context);
}

static const struct hib_step * const userup_steps[] = {
	&hib_still_notifiers,
};

static const struct hib_step * const userup_hold_steps[] = {
	HIB_STEP(.name = "sync", .enter = sync_enter),
	&hib_still_tasks,
};

static struct hib_userup *userup_alloc(int *error)
{
	struct hib_userup *uu = kzalloc(sizeof(*uu), GFP_KERNEL);
	struct hib_up *u;

	*error = -ENOMEM;
	if (!uu)
		return NULL;
	u = hib_up_begin(hib_settings.mode, error);
	if (u)
		*error = hib_usertake_init(&uu->image, u);
	if (!*error)
		return uu;
	if (u)
		hib_up_end(u);
	kfree(uu);
	return NULL;
}

static void userup_free(struct hib_userup *uu)
{
	struct hib_up *u = uu->image.u;

	hib_usertake_exit(&uu->image);
	hib_up_end(u);
	kfree(uu);
}

/* Each of the program's calls succeeds or fails by itself. */
static void userup_report(struct hib_userup *uu, int error, const char *step)
{
	struct hib_session *s = &uu->image.u->s;

	hib_session_fail(s, error, "failed");
	hib_load_report(uu->image.u, step);
	s->result = (struct hib_result) {};
}

/**
 * hib_userup_begin() - Claim the system for a program.
 * @error: Receives 0; -EBUSY, -ENOMEM, or the errno of a notifier that objects.
 *
 * Return: The way up, for hib_userup_end(); or NULL, and @error says why.
 */
struct hib_userup *hib_userup_begin(int *error)
{
	struct hib_userup *uu = userup_alloc(error);

	if (!uu)
		return NULL;
	uu->image.u->by_user = true;
	uu->begun = (struct hib_step_run) {
		.steps = userup_steps, .nr_steps = ARRAY_SIZE(userup_steps),
		.context = &uu->image.u->s,
		.inject = hib_inject, .mark = hib_mark,
	};
	*error = hib_step_enter_all(&uu->begun);
	if (!*error)
		return uu;
	userup_report(uu, *error, uu->begun.failed);
	userup_free(uu);
	return NULL;
}

/**
 * hib_userup_drop() - Forget all that was written.
 * @uu: The way up.
 */
void hib_userup_drop(struct hib_userup *uu)
{
	hib_usertake_forget(&uu->image);
}

/**
 * hib_userup_end() - Undo everything, and end the claim on the system.
 * @uu: Freed here.
 */
void hib_userup_end(struct hib_userup *uu)
{
	hib_userup_drop(uu);
	hib_userup_thaw(uu);
	hib_step_leave_all(&uu->begun, HIB_FAILED);
	userup_free(uu);
}

/**
 * hib_userup_is_frozen() - Are tasks frozen?
 * @uu: The way up.
 *
 * Return: true if they are.
 */
bool hib_userup_is_frozen(const struct hib_userup *uu)
{
	return uu->held.nr_entered;
}

/**
 * hib_userup_freeze() - Freeze tasks, except the caller.
 * @uu: The way up. If tasks are frozen, nothing happens.
 *
 * Return: 0; or the errno of the freezer, and nothing is frozen.
 */
int hib_userup_freeze(struct hib_userup *uu)
{
	int ret;

	if (hib_userup_is_frozen(uu))
		return 0;
	uu->held = (struct hib_step_run) {
		.steps = userup_hold_steps, .nr_steps = ARRAY_SIZE(userup_hold_steps),
		.context = &uu->image.u->s,
		.inject = hib_inject, .mark = hib_mark,
	};
	ret = hib_step_enter_all(&uu->held);
	if (ret)
		userup_report(uu, ret, uu->held.failed);
	return ret;
}

/**
 * hib_userup_thaw() - Thaw tasks.
 * @uu: The way up. If nothing is frozen, nothing happens.
 */
void hib_userup_thaw(struct hib_userup *uu)
{
	if (!hib_userup_is_frozen(uu))
		return;
	/* The descriptor may have come from the task that froze the others, and is gone. */
	current->flags |= PF_SUSPEND_TASK;
	hib_step_leave_all(&uu->held, HIB_FAILED);
}

/**
 * hib_userup_is_complete() - Was all of the image written?
 * @uu: The way up.
 *
 * Return: true if it was, and is sound.
 */
bool hib_userup_is_complete(const struct hib_userup *uu)
{
	return hib_usertake_is_complete(&uu->image);
}

/**
 * hib_userup_write() - Take the next block of the image.
 * @uu: The way up; the image is not complete.
 * @block: The block, HIB_BLOCK_BYTES bytes.
 *
 * Context: Process context. Sleeps.
 * Return: As hib_usertake_block().
 */
int hib_userup_write(struct hib_userup *uu, const void *block)
{
	bool failed = uu->image.error;
	int ret = hib_usertake_block(&uu->image, block);

	if (ret && !failed)
		userup_report(uu, ret, "write");
	return ret;
}

/**
 * hib_userup_restore() - Enter the kernel of the image.
 * @uu: The way up; its image is complete, and tasks are frozen.
 *
 * Context: Process context.
 * Return: Only if something refused: its errno. Tasks are still frozen, and the image has
 * to be written again.
 */
int hib_userup_restore(struct hib_userup *uu)
{
	int ret;

	lock_device_hotplug();
	ret = hib_load_try(uu->image.u);
	unlock_device_hotplug();
	userup_report(uu, ret, "jump");
	hib_userup_drop(uu);
	return ret;
}
