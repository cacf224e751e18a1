/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_STEP_H
#define HIB_STEP_H

#include "hib_pure.h"

/* What became of a transition, told to each step that is left. */
enum hib_outcome {
	HIB_MADE,		/* an image exists in memory; going on to write it */
	HIB_RESUMED,		/* this is the restored kernel */
	HIB_FAILED,		/* an error; undo everything */
	HIB_TESTED,		/* a pm_test level was reached; undo everything */
};

/* What happens to a step; a step whose own half was undone has ended, too. */
enum hib_step_mark {
	HIB_STEP_ENTERS,
	HIB_STEP_ENTERED,
	HIB_STEP_LEAVES,
	HIB_STEP_LEFT,
};

/**
 * struct hib_step - One step of a transition.
 * @name: What messages and fault injection call it.
 * @enter: Do it. Required. 0, or an errno after undoing its own half. A positive
 *	number, also after undoing its half, turns back without an error.
 * @leave: Undo it. Optional. Never fails.
 * @leave_owed: @leave must also be called when @enter itself failed.
 */
struct hib_step {
	const char *name;
	int (*enter)(void *context);
	void (*leave)(void *context, enum hib_outcome outcome);
	bool leave_owed;
};

/* A step where its table stands; those of several tables are named there. */
#define HIB_STEP(...)	(&(const struct hib_step) { __VA_ARGS__ })

/**
 * struct hib_step_table - Steps in the order they are entered.
 * @steps: Them.
 * @nr_steps: How many.
 */
struct hib_step_table {
	const struct hib_step * const *steps;
	unsigned int nr_steps;
};

/**
 * struct hib_step_run - A table of steps being walked.
 * @steps: The table.
 * @nr_steps: Its length.
 * @context: Passed to every enter and leave.
 * @inject: Optional; asked before each enter, its errno fails the step.
 * @mark: Optional; told when each step begins and ends, in both directions. @ret is what
 *	@enter returned, else 0.
 * @nr_entered: Steps that are owed a leave, from the start of the table.
 * @failed: Name of the step that failed; NULL while none has.
 */
struct hib_step_run {
	const struct hib_step * const *steps;
	unsigned int nr_steps;
	void *context;
	int (*inject)(void *context, const char *name);
	void (*mark)(void *context, const char *name, enum hib_step_mark mark, int ret);
	unsigned int nr_entered;
	const char *failed;
};

/* Unless it returns 0, everything has been left; nothing is owed. */
int hib_step_enter_all(struct hib_step_run *run);
void hib_step_leave_all(struct hib_step_run *run, enum hib_outcome outcome);

#endif
