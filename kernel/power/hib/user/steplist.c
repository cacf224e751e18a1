// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: steplist - a list of all steps, for a test that makes each of them fail
 *
 * The debugfs file hibernation/steps has a line for each step: the way that the step
 * belongs to, and the name by which fail_step and wake_step know it. The list is made
 * from the tables that the transitions use, so a test cannot overlook a new step::
 *
 *	down		the way down, until the image is valid
 *	up		the way up, from the check of an image to the jump
 *	nested		the steps of the way up in mode test_resume that differ by their
 *			names from those of the way down
 *	power_down	going to sleep after the image is valid
 *	end		retiring an image
 *	second_down	the way down, where a second kernel writes the image
 *	keep		booting a second kernel that is kept
 *	user_down	the way down, where a program writes the image
 *	user_up		the way up, where a program reads it
 *	quiet		hibernate_quiet_exec()
 *
 * Points that are no row of a table are named below by hand; a test compares them
 * with the code. The file exists only with CONFIG_HIBERNATION_DEBUG. Reading it
 * allocates nothing and changes nothing.
 */
#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/seq_file.h>
#include "order/attempt.h"
#include "order/jump.h"
#include "order/load.h"
#include "order/quiesce.h"
#include "order/quiet.h"
#include "order/save.h"
#include "order/up.h"
#include "order/visit.h"

static void steplist_table(struct seq_file *m, const char *way, const char *prefix,
			   struct hib_step_table table)
{
	for (unsigned int i = 0; i < table.nr_steps; i++)
		seq_printf(m, "%s %s%s\n", way, prefix, table.steps[i]->name);
}

static int steps_show(struct seq_file *m, void *unused)
{
	static const struct hib_up boot, nested = { .nested = true }, by_user = { .by_user = true };
	struct hib_step_table nest = hib_quiesce_steps();

	steplist_table(m, "down", "", hib_save_steps(false));
	steplist_table(m, "down", "", hib_attempt_steps(false));
	steplist_table(m, "down", "", nest);
	seq_puts(m, "down write\ndown commit\n");
	seq_puts(m, "up check\n");
	steplist_table(m, "up", "", hib_load_steps(&boot));
	steplist_table(m, "up", "", hib_jump_steps());
	steplist_table(m, "up", "", nest);
	steplist_table(m, "nested", "", hib_load_steps(&nested));
	steplist_table(m, "nested", "", hib_jump_steps());
	steplist_table(m, "power_down", "power_down.", nest);
	seq_puts(m, "power_down suspend\n");
	seq_puts(m, "end withdraw\nend withdraw_all\n");
	if (IS_ENABLED(CONFIG_HIBERNATION_SECOND)) {
		steplist_table(m, "second_down", "", hib_save_steps(false));
		steplist_table(m, "second_down", "", hib_attempt_steps(false));
		steplist_table(m, "second_down", "", nest);
		seq_puts(m, "second_down written\n");
		steplist_table(m, "keep", "", hib_visit_steps());
		steplist_table(m, "keep", "", nest);
	}
	seq_puts(m, "user_down notifiers\n");
	steplist_table(m, "user_down", "", hib_save_steps(true));
	steplist_table(m, "user_down", "", hib_attempt_steps(true));
	steplist_table(m, "user_down", "", nest);
	seq_puts(m, "user_up notifiers\nuser_up sync\nuser_up freeze_tasks\n");
	steplist_table(m, "user_up", "", hib_load_steps(&by_user));
	steplist_table(m, "user_up", "", hib_jump_steps());
	steplist_table(m, "user_up", "", nest);
	steplist_table(m, "quiet", "", hib_quiet_steps());
	steplist_table(m, "quiet", "", hib_quiesce_quiet_steps());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(steps);

static int __init hib_steplist_init(void)
{
	debugfs_create_file("steps", 0400, debugfs_create_dir("hibernation", NULL), NULL,
			    &steps_fops);
	return 0;
}
late_initcall(hib_steplist_init);
