// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: fate - what becomes of an image that was refused
 *
 * If the reason may pass, the image is kept: no boot resumes it by itself any more, as the
 * boot that refused it goes on. A user may ask for it. This is only allowed if all that the
 * image depends on can be compared then: each file system that was mounted, and the swap
 * area that holds its pages, which the next swapon takes from it. If the reason cannot
 * pass, the image is retired. See "the states of an image" in design.rst.
 *
 * No state, any context.
 */
#include "fate.h"

/**
 * hib_refusal_of() - What kind of refusal is an error?
 * @error: Errno with which an image was refused. Refusals that an errno does not tell
 *	are for the caller to say.
 *
 * Return: The kind.
 */
enum hib_refusal hib_refusal_of(int error)
{
	return error == -EBADMSG ? HIB_REFUSAL_DAMAGED : HIB_REFUSAL_PASSES;
}

/* Some other boot may still resume it if this one goes on. */
static bool refusal_passes(enum hib_image_state state, enum hib_refusal why)
{
	switch (why) {
	case HIB_REFUSAL_PASSES:
		return true;
	/* A kept image is compared again when it is asked for. */
	case HIB_REFUSAL_NOT_ASKED:
	case HIB_REFUSAL_LIVE:
		return state == HIB_STATE_KEPT;
	default:
		return false;
	}
}

/**
 * hib_fate_of() - What becomes of an image that was refused?
 * @state: The state that a sound record has; HIB_STATE_NONE: no sound record was read.
 * @may_be_kept: The image says so, or it is not known whether it does.
 * @why: Why it was refused.
 *
 * Return: Its fate.
 */
enum hib_fate hib_fate_of(enum hib_image_state state, bool may_be_kept, enum hib_refusal why)
{
	if (!may_be_kept || !refusal_passes(state, why))
		return HIB_FATE_RETIRE;
	switch (state) {
	case HIB_STATE_KEPT:
		return why == HIB_REFUSAL_NOT_ASKED ? HIB_FATE_LEAVE : HIB_FATE_KEEP;
	case HIB_STATE_READY:
	case HIB_STATE_LOADING:
		return HIB_FATE_KEEP;
	default:
		return HIB_FATE_RETIRE;
	}
}

/**
 * hib_fate_while_trying() - The state of an image while a boot loads it.
 * @state: Its state before.
 *
 * It has the same state again when a jump was refused. A boot that dies of a kept image
 * leaves a kept image.
 *
 * Return: The state.
 */
enum hib_image_state hib_fate_while_trying(enum hib_image_state state)
{
	return state == HIB_STATE_KEPT ? HIB_STATE_KEPT : HIB_STATE_LOADING;
}
