// SPDX-License-Identifier: GPL-2.0
#include "step.h"
#include "tap.h"

/* What happened, one letter an event: lower case entered, upper case left. */
struct trace {
	char text[32];
	char marks[128];	/* with their beginnings and ends */
	unsigned int nr;
	char fails;		/* the step whose enter fails */
	char turns;		/* the step whose enter turns back */
	char injected;		/* the step that fault injection fails */
	enum hib_outcome outcome;
};

static void note(struct trace *t, char c)
{
	t->text[t->nr++] = c;
}

#define STEP_FUNCTIONS(letter, upper)					\
	static int enter_##letter(void *context)			\
	{								\
		struct trace *t = context;				\
									\
		note(t, #letter[0]);					\
		return t->fails == #letter[0] ? -EIO : 0;		\
	}								\
	static void leave_##letter(void *context, enum hib_outcome o)	\
	{								\
		((struct trace *)context)->outcome = o;			\
		note(context, upper);					\
	}

STEP_FUNCTIONS(a, 'A')
STEP_FUNCTIONS(b, 'B')
STEP_FUNCTIONS(c, 'C')

static int enter_d(void *context)
{
	struct trace *t = context;

	note(t, 'd');
	if (t->turns == 'd')
		return 1;
	return t->fails == 'd' ? -ENOSPC : 0;
}

static const struct hib_step * const steps[] = {
	HIB_STEP(.name = "a", .enter = enter_a, .leave = leave_a),
	HIB_STEP(.name = "b", .enter = enter_b, .leave = leave_b, .leave_owed = true),
	HIB_STEP(.name = "d", .enter = enter_d),
	HIB_STEP(.name = "c", .enter = enter_c, .leave = leave_c),
};

static int inject(void *context, const char *name)
{
	return ((struct trace *)context)->injected == name[0] ? -ENOMEM : 0;
}

static struct hib_step_run run_of(struct trace *t)
{
	return (struct hib_step_run){
		.steps = steps,
		.nr_steps = ARRAY_SIZE(steps),
		.context = t,
		.inject = inject,
	};
}

TEST(step_enters_in_order_and_leaves_in_reverse)
{
	struct trace t = {};
	struct hib_step_run run = run_of(&t);

	check_number(hib_step_enter_all(&run), 0);
	check_text(t.text, "abdc");
	check(!run.failed);
	hib_step_leave_all(&run, HIB_RESUMED);
	check_text(t.text, "abdcCBA");
	check(t.outcome == HIB_RESUMED);
}

TEST(step_failure_leaves_what_was_entered)
{
	struct trace t = { .fails = 'c' };
	struct hib_step_run run = run_of(&t);

	check_number(hib_step_enter_all(&run), -EIO);
	check_text(t.text, "abdcBA");
	check_text(run.failed, "c");
	check(t.outcome == HIB_FAILED);
}

TEST(step_failure_leaves_the_failed_step_only_when_owed)
{
	struct trace t = { .fails = 'b' };
	struct hib_step_run run = run_of(&t);

	check_number(hib_step_enter_all(&run), -EIO);
	check_text(t.text, "abBA");

	t = (struct trace){ .fails = 'a' };
	run = run_of(&t);
	check_number(hib_step_enter_all(&run), -EIO);
	check_text(t.text, "a");
}

TEST(step_returns_errno_of_a_step_without_leave)
{
	struct trace t = { .fails = 'd' };
	struct hib_step_run run = run_of(&t);

	check_number(hib_step_enter_all(&run), -ENOSPC);
	check_text(t.text, "abdBA");
	check_text(run.failed, "d");
}

static void mark(void *context, const char *name, enum hib_step_mark mark, int ret)
{
	struct trace *t = context;
	size_t length = strlen(t->marks);

	snprintf(t->marks + length, sizeof(t->marks) - length, "%s%s%s ", name,
		 (const char *[]){ "<", ">", "[", "]" }[mark], ret ? "!" : "");
}

TEST(step_marks_enclose_what_is_done)
{
	struct trace t = { .fails = 'c' };
	struct hib_step_run run = run_of(&t);

	run.mark = mark;
	check_number(hib_step_enter_all(&run), -EIO);
	/* d has nothing to leave, and c failed. */
	check_text(t.marks, "a< a> b< b> d< d> c< c>! b[ b] a[ a] ");

	t = (struct trace){ .injected = 'b' };
	run = run_of(&t);
	run.mark = mark;
	check_number(hib_step_enter_all(&run), -ENOMEM);
	check_text(t.marks, "a< a> a[ a] ");
}

TEST(step_turning_back_is_no_failure)
{
	struct trace t = { .turns = 'd' };
	struct hib_step_run run = run_of(&t);

	check_number(hib_step_enter_all(&run), 1);
	check_text(t.text, "abdBA");
	check(t.outcome == HIB_TESTED);
	check_number(run.nr_entered, 0);
}

TEST(step_injected_failure_does_not_begin_the_step)
{
	struct trace t = { .injected = 'b' };
	struct hib_step_run run = run_of(&t);

	check_number(hib_step_enter_all(&run), -ENOMEM);
	check_text(t.text, "aA");
	check_text(run.failed, "b");
}

TEST(step_leaving_twice_does_nothing_more)
{
	struct trace t = { .fails = 'c' };
	struct hib_step_run run = run_of(&t);

	hib_step_enter_all(&run);
	hib_step_leave_all(&run, HIB_FAILED);
	check_text(t.text, "abdcBA");
}

TEST(step_works_without_injection_and_without_steps)
{
	struct trace t = {};
	struct hib_step_run run = run_of(&t);

	run.inject = NULL;
	check_number(hib_step_enter_all(&run), 0);
	hib_step_leave_all(&run, HIB_MADE);
	check_text(t.text, "abdcCBA");

	run = (struct hib_step_run){};
	check_number(hib_step_enter_all(&run), 0);
	hib_step_leave_all(&run, HIB_MADE);
}
