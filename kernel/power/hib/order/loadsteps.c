// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: loadsteps - the steps of the way up, up to the jump
 *
 * console -> notifiers -> awake -> mark loading -> keys -> freeze tasks -> disks unchanged
 * -> freeze kernel threads -> hotplug lock -> lists -> arrange -> read -> jump (page tables,
 * handover) -> protect. What comes behind them is in jump.c.
 *
 * A step that is left gives back all that it took, so the table can be entered again.
 *
 * Context: process context, system_transition_mutex held.
 */
#define pr_fmt(fmt) "PM: hibernation: " fmt

#include <linux/hibernation_arch.h>
#include <linux/printk.h>
#include "arrange.h"
#include "awake.h"
#include "cancel.h"
#include "guarded.h"
#include "jump.h"
#include "keys.h"
#include "live.h"
#include "load.h"
#include "read.h"
#include "refused.h"
#include "settings.h"
#include "still.h"
#include "up.h"

static int mark_loading_enter(void *context)
{
	struct hib_up *u = hib_up_of(context);

	/* The record counts boots, and not the tries that one boot makes. */
	if (!u->counted && u->s.record.tries < HIB_TRIES_MAX)
		u->s.record.tries++;
	u->counted = true;
	u->trying = hib_fate_while_trying(u->s.record.state);
	return hib_jump_mark(u, u->trying);
}

/* Only if it costs nothing: without an image that may be kept, a key would lose the session. */
static int keys_enter(void *context)
{
	struct hib_up *u = hib_up_of(context);

	if (!hib_settings.cancel_by_key || !hib_refused_may_be_kept(u))
		return 0;
	hib_cancel_open();
	u->s.keys = hib_keys_listen();
	return 0;
}

static void keys_leave(void *context, enum hib_outcome outcome)
{
	struct hib_up *u = hib_up_of(context);

	hib_keys_forget(u->s.keys);
	u->s.keys = NULL;
	hib_cancel_end();
}

/* Tasks stand still now: whoever was about to mount a disk has done so, or will not. */
static int unchanged_enter(void *context)
{
	struct hib_up *u = hib_up_of(context);
	int live = hib_settings.live_resume ? 0 : hib_live();

	if (!live)
		return hib_guarded_check(u);
	if (live < 0)
		return hib_session_fail(&u->s, -EAGAIN, "disks: one may be being mounted");
	u->refusal = HIB_REFUSAL_LIVE;
	return hib_session_fail(&u->s, -ESTALE, "disks: mounted before the image was loaded");
}

static int lists_enter(void *context)
{
	return hib_read_lists(hib_up_of(context));
}

static void lists_leave(void *context, enum hib_outcome outcome)
{
	struct hib_up *u = hib_up_of(context);

	hib_extents_exit(&u->s.store.extents);
	hib_stream_release(&u->s.stream);
	hib_pfnset_exit(&u->stale);
	hib_pfnset_exit(&u->early);
	hib_pfnset_exit(&u->image);
}

static int arrange_enter(void *context)
{
	return hib_arrange(hib_up_of(context));
}

static void arrange_leave(void *context, enum hib_outcome outcome)
{
	hib_arrange_release(hib_up_of(context));
}

static int read_enter(void *context)
{
	return hib_read_pages(hib_up_of(context));
}

static void *load_spare(void *arg)
{
	struct hib_up *u = arg;

	return hib_pool_take_spare(&u->pool, &u->image);
}

static int jump_enter(void *context)
{
	struct hib_up *u = hib_up_of(context);

	u->jump = hib_arch_jump_prepare(u->s.header.arch, u->s.header.arch_bytes, &u->fit,
					load_spare, u);
	if (!u->jump)
		return hib_session_fail(&u->s, -ENOMEM, "memory: page tables for the jump");
	return hib_arrange_handover(u);
}

static void jump_leave(void *context, enum hib_outcome outcome)
{
	struct hib_up *u = hib_up_of(context);

	if (u->jump)
		hib_arch_jump_unprepare(u->jump);
	u->jump = NULL;
}

static int protect_enter(void *context)
{
	struct hib_up *u = hib_up_of(context);

	if (hib_settings.protect_image)
		pr_info("%llu of %llu loaded pages are read-only\n",
			hib_pool_protect(&u->pool), u->pool.table.nr);
	return 0;
}

static void protect_leave(void *context, enum hib_outcome outcome)
{
	struct hib_up *u = hib_up_of(context);

	hib_pool_unprotect(&u->pool);
}

static const struct hib_step load_mark = {
	.name = "mark_loading", .enter = mark_loading_enter,
};

static const struct hib_step load_keys = {
	.name = "keys", .enter = keys_enter, .leave = keys_leave,
};

static const struct hib_step load_unchanged = {
	.name = "disks_unchanged", .enter = unchanged_enter,
};

static const struct hib_step load_lists = {
	.name = "lists", .enter = lists_enter, .leave = lists_leave, .leave_owed = true,
};

static const struct hib_step load_arrange = {
	.name = "arrange", .enter = arrange_enter, .leave = arrange_leave, .leave_owed = true,
};

static const struct hib_step load_read = {
	.name = "read", .enter = read_enter,
};

static const struct hib_step load_jump = {
	.name = "jump", .enter = jump_enter, .leave = jump_leave, .leave_owed = true,
};

static const struct hib_step load_protect = {
	.name = "protect", .enter = protect_enter, .leave = protect_leave,
};

/* If one of these steps is refused for a reason that passes, all are left and entered again. */
static const struct hib_step * const load_steps[] = {
	&hib_still_console,
	&hib_still_notifiers,
	&hib_awake_step,
	&load_mark,
	&load_keys,
	&hib_still_tasks,
	&load_unchanged,
	&hib_still_threads,
	&hib_still_hotplug,
	&load_lists,
	&load_arrange,
	&load_read,
	&load_jump,
	&load_protect,
};

/* Nested in a way down: tasks are frozen, hotplug is locked, the console is switched. */
static const struct hib_step * const load_nested_steps[] = {
	&load_mark,
	&load_lists,
	&load_arrange,
	&load_read,
	&load_jump,
	&load_protect,
};

/* A program wrote the image, tasks are frozen, and the caller has locked hotplug. */
static const struct hib_step * const load_user_steps[] = {
	&hib_still_console,
	&hib_awake_step,
	&load_unchanged,
	&hib_still_threads,
	&load_jump,
	&load_protect,
};

/**
 * hib_load_steps() - The steps of a way up before those of the jump.
 * @u: The way up; whether it is nested, and whether a program wrote the image.
 *
 * Return: The table.
 */
struct hib_step_table hib_load_steps(const struct hib_up *u)
{
	if (u->nested)
		return (struct hib_step_table) { load_nested_steps, ARRAY_SIZE(load_nested_steps) };
	if (u->by_user)
		return (struct hib_step_table) { load_user_steps, ARRAY_SIZE(load_user_steps) };
	return (struct hib_step_table) { load_steps, ARRAY_SIZE(load_steps) };
}
