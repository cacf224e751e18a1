// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: steplist - which steps there are, for a test that fails each of them
 *
 * debugfs file hibernation/steps, one step a line: the way it belongs to, and
 * the name that fail_step and wake_step know it by. It is made from the tables
 * that the transitions walk, so that a test cannot overlook a new step::
 *
 *	down		before the image counts
 *	up		from the check of an image to the jump
 *	nested		of it, what a way down in mode test_resume can tell from its own
 *	power_down	what goes to sleep once the image counts
 *	end		how an image is given up
 *	quiet		hibernate_quiet_exec()
 *
 * What is no row of a table is named below by hand; a test looks after that.
 * Only with CONFIG_HIBERNATION_DEBUG. Nothing is allocated or changed.
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

static void steplist_table(struct seq_file *m, const char *way, const char *prefix,
			   struct hib_step_table table)
{
	for (unsigned int i = 0; i < table.nr_steps; i++)
		seq_printf(m, "%s %s%s\n", way, prefix, table.steps[i]->name);
}

static int steps_show(struct seq_file *m, void *unused)
{
	struct hib_step_table nest = hib_quiesce_steps();

	steplist_table(m, "down", "", hib_save_steps());
	steplist_table(m, "down", "", hib_attempt_steps());
	steplist_table(m, "down", "", nest);
	seq_puts(m, "down write\ndown commit\n");
	seq_puts(m, "up check\n");
	steplist_table(m, "up", "", hib_load_steps(false));
	steplist_table(m, "up", "", hib_jump_steps());
	steplist_table(m, "up", "", nest);
	steplist_table(m, "nested", "", hib_load_steps(true));
	steplist_table(m, "nested", "", hib_jump_steps());
	steplist_table(m, "power_down", "power_down.", nest);
	seq_puts(m, "power_down suspend\n");
	seq_puts(m, "end withdraw\nend withdraw_all\n");
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
