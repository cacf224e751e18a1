// SPDX-License-Identifier: GPL-2.0
#include "fate.h"
#include "record.h"
#include "tap.h"

#define TRIES	2u

/* Each state, what a header allows, and each refusal: as design.rst has it, row by row. */
static enum hib_fate wanted(enum hib_image_state state, bool may_be_kept, enum hib_refusal why)
{
	static const char table[HIB_NR_REFUSALS][HIB_STATE_KEPT + 2] = {
		/*			  none, ready, loading, jumping, spent, kept */
		[HIB_REFUSAL_PASSES]	= "rkkrrk",
		[HIB_REFUSAL_NOT_ASKED]	= "rrrrrl",
		[HIB_REFUSAL_DAMAGED]	= "rrrrrr",
		[HIB_REFUSAL_FOREIGN]	= "rrrrrr",
		[HIB_REFUSAL_CHANGED]	= "rrrrrr",
		[HIB_REFUSAL_LIVE]	= "rrrrrk",
	};

	if (!may_be_kept || table[why][state] == 'r')
		return HIB_FATE_RETIRE;
	return table[why][state] == 'k' ? HIB_FATE_KEEP : HIB_FATE_LEAVE;
}

TEST(fate_of_each_state_and_refusal)
{
	enum hib_image_state state;
	unsigned int why;

	for (state = HIB_STATE_NONE; state <= HIB_STATE_KEPT; state++)
		for (why = 0; why < HIB_NR_REFUSALS; why++) {
			check_number(hib_fate_of(state, true, why), wanted(state, true, why));
			check_number(hib_fate_of(state, false, why), wanted(state, false, why));
		}
}

TEST(fate_of_damage_is_told_by_the_errno)
{
	check_number(hib_refusal_of(-EBADMSG), HIB_REFUSAL_DAMAGED);
	check_number(hib_refusal_of(-EIO), HIB_REFUSAL_PASSES);
	check_number(hib_refusal_of(-ENOMEM), HIB_REFUSAL_PASSES);
	check_number(hib_refusal_of(-EBUSY), HIB_REFUSAL_PASSES);
	check_number(hib_refusal_of(-ESTALE), HIB_REFUSAL_PASSES);
	check_number(hib_refusal_of(-EOPNOTSUPP), HIB_REFUSAL_PASSES);
}

TEST(fate_while_trying_is_loading_unless_it_is_kept)
{
	check_number(hib_fate_while_trying(HIB_STATE_READY), HIB_STATE_LOADING);
	check_number(hib_fate_while_trying(HIB_STATE_LOADING), HIB_STATE_LOADING);
	check_number(hib_fate_while_trying(HIB_STATE_KEPT), HIB_STATE_KEPT);
}

/* What is on the disk, and what happened to the image, as the order layer does it. */
struct disk {
	enum hib_image_state state;	/* NONE: swap */
	u32 tries;
	bool was_refused;		/* a boot went on after it */
	bool was_jumped_to;
	unsigned int nr_resumed;
};

/* How a boot ends. */
enum ending {
	DIES_BEFORE_MARK, DIES_LOADING, DIES_JUMPING, JUMP_REFUSED, JUMPS, JUMPS_AND_DIES,
	REFUSED_AT_CHECK, REFUSED_WHILE_LOADING = REFUSED_AT_CHECK + HIB_NR_REFUSALS,
	NR_ENDINGS = REFUSED_WHILE_LOADING + HIB_NR_REFUSALS,
};

static void refused(struct disk *d, enum hib_refusal why, bool may_be_kept)
{
	enum hib_fate fate = hib_fate_of(d->state, may_be_kept, why);

	if (fate == HIB_FATE_KEEP)
		d->state = HIB_STATE_KEPT;
	else if (fate == HIB_FATE_RETIRE)
		d->state = HIB_STATE_NONE;
	d->was_refused = true;
}

static void jump(struct disk *d, enum ending ending, enum hib_image_state trying, bool asked)
{
	/* What must never be: two jumps, or one after a boot went on and nobody asked. */
	check(!d->was_jumped_to);
	check(!d->was_refused || asked);
	d->state = HIB_STATE_JUMPING;
	if (ending == DIES_JUMPING || ending == JUMPS_AND_DIES)
		d->was_jumped_to = true;
	if (ending == JUMPS_AND_DIES)
		d->nr_resumed++;
	if (ending == JUMPS) {
		d->was_jumped_to = true;
		d->nr_resumed++;
		d->state = HIB_STATE_NONE;
	}
	if (ending == JUMP_REFUSED)
		d->state = trying;
}

static void boot(struct disk *d, unsigned int ending, bool asked, bool may_be_kept)
{
	struct hib_commit_record r = { .state = d->state, .tries = d->tries };
	enum hib_image_state trying;
	const char *why;
	int ret;

	if (d->state == HIB_STATE_NONE || ending == DIES_BEFORE_MARK)
		return;
	ret = hib_commit_decide(&r, TRIES, asked && may_be_kept, &why);
	if (ret) {
		refused(d, ret == -EPERM ? HIB_REFUSAL_NOT_ASKED : HIB_REFUSAL_PASSES, may_be_kept);
		return;
	}
	if (ending >= REFUSED_AT_CHECK && ending < REFUSED_WHILE_LOADING) {
		refused(d, ending - REFUSED_AT_CHECK, may_be_kept);
		return;
	}
	trying = hib_fate_while_trying(d->state);
	d->state = trying;
	d->tries++;
	if (ending >= REFUSED_WHILE_LOADING) {
		refused(d, ending - REFUSED_WHILE_LOADING, may_be_kept);
		return;
	}
	if (ending == DIES_LOADING)
		return;
	jump(d, ending, trying, asked);
	if (ending == JUMP_REFUSED)
		refused(d, HIB_REFUSAL_PASSES, may_be_kept);
}

/* All that up to so many boots can do, each asked or not. */
static void all_boots(struct disk before, unsigned int left, bool may_be_kept)
{
	for (unsigned int ending = 0; left && ending < NR_ENDINGS; ending++)
		for (unsigned int asked = 0; asked < 2; asked++) {
			struct disk d = before;

			boot(&d, ending, asked, may_be_kept);
			check(d.nr_resumed <= 1);
			check(may_be_kept || d.state != HIB_STATE_KEPT);
			check(!d.was_refused || d.state == HIB_STATE_NONE ||
			      d.state == HIB_STATE_KEPT || d.state == HIB_STATE_JUMPING);
			all_boots(d, left - 1, may_be_kept);
		}
}

TEST(fate_never_lets_an_image_be_resumed_twice_or_unasked)
{
	const struct disk ready = { .state = HIB_STATE_READY };

	all_boots(ready, 4, true);
	all_boots(ready, 4, false);
}

TEST(fate_of_a_refusal_that_passes_loses_nothing)
{
	struct disk d = { .state = HIB_STATE_READY };

	boot(&d, REFUSED_AT_CHECK + HIB_REFUSAL_PASSES, false, true);
	check_number(d.state, HIB_STATE_KEPT);
	boot(&d, JUMPS, false, true);
	check_number(d.nr_resumed, 0);
	boot(&d, JUMP_REFUSED, true, true);
	boot(&d, DIES_LOADING, true, true);
	boot(&d, REFUSED_WHILE_LOADING + HIB_REFUSAL_LIVE, true, true);
	check_number(d.state, HIB_STATE_KEPT);
	boot(&d, JUMPS, true, true);
	check_number(d.nr_resumed, 1);
}
