// SPDX-License-Identifier: GPL-2.0
/**
 * DOC: pipeline_kunit - test of the pipeline
 *
 * Whether all workers run, share one job, and whether the first error is the
 * one that is returned and stops the others.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/delay.h>
#include <linux/sched.h>
#include "stream/pipeline.h"

#define NR_PIECES	1000

/**
 * struct job - What the workers of a test share.
 * @ran: A bit for each worker that ran.
 * @next: The next piece.
 * @taken: How often each piece was taken.
 * @caller: The task that runs the pipeline.
 * @in_caller: Worker that ran in it.
 */
struct job {
	unsigned long ran;
	atomic_t next;
	u8 taken[NR_PIECES];
	struct task_struct *caller;
	int in_caller;
};

static struct job *job_create(struct kunit *test)
{
	struct job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	job->caller = current;
	job->in_caller = -1;
	return job;
}

static int take_pieces(struct hib_pipeline *p, unsigned int worker)
{
	struct job *job = p->context;
	int piece;

	set_bit(worker, &job->ran);
	if (current == job->caller)
		job->in_caller = worker;
	while ((piece = atomic_fetch_inc(&job->next)) < NR_PIECES) {
		job->taken[piece]++;
		cond_resched();
	}
	return 0;
}

static void pipeline_shares_one_job(struct kunit *test)
{
	unsigned int nr, i;

	for (nr = 1; nr <= 8; nr *= 2) {
		struct job *job = job_create(test);
		struct hib_pipeline p = { .work = take_pieces, .context = job };

		KUNIT_EXPECT_EQ(test, 0, hib_pipeline_run(&p, nr, "hib-test"));
		KUNIT_EXPECT_EQ(test, job->ran, BIT(nr) - 1);
		KUNIT_EXPECT_EQ(test, job->in_caller, 0);
		for (i = 0; i < NR_PIECES; i++)
			KUNIT_ASSERT_EQ(test, job->taken[i], 1);
	}
}

static void pipeline_takes_no_workers_for_one(struct kunit *test)
{
	struct job *job = job_create(test);
	struct hib_pipeline p = { .work = take_pieces, .context = job };

	KUNIT_EXPECT_EQ(test, 0, hib_pipeline_run(&p, 0, "hib-test"));
	KUNIT_EXPECT_EQ(test, job->ran, 1);
}

/* Worker 1 fails first; all others see it and add errors of their own. */
static int fail_in_turn(struct hib_pipeline *p, unsigned int worker)
{
	if (worker == 1)
		return -ENOSPC;
	while (!hib_pipeline_stopped(p))
		usleep_range(100, 200);
	return worker == 2 ? -EIO : 0;
}

static void pipeline_returns_first_error_and_stops(struct kunit *test)
{
	unsigned int nr;

	for (nr = 2; nr <= 4; nr++) {
		struct hib_pipeline p = { .work = fail_in_turn };

		KUNIT_EXPECT_EQ(test, -ENOSPC, hib_pipeline_run(&p, nr, "hib-test"));
		KUNIT_EXPECT_TRUE(test, hib_pipeline_stopped(&p));
	}
}

static int fail_at_once(struct hib_pipeline *p, unsigned int worker)
{
	bool *first = p->context;

	first[0] = hib_pipeline_fail(p, -EBADMSG);
	first[1] = hib_pipeline_fail(p, -EIO);
	return -ENOMEM;
}

static void pipeline_tells_who_was_first(struct kunit *test)
{
	bool first[2] = {};
	struct hib_pipeline p = { .work = fail_at_once, .context = first };

	KUNIT_EXPECT_EQ(test, -EBADMSG, hib_pipeline_run(&p, 1, "hib-test"));
	KUNIT_EXPECT_TRUE(test, first[0]);
	KUNIT_EXPECT_FALSE(test, first[1]);
}

static void pipeline_forgets_old_error(struct kunit *test)
{
	struct job *job = job_create(test);
	struct hib_pipeline p = {
		.work = take_pieces,
		.context = job,
		.error = -EIO,
		.stop = true,
	};

	KUNIT_EXPECT_EQ(test, 0, hib_pipeline_run(&p, 2, "hib-test"));
	KUNIT_EXPECT_FALSE(test, hib_pipeline_stopped(&p));
}

static struct kunit_case pipeline_cases[] = {
	KUNIT_CASE(pipeline_shares_one_job),
	KUNIT_CASE(pipeline_takes_no_workers_for_one),
	KUNIT_CASE(pipeline_returns_first_error_and_stops),
	KUNIT_CASE(pipeline_tells_who_was_first),
	KUNIT_CASE(pipeline_forgets_old_error),
	{}
};

static struct kunit_suite pipeline_suite = {
	.name = "hib_pipeline",
	.test_cases = pipeline_cases,
};

kunit_test_suite(pipeline_suite);

MODULE_DESCRIPTION("Test of the workers of the hibernation core");
MODULE_LICENSE("GPL");
