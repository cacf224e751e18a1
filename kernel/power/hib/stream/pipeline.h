/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HIB_PIPELINE_H
#define HIB_PIPELINE_H

#include <linux/types.h>

/**
 * struct hib_pipeline - Workers that share one job until it is done or fails.
 * @work: A worker's body: loops until its input ends or hib_pipeline_stopped().
 *	Returns 0 or its errno. @worker counts from 0.
 * @context: Passed to @work.
 * @error: First error of any worker.
 * @stop: Set with the first error.
 *
 * Threads are made by hib_pipeline_run() and are gone when it returns. They are
 * bound to no CPU and not freezable.
 */
struct hib_pipeline {
	int (*work)(struct hib_pipeline *p, unsigned int worker);
	void *context;
	int error;
	bool stop;
};

/*
 * Runs up to @nr_workers workers, one of them in the caller, and waits for all.
 * The first errno, or 0. @work may be called for fewer workers than asked for.
 */
int hib_pipeline_run(struct hib_pipeline *p, unsigned int nr_workers, const char *name);
bool hib_pipeline_stopped(const struct hib_pipeline *p);
/* Stops all workers. True when @error is the first one, the one that counts. */
bool hib_pipeline_fail(struct hib_pipeline *p, int error);

#endif
