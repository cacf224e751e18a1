// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: step - running and unwinding a table of steps
 *
 * A transition is a table of steps. A &struct hib_step_run walks it: it
 * belongs to the caller, usually on the stack, starts zeroed except for the
 * table and its context, and owns nothing.
 *
 * hib_step_enter_all() enters the steps in order. When one fails, all that is
 * owed is left at once, in reverse, with HIB_FAILED; the errno of the step is
 * returned and its name stays in run->failed. A step may also turn back without
 * an error, by a positive number: then all is left with HIB_TESTED. When all
 * were entered, the caller goes on and calls hib_step_leave_all() later with
 * what became of the transition. Calling it after a failure is harmless:
 * nothing is owed then.
 *
 * Context is that of the steps; nothing here sleeps or allocates.
 */
#include "step.h"

static void step_mark(const struct hib_step_run *run, const struct hib_step *step,
		      enum hib_step_mark mark, int ret)
{
	if (run->mark)
		run->mark(run->context, step->name, mark, ret);
}

static int step_enter(struct hib_step_run *run, const struct hib_step *step)
{
	int ret = run->inject ? run->inject(run->context, step->name) : 0;

	if (ret)
		return ret;
	step_mark(run, step, HIB_STEP_ENTERS, 0);
	ret = step->enter(run->context);
	step_mark(run, step, HIB_STEP_ENTERED, ret);
	if (!ret || step->leave_owed)
		run->nr_entered++;
	return ret;
}

/**
 * hib_step_enter_all() - Enter the steps of a table that are not entered yet.
 * @run: The table and the place in it.
 *
 * Unless 0 is returned, every step that is owed a leave has been left,
 * @run->failed names the step that ended it, and @run->nr_entered is 0. A step
 * failed by @run->inject was never begun and is owed nothing.
 *
 * Context: That of the steps.
 * Return:
 * * 0		- all are entered
 * * < 0	- the errno of a step; all were left with HIB_FAILED
 * * > 0	- what a step returned to turn back; all were left with HIB_TESTED
 */
int hib_step_enter_all(struct hib_step_run *run)
{
	while (run->nr_entered < run->nr_steps) {
		const struct hib_step *step = run->steps[run->nr_entered];
		int ret = step_enter(run, step);

		if (ret) {
			run->failed = step->name;
			hib_step_leave_all(run, ret > 0 ? HIB_TESTED : HIB_FAILED);
			return ret;
		}
	}
	return 0;
}

/**
 * hib_step_leave_all() - Leave what was entered, last step first.
 * @run: The table and the place in it; @run->nr_entered is 0 afterwards.
 * @outcome: Told to each step.
 *
 * Context: That of the steps.
 */
void hib_step_leave_all(struct hib_step_run *run, enum hib_outcome outcome)
{
	while (run->nr_entered) {
		const struct hib_step *step = run->steps[--run->nr_entered];

		if (!step->leave)
			continue;
		step_mark(run, step, HIB_STEP_LEAVES, 0);
		step->leave(run->context, outcome);
		step_mark(run, step, HIB_STEP_LEFT, 0);
	}
}
