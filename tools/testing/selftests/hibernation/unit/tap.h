/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The least that a test needs: TEST(name) { check(...); } and one #include.
 * Tests run in the order in which they stand. A test whose checks all hold and
 * that leaves no allocation behind is ok; each check that does not hold says
 * where it is.
 */
#ifndef TAP_H
#define TAP_H

#include <stdio.h>

#include "stubs/allocator.h"

#define TAP_TESTS_MAX 256

struct tap_test {
	const char *name;
	void (*run)(void);
};

static struct tap_test tap_tests[TAP_TESTS_MAX];
static unsigned int tap_nr_tests;
static unsigned int tap_nr_faults;

static inline void tap_add(const char *name, void (*run)(void))
{
	tap_tests[tap_nr_tests++] = (struct tap_test){ name, run };
}

#define TEST(name)							\
	static void name(void);						\
	static void __attribute__((constructor)) name##_add(void)	\
	{								\
		tap_add(#name, name);					\
	}								\
	static void name(void)

#define check(expr) tap_check(!!(expr), #expr, __FILE__, __LINE__)
#define check_number(got, want)						\
	tap_check_number((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
#define check_text(got, want) tap_check_text(got, want, #got, __FILE__, __LINE__)

static inline void tap_check(int holds, const char *text, const char *file, int line)
{
	if (holds)
		return;
	tap_nr_faults++;
	printf("# %s:%d: does not hold: %s\n", file, line, text);
}

static inline void tap_check_number(long long got, long long want, const char *text,
				    const char *file, int line)
{
	if (got == want)
		return;
	tap_nr_faults++;
	printf("# %s:%d: %s is %lld, not %lld\n", file, line, text, got, want);
}

static inline void tap_check_text(const char *got, const char *want, const char *text,
				  const char *file, int line)
{
	if (got && !strcmp(got, want))
		return;
	tap_nr_faults++;
	printf("# %s:%d: %s is \"%s\", not \"%s\"\n", file, line, text, got ? got : "(null)",
	       want);
}

/* Numbers that look random and are the same in each run. */
static inline u64 tap_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

int main(void)
{
	unsigned int i, nr_failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%u\n", tap_nr_tests);
	for (i = 0; i < tap_nr_tests; i++) {
		long nr_live = allocator_nr_live();

		tap_nr_faults = 0;
		tap_tests[i].run();
		allocator_fail_after(-1);
		check_number(allocator_nr_live(), nr_live);
		nr_failed += !!tap_nr_faults;
		printf("%sok %u %s\n", tap_nr_faults ? "not " : "", i + 1, tap_tests[i].name);
	}
	return !!nr_failed;
}

#endif
